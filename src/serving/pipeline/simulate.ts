// A pipeline's scenario, simulated: from the scenario to its results. Knows no device.
import { InputError } from "../../core/errors.js";
import type { ServiceCosts } from "../cost/index.js";
import { Quantiles, type SimulationOptions } from "../measure/index.js";
import type { ServiceRun } from "../result/index.js";
import { limits, type Scenario } from "../scenario/index.js";
import { bottleneckOf, overloadOf } from "./bottleneck.js";
import { capacities } from "./capacity.js";
import { runChecks } from "./checks.js";
import { closedFormCheck } from "./closed-form.js";
import { resourceUses, stageAggregates, summaryOf } from "./figures.js";
import { type PipelinePlan, planPipeline } from "./plan.js";
import { Recording } from "./recording.js";
import { runPipeline } from "./run.js";

export function simulatePipeline(
  scenario: Scenario,
  costs: ServiceCosts,
  { seed, keep, progress }: SimulationOptions,
): ServiceRun {
  const plan = planPipeline(scenario, costs);
  checkBacklog(plan);
  const recording = keep === "log" ? new Recording(plan.stages) : undefined;
  const latency = new Quantiles(keep === "log" ? Number.POSITIVE_INFINITY : 0);
  const run = runPipeline(scenario.workload, plan, { seed, latency, recording, progress });
  const resources = resourceUses(run);
  const overload = overloadOf(run, resources);
  return {
    scenario,
    seed,
    summary: summaryOf(scenario, run, { resources, overloaded: overload.overloaded }),
    stages: stageAggregates(run),
    resources,
    bottleneck: bottleneckOf(run, resources, overload),
    checks: [...runChecks(run), ...closedFormCheck(run)],
    ...(recording === undefined ? {} : { log: recording.log() }),
  };
}

/** Refuses what would fill the memory with requests that wait. */
function checkBacklog(plan: PipelinePlan): void {
  const { rate, duration } = plan.workload;
  const left = Math.max(0, rate - Math.min(...capacities(plan))) * duration;
  const waiting = Math.min(left, plan.target.queueLimit * plan.stages.length);
  if (waiting <= limits.waiting) return;
  throw new InputError(`about ${Math.round(waiting)} requests would wait at the end; ${limits.waiting} at most`, {
    where: "workload.rps",
    fix: "Lower rps or duration_s, or set target.queue_limit.",
  });
}
