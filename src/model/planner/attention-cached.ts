// Attention of a few queries to a cache of keys and values: a block takes one head of the cache, or a part of its length
// ("flash decoding"), with all the heads of Q that share it, or one of them. Knows no framework.
import { type AttentionWork, bytesOf, visibleKeys } from "../operator/index.js";
import { candidate, cheapestPlan } from "./attention-choice.js";
import { fragment, keyTile, roundUp, scoreCost } from "./attention-scores.js";
import { capability, type Machine } from "./machine.js";
import type { Plan } from "./plan.js";

const splits = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128];
/** A part of the cache shorter than this is not worth a block. Keys. */
const shortestPart = 128;

/** `rows` are the rows of Q that one block takes at once: those of a whole group of heads, or 1 by itself. */
export function planCached(machine: Machine, work: AttentionWork, rows: number): Plan {
  const { batch, heads, kvHeads, headDim, formats } = work;
  const { constants, sms, dramRate, l2Rate } = machine;
  const grouped = rows > 1;
  const cost = scoreCost(machine, work);
  const keys = visibleKeys(work);
  const { fill, inFlight } = blocksOf(machine, work, rows);
  const units = batch * (grouped ? kvHeads : heads);
  // A group goes through the cache tile by tile, so that values that lie in the keys are still in L2.
  const copies = grouped && work.valuesInKeys ? 1 : 2;
  const cached = bytesOf(copies * batch * kvHeads * keys * headDim, formats.weight);
  const queryBytes = batch * heads * work.queries * headDim;
  const moved = cached + bytesOf(queryBytes, formats.input) + bytesOf(queryBytes, formats.output);
  const priced = splits
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
        // Heads of one group that go by themselves read the same keys again, from L2.
        l2: (perSm * bytesOf(2 * part * headDim, formats.weight)) / l2Rate,
        dram: moved / Math.min(dramRate, Math.min(blocks, sms) * constants.dramPerSm),
        overhead:
          constants.pipelineFill +
          Math.ceil(blocks / (sms * inFlight)) * fill +
          (split === 1 ? 0 : constants.splitOverhead),
      };
      return candidate({ split, blocks }, resources);
    });
  return cheapestPlan(priced, machine, (split) => {
    const parts = split === 1 ? "" : `, the cache in ${split} parts`;
    return `${grouped ? `the ${rows} queries of a group` : "each head"} by a block${parts}`;
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
  if (rows === 1) return { fill, inFlight: constants.cachedInFlight };
  // Half of the wait is for the cache, half of it grows with the rows.
  const byRows = fill * (0.5 + roundUp(rows, fragment) / (2 * fragment));
  const generation = capability(device);
  if (generation >= 10) return { fill: byRows, inFlight: constants.cachedInFlight };
  // Keys and values of a group fill the shared memory before Blackwell: one block at a time. On Hopper warps of their own
  // bring the next tiles meanwhile, in the kernel that it has for caches in 8 bits.
  const prefetched = Math.floor(generation) === 9 && bytesOf(1, formats.weight) === 1;
  return { fill: prefetched ? byRows / 4 : byRows, inFlight: 1 };
}
