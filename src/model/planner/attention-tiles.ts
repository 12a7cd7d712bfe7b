// Attention of many queries: a block takes a tile of queries of one head through all the keys that they see (T. Dao et al.,
// "FlashAttention", 2022). Tiles that a mask hides wholly are not computed. Simplified: blocks that share keys find them in L2.
import { type AttentionWork, bytesOf, visibleKeys } from "../operator/index.js";
import { amongOthers, cheapestPlan } from "./attention-choice.js";
import { fragment, keyTile, roundUp, scoreCost } from "./attention-scores.js";
import type { Machine } from "./machine.js";
import type { Plan } from "./plan.js";

/** Queries that a block takes, unless the work says otherwise. */
const usualQueryTile = 128;
/** Blocks that share a tile of queries, each with a part of the keys, where a cache is there to be shared. */
const splits = [1, 2, 4, 8, 16, 32];

export function planTiles(machine: Machine, work: AttentionWork): Plan {
  const { batch, heads, kvHeads, headDim, queries, keys, formats, queryTile = usualQueryTile } = work;
  const { constants, sms, dramRate } = machine;
  const cost = scoreCost(machine, work);
  const { total, longest } = keyTiles(work);
  const tiles = batch * heads * Math.ceil(queries / queryTile);
  const scores = Math.min(queryTile, roundUp(queries, fragment)) * Math.min(keyTile, roundUp(keys, fragment));
  const rows = batch * heads * queries * headDim;
  const moved =
    bytesOf(rows, formats.input) +
    bytesOf(2 * batch * kvHeads * visibleKeys(work) * headDim, formats.weight) +
    bytesOf(rows, formats.output);
  const ways = splits
    .filter((split) => split === 1 || (queries < keys && split <= longest && tiles * (split - 1) < sms))
    .map((split) => {
      const blocks = tiles * split;
      // While there are fewer blocks than SMs the longest decides; beyond, half a block is left over on average.
      const mean = (batch * heads * total) / blocks;
      const keyTilesOfBusiest = Math.max(Math.ceil(longest / split), blocks > sms ? (blocks / sms + 0.5) * mean : 0);
      const turns = blocks > sms ? blocks / sms + 0.5 : 1;
      const resources = {
        compute: keyTilesOfBusiest * scores * cost.products,
        special: keyTilesOfBusiest * scores * cost.softmax,
        dram: moved / dramRate,
        overhead:
          constants.pipelineFill + turns * constants.attentionFill + (split === 1 ? 0 : constants.splitOverhead),
      };
      return { choice: { split, blocks }, resources };
    });
  return cheapestPlan(ways, machine, {
    combine: amongOthers,
    words(split) {
      const parts = split === 1 ? "" : `, the keys in ${split} parts`;
      return `tiles of ${queryTile} queries x ${keyTile} keys${parts}`;
    },
    traffic(split) {
      // Every block brings its keys and values into shared memory, and reads them there; parts of results are of 32 bits.
      const tilesRead = bytesOf(2 * batch * heads * total * keyTile * headDim, formats.weight);
      const outer = bytesOf(rows, formats.input) + bytesOf(rows, formats.output) + (split === 1 ? 0 : 8 * split * rows);
      return { dram: moved, l2: tilesRead + outer, l1: 2 * tilesRead + outer };
    },
  });
}

/** Tiles of keys that the tiles of queries of one head go through: all together, and the longest way. */
function keyTiles({ queries, keys, causal, window, queryTile = usualQueryTile }: AttentionWork): {
  readonly total: number;
  readonly longest: number;
} {
  if (!causal) {
    const each = Math.ceil(keys / keyTile);
    return { total: Math.ceil(queries / queryTile) * each, longest: each };
  }
  let total = 0;
  let longest = 0;
  for (let first = 0; first < queries; first += queryTile) {
    const position = keys - queries + first;
    const end = Math.ceil(Math.min(position + queryTile, keys) / keyTile);
    const begin = window === 0 ? 0 : Math.floor(Math.max(0, position - window + 1) / keyTile);
    total += end - begin;
    longest = Math.max(longest, end - begin);
  }
  return { total, longest };
}
