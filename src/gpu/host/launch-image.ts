// From a device, a kernel and a shape to the image of a launch. Every launch is checked here against what CUDA can launch,
// whether it comes from a notebook or from a file. Knows nothing of arguments: they come laid out.
import { type Dim3, formatDim3, volume } from "../../core/dim3.js";
import { InputError, listChoices } from "../../core/errors.js";
import type { DeviceSpec } from "../../hardware/index.js";
import type { LaunchOccupancy } from "../occupancy/occupancy.js";
import type { DebugInfo } from "../ptx/debug-info.js";
import type { Entry } from "../ptx/syntax.js";
import { defaultStackBytes } from "../simt/calls.js";
import { defaultHeapBytes } from "../simt/heap.js";
import {
  type LaunchImage,
  type LaunchLimits,
  policyNames,
  type ReconvergencePolicy,
  type SchedulerName,
  schedulerNames,
} from "../simt/launch-image.js";
import { defaultMaxSteps } from "../simt/machine.js";
import { launchOccupancy } from "./launch-occupancy.js";

/** What a launch says of itself; what it leaves undefined is the device's or the machine's own. */
export interface LaunchDescription {
  readonly device: DeviceSpec;
  readonly ptx: string;
  readonly kernel: string;
  /** The kernel as its PTX declares it, where the PTX was written elsewhere and may bound the block. */
  readonly entry?: Entry;
  readonly grid: Dim3;
  readonly block: Dim3;
  readonly dynamicSharedBytes: number;
  readonly parameters: Uint8Array;
  /** Where the variables of the kernel's module lie. */
  readonly symbols?: Readonly<Record<string, number>>;
  readonly policy: ReconvergencePolicy | undefined;
  readonly stackBytes?: number | undefined;
  readonly heapBytes?: number | undefined;
  readonly maxSteps: number | undefined;
  /** Whose turn it is among the warps; the default order where it is undefined. */
  readonly scheduler: SchedulerName | undefined;
  /** What the scheduler `random` draws from. */
  readonly seed: number | undefined;
  /** All blocks are on the SMs from the start. */
  readonly cooperative: boolean | undefined;
  readonly registersPerThread: number | undefined;
  readonly debug?: DebugInfo;
}

/** The image of a launch with what it takes of the SMs, where the device's file says enough. */
export interface PlannedLaunch extends LaunchImage {
  readonly occupancy?: LaunchOccupancy;
}

/** The image of a launch, with no memory yet. Throws InputError for a shape that the device or the kernel does not take. */
export function launchImage(launch: LaunchDescription): PlannedLaunch {
  const { device, ptx, kernel, entry, grid, block, dynamicSharedBytes, parameters, symbols, debug } = launch;
  const { stackBytes = defaultStackBytes, heapBytes = defaultHeapBytes } = launch;
  checkShape(`launch of "${kernel}"`, grid, block, entry);
  for (const [what, bytes] of [
    ["a thread's stack", stackBytes],
    ["the heap of kernels", heapBytes],
  ] as const) {
    if (Number.isInteger(bytes) && bytes >= 0) continue;
    throw new InputError(`${what} must be a whole number of bytes, got ${bytes}`, { where: `launch of "${kernel}"` });
  }
  checkSchedule(`launch of "${kernel}"`, launch);
  const { scheduler, seed, cooperative } = launch;
  const occupancy = launchOccupancy(launch);
  return {
    ptx,
    kernel,
    grid,
    block,
    dynamicSharedBytes,
    parameters,
    memory: [],
    limits: launchLimits(device),
    policy: launch.policy ?? defaultPolicy(device),
    stackBytes,
    heapBytes,
    maxSteps: launch.maxSteps ?? defaultMaxSteps,
    ...(scheduler === undefined ? {} : { scheduler }),
    ...(seed === undefined ? {} : { seed }),
    ...(cooperative === undefined ? {} : { cooperative }),
    ...(occupancy === undefined ? {} : { occupancy, blocksPerSm: Math.max(1, occupancy.activeBlocksPerSm) }),
    ...(symbols === undefined ? {} : { symbols }),
    ...(debug === undefined ? {} : { debug }),
  };
}

