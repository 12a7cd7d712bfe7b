// What a person asks for with a launch: a kernel, its shape and options, its arguments; checked, and laid out as the image of a launch.
// Knows nothing of memory or of when it runs.
import { type Dim3Like, dim3 } from "../../core/dim3.js";
import { InputError, listChoices, nearest } from "../../core/errors.js";
import type { PrintSink } from "../../core/print.js";
import type { ProgressReporter } from "../../core/progress.js";
import type { DeviceSpec } from "../../hardware/index.js";
import type { Kernel, Signature } from "../language/index.js";
import type { DebugInfo } from "../ptx/debug-info.js";
import type { ReconvergencePolicy, SchedulerName } from "../simt/launch-image.js";
import type { MemoryRegion } from "../simt/memory-region.js";
import type { Observer } from "../simt/observer.js";
import { type LaunchArguments, layOutArguments, layOutPtxArguments, type PtxArgument } from "./arguments.js";
import type { LaunchTiming } from "./device-account.js";
import { DeviceArray, DevicePointer } from "./device-array.js";
import { launchImage, type PlannedLaunch } from "./launch-image.js";
import { PtxKernel } from "./ptx-module.js";
import type { Stream } from "./timeline.js";

/** How a kernel is launched. Grid and block are extents: `256`, `[16, 16]`, `{ x: 16, y: 16 }`. */
export interface LaunchConfig {
  /** Blocks. */
  readonly grid: Dim3Like;
  /** Threads of a block. */
  readonly block: Dim3Like;
  /** Dynamic shared memory of a block in bytes. */
  readonly shared?: number;
  /** How diverged lanes come together; the device's own way unless given. */
  readonly policy?: ReconvergencePolicy;
  /** Bytes of stack of a thread, for functions that call themselves; 65,536 unless given. */
  readonly stackBytes?: number;
  /** Bytes that kernels may allocate with malloc; 8 MiB unless given. */
  readonly heapBytes?: number;
  /** Takes what the kernel prints, once it has ended; the cell or the program's standard output unless given. */
  readonly print?: PrintSink;
  /** Warp instructions after which the launch is ended as a livelock. */
  readonly maxSteps?: number;
  /**
   * Looks for data races, reads of memory that nothing has written, and barriers that threads come to in different places; the launch's
   * `findings` say what was found. It takes some ten to thirty times as long.
   */
  readonly sanitize?: boolean;
  /**
   * Whose turn it is among the warps: `default`, the order in which everything else here runs, or one in which several blocks are
   * on the SMs at a time: `round-robin`, `greedy-then-oldest`, `random`.
   */
  readonly scheduler?: SchedulerName;
  /** What the scheduler `random` draws from; 0 unless given. A seed gives the same order everywhere. */
  readonly seed?: number;
  /** All blocks are on the SMs from the start, so that they may wait for each other (`this_grid().sync()`). */
  readonly cooperative?: boolean;
  /** Registers of a thread, as ptxas -v prints them, for the occupancy; estimated unless given. */
  readonly registersPerThread?: number;
  /** Analyses that watch the launch beside the counters. */
  readonly observers?: readonly Observer[];
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
  /** The stream that it is put into; the default one unless given. */
  readonly stream?: Stream;
  /** How long it takes the device by another model, which the timeline then goes by; the latency model's cycles unless given. */
  readonly timing?: LaunchTiming;
  /** Records every divergence and every block, for `launch.divergences`, `launch.blocks` and the device's log. */
  readonly log?: boolean;
}

/** The arguments of a kernel that came as PTX: one a parameter, in order. */
export type PtxArguments = readonly PtxArgument[];

/** What a launch needs of a kernel of the language, whatever its signature. */
export type LanguageKernel = Pick<Kernel<Signature>, "name" | "ptx" | "parameters" | "debug" | "signature">;

/** A kernel of the language, or one that came as PTX. */
export type LaunchableKernel = LanguageKernel | PtxKernel;

/** What a kernel is launched with. One signature rather than overloads, so that an editor names the wrong argument. */
export type ArgumentsOf<K> = K extends PtxKernel
  ? PtxArguments
  : K extends { readonly signature: infer S extends Signature }
    ? LaunchArguments<S>
    : never;

