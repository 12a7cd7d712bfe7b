// A scenario simulated, with what its computing takes from the model of its device where it names one.
import type { ServiceCosts } from "./cost/index.js";
import { costsOf } from "./cost/predicted.js";
import type { ServiceRun } from "./result/index.js";
import { type RunOptions, simulateWithCosts } from "./run-with-costs.js";
import { readScenario } from "./scenario/index.js";

export interface SimulateOptions extends RunOptions {
  /** What computing takes; by the target's figures and the model of its device unless given. */
  readonly costs?: ServiceCosts;
}

/**
 * Simulates a scenario: JSON text, an object, or one that was read. The same scenario and seed give the same bytes on every machine.
 * Throws InputError that names the field or option.
 */
export function simulate(scenario: unknown, options: SimulateOptions = {}): ServiceRun {
  const read = readScenario(scenario);
  return simulateWithCosts(read, options.costs ?? costsOf(read), options);
}
