// The work of bringing data somewhere else as they are: copies and transposes. Knows no device.
import { bytesOf, type Formats } from "./formats.js";
import type { KernelWork } from "./kernel-work.js";
import { extent, type Operator } from "./operator.js";

/** Of an element, its load, store and addresses; a transpose has those of shared memory as well. Estimates. */
const instructions = { copy: 20, transpose: 30 };

/** Every element is read once and written once, which is also how another format is made of it. */
export const copy: Operator = {
  type: "copy",
  description: "a copy of a tensor, in another format if asked",
  dimensions: [extent("elements", "elements of the tensor", 1 << 24)],
  work: ([elements], formats) => ({ flop: {}, bytes: { dram: moved(elements, formats) } }),
  kernels: ([elements], formats) => [movement(elements, formats, instructions.copy)],
};

/**
 * B[j, i] = A[i, j]. By tiles that are turned in shared memory, so that reading and writing go along lines both, as cuBLAS does it
 * and every kernel that is written for it: the traffic of a copy.
 */
export const transpose: Operator = {
  type: "transpose",
  description: "a matrix with rows for columns, B[columns, rows]",
  dimensions: [extent("rows", "rows of A"), extent("columns", "columns of A")],
  work: ([rows, columns], formats) => ({ flop: {}, bytes: { dram: moved(rows * columns, formats) } }),
  kernels: ([rows, columns], formats) => [movement(rows * columns, formats, instructions.transpose)],
};

function moved(elements: number, { input, output }: Formats): number {
  return bytesOf(elements, input) + bytesOf(elements, output);
}

function movement(elements: number, { math, input, output }: Formats, operationsPerElement: number): KernelWork {
  const [read, written] = [bytesOf(elements, input), bytesOf(elements, output)];
  return { kind: "stream", read, written, elements, operationsPerElement, math };
}