/** Every option of a launch; the type sees to it that none is missing. */
const options: Readonly<Record<keyof LaunchConfig, true>> = {
  grid: true,
  block: true,
  shared: true,
  policy: true,
  stackBytes: true,
  heapBytes: true,
  print: true,
  maxSteps: true,
  sanitize: true,
  scheduler: true,
  seed: true,
  cooperative: true,
  registersPerThread: true,
  observers: true,
  progress: true,
  stream: true,
  timing: true,
  log: true,
};

/** Refuses what is no kernel, what is no shape, and options that a launch has not. */
export function checkRequest(kernel: unknown, config: unknown): asserts kernel is LaunchableKernel {
  checkKernel(kernel, "the first argument");
  const { name } = kernel;
  if (typeof config !== "object" || config === null) {
    throw new InputError(`the second argument must be a launch's shape, got ${kindOf(config)}`, {
      where: `launch of "${name}"`,
      fix: "Write { grid: 1, block: 128 }.",
    });
  }
  for (const option of Object.keys(config)) {
    if (Object.hasOwn(options, option)) continue;
    const slip = nearest(option, Object.keys(options));
    throw new InputError(`there is no option "${option}"`, {
      where: `launch of "${name}"`,
      fix: slip === undefined ? `Known: ${listChoices(Object.keys(options), false)}.` : `Did you mean "${slip}"?`,
    });
  }
}

/** Throws InputError for what is no kernel; `what` names it. */
export function checkKernel(kernel: unknown, what: string): asserts kernel is LaunchableKernel {
  if (isLaunchable(kernel)) return;
  throw new InputError(`${what} is no kernel, got ${kindOf(kernel)}`, {
    where: "launch",
    fix: "Give what kernel(...) or gpu.load(ptx).kernel() returns.",
  });
}

/** The image of a launch, without memory. `symbols` are the addresses of the variables of the kernel's module. */
export function requestedImage(
  device: DeviceSpec,
  kernel: LaunchableKernel,
  config: LaunchConfig,
  args: unknown,
  symbols: Readonly<Record<string, number>> | undefined,
): PlannedLaunch {
  const { name, ptx } = kernel;
  const parameters = kernel instanceof PtxKernel ? layOutPtxArguments(kernel.entry, args) : layOut(kernel, args);
  const debug: DebugInfo | undefined = kernel instanceof PtxKernel ? undefined : kernel.debug;
  const { shared = 0 } = config;
  if (!Number.isInteger(shared) || shared < 0) {
    throw new InputError(`shared memory must be a whole number of bytes, got ${shared}`, {
      where: `launch of "${name}"`,
    });
  }
  return launchImage({
    device,
    ptx,
    kernel: name,
    ...(kernel instanceof PtxKernel ? { entry: kernel.entry } : {}),
    ...(symbols === undefined ? {} : { symbols }),
    grid: dim3(config.grid, "grid"),
    block: dim3(config.block, "block"),
    dynamicSharedBytes: shared,
    parameters,
    policy: config.policy,
    stackBytes: config.stackBytes,
    heapBytes: config.heapBytes,
    maxSteps: config.maxSteps,
    scheduler: config.scheduler,
    seed: config.seed,
    cooperative: config.cooperative,
    registersPerThread: config.registersPerThread,
    ...(debug === undefined ? {} : { debug }),
  });
}

/** The array that an argument is or points into. */
export function arrayOf(argument: unknown): DeviceArray | undefined {
  if (argument instanceof DevicePointer) return argument.array;
  return argument instanceof DeviceArray ? argument : undefined;
}

/** The memory of the arrays among the arguments, also of those that a pointer leads to. */
export function regionsOf(args: unknown): MemoryRegion[] {
  return Object.values(args as Record<string, unknown>).flatMap((value) => arrayOf(value)?.region ?? []);
}

function isLaunchable(kernel: unknown): kernel is LaunchableKernel {
  if (kernel instanceof PtxKernel) return true;
  if (typeof kernel !== "object" || kernel === null) return false;
  const { name, ptx, parameters } = kernel as Partial<Kernel>;
  return typeof name === "string" && typeof ptx === "string" && Array.isArray(parameters);
}

function kindOf(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name || "without a name"}`;
  if (typeof value !== "object" || value === null) return typeof value === "string" ? "a text" : String(value);
  const maker = Object.getPrototypeOf(value)?.constructor?.name;
  return maker === undefined || maker === "Object" ? "an object" : `a value of class ${maker}`;
}

function layOut(kernel: LanguageKernel, args: unknown): Uint8Array {
  return layOutArguments(kernel.name, kernel.parameters, args as Readonly<Record<string, unknown>>);
}
