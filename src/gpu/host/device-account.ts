// What a device has done, and when: every call of the host is put on the timeline, into the logs, and told to whoever traces driver
// calls. Knows nothing of what a copy moves or a kernel computes.
import type { Dim3 } from "../../core/dim3.js";
import { InputError } from "../../core/errors.js";
import {
  type DriverCall,
  type DriverCallArguments,
  type DriverCallSink,
  type DriverRange,
  driverCallCategory,
} from "../../trace/index.js";
import { formatAddress } from "../simt/fault.js";
import { type CostFigures, transferCycles } from "./cost-model.js";
import { DeviceLog, type LaunchRecord } from "./device-log.js";
import type { AllocationOwner, MemoryObserver, Placed, Transfer, TransferDirection } from "./device-memory.js";
import type { HostTime } from "./gpu-options.js";
import {
  type DeviceEvent,
  type Engine,
  HostClock,
  type Span,
  type Stream,
  type StreamOwner,
  Timeline,
} from "./timeline.js";

/** A launch that was carried out, as far as the account needs it. */
export interface AccountedLaunch {
  readonly kernel: string;
  readonly grid: Dim3;
  readonly block: Dim3;
  readonly shared: number;
  readonly cooperative: boolean;
  readonly cycles: number;
  readonly steps: number;
  readonly divergentBranches: number;
  readonly status: string;
  /** Where its time is another model's than that of the cycles. */
  readonly timing?: LaunchTiming | undefined;
}

/** How long a launch takes the device, by another model than the latency model, and what it is for. Times in seconds. */
export interface LaunchTiming {
  readonly seconds: number;
  /** Before the device begins what comes next in the stream; nothing unless given. */
  readonly pause?: number;
  /** What driver traces say of it. */
  readonly args?: Pick<DriverCallArguments, "op" | "layer" | "flop" | "dram_bytes">;
}

export class DeviceAccount implements MemoryObserver, StreamOwner {
  readonly timeline: Timeline;
  readonly log: DeviceLog = new DeviceLog();
  private readonly sinks = new Set<DriverCallSink>();
  private calls = 0;
  private transfers = 0;
  private launches = 0;

  constructor(
    readonly figures: CostFigures,
    /** The device's number in its cluster. */
    readonly index: number,
    readonly clock: HostClock = new HostClock(),
    private readonly hostTime: HostTime = () => 0,
  ) {
    this.timeline = new Timeline(this, clock);
  }

  /** The launches so far; the next one has this number. */
  get launchCount(): number {
    return this.launches;
  }

  /** Tells a sink of every driver call from now on. Returns what stops it. */
  trace(sink: DriverCallSink): () => void {
    this.sinks.add(sink);
    return () => this.sinks.delete(sink);
  }

  /** A driver call, which takes the host its time now. */
  call(name: string, args: DriverCallArguments = {}, stream?: number): void {
    this.called(name, args, stream, this.spend(name));
  }

  /** A range that the program marks, from `since`, in seconds. Its number is from its beginning. Returns what ends it. */
  beginRange(range: DriverRange, name: string, since: number = this.clock.seconds): () => void {
    const id = ++this.calls;
    return () => this.tell(id, name, "other", { range }, undefined, since);
  }

  allocated({ base, byteLength, label }: Placed, by: AllocationOwner): void {
    // A module's variables come with its loading.
    if (by === "host") this.call("cuMemAlloc_v2", { bytes: byteLength, ptr: formatAddress(base), label });
  }

  freed({ base, byteLength, label }: Placed): void {
    this.call("cuMemFree_v2", { bytes: byteLength, ptr: formatAddress(base), label });
  }

  transferred(transfer: Transfer): void {
    this.transfer(transfer, this.timeline.defaultStream, "synchronous");
  }

  /** Bytes that move in a stream; a synchronous one is waited for. `cycles` where the way is not the direction's usual one. */
  transfer(
    { call, direction, bytes, label, address }: Transfer,
    stream: Stream,
    mode: "synchronous" | "asynchronous",
    cycles: number = transferCycles(this.figures, spaceOf[direction], bytes),
  ): Span {
    // What the host changes in place is no call of the driver.
    const isCall = direction !== "host atomic";
    const since = isCall ? this.spend(call) : this.clock.seconds;
    const span = this.timeline.place(stream, engineOf[direction], cycles / this.figures.clock);
    if (mode === "synchronous") this.clock.waitUntil(span.end);
    this.log.transferLog.add({
      transfer: this.transfers++,
      call,
      direction,
      label,
      bytes,
      cycles,
      stream: stream.label,
      ...span,
    });
    if (isCall) {
      this.called(call, { bytes, ptr: formatAddress(address), direction, label, ...onGpu(span) }, stream.id, since);
    }
    return span;
  }

