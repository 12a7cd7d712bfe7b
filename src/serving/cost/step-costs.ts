// How long a step of a replica of a language model takes, as tables to interpolate in, and what its memory holds. Knows nothing of
// where the figures come from: a model of a device, a measurement, a test.

/**
 * A step computes some prompt tokens and one token for each decoding request. Its time is the sum of what one pass over all of these
 * tokens takes (the weights are read once, whatever is mixed), attention, which every request has for itself, and the head. Between the
 * points of a table one interpolates linearly, beyond the last as between the last two. Seconds and bytes, of a whole replica. Plain data.
 */
export interface StepCosts {
  /** All layers but attention and the head: `seconds[i]` for `tokens[i]` tokens in the step. */
  readonly layers: {
    readonly tokens: readonly number[];
    readonly seconds: readonly number[];
    /** What binds there, where it is known. */
    readonly bound?: readonly StepBound[];
  };
  /** The head, for so many requests that get a token. */
  readonly head: { readonly requests: readonly number[]; readonly seconds: readonly number[] };
  /** Attention of decoding requests: `seconds[i][j]` for `requests[i]` requests of `context[j]` tokens each, the new one included. */
  readonly decode_attention: {
    readonly requests: readonly number[];
    readonly context: readonly number[];
    readonly seconds: readonly (readonly number[])[];
  };
  /**
   * Attention of a prompt: `seconds[i][j]` for `tokens[i]` tokens behind `context[j]` that are in the cache. Prompts of one step are
   * done together: the least time of the table counts once.
   */
  readonly prefill_attention: {
    readonly tokens: readonly number[];
    readonly context: readonly number[];
    readonly seconds: readonly (readonly number[])[];
  };
  readonly kv_bytes_per_token: number;
  /** What keys and values may take. */
  readonly kv_bytes: number;
  /** Of the host link, bytes a second: out of the replica and into it. What preemption by swapping needs. */
  readonly swap?: { readonly out: number; readonly in: number };
}

export type StepBound = "memory" | "compute" | "overhead";
