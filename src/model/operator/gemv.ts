// The work of a matrix times a vector. Knows no device.
import { bytesPerElement } from "../../core/precision.js";
import type { Operator } from "./operator.js";

/** y = W x, W of N rows and K columns. 2 N K operations; N K weights and K inputs are read, N outputs are written. */
export const gemv: Operator = {
  type: "gemv",
  description: "matrix times vector, y[N] = W[N, K] x[K]",
  dimensions: ["N", "K"],
  work([n, k], precision) {
    return { flop: { [precision]: 2 * n * k }, bytes: { dram: (n * k + k + n) * bytesPerElement[precision] } };
  },
  products: ([n, k]) => ({ batch: 1, m: 1, n, k }),
};
