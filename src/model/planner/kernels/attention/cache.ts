// A cache of keys and values that few queries go through, and the parts of it that blocks can share ("flash decoding"). Knows
// nothing of what the blocks do.
import type { Traffic } from "../../../../core/work.js";
import { type AttentionWork, bytesOf, visibleKeys } from "../../../operator/index.js";
import { keyTile, roundUp } from "./scores.js";

const splits = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128];
/** A part of the cache shorter than this is not worth a block. Keys. */
const shortestPart = 128;

/** One way to share the cache. */
export interface CacheSplit {
  readonly split: number;
  readonly blocks: number;
  /** Keys of one block. */
  readonly part: number;
}

/** The ways in which `units` blocks and more can share it, until there are enough blocks for `room` at a time. */
export function cacheSplits(work: AttentionWork, units: number, room: number): CacheSplit[] {
  const keys = visibleKeys(work);
  return splits
    .filter((split) => split === 1 || (keys >= split * shortestPart && units * (split - 1) < room))
    .map((split) => ({ split, blocks: units * split, part: roundUp(keys / split, keyTile) }));
}

/** Bytes that cross the DRAM's interface, the cache being read `copies` times: 1 where values lie in the keys, else 2. */
export function cacheTraffic(work: AttentionWork, copies: 1 | 2): { readonly cache: number; readonly all: number } {
  const { batch, heads, kvHeads, queries, headDim, formats } = work;
  const cache = bytesOf(copies * batch * kvHeads * visibleKeys(work) * headDim, formats.weight);
  const rows = batch * heads * queries * headDim;
  return { cache, all: cache + bytesOf(rows, formats.input) + bytesOf(rows, formats.output) };
}

/** Bytes by level where `units` go through the cache of a head each; parts of results are written and read in 32 bits. */
export function levelsOf(
  work: AttentionWork,
  units: number,
  { cache, all }: { readonly cache: number; readonly all: number },
  split: number,
): Traffic {
  const { batch, heads, queries, headDim, formats } = work;
  const outer = all - cache + (split === 1 ? 0 : 8 * split * batch * heads * queries * headDim);
  const drawn = bytesOf(2 * units * visibleKeys(work) * headDim, formats.weight);
  return { dram: all, l2: drawn + outer, l1: 2 * drawn + outer };
}

/** What the parts are called in a plan's words. */
export function partsInWords(split: number): string {
  return split === 1 ? "" : `, the cache in ${split} parts`;
}
