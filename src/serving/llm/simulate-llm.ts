// A language model's scenario, simulated: from the scenario and the costs of its steps to its results. Knows no device.
import { InputError } from "../../core/errors.js";
import type { ServiceCosts } from "../cost/index.js";
import type { SimulationOptions } from "../measure/index.js";
import type { ServiceRun } from "../result/index.js";
import type { Scenario } from "../scenario/index.js";
import { leastCapacity, llmBottleneck, llmOverload } from "./bottleneck.js";
import { capacityOf } from "./capacity.js";
import { llmChecks } from "./checks.js";
import { llmResources, llmStages, llmSummary } from "./figures.js";
import { Recording } from "./recording.js";
import { llmSettings } from "./settings.js";
import { LlmSimulation } from "./simulation.js";
import { StepTime } from "./step-time.js";
import { survey } from "./survey.js";

/**
 * Runs a scenario whose `serving` is a language model. Throws InputError where a request could never be served, before anything runs.
 * Quantiles of more than some thousand values are off by 0.1 % at most.
 */
export function simulateLlm(
  scenario: Scenario,
  costs: ServiceCosts,
  { seed, keep, progress }: SimulationOptions,
): ServiceRun {
  const { steps } = costs;
  if (steps === undefined) {
    throw new InputError("a language model needs what its steps cost, and costs.steps is missing", {
      where: "costs.steps",
      fix: "Give the target a device, from which they are predicted, or the costs of its steps.",
    });
  }
  const settings = llmSettings(scenario, steps);
  const asked = survey(scenario, settings, seed, keep);
  const recording = keep === "log" ? new Recording(settings) : undefined;
  const run = new LlmSimulation(scenario, steps, { seed, settings, recording, left: () => progress?.advance() });
  run.run();
  const capacity = capacityOf(settings, asked, new StepTime(steps, settings.overhead));
  const overload = llmOverload(run, capacity, asked);
  const { overloaded } = overload;
  return {
    scenario,
    seed,
    summary: llmSummary(scenario, run, { overloaded, capacity: leastCapacity(capacity) }),
    stages: llmStages(run),
    resources: llmResources(run, capacity, settings.maxBatch),
    bottleneck: llmBottleneck(run, capacity, overload, steps),
    checks: llmChecks(run),
    ...(recording === undefined ? {} : { log: recording.log(run.replicas.map(({ name }) => name)) }),
  };
}
