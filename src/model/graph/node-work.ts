// What nodes of the usual kinds ask of a machine, from the tensors they read and write: for models that are built here and
// for those that are read from files. Knows no model, no format of files and no device.
import type { Precision } from "../../core/precision.js";
import { bytesOf, type Formats } from "../operator/index.js";
import type { NodeWork } from "./builder.js";
import { elements, type Tensor, tensorBytes } from "./graph.js";

/** Shape and format: what of a tensor decides about work. */
export type Stored = Pick<Tensor, "shape" | "format">;

/** The extents of `batch` products C[m, n] = A[m, k] B[k, n]. */
export interface ProductExtents {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Operations for each element that a node makes. One for each that the formula has; a fused function counts as what it stands for. */
export const operationsPerElement = {
  /** Half the argument times one and an error function: erf as a rational function. */
  gelu: 8,
  /** The greatest, differences, exponentials, their sum and a division. */
  softmax: 5,
  /** Mean, differences, squares, their mean, the reciprocal deviation, scale and shift. */
  layerNorm: 8,
  /** Scale and shift. */
  batchNorm: 2,
  /** Squares, their mean, two products. */
  rmsNorm: 4,
} as const;

/** A node that costs nothing: a shape is read differently. */
export const freeWork: NodeWork = Object.freeze({ work: { flop: {}, bytes: { dram: 0 } }, kernels: [] });

/** 2 operations for each multiply-add; `reads` cross the memory interface once, a bias among them. */
export function productWork(
  extents: ProductExtents,
  { math, input, weight, output }: Formats,
  reads: readonly Stored[],
): NodeWork {
  const { batch, m, n, k } = extents;
  const dram = bytesOf(batch * m * n, output) + reads.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  return {
    work: { flop: { [math]: 2 * batch * m * n * k }, bytes: { dram } },
    kernels: [{ kind: "matmul", ...extents, formats: { math, input, weight, output } }],
  };
}

/** One pass over memory: `inputs` are read once, `output` is written, and what is made beside it. */
export function passWork(
  inputs: readonly Stored[],
  output: Stored,
  operationsPerElement: number,
  math: Precision,
  beside: readonly Stored[] = [],
): NodeWork {
  const count = elements(output);
  const read = inputs.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  const written = [output, ...beside].reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  return {
    work: {
      flop: operationsPerElement === 0 ? {} : { [math]: count * operationsPerElement },
      bytes: { dram: read + written },
    },
    kernels: [{ kind: "stream", read, written, elements: count, operationsPerElement, math }],
  };
}
