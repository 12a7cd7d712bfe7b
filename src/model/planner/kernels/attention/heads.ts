// Attention of one query to a cache, by blocks that take one head of Q each, outside the tensor cores. Heads that share keys and values
// read them from L2 each for itself. Knows no framework.
import { type AttentionWork, bytesOf } from "../../../operator/index.js";
import { drawTime, type Machine } from "../../machine.js";
import type { Plan, Resources } from "../../plan.js";
import { multiplyAddLanes } from "../../threads.js";
import { cacheSplits, cacheTraffic, levelsOf, partsInWords } from "./cache.js";
import { cheapestPlan } from "./choice.js";

/** A multiply-add in 32 bits, and half a conversion of a pair from 16 bits; from 8 bits there are two steps more. */
const instructions = { wide: 1.5, narrow: 3.5 } as const;

export function planHeads(machine: Machine, work: AttentionWork): Plan {
  const { batch, heads, headDim, formats } = work;
  const { constants, sms, clock, l2Rate } = machine;
  const inFlight = constants.cachedInFlight;
  const units = batch * heads;
  const moved = cacheTraffic(work, 2);
  const perElement = bytesOf(1, formats.weight) < 2 ? instructions.narrow : instructions.wide;
  const ways = cacheSplits(work, units, sms).map(({ split, blocks, part }) => {
    // A block that is alone draws and computes no faster than one among those that an SM has room for.
    const perSm = Math.max(inFlight, blocks / sms);
    const elements = perSm * 2 * part * headDim;
    const resources = {
      compute: (elements * perElement) / (multiplyAddLanes(machine) * clock),
      l2: bytesOf(elements, formats.weight) / l2Rate,
      dram: drawTime(machine, moved.all, blocks),
      overhead:
        constants.pipelineFill +
        (Math.ceil(blocks / (sms * inFlight)) * constants.cachedFill) / clock +
        (split === 1 ? 0 : constants.splitOverhead),
    };
    return { choice: { split, blocks }, resources };
  });
  return cheapestPlan(ways, machine, {
    combine,
    words: (split) => `each head by a block${partsInWords(split)}`,
    traffic: (split) => levelsOf(work, units, moved, split),
  });
}

// What arrives is worked on as it comes, with the waits of other blocks meanwhile.
function combine({ compute = 0, overhead = 0, l2 = 0, dram = 0 }: Resources): number {
  return Math.hypot(overhead, Math.max(l2 + compute, dram));
}
