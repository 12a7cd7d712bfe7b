// Does what a page asks for: runs, sweeps and comparisons, telling what comes out as it comes. The same in a worker and, where a
// page may have none, beside the page's own work. Knows no DOM.
import { WarplabError } from "../../src/core/errors.js";
import type { ProgressReporter } from "../../src/core/progress.js";
import { plainCosts } from "../../src/serving/cost/plain.js";
import type { RunSummary, Scenario, ServiceCosts, ServiceRun } from "../../src/serving/index.js";
import { simulateWithCosts } from "../../src/serving/run-with-costs.js";
import { ratesToTry } from "./knee.js";
import type { ComparisonTask, Failure, RunTask, SweepTask, Task, Telling } from "./task.js";

export interface Listener {
  tell(telling: Telling): void;
  readonly isCancelled: () => boolean;
}

/** Requests of the run that says what the capacity is, at most. */
const longestProbe = 400;
/** How many times the latency of a request that is alone a run has to be long. */
const latencies = 20;
/** Milliseconds of work after which others get a turn: half a frame. */
const turn = 8;

/** Does the task; it ends with `done` or `failed`, and with nothing where it was cancelled. */
export async function perform(task: Task, listener: Listener): Promise<void> {
  try {
    if (task.kind === "run") runOnce(task, listener);
    else if (task.kind === "sweep") await sweep(task, listener);
    else await compare(task, listener);
    if (!listener.isCancelled()) listener.tell({ kind: "done" });
  } catch (error) {
    listener.tell(failureOf(error));
  }
}

/** The costs that a run takes: those of a device's model where they are given, else those of the target's own figures. */
export function costsFor(scenario: Scenario, costs: ServiceCosts | null): ServiceCosts {
  const known = costs ?? plainCosts(scenario);
  if (known === undefined) throw new Error("a scenario that needs the model of a device was run without its costs");
  return known;
}

export function failureOf(error: unknown): Failure {
  const isInput = error instanceof WarplabError;
  return {
    kind: "failed",
    message: error instanceof Error ? error.message : String(error),
    where: isInput && typeof error.where === "string" ? error.where : null,
    isInput,
  };
}

/**
 * The scenario at another rate, with so many requests, of which the first fifth is not measured. `least` is how long it has to be, in
 * seconds: what begins and ends with an empty service says little of one that takes long; three times the requests are the limit.
 */
export function atRate(scenario: Scenario, rate: number, requests: number, least = 0): Scenario {
  const duration_s = Math.min((3 * requests) / rate, Math.max(requests / rate, least));
  return {
    ...scenario,
    workload: { ...scenario.workload, rps: rate, duration_s, warmup_s: duration_s / 5, cooldown_s: 0 },
  };
}

function runOnce({ scenario, costs, keep }: RunTask, { tell }: Listener): void {
  const progress: ProgressReporter = () => ({
    update: ({ done, total }) => tell({ kind: "progress", done, total: total ?? null }),
  });
  tell({ kind: "run", run: asData(simulateWithCosts(scenario, costsFor(scenario, costs), { keep, progress })) });
}

async function sweep({ scenario, costs, rates, requests }: SweepTask, listener: Listener): Promise<void> {
  const known = costsFor(scenario, costs);
  const summaryAt = (rate: number, count: number, least?: number): RunSummary =>
    simulateWithCosts(atRate(scenario, rate, count, least), known, quietly).summary;
  // Where the capacity is depends on the scenario alone, and a short run says it.
  const probe = Math.min(longestProbe, requests[requests.length - 1]);
  const { capacity_rps } = summaryAt(scenario.workload.rps, probe);
  listener.tell({ kind: "capacity", capacity: capacity_rps });
  let since = performance.now();
  let least: number | undefined;
  for (const count of requests) {
    for (const rate of rates ?? ratesToTry(capacity_rps ?? 2 * scenario.workload.rps)) {
      const summary = summaryAt(rate, count, least);
      // The first rate is the least, at which a request is about alone.
      least ??= (latencies * (summary.avg_ms ?? 0)) / 1e3;
      listener.tell({ kind: "point", rate, summary });
      if (performance.now() - since >= turn) {
        await nextTurn();
        since = performance.now();
      }
      if (listener.isCancelled()) return;
    }
  }
}

async function compare({ scenarios, costs, replications }: ComparisonTask, listener: Listener): Promise<void> {
  const known = [costsFor(scenarios[0], costs[0]), costsFor(scenarios[1], costs[1])] as const;
  for (let k = 0; k < replications; k++) {
    const [a, b] = scenarios.map((scenario, i) =>
      simulateWithCosts({ ...scenario, seed: (scenario.seed ?? 0) + k }, known[i], quietly),
    );
    listener.tell({ kind: "pair", summaries: [a.summary, b.summary] });
    await nextTurn();
    if (listener.isCancelled()) return;
  }
}

const quietly = { keep: "figures", progress: () => undefined } as const;

/** A run without what cannot be cloned. */
function asData({ scenario, seed, summary, stages, resources, bottleneck, checks, log }: ServiceRun): ServiceRun {
  return { scenario, seed, summary, stages, resources, bottleneck, checks, ...(log !== undefined && { log }) };
}

/** Lets messages and frames in; a timer would wait longer than there is to wait for. */
function nextTurn(): Promise<void> {
  return new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(null);
  });
}
