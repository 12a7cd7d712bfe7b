// Kernels that run one after another, as a clock sees them: what each costs on the device, and what launching and timing add.
// Knows no operator and no table of measurements.
import type { DeviceSpec } from "../../hardware/index.js";
import type { KernelWork } from "../operator/index.js";
import { type CacheState, inCache } from "./cache.js";
import type { Constants, HostTimes } from "./constants.js";
import { isAmd } from "./generation.js";
import { type Limit, limitOf, type Plan } from "./plan.js";
import type { Planner } from "./planner.js";
import { measuredTime, type Protocol } from "./protocol.js";

export interface Timing {
  readonly kernels: readonly KernelWork[];
  /** One for each kernel. */
  readonly plans: readonly Plan[];
  readonly protocol: Protocol;
  /** Seconds that would be measured. */
  readonly time: number;
  /** Those of them that no kernel ran: the launch, the host. */
  readonly launch: number;
  /** What the device and the host are together bound by. */
  limit(): Limit;
}

/**
 * One operator's kernels, timed as `protocol` says; of an eager call, `hostSteps` are those that the operator takes on the host
 * (`HostTimes`); `cache` is what L2 holds before each of them. Throws InputError where the planner's device cannot do one of them.
 */
export function timeKernels(
  planner: Planner,
  kernels: readonly KernelWork[],
  protocol: Protocol,
  hostSteps: number = 0,
  cache: CacheState = "cold",
): Timing {
  const { device, constants } = planner;
  if (protocol === "eager") {
    const call = eagerCall(device, constants, hostSteps);
    const before = call.before + convolutionTime(kernels, constants);
    return timed(planner, kernels, protocol, (seconds) => before + Math.max(seconds, call.after), cache);
  }
  return timed(planner, kernels, protocol, (seconds) => measuredTime(seconds, protocol, constants), cache);
}

// An eager framework's convolutions keep the device waiting for longer than other operators.
function convolutionTime(kernels: readonly KernelWork[], { convolutionHostTime }: Constants): number {
  return convolutionHostTime * kernels.filter(({ kind }) => kind === "convolution").length;
}

/** The host's part in a call: seconds until it launches, and seconds after that until it looks at the clock again. */
export interface HostCall {
  readonly before: number;
  readonly after: number;
}

/** A call of an eager framework on this device, of so many steps more than a plain function of two tensors. */
export function eagerCall(device: DeviceSpec, { eagerCall }: Constants, steps: number): HostCall {
  const { call, step, after }: HostTimes = eagerCall[isAmd(device) ? "hip" : "cuda"];
  return { before: call + steps * step - after, after };
}

/** The kernels of one call, between two events around it: the device waits for the host, then the host for the device. */
export function timeCall(planner: Planner, kernels: readonly KernelWork[], { before, after }: HostCall): Timing {
  return timed(planner, kernels, "eager", (seconds) => before + Math.max(seconds, after), "cold");
}

function timed(
  planner: Planner,
  kernels: readonly KernelWork[],
  protocol: Protocol,
  measured: (onDevice: number) => number,
  cache: CacheState,
): Timing {
  const plans = kernels.map((kernel) => inCache(planner.plan(kernel), cache, planner.device));
  const onDevice = plans.reduce((sum, plan) => sum + plan.time, 0);
  const time = measured(onDevice);
  const launch = time - onDevice;
  return { kernels, plans, protocol, time, launch, limit: () => limitOf(plans, launch, measured) };
}
