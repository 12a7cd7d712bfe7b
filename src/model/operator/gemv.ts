// The work of a matrix times a vector. Knows no device.
import { bytesOf } from "./formats.js";
import { extent, type Operator } from "./operator.js";

/** y = W x, W of N rows and K columns. 2 N K operations; N K weights and K inputs are read, N outputs are written. */
export const gemv: Operator = {
  type: "gemv",
  description: "matrix times vector, y[N] = W[N, K] x[K]",
  dimensions: [extent("N", "rows of W"), extent("K", "columns of W")],
  work([n, k], { math, input, weight, output }) {
    const dram = bytesOf(n * k, weight) + bytesOf(k, input) + bytesOf(n, output);
    return { flop: { [math]: 2 * n * k }, units: "matrix", bytes: { dram } };
  },
  kernels: ([n, k], formats) => [{ kind: "matmul", batch: 1, m: 1, n, k, formats }],
};
