// What can be asked of a virtual GPU when it is made, and of an array when it is allocated.
import type { DType, DTypeName } from "../../core/dtype.js";
import { InputError } from "../../core/errors.js";
import type { DeviceSpec } from "../../hardware/index.js";
import type { DriverCallSink } from "../../trace/index.js";
import type { CostOptions } from "./cost-model.js";

export interface ArrayOptions {
  /** What messages and views call it. */
  readonly label?: string;
}

export interface MallocOptions<Name extends DTypeName = DTypeName> extends ArrayOptions {
  /** What its elements are; untyped bytes (u8) unless given. */
  readonly dtype?: DType<Name>;
}

/** Seconds that the host is busy with a driver call of this name. */
export type HostTime = (call: string) => number;

/** How a virtual GPU differs from the device of its name. */
export interface VirtualGPUOptions extends CostOptions {
  /** Seconds that the host takes for a driver call, by its name, beside what it waits for; nothing unless given. */
  readonly hostTime?: HostTime;
  /** Streaming multiprocessors. */
  readonly sms?: number;
  /** Bytes of global memory. */
  readonly memory?: number;
  /** Every launch records its divergences and blocks, as with `{ log: true }` of a launch. */
  readonly log?: boolean;
  /** Is told of every driver call from the start; `gpu.recordTrace()` records from then on. */
  readonly trace?: DriverCallSink;
}

/** The device with the number of SMs and the memory that were asked for. Throws InputError for what cannot be. */
export function changedDevice(spec: DeviceSpec, { sms, memory }: VirtualGPUOptions): DeviceSpec {
  for (const [name, value] of Object.entries({ sms, memory })) {
    if (value === undefined || (Number.isInteger(value) && value > 0)) continue;
    throw new InputError(`must be a whole number from 1 on, got ${String(value)}`, { where: name });
  }
  if (sms === undefined && memory === undefined) return spec;
  return {
    ...spec,
    ...(sms === undefined ? {} : { sms }),
    ...(memory === undefined ? {} : { dram: { ...spec.dram, capacity: memory } }),
  };
}
