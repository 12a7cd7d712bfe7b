// What an inference has come to, as whoever ran it hands it over. Knows no model and no device.
import type { TraceRecorder } from "../trace/index.js";
import type { InferSettings } from "./options.js";
import type { ProgramSpan } from "./program.js";

/** Bytes of device memory, by what they are for. */
export interface InferenceMemory {
  readonly weights: number;
  /** Given from outside: samples, or tokens with their positions and mask. */
  readonly inputs: number;
  /** The most that lives at the same time between two operators. */
  readonly activations: number;
  /** What the library of products sets aside. */
  readonly workspace: number;
  /** At the end of an iteration: 2 * layers * hidden * bytes for each token of each sequence; 0 for the MLP. */
  readonly kvCache: number;
  /** For one token of one sequence. */
  readonly kvCachePerToken: number;
  /** The most that was in use at once, all of it together. */
  readonly peak: number;
}

/** What was really computed, held against plain arithmetic. */
export interface ComputedCheck {
  /** Launches that were carried out. */
  readonly launches: number;
  readonly warpInstructions: number;
  /** The kernels that were run. */
  readonly kernels: readonly string[];
  /** The greatest difference of a value from the plain computation in double precision. */
  readonly maxError: number;
  /** The same as a share of the greatest value. */
  readonly relativeError: number;
  /** What that share may be. */
  readonly bound: number;
  readonly agrees: boolean;
}

/** Why nothing was computed. */
export interface NotComputed {
  readonly reason: string;
}

export interface InferenceOutcome {
  readonly settings: InferSettings;
  /** `gpt2`. */
  readonly graph: string;
  readonly parameters: number;
  readonly memory: InferenceMemory;
  readonly stages: readonly ProgramSpan[];
  readonly iterations: readonly ProgramSpan[];
  /** Of all iterations, in their order; empty for the MLP. */
  readonly tokens: readonly ProgramSpan[];
  readonly computed: ComputedCheck | NotComputed;
  readonly trace: TraceRecorder;
}
