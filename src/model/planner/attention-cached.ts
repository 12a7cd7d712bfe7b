// Attention of a few queries to a cache of keys and values: a block takes one head of the cache, or a part of its length
// ("flash decoding"), with all the heads of Q that share it, or one of them. Knows no framework.
import { type AttentionWork, bytesOf, visibleKeys } from "../operator/index.js";
import { amongOthers, byItself, cheapestPlan } from "./attention-choice.js";
import { fragment, keyTile, roundUp, scoreCost } from "./attention-scores.js";
import { capability, type Machine } from "./machine.js";
import type { Plan } from "./plan.js";

const splits = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128];
/** A part of the cache shorter than this is not worth a block. Keys. */
const shortestPart = 128;
/**
 * Every warp of a block goes through keys of its own, and their results are added up through shared memory: 8 warps, 4 bytes an
 * element, written and read at 128 bytes a clock. Clocks for an element of a block's result.
 */
const mergeClocks = (8 * 4 * 2) / 128;

/** `rows` are the rows of Q that one block takes at once: those of a whole group of heads, or 1 by itself. */
export function planCached(machine: Machine, work: AttentionWork, rows: number): Plan {
  const { batch, heads, kvHeads, headDim, formats } = work;
  const { constants, sms, clock, dramRate, l2Rate } = machine;
  const grouped = rows > 1;
  const cost = scoreCost(machine, work);
  const keys = visibleKeys(work);
  const { fill, inFlight } = blocksOf(machine, work, rows);
  const units = batch * (grouped ? kvHeads : heads);
  // A group goes through the cache tile by tile, so that values that lie in the keys are still in L2.
  const copies = grouped && work.valuesInKeys ? 1 : 2;
  const cached = bytesOf(copies * batch * kvHeads * keys * headDim, formats.weight);
  const queryElements = batch * heads * work.queries * headDim;
  const moved = cached + bytesOf(queryElements, formats.input) + bytesOf(queryElements, formats.output);
  const ways = splits
    .filter((split) => split === 1 || (keys >= split * shortestPart && units * (split - 1) < sms * inFlight))
    .map((split) => {
      const blocks = units * split;
      const part = roundUp(keys / split, keyTile);
      const perSm = Math.max(1, blocks / sms);
      // One row is multiplied outside the tensor cores, faster than it arrives.
      const scores = grouped ? perSm * roundUp(rows, fragment) * part : 0;
      const resources = {
        compute: scores * cost.products,
        special: scores * cost.softmax,
        // Heads of one group that go by themselves read the same keys again, from L2. One of several blocks that an SM has room
        // for draws no more than its part of what the SM can.
        l2: (Math.max(grouped ? 1 : inFlight, blocks / sms) * bytesOf(2 * part * headDim, formats.weight)) / l2Rate,
        dram: moved / Math.min(dramRate, Math.min(blocks, sms) * constants.dramPerSm),
        overhead:
          constants.pipelineFill +
          Math.ceil(blocks / (sms * inFlight)) * fill +
          (grouped ? (perSm * rows * headDim * mergeClocks) / clock : 0) +
          (split === 1 ? 0 : constants.splitOverhead),
      };
      return { choice: { split, blocks }, resources };
    });
  return cheapestPlan(ways, machine, {
    combine: inFlight === 1 ? byItself : amongOthers,
    words(split) {
      const parts = split === 1 ? "" : `, the cache in ${split} parts`;
      return `${grouped ? `the ${rows} queries of a group` : "each head"} by a block${parts}`;
    },
    traffic(split) {
      // Parts of results are written and read in 32 bits.
      const outer = moved - cached + (split === 1 ? 0 : 8 * split * queryElements);
      const drawn = bytesOf(2 * units * keys * headDim, formats.weight);
      return { dram: moved, l2: drawn + outer, l1: 2 * drawn + outer };
    },
  });
}

/**
 * How long a block waits for one thing after another (its pages, keys, values, the other warps' results), and how many blocks of
 * an SM wait at once.
 */
function blocksOf(
  { constants, device, clock }: Machine,
  { formats }: AttentionWork,
  rows: number,
): { readonly fill: number; readonly inFlight: number } {
  const fill = constants.cachedFill / clock;
  const generation = Math.floor(capability(device));
  // Where scores stay in tensor memory, or one head is gone through at a time, there is room for several.
  if (rows === 1 || generation === 10) return { fill, inFlight: constants.cachedInFlight };
  // Elsewhere the keys and values of a group fill the shared memory: one block at a time. Hopper has a kernel for caches in 8 bits in
  // which warps of their own bring what the next block needs meanwhile.
  const prefetched = generation === 9 && bytesOf(1, formats.weight) === 1;
  return { fill: prefetched ? fill / 6 : fill, inFlight: 1 };
}
