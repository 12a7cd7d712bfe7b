// The virtual GPU: a device, its memory, and what the host asks of it: copies, streams, launches, launches to be stepped. The first thing
// that a notebook makes.
import { type DType, type DTypeName, dtypes } from "../../core/dtype.js";
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { print } from "../../core/print.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { type DriverRange, simulatedTraceHeader, TraceRecorder } from "../../trace/index.js";
import { SectorCache } from "../analysis/latency-model.js";
import { Sanitizer } from "../analysis/sanitizer/index.js";
import { parseModule } from "../ptx/parse.js";
import type { AllocationImage, ForbiddenMemory } from "../simt/launch-image.js";
import { Machine } from "../simt/machine.js";
import { GlobalMemory, globalBase } from "../simt/memory-region.js";
import { ConstantBank } from "./constant-bank.js";
import { type CopyEnd, type CopyPlan, type Pitched, planCopy, planPitchedCopy } from "./copies.js";
import { type CopyCalls, copyCalls, modeOf } from "./copy-calls.js";
import { type CostFigures, costFigures, transferCycles } from "./cost-model.js";
import { type CudaOptions, type CudaSource, compileCuda } from "./cuda-source.js";
import { DeviceAccount } from "./device-account.js";
import { allocateArray, DeviceArray, DevicePointer } from "./device-array.js";
import type { DeviceLog } from "./device-log.js";
import { DeviceMemory } from "./device-memory.js";
import { type ArrayOptions, changedDevice, type MallocOptions, type VirtualGPUOptions } from "./gpu-options.js";
import { type ArrayData, hostArray } from "./host-values.js";
import { Launch } from "./launch.js";
import { launchLimits, type PlannedLaunch } from "./launch-image.js";
import {
  type ArgumentsOf,
  arrayOf,
  checkRequest,
  type LanguageKernel,
  type LaunchableKernel,
  type LaunchConfig,
  regionsOf,
  requestedImage,
} from "./launch-request.js";
import { ModelledCalls } from "./modelled-calls.js";
import { ModuleMemory } from "./module-memory.js";
import { PtxKernel, PtxModule } from "./ptx-module.js";
import { reachableAllocations } from "./reachable.js";
import { runLaunch } from "./run-launch.js";
import { Stepper } from "./stepper.js";
import { type TextureOptions, textureOf } from "./texture.js";
import { DeviceEvent, type HostClock, type Stream, type StreamOptions } from "./timeline.js";

/** Where a device is among others. */
export interface ClusterPlace {
  /** Its number, from 0. */
  readonly index: number;
  readonly clock: HostClock;
  /** All devices of the cluster by number, once they are made. */
  readonly gpus: readonly VirtualGPU[];
  /** Whether two devices reach each other's memory directly. */
  connected(a: number, b: number): boolean;
}

/** Bytes of addresses that each device of a cluster has to itself. */
const addressesPerDevice = 2 ** 40;

export class VirtualGPU {
  static {
    inspectAsText(VirtualGPU);
  }

  readonly device: DeviceSpec;
  readonly memory: DeviceMemory;
  /** The figures by which it tells time: `gpu.figures.latency.global`. */
  readonly figures: CostFigures;
  /** 64 KiB of constant memory, written and read by offset. */
  readonly constant: ConstantBank;
  /** Calls of which sizes and times are known and nothing else: nothing is stored and nothing computed. */
  readonly modelled: ModelledCalls;
  private readonly account: DeviceAccount;
  private readonly place: ClusterPlace | undefined;
  private readonly peers = new Set<VirtualGPU>();
  private readonly isLogged: boolean;
  private l2: SectorCache | undefined;
  /** The variables of kernels of the language that have some. */
  private readonly ownVariables = new WeakMap<LanguageKernel, ModuleMemory>();

  /**
   * A device by key or alias, or a DeviceSpec, with options that change it: `new VirtualGPU("h100", { sms: 4, latency: { global:
   * 400 } })`. Throws InputError for an unknown device, one that runs no kernels, and figures that cannot be.
   */
  constructor(nameOrSpec: DeviceName | DeviceSpec, options: VirtualGPUOptions = {}, place?: ClusterPlace) {
    this.place = place;
    this.device = changedDevice(findDevice(nameOrSpec), options);
    // Only to refuse a device that runs no kernels while it is being made.
    launchLimits(this.device);
    this.figures = costFigures(this.device, options);
    const index = place?.index ?? 0;
    const base = globalBase + index * addressesPerDevice;
    this.account = new DeviceAccount(this.figures, index, place?.clock, options.hostTime);
    this.memory = new DeviceMemory(this.device.name, this.device.dram.capacity, { base, observer: this.account });
    this.constant = new ConstantBank(this.memory, base - 2 ** 20);
    this.modelled = new ModelledCalls(this.memory, this.account);
    this.isLogged = options.log === true;
    if (options.trace !== undefined) this.account.trace(options.trace);
    for (const name of ["cuInit", "cuDeviceGet", "cuCtxCreate_v2"]) this.account.call(name);
  }

