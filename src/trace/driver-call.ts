// A call of the CUDA driver as an event, in the form of the JSONL that a tracer writes: see `DriverTraceHeader` for the first line.
// Knows nothing of who made the calls, a virtual GPU or a real one.

/** What a call is about. */
export const driverCallCategories = [
  "init",
  "memory",
  "transfer",
  "kernel",
  "sync",
  "context",
  "stream",
  "module",
  "other",
] as const;
export type DriverCallCategory = (typeof driverCallCategories)[number];

/** One line of the file. Times are whole nanoseconds. */
export interface DriverCall {
  readonly ts: number;
  readonly pid: number;
  readonly tid: number;
  /** B begins and E ends a call, X is a whole one with `dur`, i an instant. */
  readonly ph: "B" | "E" | "X" | "i";
  /** The same in the B and the E of one call. */
  readonly id: number;
  /** The driver's entry point: `cuMemAlloc_v2`. */
  readonly name: string;
  readonly cat: DriverCallCategory;
  readonly dur?: number;
  /** The same in a call and in what the device did for it. */
  readonly corr?: number;
  /** 0 is the default stream. */
  readonly stream?: number;
  readonly args?: DriverCallArguments;
}

/** What is known of a call; a field that does not apply is absent. */
export interface DriverCallArguments {
  readonly bytes?: number;
  /** Hexadecimal. */
  readonly ptr?: string;
  readonly direction?: string;
  readonly grid?: readonly [number, number, number];
  readonly block?: readonly [number, number, number];
  readonly shared?: number;
  readonly kernel?: string;
  readonly label?: string;
  /** The device's number, where there are several. */
  readonly device?: number;
  readonly event?: number;
  /** When the device was at it, in nanoseconds: an asynchronous call returns before. */
  readonly gpu_start_ns?: number;
  readonly gpu_end_ns?: number;
  /** `ok`, or what went wrong. */
  readonly status?: string;
  /** Of a launch: the operator of a graph that the kernel is done for, `layers.3.attention.query_key_value`. */
  readonly op?: string;
  /** Of a launch: which of the repeated layers its operator belongs to, from 0. */
  readonly layer?: number;
  /** Of a launch: operations that its operator asks for, a multiply-add being 2. */
  readonly flop?: number;
  /** Of a launch: bytes that cross the DRAM's interface when its operator reads its inputs and writes its outputs once. */
  readonly dram_bytes?: number;
  /** The event is no call: a range that the program marks, with `name` for what it is called. */
  readonly range?: DriverRange;
  /** The event is no call of the driver: the kernel of the operating system was seen at it. */
  readonly hook?: "syscall" | "kernel";
}

/** What a range of a program covers. Stages follow each other; an iteration holds tokens, these layers; `nvtx` is any other. */
export const driverRanges = ["stage", "iteration", "token", "layer", "nvtx"] as const;
export type DriverRange = (typeof driverRanges)[number];

/** The first line of the file. */
export interface DriverTraceHeader {
  readonly format: "warplab-trace";
  readonly version: 1;
  /** What `ts` counts from: `simulated` time, or a clock of the system. */
  readonly clock: string;
  readonly device: string;
  readonly host: string;
  readonly source: "simulated" | "bpftrace" | "preload";
}

/** The first line of what a simulation of this device records. */
export function simulatedTraceHeader(device: string): DriverTraceHeader {
  return { format: "warplab-trace", version: 1, clock: "simulated", device, host: "warplab", source: "simulated" };
}

/** Takes the calls as they are made. */
export interface DriverCallSink {
  call(event: DriverCall): void;
}

/**
 * The category of an entry point of the driver, or of the runtime above it, by its name. What waits is synchronisation, whatever it waits
 * for: cuStreamSynchronize, cudaDeviceSynchronize and cuEventSynchronize, but not cuStreamWaitEvent, at which the host does not wait.
 */
export function driverCallCategory(name: string): DriverCallCategory {
  const called = name.replace(/^(?:__)?(?:cuda|hip)/, "cu");
  return rules.find(([pattern]) => pattern.test(called))?.[1] ?? "other";
}

const rules: readonly (readonly [RegExp, DriverCallCategory])[] = [
  [/Synchronize(_v\d+)?(_pt[ds][sz])?$/, "sync"],
  [/^cuMemcpy|^cuMemset/, "transfer"],
  [/^cu(Mem|Pointer|Ipc|Malloc|Free|Host(Alloc|Free|Register|Unregister|Get|Malloc))/, "memory"],
  [/^cu(Graph|Module|Ext)?Launch/, "kernel"],
  [/^cu(Ctx|DevicePrimaryCtx|Device(Reset|EnablePeerAccess|DisablePeerAccess))/, "context"],
  [/^cu(Init|Device|DriverGet|RuntimeGet|(Set|Get|Choose)(Valid)?Device)/, "init"],
  [/^cu(Stream|Event|ThreadExchangeStream)/, "stream"],
  [/^cu(Module|Library|Link|Func|Kernel|Occupancy|Register|Unregister)/, "module"],
];
