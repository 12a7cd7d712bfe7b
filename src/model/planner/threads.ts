// How ordinary threads, those outside tensor cores, run on a device: how many an SM holds and how fast it issues their
// instructions. Knows no operator.
import type { DeviceSpec } from "../../hardware/index.js";
import type { Machine } from "./machine.js";

/** Instructions of single threads that the whole device issues a second: a warp's instruction counts once for each thread. */
export function issueRate({ device, sms, clock }: Machine): number {
  return sms * clock * lanesPerSm(device, sms, clock);
}

/** Blocks of so many threads that one SM holds at a time: by their threads alone, registers and shared memory left out. */
export function residentBlocks({ limits }: DeviceSpec, threads: number): number {
  const { threadsPerSm, blocksPerSm } = limits ?? typicalLimits;
  return Math.max(1, Math.min(blocksPerSm, Math.floor(threadsPerSm / threads)));
}

/** Those of NVIDIA's server GPUs from compute capability 6.0 on, where a file states none. */
const typicalLimits = { threadsPerSm: 2048, blocksPerSm: 32 };

// Each part of an SM with a scheduler of its own issues an instruction of a warp each clock. Where the file does not say how many
// there are, an SM has as many lanes as its FP32 peak needs, at a multiply-add a clock; 64 (GCN, CDNA, Pascal's P100) otherwise.
function lanesPerSm({ limits, peak }: DeviceSpec, sms: number, clock: number): number {
  if (limits !== undefined) return limits.subPartitions * limits.threadsPerWarp;
  return peak.FP32 === undefined ? 64 : peak.FP32 / (2 * sms * clock);
}