  /** Its number in its cluster; 0 where it is alone. */
  get index(): number {
    return this.account.index;
  }

  /** Launches, transfers, divergences, blocks and SMs as tables. */
  get log(): DeviceLog {
    return this.account.log;
  }

  /** How many launches there were. */
  get launches(): number {
    return this.account.launchCount;
  }

  /** The simulated time at which the host is, in cycles of this device's clock. */
  get cycle(): number {
    return Math.round(this.seconds * this.figures.clock);
  }

  /** The simulated time at which the host is, in seconds. */
  get seconds(): number {
    return this.account.clock.seconds;
  }

  /**
   * Allocates memory, zeroed: bytes, or elements where a dtype is given. Throws InputError where it does not fit.
   *
   * @example
   * const p = gpu.malloc(256, { dtype: f16, label: "weights" });
   */
  malloc<Name extends DTypeName = "u8">(count: number, options: MallocOptions<Name> = {}): DeviceArray<Name> {
    const dtype = options.dtype ?? (dtypes.u8 as DType as DType<Name>);
    const array = allocateArray(this.memory, dtype, count, options.label);
    // It holds zeros, and the sanitizer says of a kernel that counts on them that nobody has written them.
    array.region.written = "none";
    return array;
  }

  /** Gives memory back, by its array or by a pointer to its start. Throws InputError for a view, an interior pointer, a second time. */
  free(array: DeviceArray | DevicePointer): void {
    const { memory, region, label } = array instanceof DevicePointer ? array.array : array;
    if (memory !== this.memory) {
      throw new InputError(`"${label}" is an array of another GPU`, { where: "free", fix: "Free it there." });
    }
    if (array instanceof DeviceArray) {
      array.free();
      return;
    }
    if (array.address !== region.base && memory.holds(region)) {
      throw new InputError(`${array} points into the allocation, not to its start`, {
        where: "free",
        fix: "Free the array itself, or the pointer that malloc gave.",
      });
    }
    memory.free(region);
  }

  /**
   * Copies between host and device, within the device, or from one device of a cluster to another: `count` elements, or a whole
   * array. With a stream the host does not wait. Throws InputError for what does not fit.
   *
   * @example
   * gpu.memcpy(x, new Float32Array([1, 2, 3, 4]));
   * gpu.memcpy(y.add(2), x, { count: 2, stream });
   */
  memcpy(
    to: CopyEnd,
    from: CopyEnd,
    { count, stream }: { readonly count?: number; readonly stream?: Stream } = {},
  ): void {
    this.copy(planCopy(to, from, count), stream, copyCalls);
  }

  /** Copies a matrix whose rows lie some bytes apart, or a part of one: `width` bytes of `height` rows. */
  memcpy2D(to: CopyEnd, from: CopyEnd, { stream, ...shape }: Pitched & { readonly stream?: Stream }): void {
    this.copy(planPitchedCopy(to, from, shape), stream, {
      synchronous: () => "cuMemcpy2D_v2",
      asynchronous: () => "cuMemcpy2DAsync_v2",
    });
  }

  /** Sets bytes of an array, or of what a pointer points to, to a value from 0 to 255; `count` is in bytes. */
  memset(
    target: DeviceArray | DevicePointer,
    value: number,
    { count, stream }: { readonly count?: number; readonly stream?: Stream } = {},
  ): void {
    if (!Number.isInteger(value) || value < 0 || value > 255) {
      throw new InputError(`memset sets bytes, from 0 to 255, got ${String(value)}`, {
        fix: "To set elements of another dtype write x.fill(value).",
      });
    }
    const bytes = new Uint8Array(count ?? (target instanceof DeviceArray ? target.byteLength : 0)).fill(value);
    if (count === undefined && target instanceof DevicePointer) {
      throw new InputError("a pointer does not say how many bytes are set", { fix: "Write { count: 64 }." });
    }
    const plan = planCopy(
      target instanceof DeviceArray ? target.add(0).cast(dtypes.u8) : target.cast(dtypes.u8),
      bytes,
      undefined,
    );
    this.checkReachable(plan);
    const usable = this.usable(stream);
    const call = stream === undefined ? "cuMemsetD8_v2" : "cuMemsetD8Async";
    const { label, address } = plan;
    this.account.transfer({ call, direction: "memset", bytes: bytes.length, label, address }, usable, modeOf(stream));
    plan.perform();
  }

