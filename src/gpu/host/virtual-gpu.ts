// The virtual GPU: a device's memory, and kernels launched on it. The first thing that a notebook makes.
import { type Dim3Like, dim3 } from "../../core/dim3.js";
import type { DType, DTypeName } from "../../core/dtype.js";
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import type { ProgressReporter } from "../../core/progress.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { CounterObserver } from "../analysis/counters.js";
import { runReporting } from "../analysis/reporting.js";
import type { Kernel, Signature } from "../language/index.js";
import type { DebugInfo } from "../ptx/debug-info.js";
import type { AllocationImage, LaunchImage, ReconvergencePolicy } from "../simt/launch-image.js";
import { Machine } from "../simt/machine.js";
import type { MemoryRegion } from "../simt/memory-region.js";
import type { Observer } from "../simt/observer.js";
import { type LaunchArguments, layOutArguments, layOutPtxArguments, type PtxArgument } from "./arguments.js";
import { Launch } from "./launch.js";
import { launchImage, launchLimits } from "./launch-image.js";
import { type ArrayData, DeviceArray, DeviceMemory, DevicePointer, hostArray } from "./memory.js";
import { PtxKernel, PtxModule } from "./ptx-module.js";
import { reachableAllocations } from "./reachable.js";
import { Stepper } from "./stepper.js";

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
  /** Warp instructions after which the launch is ended as a livelock. */
  readonly maxSteps?: number;
  /** Analyses that watch the launch beside the counters. */
  readonly observers?: readonly Observer[];
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
}

/** The arguments of a kernel that came as PTX: one a parameter, in order. */
export type PtxArguments = readonly PtxArgument[];

/** What a launch needs of a kernel of the language, whatever its signature. */
type LanguageKernel = Pick<Kernel<Signature>, "name" | "ptx" | "parameters" | "debug" | "signature">;

/** A kernel of the language, or one that came as PTX. */
export type LaunchableKernel = LanguageKernel | PtxKernel;

/** What a kernel is launched with. One signature rather than overloads, so that an editor names the wrong argument. */
export type ArgumentsOf<K> = K extends PtxKernel
  ? PtxArguments
  : K extends { readonly signature: infer S extends Signature }
    ? LaunchArguments<S>
    : never;

export interface ArrayOptions {
  /** What messages and views call it. */
  readonly label?: string;
}

export class VirtualGPU {
  static {
    inspectAsText(VirtualGPU);
  }

  readonly device: DeviceSpec;
  readonly memory: DeviceMemory;

  /** A device by key or alias, or a DeviceSpec. Throws InputError for an unknown device or one that runs no kernels. */
  constructor(nameOrSpec: DeviceName | DeviceSpec) {
    this.device = findDevice(nameOrSpec);
    // Only to refuse a device that runs no kernels while it is being made.
    launchLimits(this.device);
    this.memory = new DeviceMemory(this.device.name, this.device.dram.capacity);
  }

  /** Allocates an array and copies values into it. */
  array<Name extends DTypeName>(
    dtype: DType<Name>,
    data: ArrayData<Name>,
    options: ArrayOptions = {},
  ): DeviceArray<Name> {
    const values = hostArray(dtype, data, options.label ?? "array");
    const array = this.memory.allocate(dtype, values.length, options.label);
    array.set(values);
    return array;
  }

  /** Allocates an array of zeros. */
  zeros<Name extends DTypeName>(dtype: DType<Name>, length: number, options: ArrayOptions = {}): DeviceArray<Name> {
    return this.memory.allocate(dtype, length, options.label);
  }

  /**
   * Loads PTX text. Throws InputError with line and column for what is no PTX, and where no kernel of it is supported; one
   * that is not, among others that are, is refused by `module.kernel(name)`.
   */
  load(ptx: string): PtxModule {
    return new PtxModule(ptx, this.memory);
  }

  /**
   * Runs a kernel to its end. Arguments are named, for a kernel that came as PTX a list. Throws InputError for arguments
   * or a shape that do not fit, LaunchFault for an access that no allocation holds and for a launch that never ends.
   */
  launch<K extends LaunchableKernel>(kernel: K, config: LaunchConfig, args: ArgumentsOf<K>): Launch {
    const image = this.image(kernel, config, args);
    const probe = new CounterObserver();
    const machine = new Machine(image, [probe, ...(config.observers ?? [])], this.memory.global);
    runReporting(machine, `launch of ${image.kernel}`, config.progress);
    const counters = probe.result(machine.program.operations);
    return new Launch(image.kernel, this.device.name, image.grid, image.block, counters, {
      idealSectors: probe.ideal(),
      lanesPredicatedOff: probe.lanesPredicatedOff(),
    });
  }

