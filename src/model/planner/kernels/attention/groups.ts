// Attention of a few queries to a cache, by blocks that take one head of the cache, or a part of its length, with all the heads
// of Q that share it, on the tensor cores. Knows no framework.
import { type AttentionWork, bytesOf } from "../../../operator/index.js";
import { capability, hasTensorMemory } from "../../generation.js";
import { drawTime, type Machine } from "../../machine.js";
import type { Plan } from "../../plan.js";
import { cacheSplits, cacheTraffic, levelsOf, partsInWords } from "./cache.js";
import { amongOthers, byItself, cheapestPlan } from "./choice.js";
import { fragment, roundUp, scoreCost } from "./scores.js";

/**
 * Every warp of a block goes through keys of its own, and their results are added up through shared memory: 8 warps, 4 bytes an
 * element, written and read at 128 bytes a clock. Clocks for an element of a block's result.
 */
const mergeClocks = (8 * 4 * 2) / 128;

/** `rows` are the rows of Q that one block takes at once. */
export function planGroups(machine: Machine, work: AttentionWork, rows: number): Plan {
  const { batch, kvHeads, headDim, formats } = work;
  const { constants, sms, clock, l2Rate } = machine;
  const cost = scoreCost(machine, work);
  const { fill, inFlight } = blocksOf(machine, work);
  const units = batch * kvHeads;
  // The cache is gone through tile by tile, so that values that lie in the keys are still in L2.
  const moved = cacheTraffic(work, work.valuesInKeys ? 1 : 2);
  const ways = cacheSplits(work, units, sms * inFlight).map(({ split, blocks, part }) => {
    const perSm = Math.max(1, blocks / sms);
    const scores = perSm * roundUp(rows, fragment) * part;
    const resources = {
      compute: scores * cost.products,
      special: scores * cost.softmax,
      l2: (perSm * bytesOf(2 * part * headDim, formats.weight)) / l2Rate,
      dram: drawTime(machine, moved.all, blocks),
      overhead:
        constants.pipelineFill +
        Math.ceil(blocks / (sms * inFlight)) * fill +
        (perSm * rows * headDim * mergeClocks) / clock +
        (split === 1 ? 0 : constants.splitOverhead),
    };
    return { choice: { split, blocks }, resources };
  });
  const queries = rows === 1 ? "the query of a head" : `the ${rows} queries of a group`;
  return cheapestPlan(ways, machine, {
    combine: inFlight === 1 ? byItself : amongOthers,
    words: (split) => `${queries} by a block${partsInWords(split)}`,
    traffic: (split) => levelsOf(work, units, moved, split),
  });
}

/** How long a block waits for one thing after another, and how many blocks of an SM wait at once. */
function blocksOf(
  { constants, device, clock }: Machine,
  { formats }: AttentionWork,
): { readonly fill: number; readonly inFlight: number } {
  const fill = constants.cachedFill / clock;
  const generation = Math.floor(capability(device));
  // Where scores stay in tensor memory there is room for several.
  if (hasTensorMemory(device)) return { fill, inFlight: constants.cachedInFlight };
  // Elsewhere the keys and values of a group fill the shared memory: one block at a time. Hopper has a kernel for caches in 8 bits in
  // which warps of their own bring what the next block needs meanwhile.
  const prefetched = generation === 9 && bytesOf(1, formats.weight) === 1;
  return { fill: prefetched ? fill * constants.prefetchedFill : fill, inFlight: 1 };
}