/** A device's limits as the simulator takes them; every GPU has 48 KiB of shared memory a block where it says nothing. */
export function launchLimits({ name, sms, limits, cache }: DeviceSpec): LaunchLimits {
  if (limits === undefined || sms === undefined) {
    throw new InputError(`${name} runs no CUDA kernels`, { fix: 'Take a GPU, such as "h100".' });
  }
  return {
    device: name,
    sms,
    maxThreadsPerBlock: limits.threadsPerBlock,
    warpsPerSm: limits.warpsPerSm,
    sharedReservedPerBlock: limits.sharedReservedPerBlock,
    sharedBytesPerBlock: cache.sharedPerBlock ?? 48 * 1024,
  };
}

// CUDA C++ Programming Guide, technical specifications per compute capability: the same from 3.0 to 12.x.
const largestGrid: Dim3 = { x: 2 ** 31 - 1, y: 65535, z: 65535 };
const largestBlock: Dim3 = { x: 1024, y: 1024, z: 64 };

function checkShape(where: string, grid: Dim3, block: Dim3, entry: Entry | undefined): void {
  checkExtents("grid", grid, largestGrid, where);
  checkExtents("block", block, largestBlock, where);
  const { maxntid, reqntid } = entry ?? {};
  // The PTX manual bounds the product of .maxntid's extents, and requires each extent of .reqntid.
  if (maxntid !== undefined && volume(block) > volume(maxntid)) {
    throw new InputError(
      `a block of ${volume(block)} threads, where the kernel was compiled for ${volume(maxntid)} at most (.maxntid)`,
      { where, fix: "Use smaller blocks, or compile it with other __launch_bounds__." },
    );
  }
  if (reqntid !== undefined && axes.some((axis) => block[axis] !== reqntid[axis])) {
    throw new InputError(
      `a block of ${formatDim3(block)}, where the kernel was compiled for ${formatDim3(reqntid)} (.reqntid)`,
      { where, fix: `Launch it with block ${formatDim3(reqntid)}.` },
    );
  }
}

function checkSchedule(where: string, { policy, scheduler, seed, cooperative }: LaunchDescription): void {
  if (policy !== undefined && !policyNames.includes(policy)) {
    throw new InputError(`unknown policy ${JSON.stringify(policy)}`, {
      where,
      fix: `Known: ${listChoices(policyNames)}.`,
    });
  }
  if (scheduler !== undefined && !schedulerNames.includes(scheduler)) {
    throw new InputError(`unknown scheduler ${JSON.stringify(scheduler)}`, {
      where,
      fix: `Known: ${listChoices(schedulerNames)}.`,
    });
  }
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new InputError(`a seed is a whole number from 0 to 2^53 - 1, got ${seed}`, { where });
  }
  if (seed !== undefined && scheduler !== "random") {
    throw new InputError("only the scheduler random draws from a seed", { where, fix: 'Add scheduler: "random".' });
  }
  if (cooperative !== undefined && typeof cooperative !== "boolean") {
    throw new InputError(`cooperative must be true or false, got ${JSON.stringify(cooperative)}`, { where });
  }
}

const axes = ["x", "y", "z"] as const;

function checkExtents(what: string, extents: Dim3, largest: Dim3, where: string): void {
  for (const axis of axes) {
    if (extents[axis] <= largest[axis]) continue;
    throw new InputError(`${what} ${formatDim3(extents)} is too large: ${axis} can be ${largest[axis]} at most`, {
      where,
      fix: axis === "x" ? `Use a smaller ${what}.` : `Use a smaller ${what}, or put more of it into x.`,
    });
  }
}

// Volta (7.0) and later schedule threads independently; before, a stack reconverged them.
function defaultPolicy({ computeCapability }: DeviceSpec): ReconvergencePolicy {
  return Number.parseFloat(computeCapability ?? "0") >= 7 ? "independent" : "stack";
}
