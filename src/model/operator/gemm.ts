// The work of a matrix times a matrix. Knows no device.
import { bytesOf } from "./formats.js";
import { extent, type Operator } from "./operator.js";

/**
 * C = A B, A of M rows and K columns, B of K rows and N columns. 2 M N K operations; A and B are read once and C is
 * written once: C is not read (beta = 0), and a wider type of accumulation is not counted.
 */
export const gemm: Operator = {
  type: "gemm",
  description: "matrix times matrix, C[M, N] = A[M, K] B[K, N]",
  dimensions: [
    extent("M", "rows of A and C"),
    extent("N", "columns of B and C"),
    extent("K", "columns of A, rows of B"),
  ],
  work([m, n, k], { math, input, weight, output }) {
    const dram = bytesOf(m * k, input) + bytesOf(k * n, weight) + bytesOf(m * n, output);
    return { flop: { [math]: 2 * m * n * k }, units: "matrix", bytes: { dram } };
  },
  kernels: ([m, n, k], formats) => [{ kind: "matmul", batch: 1, m, n, k, formats }],
};