  /**
   * The same launch, to be stepped forwards and backwards: `show(gpu.step(...))`. It works on a copy of the memory, so the
   * arrays stay as they are.
   */
  step<K extends LaunchableKernel>(kernel: K, config: LaunchConfig, args: ArgumentsOf<K>): Stepper {
    const image = this.image(kernel, config, args);
    const memory = reachableAllocations(this.memory.global, image.parameters, [
      ...regionsOf(args),
      ...(kernel instanceof PtxKernel ? kernel.module.memory.regions : []),
    ]).map(({ base, bytes, label, dtype }): AllocationImage => ({ address: base, bytes: bytes.slice(), label, dtype }));
    const stepped = { ...image, memory };
    // A launch that cannot run is refused here, and not where it is shown.
    new Machine(stepped);
    return new Stepper(stepped);
  }

  toString(): string {
    const { name, sms } = this.device;
    const arrays = this.memory.global.allocations.length;
    return `VirtualGPU ${name}: ${sms} SMs, ${arrays} array${arrays === 1 ? "" : "s"} in ${this.memory.allocatedBytes.toLocaleString("en-US")} bytes`;
  }

  // Devices have address spaces of their own: another's array would lie at an address that means something else here.
  private checkOwn(kernel: string, args: unknown): void {
    for (const [name, argument] of Object.entries(args ?? {})) {
      const array = arrayOf(argument);
      if (array === undefined || array.freed || this.memory.holds(array.region)) continue;
      throw new InputError(`"${array.label}" is an array of another GPU`, {
        where: `launch of "${kernel}", argument "${name}"`,
        fix: `Copy it over: const mine = gpu.array(${array.dtype.name}, ${array.label}.toArray()).`,
      });
    }
  }

  private symbolsOf({ name, module }: PtxKernel): Readonly<Record<string, number>> {
    const { memory, symbols, names } = module.memory;
    if (memory !== this.memory && names.length > 0) {
      throw new InputError(`its module was loaded on another GPU, where its variable "${names[0]}" lies`, {
        where: `launch of "${name}"`,
        fix: "Load the PTX on this one as well: gpu.load(ptx).",
      });
    }
    return symbols;
  }

  // Everything but the memory, which a launch uses in place and a stepper copies.
  private image(kernel: LaunchableKernel, config: LaunchConfig, args: unknown): LaunchImage {
    if (!isLaunchable(kernel)) {
      throw new InputError(`the first argument is no kernel, got ${kindOf(kernel)}`, {
        where: "launch",
        fix: "Give what kernel(...) or gpu.load(ptx).kernel() returns.",
      });
    }
    const { name, ptx } = kernel;
    if (typeof config !== "object" || config === null) {
      throw new InputError(`the second argument must be a launch's shape, got ${kindOf(config)}`, {
        where: `launch of "${name}"`,
        fix: "Write { grid: 1, block: 128 }.",
      });
    }
    this.checkOwn(name, args);
    const parameters = kernel instanceof PtxKernel ? layOutPtxArguments(kernel.entry, args) : layOut(kernel, args);
    const debug: DebugInfo | undefined = kernel instanceof PtxKernel ? undefined : kernel.debug;
    const { shared = 0 } = config;
    if (!Number.isInteger(shared) || shared < 0) {
      throw new InputError(`shared memory must be a whole number of bytes, got ${shared}`, {
        where: `launch of "${name}"`,
      });
    }
    return launchImage({
      device: this.device,
      ptx,
      kernel: name,
      ...(kernel instanceof PtxKernel ? { entry: kernel.entry, symbols: this.symbolsOf(kernel) } : {}),
      grid: dim3(config.grid, "grid"),
      block: dim3(config.block, "block"),
      dynamicSharedBytes: shared,
      parameters,
      policy: config.policy,
      maxSteps: config.maxSteps,
      ...(debug === undefined ? {} : { debug }),
    });
  }
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

// The array that an argument is or points into.
function arrayOf(argument: unknown): DeviceArray | undefined {
  if (argument instanceof DevicePointer) return argument.array;
  return argument instanceof DeviceArray ? argument : undefined;
}

// The memory of the arrays among the arguments, also of those that a pointer leads to.
function regionsOf(args: unknown): MemoryRegion[] {
  return Object.values(args as Record<string, unknown>).flatMap((value) => arrayOf(value)?.region ?? []);
}

function layOut(kernel: LanguageKernel, args: unknown): Uint8Array {
  return layOutArguments(kernel.name, kernel.parameters, args as Readonly<Record<string, unknown>>);
}
