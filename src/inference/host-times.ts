// What the host takes for the calls of an inference program. Knows no model; of devices only how the planner's host feeds them.
import type { HostTime } from "../gpu/host/index.js";
import type { DeviceSpec } from "../hardware/index.js";
import { plannerOf } from "../model/planner/index.js";

/** The host's part of an inference program. Seconds. */
export interface HostTimes {
  /** Of a driver call, by its name. */
  readonly call: HostTime;
  /** What the framework does for an operator before its kernel is launched; with the launch it is the planner's `hostOperator`. */
  readonly beforeLaunch: number;
}

/** What a person should know of these figures. */
export const hostTimesInWords: string =
  "What the host takes for an operator and its launch is the planner's (30 µs, found over measured models); of a copy " +
  "6 µs, as published; of other driver calls it is assumed, by their order of magnitude.";

/** The host of a device. */
export function hostTimesOf(device: DeviceSpec): HostTimes {
  const { hostOperator } = plannerOf(device).constants;
  return {
    call: (name) => assumed[name] ?? otherCall,
    beforeLaunch: hostOperator - launch,
  };
}

// Only how an operator's 30 us are divided between the framework and the driver rests on it.
const launch = 4e-6;
const otherCall = 2e-6;

/**
 * They differ between drivers and machines. A copy's: 5 to 7 us to submit one (Wu et al., "DualPath", 2026, arXiv 2602.21548, section
 * 5.2). The others are assumed: making a context and loading a library's kernels take tenths of a second, an allocation that maps memory
 * tens of microseconds, any other call a few.
 */
const assumed: Readonly<Record<string, number>> = {
  cuInit: 20e-3,
  cuDeviceGet: 1e-6,
  cuCtxCreate_v2: 150e-3,
  cuModuleLoadData: 50e-3,
  cuMemAlloc_v2: 20e-6,
  cuMemFree_v2: 20e-6,
  cuMemcpyHtoD_v2: 6e-6,
  cuMemcpyDtoH_v2: 6e-6,
  cuLaunchKernel: launch,
  cuStreamSynchronize: otherCall,
};
