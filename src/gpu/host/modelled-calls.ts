// What a host asks of a device when only sizes and times are known: memory that is taken up and holds nothing, copies that move
// nothing, launches that compute nothing. They stand on the same timeline, in the same logs and traces as real ones. Knows nothing of
// where the times come from.
import { type Dim3Like, dim3 } from "../../core/dim3.js";
import { InputError } from "../../core/errors.js";
import { copyCalls } from "./copy-calls.js";
import type { DeviceAccount, LaunchTiming } from "./device-account.js";
import type { LaunchRecord } from "./device-log.js";
import type { DeviceMemory, Placed } from "./device-memory.js";

/** Memory that is in use and holds nothing. */
export interface Reservation {
  readonly label: string;
  readonly bytes: number;
  readonly address: number;
  /** Gives it back. Throws InputError for a second time. */
  free(): void;
}

/** A launch of which it is known how long it takes. */
export interface ModelledLaunch {
  readonly kernel: string;
  /** Blocks. */
  readonly grid: Dim3Like;
  /** Threads of a block. */
  readonly block: Dim3Like;
  /** Shared memory of a block in bytes; none unless given. */
  readonly shared?: number;
  readonly timing: LaunchTiming;
}

/** `gpu.modelled`. */
export class ModelledCalls {
  constructor(
    private readonly memory: DeviceMemory,
    private readonly account: DeviceAccount,
  ) {}

  /** Takes up memory of the device. A kernel that reads it ends with a fault. Throws InputError where it does not fit. */
  reserve(bytes: number, label: string): Reservation {
    const { memory } = this;
    const region: Placed = memory.reserve(bytes, label);
    return { label, bytes, address: region.base, free: () => memory.free(region) };
  }

  /** A copy between the host and reserved memory, for which the host waits; `bytes` of it, all unless given. */
  copy(direction: "host to device" | "device to host", what: Reservation, bytes: number = what.bytes): void {
    const { label, address } = what;
    if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > what.bytes) {
      throw new InputError(`${bytes} bytes cannot be copied: it has ${what.bytes}`, { where: label });
    }
    const call = copyCalls.synchronous(direction);
    const stream = this.account.timeline.defaultStream;
    this.account.transfer({ call, direction, bytes, label, address }, stream, "synchronous");
  }

  /** A launch in the default stream, for which the host does not wait. */
  launch({ kernel, grid, block, shared = 0, timing }: ModelledLaunch): LaunchRecord {
    return this.account.launch(
      {
        kernel,
        grid: dim3(grid, "grid"),
        block: dim3(block, "block"),
        shared,
        cooperative: false,
        cycles: Math.round(timing.seconds * this.account.figures.clock),
        steps: 0,
        divergentBranches: 0,
        status: "ok",
        timing,
      },
      this.account.timeline.defaultStream,
    );
  }

  /** A module is loaded; its bytes where they are known. */
  load(bytes?: number): void {
    this.account.call("cuModuleLoadData", bytes === undefined ? {} : { bytes });
  }

  /** The host is busy for so many seconds without a call. */
  work(seconds: number): void {
    this.account.work(seconds);
  }
}
