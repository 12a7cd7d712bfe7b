// One run of a study, in whatever thread. Runs of a sweep mostly share what their computing takes, so it is kept from one to the next.
import { silent } from "../../core/progress.js";
import type { ServiceCosts } from "../../serving/cost/index.js";
import { costsOf } from "../../serving/cost/predicted.js";
import { simulateWithCosts } from "../../serving/run-with-costs.js";
import type { Scenario } from "../../serving/scenario/index.js";
import type { RunFigures, StudyJob } from "../../serving/study/index.js";

/** Throws InputError for a scenario that its device cannot run. */
export function makeRun({ scenario, seed }: StudyJob): RunFigures {
  const costs = rememberedCosts(scenario);
  const { log: _none, ...figures } = simulateWithCosts(scenario, costs, { seed, keep: "figures", progress: silent });
  return figures;
}

let remembered: { readonly of: string; readonly costs: ServiceCosts } | undefined;

function rememberedCosts(scenario: Scenario): ServiceCosts {
  // What is offered, and for how long, changes nothing in what a batch takes.
  const { rps: _rps, duration_s: _duration, warmup_s: _warmup, cooldown_s: _cooldown, ...workload } = scenario.workload;
  const of = JSON.stringify({ ...scenario, workload });
  if (remembered?.of !== of) remembered = { of, costs: costsOf(scenario) };
  return remembered.costs;
}
