// What a device has done, and when: every call of the host is put on the timeline, into the logs, and told to whoever traces driver
// calls. Knows nothing of what a copy moves or a kernel computes.
import type { Dim3 } from "../../core/dim3.js";
import { type DriverCallArguments, type DriverCallSink, driverCallCategory } from "../../trace/index.js";
import { formatAddress } from "../simt/fault.js";
import type { MemoryRegion } from "../simt/memory-region.js";
import { type CostFigures, transferCycles } from "./cost-model.js";
import { DeviceLog, type LaunchRecord } from "./device-log.js";
import type { AllocationOwner, MemoryObserver, Transfer, TransferDirection } from "./device-memory.js";
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

  /** A driver call that takes the host no time, or from `since` until now. */
  call(name: string, args: DriverCallArguments = {}, stream?: number, since: number = this.clock.seconds): void {
    const id = ++this.calls;
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
      cat: driverCallCategory(name),
      dur: nanoseconds(this.clock.seconds) - ts,
      ...(args.gpu_start_ns === undefined ? {} : { corr: id }),
      ...(stream === undefined ? {} : { stream }),
      args: { ...args, device: this.index, status: args.status ?? "ok" },
    };
    for (const sink of this.sinks) sink.call(event);
  }

  allocated({ base, byteLength, label }: MemoryRegion, by: AllocationOwner): void {
    // A module's variables come with its loading.
    if (by === "host") this.call("cuMemAlloc_v2", { bytes: byteLength, ptr: formatAddress(base), label });
  }

  freed({ base, byteLength, label }: MemoryRegion): void {
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
    const since = this.clock.seconds;
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
    // What the host changes in place is no call of the driver.
    if (direction !== "host atomic") {
      this.call(call, { bytes, ptr: formatAddress(address), direction, label, ...onGpu(span) }, stream.id, since);
    }
    return span;
  }

  /** A kernel that ran in a stream: the host does not wait for it. */
  launch(launch: AccountedLaunch, stream: Stream): LaunchRecord {
    const { kernel, cycles, steps, status, shared } = launch;
    const span = this.timeline.place(stream, "compute", cycles / this.figures.clock);
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
    const name = launch.cooperative ? "cuLaunchCooperativeKernel" : "cuLaunchKernel";
    this.call(name, { kernel, grid, block, shared, status, ...onGpu(span) }, stream.id);
    return record;
  }

  recorded(event: DeviceEvent, stream: Stream): void {
    this.call("cuEventRecord", { event: event.id }, stream.id);
  }

  waited(event: DeviceEvent, stream: Stream): void {
    this.call("cuStreamWaitEvent", { event: event.id }, stream.id);
  }

  synchronized(what: Stream | DeviceEvent, since: number): void {
    if ("label" in what) this.call("cuStreamSynchronize", {}, what.id, since);
    else this.call("cuEventSynchronize", { event: what.id }, undefined, since);
  }

  /** The host waits for all streams. */
  synchronize(): void {
    const since = this.clock.seconds;
    this.timeline.synchronize();
    this.call("cuCtxSynchronize", {}, undefined, since);
  }

  destroyed(stream: Stream): void {
    this.call("cuStreamDestroy_v2", {}, stream.id);
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

function onGpu({ start, end }: Span): Pick<DriverCallArguments, "gpu_start_ns" | "gpu_end_ns"> {
  return { gpu_start_ns: nanoseconds(start), gpu_end_ns: nanoseconds(end) };
}

function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}
