// An operator: a computation that is known by its shape alone. What an operator asks of a machine is here; how fast a
// machine does it is not.
import type { Work } from "../../core/work.js";
import type { Formats } from "./formats.js";
import type { KernelWork } from "./kernel-work.js";

/** A function that is done element by element. */
export type ElementwiseType =
  | "add"
  | "mul"
  | "div"
  | "pow"
  | "add_scalar"
  | "mul_scalar"
  | "relu"
  | "tanh"
  | "gelu"
  | "silu";

/** The type of an operator that is known. */
export type OperatorType =
  | "gemv"
  | "gemm"
  | "attention"
  | "ffn"
  | "conv2d"
  | ElementwiseType
  | "copy"
  | "transpose"
  | "sum"
  | "mean"
  | "max"
  | "softmax"
  | "layer_norm"
  | "rms_norm"
  | "embedding"
  | "all_reduce"
  | "all_gather"
  | "reduce_scatter"
  | "send_recv";

export interface Operator {
  /** `gemv`: the name in files and on the command line. */
  readonly type: OperatorType;
  /** What is computed, in a sentence. */
  readonly description: string;
  /** What its shape consists of, in order. */
  readonly dimensions: readonly Dimension[];
  /**
   * Throws InputError for extents that are right each by itself and do not fit each other (heads that are no multiple of
   * kv_heads); absent where all fit.
   */
  check?(shape: readonly number[], field: string): void;
  /**
   * What an eager framework has to do on its host to call it, beyond what a function of two tensors takes: a module around it, a
   * function of Python in between, a number made a tensor, a further result, each a step. 0 unless given.
   */
  readonly hostSteps?: number;
  /** Operations and bytes when every input is read once and every output is written once. */
  work(shape: readonly number[], formats: Formats): Work;
  /** The kernels that do it, one after another. */
  kernels(shape: readonly number[], formats: Formats): readonly KernelWork[];
}

/** One number of an operator's shape. */
export interface Dimension {
  /** `M`, `kv_heads`: the name in files, tables and, with hyphens, on the command line. */
  readonly name: string;
  readonly meaning: string;
  /** `extent`: at least 1. `count`: at least 0. `flag`: 0 or 1, also written as false or true. */
  readonly kind: "extent" | "count" | "flag";
  /** What stands in help texts and advice. */
  readonly example: number;
  /** What it is when left out of a shape that is given by name; one without must be given. */
  readonly otherwise?: number | ((named: Readonly<Record<string, number>>) => number);
}

/** An extent that must be given. */
export function extent(name: string, meaning: string, example = 4096): Dimension {
  return { name, meaning, kind: "extent", example };
}

/** Yes or no, 1 or 0, which may be left out. */
export function flag(name: string, meaning: string, otherwise: 0 | 1): Dimension {
  return { name, meaning, kind: "flag", example: otherwise, otherwise };
}
