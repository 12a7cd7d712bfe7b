// The bytes that a planned product of matrices moves at each level of memory. Prices nothing.
import type { Traffic } from "../../../core/work.js";
import { bytesOf, type MatmulWork } from "../../operator/index.js";
import type { Machine } from "../machine.js";

/** How the product is cut up. */
export interface Tiling {
  readonly tile: readonly [m: number, n: number];
  readonly splitK: number;
  readonly blocks: number;
}

/**
 * DRAM: the matrices, once each. L2: the operands of every block, those that a cluster shares once, and C with the parts of a split
 * K. L1, which is shared memory here: every block's operands written into it and read out of it once, the least that a tile
 * asks for, and C.
 */
export function matmulTraffic(
  { operandRate, l2Rate }: Pick<Machine, "operandRate" | "l2Rate">,
  { batch, m, n, k, formats: { input, weight, output } }: MatmulWork,
  { tile: [tm, tn], splitK, blocks }: Tiling,
): Traffic {
  const results = bytesOf(batch * m * n, output);
  // The parts of C are written and read again in 32 bits.
  const parts = splitK === 1 ? 0 : 2 * splitK * batch * m * n * 4;
  const operands = blocks * (k / splitK) * (bytesOf(tm, input) + bytesOf(tn, weight));
  const dram = batch * (bytesOf(m * k, input) + bytesOf(k * n, weight)) + results;
  return {
    dram,
    // Whatever comes from DRAM comes through L2: a cluster that shares more than there is to share asks for it once.
    l2: Math.max(dram, operands / (operandRate / l2Rate) + results) + parts,
    l1: 2 * operands + results + parts,
  };
}
