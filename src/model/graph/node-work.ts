// What nodes of the usual kinds ask of a machine, from the tensors they read and write: for models that are built here and
// for those that are read from files. Knows no model, no format of files and no device.
import type { Precision } from "../../core/precision.js";
import { bytesOf, type Formats, type KernelWork, normKernel, softmaxKernel } from "../operator/index.js";
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
    work: { flop: { [math]: 2 * batch * m * n * k }, units: "matrix", bytes: { dram } },
    kernels: [{ kind: "matmul", ...extents, formats: { math, input, weight, output } }],
  };
}

/**
 * Instructions of a thread for an element beside those of its function: loads, stores, addresses, the guard of the last block. Those that
 * nvcc 13 makes of an addition of two tensors for compute capability 8.0, without the addition.
 */
export const instructionsAround = 21;

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
    kernels: [
      {
        kind: "stream",
        read,
        written,
        elements: count,
        operationsPerElement: instructionsAround + operationsPerElement,
        math,
      },
    ],
  };
}

/** A pass in which rows, the last extent of the first input, are reduced before they are written: softmax, norms. */
export function rowsWork(
  reduction: "softmax" | "norm",
  inputs: readonly Stored[],
  output: Stored,
  operationsPerElement: number,
  math: Precision,
  beside: readonly Stored[] = [],
): NodeWork {
  const { work } = passWork(inputs, output, operationsPerElement, math, beside);
  const columns = output.shape[output.shape.length - 1] ?? 1;
  const rows = elements(output) / columns;
  const kernel = reduction === "softmax" ? softmaxKernel : normKernel;
  return { work, kernels: [kernel(rows, columns, formatsOf(inputs[0], output, math), 0)] };
}

/** Rows of a table, the last extent of `output`, by index. */
export function lookupWork(indices: Stored, table: Stored, output: Stored, math: Precision): NodeWork {
  const rowBytes = tensorBytes({ shape: output.shape.slice(-1), format: table.format });
  const rows = elements(indices);
  const indexBytes = tensorBytes(indices) / rows;
  const tableRows = elements(table) / output.shape[output.shape.length - 1];
  const read = tensorBytes(elements(table) < elements(output) ? table : { ...output, format: table.format });
  const kernel: KernelWork = { kind: "gather", rows, tableRows, rowBytes, indexBytes, math };
  return { work: { flop: {}, bytes: { dram: read + tensorBytes(indices) + tensorBytes(output) } }, kernels: [kernel] };
}

// Rows that are reduced hold numbers, never indices or masks.
function formatsOf(input: Stored, output: Stored, math: Precision): Formats {
  const [read, written] = [input.format as Precision, output.format as Precision];
  return { math, input: read, weight: read, output: written };
}
