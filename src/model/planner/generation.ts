// What a GPU's maker and architecture tell of it where its file states no more: compute capability, process, lanes. Knows no rates.
import type { DeviceSpec } from "../../hardware/index.js";

/**
 * NVIDIA's compute capability as a number; 0 for devices of others. Where the file states none, that of the architecture's server
 * GPU, and of those without stacked memory where they differ.
 */
export function capability({ computeCapability, vendor, architecture, dram }: DeviceSpec): number {
  if (computeCapability !== undefined) return Number.parseFloat(computeCapability);
  const named = /nvidia/i.test(vendor) ? generationOf(architecture) : undefined;
  if (named?.capability === undefined) return 0;
  return /HBM/i.test(dram.type) ? named.capability.stacked : named.capability.planar;
}

/** Accumulators lie in a memory of the tensor cores', and two SMs share a tile: PTX ISA, tcgen05, for 10.x and 11.x. */
export function hasTensorMemory(device: DeviceSpec): boolean {
  return [10, 11].includes(Math.floor(capability(device)));
}

/**
 * What one block of a cluster fetches reaches all of it at once: PTX ISA, cp.async.bulk.tensor, whose .multicast::cluster is made for
 * 9.0, 10.x and 11.x and may be much slower elsewhere.
 */
export function multicasts(device: DeviceSpec): boolean {
  return Math.floor(capability(device)) === 9 || hasTensorMemory(device);
}

/** Metres, as the vendor calls it; undefined where neither file nor architecture tell. */
export function processOf({ process, architecture, dram }: DeviceSpec): number | undefined {
  const named = generationOf(architecture)?.nanometres;
  if (process !== undefined || named === undefined) return process;
  return (/HBM/i.test(dram.type) ? named.stacked : named.planar) * 1e-9;
}

/** Lanes for FP32 of one SM or compute unit: 64 before compute capability 8.6 but for 6.1, and in AMD's before CDNA 3. */
export function typicalLanes(device: DeviceSpec): 64 | 128 {
  if (isAmd(device)) return /CDNA\s*[12]?$/i.test(device.architecture.trim()) ? 64 : 128;
  const known = capability(device);
  return known > 0 && known < 8.6 && known !== 6.1 ? 64 : 128;
}

export function isAmd({ vendor }: DeviceSpec): boolean {
  return /^(AMD|Advanced Micro Devices)\b/i.test(vendor);
}

/** The same for both kinds of memory, or different chips. */
interface ByMemory {
  readonly stacked: number;
  readonly planar: number;
}

interface Generation {
  readonly name: RegExp;
  readonly capability?: ByMemory;
  readonly nanometres: ByMemory;
}

const both = (value: number): ByMemory => ({ stacked: value, planar: value });

/** NVIDIA, CUDA GPU compute capability list; processes by the vendors' white papers. */
const generations: readonly Generation[] = [
  { name: /pascal/i, capability: { stacked: 6.0, planar: 6.1 }, nanometres: both(16) },
  { name: /volta/i, capability: both(7.0), nanometres: both(12) },
  { name: /turing/i, capability: both(7.5), nanometres: both(12) },
  { name: /ampere/i, capability: { stacked: 8.0, planar: 8.6 }, nanometres: { stacked: 7, planar: 8 } },
  { name: /\bada\b/i, capability: both(8.9), nanometres: both(4) },
  { name: /hopper/i, capability: both(9.0), nanometres: both(4) },
  { name: /blackwell/i, capability: { stacked: 10.0, planar: 12.0 }, nanometres: both(4) },
  { name: /CDNA\s*3/i, nanometres: both(5) },
  { name: /CDNA\s*2/i, nanometres: both(6) },
  { name: /CDNA/i, nanometres: both(7) },
];

function generationOf(architecture: string): Generation | undefined {
  return generations.find(({ name }) => name.test(architecture));
}
