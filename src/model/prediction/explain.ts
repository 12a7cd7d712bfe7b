// Why a prediction of the planner is what it is: kernel by kernel, every way that was priced with its cost. Chooses nothing itself.
import { inspectAsText } from "../../core/inspect.js";
import type { KernelWork } from "../operator/index.js";
import { type Candidate, type LimitLevel, limitOf, type Plan, type Resources } from "../planner/index.js";
import { type PredictOptions, predict } from "./predict.js";
import type { Prediction } from "./prediction.js";

/** One way that a kernel could take. */
export interface ExplainedCandidate {
  /** What is chosen, by name: `{ tile: "128 x 256", split: 1, blocks: 256, waves: 2 }`. */
  readonly choice: Readonly<Record<string, string | number>>;
  /** Microseconds on the device. */
  readonly time_us: number;
  /** Microseconds that each resource would take if it were alone; they overlap. */
  readonly resources_us: Readonly<Record<string, number>>;
}

/** One kernel of an operator, and the ways that were priced for it. */
export interface ExplainedKernel {
  /** `matmul`, `stream`, `attention`, ... */
  readonly kind: KernelWork["kind"];
  readonly work: KernelWork;
  /** The plan in a sentence. */
  readonly plan: string;
  /** Microseconds on the device, without its launch. */
  readonly time_us: number;
  readonly limiter: LimitLevel;
  readonly resources_us: Readonly<Record<string, number>>;
  /** The cheapest first, which is the one that is taken; a kernel that is done in one way has that alone. */
  readonly candidates: readonly ExplainedCandidate[];
}

/** The planner's answer with its grounds. As JSON it has `prediction`, `launch_us` and `kernels`. Frozen. */
export class Explanation {
  readonly prediction: Prediction;
  /** Microseconds of the prediction that no kernel runs: the launch, as the protocol says. */
  readonly launch_us: number;
  readonly kernels: readonly ExplainedKernel[];

  constructor(prediction: Prediction) {
    const { timing } = prediction;
    this.prediction = prediction;
    this.launch_us = microseconds(timing?.launch ?? 0);
    this.kernels = Object.freeze(timing?.plans.map((plan, i) => explainKernel(timing.kernels[i], plan)) ?? []);
    Object.freeze(this);
  }

  /** A line for the prediction and one for each kernel: `matmul, 12.3 us, bound by DRAM: the best of 24. Planned: ...`. */
  toString(): string {
    const kernels = this.kernels.map(({ kind, time_us, limiter, candidates, plan }) => {
      const among = candidates.length === 1 ? "" : `, the best of ${candidates.length}`;
      return `  ${kind}: ${Number(time_us.toPrecision(3))} us, bound by ${limiter}${among}. ${plan}`;
    });
    return [String(this.prediction), ...kernels].join("\n");
  }

  static {
    inspectAsText(Explanation);
  }
}

/**
 * Every way that the planner priced for this operator ("why this tile"), whatever `realistic` would have answered from: the mode
 * is `planner`. Throws InputError as `predict` does.
 */
export function explain(options: Omit<PredictOptions, "mode">): Explanation {
  return new Explanation(predict({ ...options, mode: "planner" }));
}

function explainKernel(work: KernelWork, plan: Plan): ExplainedKernel {
  const only: Candidate = { choice: {}, resources: plan.resources, time: plan.time };
  const candidates = plan.candidates?.() ?? [only];
  return Object.freeze({
    kind: work.kind,
    work,
    plan: plan.inWords(),
    time_us: microseconds(plan.time),
    limiter: limitOf([plan]).level,
    resources_us: inMicroseconds(plan.resources),
    candidates: Object.freeze(
      candidates.map(({ choice, resources, time }) =>
        Object.freeze({ choice, time_us: microseconds(time), resources_us: inMicroseconds(resources) }),
      ),
    ),
  });
}

function inMicroseconds(resources: Resources): Readonly<Record<string, number>> {
  return Object.freeze(
    Object.fromEntries(Object.entries(resources).map(([name, seconds]) => [name, microseconds(seconds)])),
  );
}

function microseconds(seconds: number): number {
  return seconds * 1e6;
}