  /** A new stream: work in it is in order, and runs beside other streams. */
  stream(options: StreamOptions = {}): Stream {
    const stream = this.account.timeline.stream(options);
    this.account.call("cuStreamCreate", {}, stream.id);
    return stream;
  }

  /** The stream of everything that names no other. It waits for all blocking streams, and they for it. */
  get defaultStream(): Stream {
    return this.account.timeline.defaultStream;
  }

  /** A new event, to be recorded in a stream. */
  event(): DeviceEvent {
    const event = new DeviceEvent(this.account);
    this.account.call("cuEventCreate", { event: event.id });
    return event;
  }

  /** The host waits for all work of the device. */
  synchronize(): void {
    this.account.synchronize();
  }

  /** Records every driver call from now on: `const trace = gpu.recordTrace()`, then `trace.toJsonl()`. */
  recordTrace(): TraceRecorder {
    const trace = new TraceRecorder(simulatedTraceHeader(this.device.name));
    this.account.trace(trace);
    return trace;
  }

  /**
   * Begins a range of the program, which driver traces show: now, or at `since` in seconds of simulated time. Returns what ends it.
   *
   * @example
   * const end = gpu.beginRange("iteration", "iteration 1");
   */
  beginRange(range: DriverRange, name: string, since: number = this.seconds): () => void {
    return this.account.beginRange(range, name, since);
  }

  /** Whether this device can be let reach another's memory: both are of one cluster, which connects them. */
  canAccessPeer(other: VirtualGPU): boolean {
    this.account.call("cuDeviceCanAccessPeer");
    return this.isConnected(other);
  }

  /** Lets kernels of this device reach the memory of another. Throws InputError where the two are not connected. */
  enablePeerAccess(other: VirtualGPU): void {
    if (!this.isConnected(other)) {
      throw new InputError(
        `device ${this.index} (${this.device.name}) cannot reach the memory of ${other.device.name}`,
        {
          where: "enablePeerAccess",
          fix:
            other === this
              ? "It is the same device."
              : 'Make both in one cluster whose peers are connected: new GPUCluster(["h100", "h100"]).',
        },
      );
    }
    this.peers.add(other);
    this.account.call("cuCtxEnablePeerAccess");
  }

  /** Takes it back. */
  disablePeerAccess(other: VirtualGPU): void {
    if (!this.peers.delete(other)) {
      throw new InputError(`it has no access to the memory of ${other.device.name}`, { where: "disablePeerAccess" });
    }
    this.account.call("cuCtxDisablePeerAccess");
  }

  /** Allocates an array and copies values into it. */
  array<Name extends DTypeName>(
    dtype: DType<Name>,
    data: ArrayData<Name>,
    options: ArrayOptions = {},
  ): DeviceArray<Name> {
    const values = hostArray(dtype, data, options.label ?? "array");
    const array = allocateArray(this.memory, dtype, values.length, options.label);
    array.set(values);
    return array;
  }

  /**
   * A texture or surface of an array, with its extents and how it is read: what to pass to a kernel that takes a cudaTextureObject_t
   * or cudaSurfaceObject_t. Throws InputError for extents that do not fit the array.
   *
   * @example
   * const image = gpu.texture(pixels, { width: 640, height: 480, filter: "linear" });
   */
  texture(array: DeviceArray, options: TextureOptions = {}): DeviceArray<"u64"> {
    if (array.memory !== this.memory) {
      throw new InputError(`"${array.label}" is an array of another GPU`, { where: "texture", fix: "Make it there." });
    }
    const texture = textureOf(array, options);
    this.account.call("cuTexObjectCreate");
    return texture;
  }

  /** Allocates an array of zeros. */
  zeros<Name extends DTypeName>(dtype: DType<Name>, length: number, options: ArrayOptions = {}): DeviceArray<Name> {
    return allocateArray(this.memory, dtype, length, options.label);
  }

