// The work of a matrix times a matrix. Knows no device.
import { bytesPerElement } from "../../core/precision.js";
import type { Operator } from "./operator.js";

/**
 * C = A B, A of M rows and K columns, B of K rows and N columns. 2 M N K operations; A and B are read once and C is
 * written once, in the same precision: C is not read (beta = 0), and a wider type of accumulation or output is not
 * counted.
 */
export const gemm: Operator = {
  type: "gemm",
  description: "matrix times matrix, C[M, N] = A[M, K] B[K, N]",
  dimensions: ["M", "N", "K"],
  work([m, n, k], precision) {
    return {
      flop: { [precision]: 2 * m * n * k },
      bytes: { dram: (m * k + k * n + m * n) * bytesPerElement[precision] },
    };
  },
  products: ([m, n, k]) => ({ batch: 1, m, n, k }),
};
