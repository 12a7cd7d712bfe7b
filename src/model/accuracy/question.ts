// What a row of a table of latencies asks of the model, once it is understood. Knows no columns.
import type { Precision } from "../../core/precision.js";
import { firstLine, orReason } from "../../core/reason.js";
import type { Work } from "../../core/work.js";
import type { KernelWork, OperatorType } from "../operator/index.js";
import { type Planner, type Protocol, type Timing, timeKernels } from "../planner/index.js";

/** A latency that somebody measured, and how to predict it. */
export interface Question {
  readonly gpu: string;
  readonly op: string;
  readonly dtype: string;
  /** Seconds. */
  readonly measured: number;
  /** What the roofline is asked. */
  readonly work: Work;
  /** Whose entry in a device's efficiency table answers where there is one. */
  readonly operator?: { readonly type: OperatorType; readonly precision: Precision };
  /** What would be measured on this planner's device. Throws InputError where it cannot be predicted there. */
  predict(planner: Planner): Timing;
}

/** Why a row is not predicted. */
export interface NotCovered {
  readonly reason: string;
}

/** What is measured of kernels that run one after another, launched as `protocol` says. */
export function kernelsTimed(
  kernels: readonly KernelWork[],
  protocol: Protocol,
  hostSteps?: number,
): (planner: Planner) => Timing {
  return (planner) => timeKernels(planner, kernels, protocol, hostSteps);
}

/** What `ask` gives, or why it cannot be answered, in the words of the error. */
export function orNotCovered<T>(ask: () => T): T | NotCovered {
  return orReason(ask, (error) => ({ reason: firstLine(error) }));
}