  /**
   * Loads PTX text. Throws InputError with line and column for what is no PTX, and where no kernel of it is supported; one
   * that is not, among others that are, is refused by `module.kernel(name)`.
   */
  load(ptx: string): PtxModule {
    const module = new PtxModule(ptx, this.memory);
    this.account.call("cuModuleLoadData", { bytes: ptx.length });
    return module;
  }

  /**
   * Compiles CUDA for this device, with nvcc or clang where there is one, and loads what comes of it: text, or a file,
   * `{ file: "saxpy.cu" }`. Rejects with InputError for a mistake in it, at its place, and where there is no compiler.
   *
   * @example
   * const module = await gpu.cuda(`__global__ void twice(float *x) { x[threadIdx.x] *= 2; }`);
   * gpu.launch(module.kernel("twice"), { grid: 1, block: 32 }, [x]);
   */
  async cuda(source: CudaSource, options: CudaOptions = {}): Promise<PtxModule> {
    return this.load(await compileCuda(source, options, this.device.computeCapability));
  }

  /**
   * Runs a kernel to its end. Arguments are named, for a kernel that came as PTX a list. Throws InputError for arguments
   * or a shape that do not fit, LaunchFault for an access that no allocation holds and for a launch that never ends.
   */
  launch<K extends LaunchableKernel>(kernel: K, config: LaunchConfig, args: ArgumentsOf<K>): Launch {
    const image = this.image(kernel, config, args);
    const stream = this.usable(config.stream);
    this.l2 ??= new SectorCache(this.figures.capacity.l2);
    const outcome = runLaunch(image, this.reachable(), {
      figures: this.figures,
      l2: this.l2,
      observers: config.observers ?? [],
      sanitizer: config.sanitize === true ? new Sanitizer() : undefined,
      progress: config.progress,
      detail: (config.log ?? this.isLogged) ? "log" : "counters",
    });
    const { counters, cycles, steps, fault, leftOut, sms } = outcome;
    const record = this.account.launch(
      {
        kernel: image.kernel,
        grid: image.grid,
        block: image.block,
        shared: image.dynamicSharedBytes,
        cooperative: image.cooperative === true,
        cycles,
        steps,
        divergentBranches: counters.divergent_branches,
        status: fault?.finding.kind ?? "ok",
        timing: config.timing,
      },
      stream,
    );
    const { launch, start, end } = record;
    const { log } = this;
    const divergences = outcome.divergences.map((each) => ({ launch, ...each }));
    const blocks = outcome.blocks.map((each) => ({ launch, ...each }));
    for (const each of divergences) log.divergenceLog.add(each);
    for (const each of blocks) log.blockLog.add(each);
    log.divergenceLog.skip(leftOut.divergences);
    log.blockLog.skip(leftOut.blocks);
    log.addSms(sms);
    print(outcome.printed, config.print);
    if (fault !== undefined) throw fault;
    const { localBytesPerThread, printed } = outcome;
    return new Launch(image.kernel, this.device.name, image.grid, image.block, counters, outcome.yardsticks, {
      launch,
      stream: record.stream,
      start,
      end,
      cycles,
      sms,
      divergences,
      blocks,
      localBytesPerThread,
      printed,
      work: outcome.work,
      findings: outcome.findings,
      occupancy: image.occupancy,
    });
  }

