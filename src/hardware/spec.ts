// What a device can do at most, as the rest of warplab reads it: SI units, nothing that changes. Knows nothing of files.
import type { Precision } from "../core/precision.js";

export type DeviceKind = "gpu" | "tpu" | "cpu" | "asic";

/** A device's figures. Immutable; `loadDevice` makes one, and `{ ...spec, sms: 4 }` another. */
export interface DeviceSpec {
  /** `h100-sxm`: its file's name, and what results call it. */
  readonly key: string;
  /** `H100 SXM`: what people read. */
  readonly name: string;
  readonly vendor: string;
  readonly kind: DeviceKind;
  /** `Hopper`. */
  readonly architecture: string;
  /** NVIDIA's compute capability, `9.0`; undefined for devices of others. */
  readonly computeCapability: string | undefined;
  /** Other spellings under which it is found, without regard to case. */
  readonly aliases: readonly string[];
  /** Streaming multiprocessors, or compute units. */
  readonly sms: number | undefined;
  /** Hz. */
  readonly boostClock: number | undefined;
  /** Exponentials, logarithms and reciprocals that the special function units of one SM begin each clock. */
  readonly specialPerClock: number | undefined;
  /** Dense peak in operations a second, by precision; a precision that the device lacks, or states no peak for, is absent. */
  readonly peak: Readonly<Partial<Record<Precision, number>>>;
  /** The same of matrix products, in precisions for which units of their own do them faster. */
  readonly matrixPeak: Readonly<Partial<Record<Precision, number>>>;
  readonly dram: DramSpec;
  /** Sizes in bytes. */
  readonly cache: CacheSpec;
  /** What a launch must stay within; undefined for devices that run no CUDA kernels. */
  readonly limits: DeviceLimits | undefined;
  /** Watt. */
  readonly tdp: number | undefined;
  /** What the vendor calls its process, in metres; a name by now more than a length. */
  readonly process: number | undefined;
  readonly links: LinkSpec;
  /** Seconds between two kernels of a CUDA graph, as measured. */
  readonly launchOverhead: number | undefined;
  /** What this device was measured to sustain; empty where nobody calibrated it. */
  readonly sustained: SustainedShares;
  /**
   * The share of the roofline that was measured, by kernel type and precision. It multiplies whichever resource binds;
   * above 1 it stands for a level of memory that the roofline does not have (a matrix that stays in L2).
   */
  readonly efficiency: Readonly<Record<string, Readonly<Partial<Record<Precision, number>>>>>;
  /** Where each figure comes from, by its path in the device's file (`dram.bandwidth_gb_s`). */
  readonly sources: Readonly<Record<string, string>>;
  /** Figures to treat with care. */
  readonly unsure: readonly { readonly figure: string; readonly note: string }[];
}

export interface DramSpec {
  /** `HBM3`. */
  readonly type: string;
  /** Bytes a second. */
  readonly bandwidth: number;
  /** Bytes. */
  readonly capacity: number;
}

/** Shares of a device's peaks that it was measured to sustain. */
export interface SustainedShares {
  /** Of the DRAM's bandwidth, by a kernel that only streams. */
  readonly dram: number | undefined;
  /** Of the peak, by a matrix product with very large tiles on all SMs, by precision. */
  readonly math: Readonly<Partial<Record<Precision, number>>>;
}

export interface CacheSpec {
  /** L1 data cache and shared memory of one SM together. */
  readonly l1SharedPerSm: number | undefined;
  /** Shared memory of one SM at most. */
  readonly sharedPerSm: number | undefined;
  /** Shared memory that one block may have at most, when it asks for it. */
  readonly sharedPerBlock: number | undefined;
  readonly l2: number | undefined;
  /** Bytes a second that all SMs together draw from L2, as measured. */
  readonly l2Bandwidth: number | undefined;
  /** Bytes a clock between the registers of one SM and its L1 or shared memory. */
  readonly l1PerClock: number | undefined;
}

/** Bytes a second, each way. */
export interface LinkSpec {
  /** To the host. */
  readonly pcie: number | undefined;
  /** To other devices of its kind, all links together. */
  readonly peer: number | undefined;
}

export interface DeviceLimits {
  readonly threadsPerWarp: number;
  readonly threadsPerBlock: number;
  readonly threadsPerSm: number;
  readonly warpsPerSm: number;
  readonly blocksPerSm: number;
  /** Registers of 32 bits. */
  readonly registersPerSm: number;
  /** Registers of 32 bits. */
  readonly registersPerBlock: number;
  /** Registers of 32 bits. */
  readonly registersPerThread: number;
  /** Registers that a warp gets at a time. */
  readonly registerUnit: number;
  /** Parts of an SM with a register file of their own each. */
  readonly subPartitions: number;
  /** Bytes of shared memory that a block gets at a time. */
  readonly sharedUnit: number;
  /** Bytes of each block's shared memory that are the system's. */
  readonly sharedReservedPerBlock: number;
}
