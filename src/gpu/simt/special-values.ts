// What special registers hold. Those that a block's start settles are filled in there; the clocks are read as the machine goes.
import { delinearise, volume } from "../../core/dim3.js";
import type { LaunchImage } from "./launch-image.js";
import { gridWorkspaceBase } from "./memory-region.js";
import type { VariablePlan } from "./program.js";
import { type RegisterWords, type SpecialPlace, warpSize } from "./registers.js";

/** Shared memory is given in units of so many bytes (CUDA Occupancy Calculator, compute capability 7.0 and later). */
const sharedUnit = 128;

/** What is the same in every block, by register; the fourth axes, and whatever is not listed here, are 0. */
export function startingValues(
  { block, grid, dynamicSharedBytes, limits, cooperative }: LaunchImage,
  { sharedBytes }: VariablePlan,
  warp: number,
): Readonly<Record<string, (lane: number) => number>> {
  const inUnits = (bytes: number): number => Math.ceil(bytes / sharedUnit) * sharedUnit;
  const values: Record<string, (lane: number) => number> = {
    "%laneid": (lane) => lane,
    "%warpid": () => warp,
    // A bound that every warp's number stays below.
    "%nwarpid": () => Math.max(limits.warpsPerSm ?? 0, Math.ceil(volume(block) / warpSize)),
    "%nsmid": () => limits.sms,
    "%lanemask_eq": (lane) => 1 << lane,
    "%lanemask_lt": (lane) => (1 << lane) - 1,
    "%lanemask_le": (lane) => (1 << lane) | ((1 << lane) - 1),
    "%lanemask_gt": (lane) => ~((1 << lane) | ((1 << lane) - 1)),
    "%lanemask_ge": (lane) => ~((1 << lane) - 1),
    "%dynamic_smem_size": () => dynamicSharedBytes,
    // The total is what the program has asked for; the aggregate has the system's share as well.
    "%total_smem_size": () => inUnits(sharedBytes),
    "%aggr_smem_size": () => inUnits(sharedBytes + (limits.sharedReservedPerBlock ?? 0)),
    // Every launch is seen alone.
    "%gridid": () => 1,
    "%cluster_nctarank": () => 1,
  };
  // Where nvcc's cooperative groups find their workspace; 0 says that the launch is not cooperative.
  if (cooperative === true) {
    values["%envreg1"] = () => Math.floor(gridWorkspaceBase / 2 ** 32);
    values["%envreg2"] = () => gridWorkspaceBase % 2 ** 32;
  }
  for (const axis of ["x", "y", "z"] as const) {
    values[`%tid.${axis}`] = (lane) => delinearise(warp * warpSize + lane, block)[axis];
    values[`%ntid.${axis}`] = () => block[axis];
    values[`%nctaid.${axis}`] = () => grid[axis];
    values[`%nclusterid.${axis}`] = () => grid[axis];
    values[`%cluster_nctaid.${axis}`] = () => 1;
  }
  return values;
}

/** Puts a value of 32 bits or fewer into a register's place, as wide as that is. */
export function fillSpecial(
  { u32 }: RegisterWords,
  { offset, bytes }: SpecialPlace,
  value: (lane: number) => number,
): void {
  const step = bytes === 8 ? 2 : 1;
  for (let lane = 0; lane < warpSize; lane++)
    u32[offset + step * lane] = bytes === 2 ? value(lane) & 0xffff : value(lane);
}

/**
 * What a clock says after so many warp instructions of the launch: one of them counts as a cycle and as a nanosecond, the same on
 * every machine. It is an order of events and no estimate of times.
 */
export function clockValue(name: string, steps: number): bigint {
  const half = name === "%clock_hi" || name === "%globaltimer_hi" ? 32n : 0n;
  return BigInt(steps) >> half;
}
