// How a library would compute attention on a device without writing its scores to memory: blocks of queries go through the keys
// tile by tile, or, where few queries face a cache, blocks share the cache. Knows no framework.
import type { AttentionWork } from "../../../operator/index.js";
import { hasTensorMemory } from "../../generation.js";
import type { Machine } from "../../machine.js";
import type { Plan } from "../../plan.js";
import { planGroups } from "./groups.js";
import { planHeads } from "./heads.js";
import { planTiles } from "./tiles.js";

/** More query rows than this do not fit the kernels that take all heads of a group at once. */
const groupedRows = 32;

/** The kernel that a library takes for this shape, and its price. */
export function planAttention(machine: Machine, work: AttentionWork): Plan {
  const { queries, keys, heads, kvHeads } = work;
  const rows = (heads / kvHeads) * queries;
  const hasCache = queries < keys;
  if (hasCache && rows <= groupedRows && (rows > 1 || takesSingleRows(machine))) return planGroups(machine, work, rows);
  if (hasCache && queries === 1) return planHeads(machine, work);
  return planTiles(machine, work);
}

// A single row would leave most of a tensor core's work undone; where its operands need no registers, that does no harm.
function takesSingleRows({ device }: Machine): boolean {
  return hasTensorMemory(device);
}
