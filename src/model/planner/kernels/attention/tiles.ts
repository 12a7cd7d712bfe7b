// Attention of many queries: a block takes a tile of queries of one head through all the keys that they see (T. Dao et al.,
// "FlashAttention", 2022). Tiles that a mask hides wholly are not computed, and those that it hides in part are masked score by score.
// Simplified: blocks that share keys find them in L2.
import { type AttentionWork, bytesOf, visibleKeys } from "../../../operator/index.js";
import type { Machine } from "../../machine.js";
import type { Plan } from "../../plan.js";
import { amongOthers, cheapestPlan } from "./choice.js";
import { fragment, keyTile, roundUp, scoreCost } from "./scores.js";

/** Queries that a block takes, unless the work says otherwise. */
const usualQueryTile = 128;
/** Blocks that share a tile of queries, each with a part of the keys, where a cache is there to be shared. */
const splits = [1, 2, 4, 8, 16, 32];

export function planTiles(machine: Machine, work: AttentionWork): Plan {
  const { batch, heads, kvHeads, headDim, queries, keys, formats, queryTile = usualQueryTile } = work;
  const { constants, sms, dramRate } = machine;
  const cost = scoreCost(machine, work);
  const { total, longest, masked, maskedOfLongest } = keyTiles(work);
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
      const turns = blocks > sms ? blocks / sms + 0.5 : 1;
      const average = blocks > sms ? (turns * batch * heads) / blocks : 0;
      const busiest = Math.max(Math.ceil(longest / split), average * total);
      const busiestMasked = Math.max(Math.min(maskedOfLongest, Math.ceil(longest / split)), average * masked);
      const resources = {
        compute: busiest * scores * cost.products,
        special: scores * (busiest * cost.softmax + busiestMasked * cost.mask),
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

interface KeyTiles {
  /** Tiles of keys that the tiles of queries of one head go through. */
  readonly total: number;
  /** Of those, the ones that some of the queries do not see whole. */
  readonly masked: number;
  /** The same for the tile of queries with the longest way. */
  readonly longest: number;
  readonly maskedOfLongest: number;
}

function keyTiles({ queries, keys, causal, window, queryTile = usualQueryTile }: AttentionWork): KeyTiles {
  if (!causal) {
    const each = Math.ceil(keys / keyTile);
    // The last one, when the keys end within it.
    const cut = keys % keyTile === 0 ? 0 : 1;
    const tiles = Math.ceil(queries / queryTile);
    return { total: tiles * each, masked: tiles * cut, longest: each, maskedOfLongest: cut };
  }
  let [total, masked, longest, maskedOfLongest] = [0, 0, 0, 0];
  for (let first = 0; first < queries; first += queryTile) {
    const position = keys - queries + first;
    const behind = Math.min(position + queryTile, keys);
    const end = Math.ceil(behind / keyTile);
    const begin = window === 0 ? 0 : Math.floor(Math.max(0, position - window + 1) / keyTile);
    // Seen whole is what the first query already sees and the last one still does.
    const wholeEnd = Math.floor((position + 1) / keyTile);
    const wholeBegin = window === 0 ? 0 : Math.ceil(Math.max(0, behind - window) / keyTile);
    const cut = end - begin - Math.max(0, wholeEnd - wholeBegin);
    total += end - begin;
    masked += cut;
    if (end - begin >= longest) [longest, maskedOfLongest] = [end - begin, cut];
  }
  return { total, masked, longest, maskedOfLongest };
}
