// What computing takes on a device whose model is not in the page: kept by what it depends on, and asked for where it is not known.
// Knows nobody who answers.
import type { Scenario, ServiceCosts } from "../../src/serving/index.js";

/** Costs, and the scenario that they were made for. */
export interface KnownCosts {
  readonly scenario: Scenario;
  readonly costs: ServiceCosts;
}

/** Batches of so many are asked for at once, so that a slider over batch sizes asks once. */
const mostBatched = 32;

export class CostBook {
  readonly #known = new Map<string, { readonly costs: ServiceCosts; readonly batch: number }>();
  readonly #asked = new Set<string>();
  /** What could not be told for large batches. */
  readonly #refused = new Set<string>();
  readonly #ask: (scenario: Scenario) => boolean;

  /** `ask` asks whoever has the models for the costs of a scenario; false where there is nobody. */
  constructor(ask: (scenario: Scenario) => boolean) {
    this.#ask = ask;
  }

  /** Undefined where they are not known. */
  of(scenario: Scenario): ServiceCosts | undefined {
    const known = this.#known.get(keyOf(scenario));
    return known !== undefined && batchOf(scenario) <= known.batch ? known.costs : undefined;
  }

  isAsked(scenario: Scenario): boolean {
    return this.#asked.has(askedAs(scenario));
  }

  ask(scenario: Scenario): void {
    if (this.isAsked(scenario)) return;
    const wider = this.#refused.has(keyOf(scenario)) ? scenario : widened(scenario);
    if (this.#ask(wider)) this.#asked.add(askedAs(scenario)).add(askedAs(wider));
  }

  learn({ scenario, costs }: KnownCosts): void {
    this.#known.set(keyOf(scenario), { costs, batch: batchOf(scenario) });
  }

  /**
   * It was asked for and could not be told. True where larger batches than are needed were asked for, and fewer may fit: then it can be
   * asked again.
   */
  refuse(scenario: Scenario): boolean {
    const key = keyOf(scenario);
    const isFirst = !this.#refused.has(key) && batchOf(scenario) === mostBatched;
    this.#refused.add(key);
    for (const each of [...this.#asked]) if (each.startsWith(key)) this.#asked.delete(each);
    return isFirst;
  }
}

/** The scenario with batches as large as a slider may make them. */
function widened(scenario: Scenario): Scenario {
  if (scenario.pipeline === undefined || batchOf(scenario) >= mostBatched) return scenario;
  return { ...scenario, workload: { ...scenario.workload, batch_size: mostBatched } };
}

/** What costs depend on: the device and what is computed, and not on how often or how many at a time. */
function keyOf({ target, pipeline, serving }: Scenario): string {
  const { device, tflops, mem_gbps, ms_per_token, h2d_gbps, d2h_gbps } = target;
  const { replicas: _, router: __, ...model } = serving ?? {};
  return JSON.stringify([{ device, tflops, mem_gbps, ms_per_token, h2d_gbps, d2h_gbps }, pipeline ?? null, model]);
}

function askedAs(scenario: Scenario): string {
  return `${keyOf(scenario)} ${batchOf(scenario)}`;
}

function batchOf({ workload }: Scenario): number {
  return workload.batch_size ?? 1;
}
