// The work of a softmax over rows. Knows no device.
import { bytesPerElement } from "../../core/precision.js";
import { bytesOf, type Formats } from "./formats.js";
import type { KernelWork } from "./kernel-work.js";
import { operationsPerElement } from "./operations.js";
import { extent, type Operator } from "./operator.js";

/** exp(x - max) / sum. */
export const softmax: Operator = {
  type: "softmax",
  hostSteps: 2,
  description: "softmax of each row",
  dimensions: [extent("rows", "rows"), extent("columns", "elements of a row")],
  work([rows, columns], { math, input, output }) {
    const elements = rows * columns;
    return {
      flop: { [math]: operationsPerElement.softmax * elements },
      bytes: { dram: bytesOf(elements, input) + bytesOf(elements, output) },
    };
  },
  kernels: ([rows, columns], formats) => [softmaxKernel(rows, columns, formats, 0)],
};

/** Elements of a row that one warp keeps in its registers. */
const longestInRegisters = 1024;
/** Exponentials, maxima and sums, of three passes together. */
const instructions = 60;
/** Of each thread: two reductions over a block, by shuffles and shared memory, each some twenty rounds of five or six. */
const reductions = 260;

/**
 * As PyTorch does it (ATen/native/cuda/SoftMax.cu): a row that a warp can keep in registers is read once; a longer one is read
 * three times by a block, for its maximum, its sum and its result, 16 bytes at a time. `warm` is in bytes.
 */
export function softmaxKernel(rows: number, columns: number, formats: Formats, warm: number): KernelWork {
  const { math, input, output } = formats;
  const [rowRead, rowWritten] = [bytesOf(columns, input), bytesOf(columns, output)];
  if (columns <= longestInRegisters && rowRead <= 4 * longestInRegisters) {
    return {
      kind: "stream",
      read: rows * rowRead,
      written: rows * rowWritten,
      elements: rows * columns,
      operationsPerElement: instructions,
      math,
      warm,
    };
  }
  const vector = 16 / bytesPerElement[input];
  const wanted = Math.min(columns / vector, 1024);
  const threads = Math.max(32, 2 ** Math.ceil(Math.log2(wanted / 2)));
  return {
    kind: "rows",
    rows,
    columns,
    rowRead,
    rowWritten,
    passes: 3,
    threads,
    vector,
    operationsPerThread: reductions,
    operationsPerElement: instructions,
    math,
    warm,
  };
}
