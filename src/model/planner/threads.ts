// How ordinary threads, those outside tensor cores, run on a device: how many an SM holds and how fast it issues their
// instructions. Knows no operator.
import type { DeviceLimits, DeviceSpec } from "../../hardware/index.js";
import { capability } from "./generation.js";
import type { Machine } from "./machine.js";

/** Instructions of single threads that the whole device issues a second: a warp's instruction counts once for each thread. */
export function issueRate(machine: Machine): number {
  return machine.sms * machine.clock * issueLanes(machine);
}

/**
 * Instructions of single threads that an SM issues a clock. Each part of it with a scheduler of its own issues one of a warp. Where
 * the file does not say how many parts there are: NVIDIA's SMs have four, that of P100 (compute capability 6.0) two; others have
 * as many lanes as their FP32 peak needs, 64 (GCN, CDNA) without one.
 */
export function issueLanes({ device, sms, clock }: Machine): number {
  const { limits, peak } = device;
  if (limits !== undefined) return limits.subPartitions * limits.threadsPerWarp;
  const known = capability(device);
  if (known > 0) return known === 6.0 ? 64 : 128;
  return peak.FP32 === undefined ? 64 : peak.FP32 / (2 * sms * clock);
}

/** Multiply-adds in FP32 that an SM begins a clock, which may be fewer than it issues: of what the peak is made; 128 without one. */
export function multiplyAddLanes({ device: { peak }, sms, clock }: Machine): number {
  return peak.FP32 === undefined ? 128 : peak.FP32 / (2 * sms * clock);
}

/** Blocks of so many threads that one SM holds at a time: by their threads alone, registers and shared memory left out. */
export function residentBlocks(device: DeviceSpec, threads: number): number {
  const { threadsPerSm, blocksPerSm } = device.limits ?? typicalLimits(capability(device));
  return Math.max(1, Math.min(blocksPerSm, Math.floor(threadsPerSm / threads)));
}

/** Where a file states none, those of the compute capability: CUDA C++ Programming Guide, technical specifications. */
function typicalLimits(known: number): Pick<DeviceLimits, "threadsPerSm" | "blocksPerSm"> {
  if (known === 7.5) return { threadsPerSm: 1024, blocksPerSm: 16 };
  if (known > 8 && known < 9) return { threadsPerSm: 1536, blocksPerSm: known === 8.9 ? 24 : 16 };
  return known >= 12 ? { threadsPerSm: 1536, blocksPerSm: 24 } : { threadsPerSm: 2048, blocksPerSm: 32 };
}