  /**
   * The same launch, to be stepped forwards and backwards: `show(gpu.step(...))`. It works on a copy of the memory, so the
   * arrays stay as they are.
   */
  step<K extends LaunchableKernel>(kernel: K, config: LaunchConfig, args: ArgumentsOf<K>): Stepper {
    const image = this.image(kernel, config, args);
    const memory = reachableAllocations(this.reachable(), image.parameters, [
      ...regionsOf(args),
      ...((kernel instanceof PtxKernel ? kernel.module.memory : this.variablesOf(kernel))?.regions ?? []),
    ]).map(({ base, bytes, label, dtype, constant }): AllocationImage => {
      return { address: base, bytes: bytes.slice(), label, dtype, constant };
    });
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

  // All memory that a launch can reach: its own, and that of peers which it was let reach.
  private reachable(): GlobalMemory {
    if (this.peers.size === 0) return this.memory.global;
    const all = new GlobalMemory();
    all.heapOf = this.memory.global;
    all.heap = this.memory.global.heap;
    for (const { memory } of [this, ...this.peers]) for (const region of memory.global.allocations) all.add(region);
    return all;
  }

  // What an address that this device may not use can be: freed, or in the memory of a device that it was not let reach.
  private forbidden(): readonly ForbiddenMemory[] {
    const freed = this.memory.freedAllocations.map(({ address, bytes, label, dtype }): ForbiddenMemory => {
      const fix = "Free it after the last launch that uses it.";
      return { address, byteLength: bytes, label, dtype, why: "has been freed", fix };
    });
    const foreign = (this.place?.gpus ?? []).filter((gpu) => gpu !== this && !this.peers.has(gpu));
    return [
      ...freed,
      ...foreign.flatMap(({ index, memory }) =>
        memory.global.allocations.map(({ base, byteLength, label, dtype }): ForbiddenMemory => {
          const why = `is memory of device ${index}: device ${this.index} has no peer access to it`;
          const fix = `Let it: cluster.gpus[${this.index}].enablePeerAccess(cluster.gpus[${index}]), or copy the array.`;
          return { address: base, byteLength, label, dtype, why, fix };
        }),
      ),
    ];
  }

  private isConnected(other: VirtualGPU): boolean {
    const { place } = this;
    return (
      place !== undefined && other !== this && place.gpus.includes(other) && place.connected(this.index, other.index)
    );
  }

  private usable(stream: Stream | undefined): Stream {
    const usable = stream ?? this.defaultStream;
    usable.checkUsable(this.account);
    return usable;
  }

  private checkReachable({ from, to, label }: CopyPlan): void {
    for (const memory of [from, to]) {
      if (memory === undefined || memory === this.memory) continue;
      if (this.place?.gpus.some((gpu) => gpu.memory === memory) === true) continue;
      throw new InputError(`"${label}" is an array of another GPU`, {
        where: "memcpy",
        fix: "Copy it by way of the host: gpu.array(f32, x.toArray()).",
      });
    }
  }

  private copy(plan: CopyPlan, stream: Stream | undefined, calls: CopyCalls): void {
    this.checkReachable(plan);
    const usable = this.usable(stream);
    const mode = modeOf(stream);
    const { direction, bytes, label, address } = plan;
    this.account.transfer(
      { call: calls[mode](direction), direction, bytes, label, address },
      usable,
      mode,
      direction === "peer to peer" ? this.peerCycles(plan) : undefined,
    );
    plan.perform();
  }

  // Directly where one of the two may reach the other, otherwise by way of the host: two copies.
  private peerCycles({ from, to, bytes }: CopyPlan): number {
    const [a, b] = [from, to].map((memory) => this.place?.gpus.find((gpu) => gpu.memory === memory));
    const isDirect = a !== undefined && b !== undefined && (a.peers.has(b) || b.peers.has(a));
    return isDirect ? transferCycles(this.figures, "peer", bytes) : 2 * transferCycles(this.figures, "host", bytes);
  }

  // Devices have address spaces of their own: another's array would lie at an address that means something else here.
  private checkOwn(kernel: string, args: unknown): void {
    for (const [name, argument] of Object.entries(args ?? {})) {
      const array = arrayOf(argument);
      if (array === undefined || array.freed || this.memory.holds(array.region)) continue;
      // Devices of one cluster share an address space: whether this one may go there shows where it does.
      if (this.place?.gpus.some(({ memory }) => memory === array.memory) === true) continue;
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

  // A kernel of the language has texts that it prints in global memory: they are put there with its first launch.
  private variablesOf(kernel: LanguageKernel): ModuleMemory | undefined {
    if (!/^\.(global|const)\b/m.test(kernel.ptx)) return undefined;
    let variables = this.ownVariables.get(kernel);
    if (variables === undefined) {
      variables = new ModuleMemory(parseModule(kernel.ptx), this.memory);
      this.ownVariables.set(kernel, variables);
    }
    return variables;
  }

  // Everything but the memory, which a launch uses in place and a stepper copies.
  private image(kernel: LaunchableKernel, config: LaunchConfig, args: unknown): PlannedLaunch {
    checkRequest(kernel, config);
    this.checkOwn(kernel.name, args);
    const symbols = kernel instanceof PtxKernel ? this.symbolsOf(kernel) : this.variablesOf(kernel)?.symbols;
    const image = requestedImage(this.device, kernel, config, args, symbols);
    const forbidden = this.forbidden();
    return forbidden.length === 0 ? image : { ...image, forbidden };
  }
}
