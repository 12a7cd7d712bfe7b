// How ordinary threads, those outside tensor cores, run on a device: how many an SM holds and how fast it issues their
// instructions. Knows no operator.
import type { DeviceSpec } from "../../hardware/index.js";
import type { Machine } from "./machine.js";

/** Instructions of single threads that the whole device issues a second: a warp's instruction counts once for each thread. */
export function issueRate(machine: Machine): number {
  return machine.sms * machine.clock * issueLanes(machine);
}

/**
 * Instructions of single threads that an SM issues a clock. Each part of it with a scheduler of its own issues one of a warp. Where
 * the file does not say how many parts there are, an SM has as many lanes as its FP32 peak needs; 64 (GCN, CDNA, Pascal's P100)
 * otherwise.
 */
export function issueLanes({ device: { limits, peak }, sms, clock }: Machine): number {
  if (limits !== undefined) return limits.subPartitions * limits.threadsPerWarp;
  return peak.FP32 === undefined ? 64 : peak.FP32 / (2 * sms * clock);
}

/** Multiply-adds in FP32 that an SM begins a clock, which may be fewer than it issues: of what the peak is made; 128 without one. */
export function multiplyAddLanes({ device: { peak }, sms, clock }: Machine): number {
  return peak.FP32 === undefined ? 128 : peak.FP32 / (2 * sms * clock);
}

/** Blocks of so many threads that one SM holds at a time: by their threads alone, registers and shared memory left out. */
export function residentBlocks({ limits }: DeviceSpec, threads: number): number {
  const { threadsPerSm, blocksPerSm } = limits ?? typicalLimits;
  return Math.max(1, Math.min(blocksPerSm, Math.floor(threadsPerSm / threads)));
}

/** Those of NVIDIA's server GPUs from compute capability 6.0 on, where a file states none. */
const typicalLimits = { threadsPerSm: 2048, blocksPerSm: 32 };
