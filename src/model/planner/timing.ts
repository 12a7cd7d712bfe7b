// Kernels that run one after another, as a clock sees them: what each costs on the device, and what launching and timing add.
// Knows no operator and no table of measurements.
import type { KernelWork } from "../operator/index.js";
import type { Constants } from "./constants.js";
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

/** Throws InputError where the planner's device cannot do one of the kernels. */
export function timeKernels(planner: Planner, kernels: readonly KernelWork[], protocol: Protocol): Timing {
  const plans = kernels.map((kernel) => planner.plan(kernel));
  const onDevice = plans.reduce((sum, plan) => sum + plan.time, 0);
  const host = hostTime(kernels, protocol, planner.constants);
  const measured = (seconds: number): number => measuredTime(seconds, protocol, planner.constants) + host;
  const time = measured(onDevice);
  const launch = time - onDevice;
  return { kernels, plans, protocol, time, launch, limit: () => limitOf(plans, launch, measured) };
}

// An eager framework's convolutions keep the device waiting for longer than other operators. A graph has done it beforehand.
function hostTime(kernels: readonly KernelWork[], protocol: Protocol, { convolutionHostTime }: Constants): number {
  if (protocol !== "eager") return 0;
  return convolutionHostTime * kernels.filter(({ kind }) => kind === "convolution").length;
}
