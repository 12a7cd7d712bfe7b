// How a library would compute attention on a device without writing its scores to memory: blocks of queries go through the keys
// tile by tile, or, where few queries face a cache, blocks share the cache. Knows no framework.
import type { AttentionWork } from "../operator/index.js";
import { planCached } from "./attention-cached.js";
import { planTiles } from "./attention-tiles.js";
import type { Machine } from "./machine.js";
import type { Plan } from "./plan.js";

/** More query rows than this do not fit the kernels that take all heads of a group at once. */
const groupedRows = 32;

/** The kernel that a library takes for this shape, and its price. */
export function attentionPlan(machine: Machine, work: AttentionWork): Plan {
  const { queries, keys, heads, kvHeads } = work;
  const rows = (heads / kvHeads) * queries;
  const hasCache = queries < keys;
  if (hasCache && kvHeads < heads && rows <= groupedRows) return planCached(machine, work, rows);
  if (hasCache && queries === 1) return planCached(machine, work, 1);
  return planTiles(machine, work);
}
