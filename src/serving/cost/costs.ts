// What computing takes, as figures that a run looks up: so that a run needs no model of a device, and a page none either. Knows
// nothing of where they come from.

/** Plain data. */
export interface ServiceCosts {
  /** Seconds on the GPU by the stage's name; element n - 1 is for a batch of n requests, up to the workload's batch size. */
  readonly stages: Readonly<Record<string, readonly number[]>>;
  /** Of a language model. */
  readonly steps?: StepCosts;
}

/** Seconds of one step of a replica, as a table to interpolate in, and what its memory holds. */
export interface StepCosts {
  /** Of a step that decodes: `seconds[i][j]` for `requests[i]` running requests of `context[j]` tokens each. */
  readonly decode: {
    readonly requests: readonly number[];
    readonly context: readonly number[];
    readonly seconds: readonly (readonly number[])[];
  };
  /** Of a step that prefills: `seconds[i][j]` for `tokens[i]` prompt tokens after `context[j]` that are in the cache already. */
  readonly prefill: {
    readonly tokens: readonly number[];
    readonly context: readonly number[];
    readonly seconds: readonly (readonly number[])[];
  };
  /** Seconds of a step that are there however little it does: weights read, launches. What a mixed step shares. */
  readonly shared: number;
  readonly kv_bytes_per_token: number;
  /** Bytes of a replica's memory that keys and values may take. */
  readonly kv_bytes: number;
}
