// What one kernel on a device does: an operator is done by one of them or several, one after another. Described without a
// device, so that every device can be asked what it would take.
import type { Precision } from "../../core/precision.js";
import type { Formats } from "./formats.js";

export type KernelWork = MatmulWork | StreamWork;

/** `batch` products C[m, n] = A[m, k] B[k, n]; A is the input, B the weight, C the output. */
export interface MatmulWork {
  readonly kind: "matmul";
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly formats: Formats;
  /** `scalar`: kept off tensor cores, as by libraries that have no kernel there for this layout. */
  readonly pipe?: "scalar";
}

/** One pass over memory in which every element is by itself: arithmetic by element, copies, conversions. */
export interface StreamWork {
  readonly kind: "stream";
  /** Bytes. */
  readonly read: number;
  /** Bytes. */
  readonly written: number;
  readonly elements: number;
  readonly operationsPerElement: number;
  readonly math: Precision;
}
