// A launch with everything that it needs to run again elsewhere: the same bytes in a notebook, a worker or a saved page.
import type { Dim3 } from "../../core/dim3.js";
import type { DTypeName } from "../../core/dtype.js";
import type { DebugInfo } from "../ptx/debug-info.js";

/** How lanes of a warp that went different ways come together again. */
export type ReconvergencePolicy = (typeof policyNames)[number];

export const policyNames = ["stack", "lowest-pc", "independent"] as const;

/** Whose turn it is among the warps of the blocks on the SMs (schedulers.ts). */
export type SchedulerName = (typeof schedulerNames)[number];

export const schedulerNames = ["default", "round-robin", "greedy-then-oldest", "random"] as const;

/** The limits of the device that a launch must stay within. */
export interface LaunchLimits {
  /** The device's name, for messages: `H100 SXM`. */
  readonly device: string;
  readonly sms: number;
  readonly maxThreadsPerBlock: number;
  /** Warps that an SM holds, where the device says. */
  readonly warpsPerSm?: number;
  /** Static and dynamic shared memory that a block may have, in bytes. */
  readonly sharedBytesPerBlock: number;
  /** Bytes of shared memory that each block has beyond these for the system; 0 where the device does not say. */
  readonly sharedReservedPerBlock?: number;
}

/** One allocation of global memory as it stood before the launch. */
export interface AllocationImage {
  /** The virtual address of its first byte. */
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly label: string;
  /** The element type it was allocated with, for showing it. */
  readonly dtype: DTypeName;
  /** Constant memory, which kernels only read. */
  readonly constant?: boolean;
}

/** Memory that a launch may not touch and of which it is known what it is, for the words of a fault. */
export interface ForbiddenMemory {
  readonly address: number;
  readonly byteLength: number;
  readonly label: string;
  readonly dtype: DTypeName;
  /** Completes "it lies in x, which ...": `has been freed`. */
  readonly why: string;
  /** What to do about it, as a sentence. */
  readonly fix: string;
}

export interface LaunchImage {
  readonly ptx: string;
  /** The entry to run, by name. */
  readonly kernel: string;
  readonly grid: Dim3;
  readonly block: Dim3;
  /** Dynamic shared memory in bytes, beyond what the kernel declares. */
  readonly dynamicSharedBytes: number;
  /** The kernel's parameters, laid out as PTX lays them out. */
  readonly parameters: Uint8Array;
  readonly memory: readonly AllocationImage[];
  /** What was freed, and what belongs to other devices. */
  readonly forbidden?: readonly ForbiddenMemory[];
  /** Where the module's variables in global and constant memory lie, by name. */
  readonly symbols?: Readonly<Record<string, number>>;
  readonly limits: LaunchLimits;
  readonly policy: ReconvergencePolicy;
  /** The default order unless given. */
  readonly scheduler?: SchedulerName;
  /** What `random` draws from; 0 unless given. */
  readonly seed?: number;
  /** All blocks are on the SMs from the start, so that they can wait for each other. */
  readonly cooperative?: boolean;
  /** Blocks that an SM holds at a time, where more than one block runs at a time; 1 unless given. */
  readonly blocksPerSm?: number;
  /** Bytes of stack of a thread, for functions that are entered again before they return; 65,536 unless given. */
  readonly stackBytes?: number;
  /** Bytes that kernels may allocate with malloc; 8 MiB unless given. */
  readonly heapBytes?: number;
  /** Warp instructions after which the launch ends as a livelock. */
  readonly maxSteps: number;
  readonly debug?: DebugInfo;
}
