// What the store keeps, as plain data that crosses threads.

export interface ScenarioRow {
  readonly id: string;
  readonly created_ms: number;
  readonly name: string;
  /** JSON, with the fields that were given. */
  readonly scenario: string;
}

/** Where a run that is kept stands. One that computes is `queued` in the store, so that a server which is killed begins it again. */
export type KeptStatus = "queued" | "done" | "failed" | "cancelled";

export interface RunRow {
  readonly id: string;
  readonly created_ms: number;
  readonly ended_ms: number | null;
  readonly status: KeptStatus;
  readonly scenario_id: string | null;
  /** Of the scenario. */
  readonly name: string;
  /** JSON: a run keeps its scenario, whatever becomes of the one that it was posted as. */
  readonly scenario: string;
  readonly seed: number | null;
  /** The version that computed it. */
  readonly warplab: string;
  /** JSON of its figures, as they were answered; null until it is done. */
  readonly result: string | null;
  /** Why it failed. */
  readonly error: string | null;
}

/** What a list says of a scenario. */
export type ScenarioLine = Omit<ScenarioRow, "scenario">;

/** What a list says of a run. */
export interface RunLine extends Omit<RunRow, "scenario" | "seed" | "warplab" | "result"> {
  /** JSON of its summary; null until it is done. */
  readonly summary: string | null;
}

/** The large parts of a run that is done, gzip of: */
export interface RunParts {
  /** its breakdown's JSON, as it was answered; */
  readonly breakdown: Uint8Array;
  /** what the trace is written from. */
  readonly log: Uint8Array;
}

export type RunPart = keyof RunParts;

/** A run that ended. */
export interface RunEnd {
  readonly id: string;
  readonly ended_ms: number;
  readonly status: Exclude<KeptStatus, "queued">;
  readonly warplab: string;
  readonly result: string | null;
  readonly error: string | null;
  readonly parts: RunParts | null;
}

export interface Page {
  readonly limit: number;
  /** Only what is older than this id. */
  readonly before?: string | undefined;
}

export type Write =
  | { readonly kind: "scenario"; readonly row: ScenarioRow }
  | { readonly kind: "run"; readonly row: RunRow; readonly parts: RunParts | null }
  | { readonly kind: "end"; readonly end: RunEnd };
