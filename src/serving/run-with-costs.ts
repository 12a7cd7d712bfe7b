// A scenario and what its computing takes, simulated: all that a page needs, which has no model of a device.
import { readChoice } from "../core/choices.js";
import { InputError } from "../core/errors.js";
import { inspectObjectAs } from "../core/inspect.js";
import { type ProgressReporter, withProgress } from "../core/progress.js";
import type { ServiceCosts } from "./cost/index.js";
import { simulateLlm } from "./llm/index.js";
import { simulatePipeline } from "./pipeline/index.js";
import { describeRun, type ServiceRun } from "./result/index.js";
import type { Scenario } from "./scenario/index.js";
import { expectedArrivals } from "./scenario/settings.js";

export interface RunOptions {
  /** 0 to 2^53 - 1; the scenario's unless given, or 0. */
  readonly seed?: number;
  /** `log` (what happened to each request) unless given; `figures` for a run whose memory does not grow with its requests. */
  readonly keep?: "log" | "figures";
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
}

/** Simulates a scenario that `readScenario` has checked. Throws InputError that names the option. */
export function simulateWithCosts(scenario: Scenario, costs: ServiceCosts, options: RunOptions = {}): ServiceRun {
  const seed = readSeed(options.seed ?? scenario.seed ?? 0);
  const keep = readChoice(keeps, options.keep ?? "log", "choice", "keep");
  const requests = expectedArrivals(scenario.workload);
  const kept = Math.floor(mostLogged / (scenario.pipeline?.length ?? 1));
  if (keep === "log" && requests > kept) {
    throw new InputError(`what happens to ${Math.round(requests)} requests is too much to keep; ${kept} at most`, {
      where: "keep",
      fix: 'Set keep: "figures", or lower rps or duration_s.',
    });
  }
  const task = { label: `simulation of ${scenario.name}`, total: Math.max(1, Math.ceil(requests)), unit: "requests" };
  const simulator = scenario.serving === undefined ? simulatePipeline : simulateLlm;
  const run = withProgress(task, options.progress, (progress) => simulator(scenario, costs, { seed, keep, progress }));
  inspectObjectAs(run, () => describeRun(run));
  return run;
}

const keeps = ["log", "figures"] as const;

/** Passages of a request through a stage, of some sixty bytes each. */
const mostLogged = 20_000_000;

function readSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new InputError(`must be a whole number from 0 to 2^53 - 1, got ${JSON.stringify(seed)}`, { where: "seed" });
}
