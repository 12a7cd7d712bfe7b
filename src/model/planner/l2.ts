// What L2 keeps of data that have been in use: hits instead of traffic with the DRAM. Knows no operator.
import type { DeviceSpec } from "../../hardware/index.js";

/**
 * The share of so many bytes that L2 still has when they are used again, everything between having been as much: all of what is
 * half as large as L2, half of what is as large, nothing of what is half as large again. Simplified: a cache that always threw
 * out what was used longest ago would keep all of it or nothing, at its size; hashing of addresses, halves of L2 that each keep a
 * copy (A100, H100) and what else is under way make a slope of that.
 */
export function keptInL2(bytes: number, { cache: { l2 } }: DeviceSpec): number {
  if (l2 === undefined) return 0;
  return Math.min(1, Math.max(0, 1.5 - bytes / l2));
}
