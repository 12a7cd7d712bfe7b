// The work of normalising rows: layer norm and RMS norm. Knows no device.
import { bytesOf, type Formats } from "./formats.js";
import type { RowsWork } from "./kernel-work.js";
import { operationsPerElement } from "./operations.js";
import { extent, type Operator } from "./operator.js";

/** (x - mean) / deviation * gamma + beta. gamma and beta, in the format of weights, are read once. */
export const layerNorm: Operator = norm("layer_norm", "layer norm of each row, with scale and shift", {
  flop: operationsPerElement.layerNorm,
  weights: 2,
  hostSteps: 5,
});

/** x / root of the mean square * gamma. gamma is read once. */
export const rmsNorm: Operator = norm("rms_norm", "RMS norm of each row, with scale", {
  flop: operationsPerElement.rmsNorm,
  weights: 1,
  hostSteps: 2,
});

/**
 * Instructions of a thread for its row. Welford's sums of two threads take about 60 to merge, three shuffles and a division among
 * them; a block of four warps merges in five rounds of shuffles and two by shared memory, and then everyone reads the result.
 */
const merging = 550;
/** Welford's update of mean and variance, then the result. */
const instructions = 20;

/**
 * As PyTorch does it (ATen/native/cuda/layer_norm_kernel.cu): four warps a row, four elements at a time, which read it once for mean
 * and variance and once for the result. `warm` is in bytes.
 */
export function normKernel(rows: number, columns: number, { math, input, output }: Formats, warm: number): RowsWork {
  return {
    kind: "rows",
    rows,
    columns,
    rowRead: bytesOf(columns, input),
    rowWritten: bytesOf(columns, output),
    passes: 2,
    threads: 128,
    vector: 4,
    operationsPerThread: merging,
    operationsPerElement: instructions,
    math,
    warm,
  };
}

function norm(
  type: "layer_norm" | "rms_norm",
  description: string,
  { flop, weights, hostSteps }: { readonly flop: number; readonly weights: number; readonly hostSteps: number },
): Operator {
  return {
    type,
    // A layer norm has means and deviations for results as well, and Python asks whether its tensors are of another kind.
    hostSteps,
    description,
    dimensions: [extent("rows", "rows"), extent("columns", "elements of a row")],
    work([rows, columns], { math, input, weight, output }) {
      const elements = rows * columns;
      const dram = bytesOf(elements, input) + bytesOf(elements, output) + bytesOf(weights * columns, weight);
      return { flop: { [math]: flop * elements }, bytes: { dram } };
    },
    kernels: ([rows, columns], formats) => [normKernel(rows, columns, formats, 0)],
  };
}