  /** A kernel that ran in a stream: the host does not wait for it. */
  launch(launch: AccountedLaunch, stream: Stream): LaunchRecord {
    const { kernel, cycles, steps, status, shared, timing } = launch;
    const name = launch.cooperative ? "cuLaunchCooperativeKernel" : "cuLaunchKernel";
    const since = this.spend(name);
    const seconds = checkedSeconds(timing?.seconds ?? cycles / this.figures.clock, "timing.seconds");
    const pause = checkedSeconds(timing?.pause ?? 0, "timing.pause");
    const { start } = this.timeline.place(stream, "compute", seconds + pause);
    const span: Span = { start, end: start + seconds };
    const grid = [launch.grid.x, launch.grid.y, launch.grid.z] as const;
    const block = [launch.block.x, launch.block.y, launch.block.z] as const;
    const record: LaunchRecord = {
      launch: this.launches++,
      kernel,
      grid,
      block,
      shared_bytes: shared,
      stream: stream.label,
      ...span,
      cycles,
      steps,
      divergent_branches: launch.divergentBranches,
      status,
    };
    this.log.launchLog.add(record);
    this.called(name, { kernel, grid, block, shared, status, ...timing?.args, ...onGpu(span) }, stream.id, since);
    return record;
  }

  recorded(event: DeviceEvent, stream: Stream): void {
    this.call("cuEventRecord", { event: event.id }, stream.id);
  }

  waited(event: DeviceEvent, stream: Stream): void {
    this.call("cuStreamWaitEvent", { event: event.id }, stream.id);
  }

  synchronized(what: Stream | DeviceEvent, since: number): void {
    const name = "label" in what ? "cuStreamSynchronize" : "cuEventSynchronize";
    this.spend(name);
    if ("label" in what) this.called(name, {}, what.id, since);
    else this.called(name, { event: what.id }, undefined, since);
  }

  /** The host waits for all streams. */
  synchronize(): void {
    const since = this.clock.seconds;
    this.timeline.synchronize();
    this.spend("cuCtxSynchronize");
    this.called("cuCtxSynchronize", {}, undefined, since);
  }

  destroyed(stream: Stream): void {
    this.call("cuStreamDestroy_v2", {}, stream.id);
  }

  /** The host is busy for so many seconds without a call. */
  work(seconds: number): void {
    this.clock.seconds += checkedSeconds(seconds, "work");
  }

  /** The host is busy with a call: when it began, in seconds. */
  private spend(name: string): number {
    const since = this.clock.seconds;
    this.clock.seconds += checkedSeconds(this.hostTime(name), `hostTime of ${name}`);
    return since;
  }

  /** A driver call from `since` until now. */
  private called(name: string, args: DriverCallArguments, stream: number | undefined, since: number): void {
    this.tell(++this.calls, name, driverCallCategory(name), args, stream, since);
  }

  private tell(
    id: number,
    name: string,
    cat: DriverCall["cat"],
    args: DriverCallArguments,
    stream: number | undefined,
    since: number,
  ): void {
    if (this.sinks.size === 0) return;
    const ts = nanoseconds(since);
    const event = {
      ts,
      // One process with one thread: simulated, and so the same in every run.
      pid: 1,
      tid: 1,
      ph: "X" as const,
      id,
      name,
      cat,
      dur: nanoseconds(this.clock.seconds) - ts,
      ...(args.gpu_start_ns === undefined ? {} : { corr: id }),
      ...(stream === undefined ? {} : { stream }),
      args: { ...args, device: this.index, ...(args.range === undefined ? { status: args.status ?? "ok" } : {}) },
    };
    for (const sink of this.sinks) sink.call(event);
  }
}

const spaceOf: Readonly<Record<TransferDirection, "host" | "global" | "peer">> = {
  "host to device": "host",
  "device to host": "host",
  "device to device": "global",
  "peer to peer": "peer",
  memset: "global",
  "host atomic": "host",
};

const engineOf: Readonly<Record<TransferDirection, Engine>> = {
  "host to device": "to device",
  "device to host": "to host",
  "device to device": "on device",
  "peer to peer": "on device",
  memset: "on device",
  "host atomic": "to device",
};

// Figures that callers make up: a NaN among them would stop every clock.
function checkedSeconds(seconds: number, where: string): number {
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new InputError(`must be a number of seconds from 0 on, got ${String(seconds)}`, { where });
}

function onGpu({ start, end }: Span): Pick<DriverCallArguments, "gpu_start_ns" | "gpu_end_ns"> {
  return { gpu_start_ns: nanoseconds(start), gpu_end_ns: nanoseconds(end) };
}

function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}
