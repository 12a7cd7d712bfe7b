// Theoretical occupancy: how many blocks of a kernel an SM holds at a time, and what keeps it from holding more. The rules of
// CUDA's occupancy calculator. Knows nothing of PTX or of what a kernel does.
import type { DeviceLimits, DeviceSpec } from "../../hardware/index.js";
import type { RegisterSource } from "./registers.js";

/** What one block of a kernel takes. */
export interface BlockResources {
  readonly threads: number;
  readonly registersPerThread: number;
  /** Static and dynamic shared memory in bytes, without what the system keeps for itself. */
  readonly sharedBytes: number;
}

export type OccupancyLimiter = "warps" | "blocks" | "registers" | "shared memory";

export interface Occupancy {
  /** Blocks that an SM holds at a time; 0 where it cannot hold one. */
  readonly activeBlocksPerSm: number;
  readonly activeWarpsPerSm: number;
  readonly maxWarpsPerSm: number;
  /** Active warps as a share of the most, 0 to 1. */
  readonly occupancy: number;
  /** What keeps the SM from holding more blocks; of several the first in the order of `limits`. */
  readonly limiter: OccupancyLimiter;
  /** The blocks that an SM would hold if nothing else limited them; a resource that is not used is absent. */
  readonly limits: Readonly<Partial<Record<OccupancyLimiter, number>>>;
}

/**
 * The occupancy of blocks on a device's SMs, by the rules of NVIDIA's occupancy calculator (cuda_occupancy.h): registers are
 * given to warps by the unit, out of the register file of the part of the SM that a warp is on; shared memory is given to blocks
 * by the unit, with what the system keeps. The whole of what can be shared memory is taken for shared memory. Undefined for a
 * device that runs no kernels.
 */
export function occupancyOf({ limits, cache }: DeviceSpec, block: BlockResources): Occupancy | undefined {
  if (limits === undefined) return undefined;
  const warps = Math.ceil(block.threads / limits.threadsPerWarp);
  const shared = sharedLimit(limits, cache.sharedPerSm, cache.sharedPerBlock, block.sharedBytes);
  const found: Partial<Record<OccupancyLimiter, number>> = {
    warps: Math.floor(limits.warpsPerSm / warps),
    blocks: limits.blocksPerSm,
    registers: registerLimit(limits, warps, block.registersPerThread),
    ...(shared === undefined ? {} : { "shared memory": shared }),
  };
  const activeBlocksPerSm = Math.min(...Object.values(found));
  const activeWarpsPerSm = activeBlocksPerSm * warps;
  return {
    activeBlocksPerSm,
    activeWarpsPerSm,
    maxWarpsPerSm: limits.warpsPerSm,
    occupancy: activeWarpsPerSm / limits.warpsPerSm,
    limiter: limiters.find((limiter) => found[limiter] === activeBlocksPerSm) as OccupancyLimiter,
    limits: found,
  };
}

const limiters: readonly OccupancyLimiter[] = ["warps", "blocks", "registers", "shared memory"];

/** Registers that a block takes, as the hardware checks it: as if its warps were on all parts of the SM alike. */
export function registersOfBlock(limits: DeviceLimits, threads: number, registersPerThread: number): number {
  const warps = Math.ceil(threads / limits.threadsPerWarp);
  return registersOfWarp(limits, registersPerThread) * roundUp(warps, limits.subPartitions);
}

function registersOfWarp(limits: DeviceLimits, registersPerThread: number): number {
  return roundUp(registersPerThread * limits.threadsPerWarp, limits.registerUnit);
}

function registerLimit(limits: DeviceLimits, warps: number, registersPerThread: number): number {
  const ofWarp = registersOfWarp(limits, registersPerThread);
  const ofBlock = registersOfBlock(limits, warps * limits.threadsPerWarp, registersPerThread);
  if (ofBlock > limits.registersPerBlock || registersPerThread > limits.registersPerThread) return 0;
  const warpsPerPart = Math.floor(limits.registersPerSm / limits.subPartitions / ofWarp);
  return Math.floor((warpsPerPart * limits.subPartitions) / warps);
}

function sharedLimit(
  { sharedUnit, sharedReservedPerBlock }: DeviceLimits,
  perSm: number | undefined,
  perBlock: number | undefined,
  bytes: number,
): number | undefined {
  const ofBlock = roundUp(bytes + sharedReservedPerBlock, sharedUnit);
  if (perBlock !== undefined && bytes > perBlock) return 0;
  return ofBlock === 0 || perSm === undefined ? undefined : Math.floor(perSm / ofBlock);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** How a grid falls on a device's SMs when each holds as many blocks as it can. */
export interface Waves {
  /** Blocks that the device holds at a time. */
  readonly blocksPerWave: number;
  /** Waves until the last block has begun, the last one counted whole. */
  readonly waves: number;
  /** How full the last wave is, 0 to 1: the tail, which the others wait for. */
  readonly lastWave: number;
}

/** The occupancy of a launch, with what it rests on. */
export interface LaunchOccupancy extends Occupancy, Waves {
  readonly registersPerThread: number;
  /** `estimate` where nobody said: ptxas alone knows. */
  readonly registersFrom: RegisterSource;
  /** Static and dynamic, without what the system keeps. */
  readonly sharedBytesPerBlock: number;
}

/** The waves of a grid; undefined where no block fits on an SM. */
export function wavesOf(blocks: number, activeBlocksPerSm: number, sms: number): Waves | undefined {
  const blocksPerWave = activeBlocksPerSm * sms;
  if (blocksPerWave === 0) return undefined;
  const waves = Math.ceil(blocks / blocksPerWave);
  return { blocksPerWave, waves, lastWave: (blocks - (waves - 1) * blocksPerWave) / blocksPerWave };
}
