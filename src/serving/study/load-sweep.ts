// A sweep over what a service is asked for and has: rates, GPU slots, batch sizes; a row each, and the knee of every line of rates.
// Knows nothing of how runs are made.
import { InputError } from "../../core/errors.js";
import { inspectObjectAs } from "../../core/inspect.js";
import { mean } from "../../core/statistics.js";
import { readScenario, type Scenario } from "../scenario/index.js";
import { type Knee, kneeOf } from "./knee.js";
import type { RunFigures, Study, StudyJob } from "./study.js";

/** What a sweep varies; what is absent stays as the scenario has it. Every combination is tried. */
export interface LoadSweepVary {
  /** Requests a second. */
  readonly rps?: readonly number[];
  /** GPU slots. */
  readonly concurrency?: readonly number[];
  readonly batch_size?: readonly number[];
}

export interface LoadSweepOptions {
  readonly vary: LoadSweepVary;
  /** Requests of each run, of which the first tenth warms the service up: so that every rate is measured equally well. 2000 unless given. */
  readonly requests?: number;
  /** Runs of each combination, with seeds from the first on; figures are their means. 1 unless given. */
  readonly replications?: number;
  /** The first seed; the scenario's unless given, or 0. Combinations share their seeds, and so their random numbers. */
  readonly seed?: number;
}

/** One combination: its settings, then the figures that a summary has, means of its replications. */
export interface LoadSweepRow {
  readonly rps: number;
  readonly concurrency: number;
  readonly batch_size: number;
  readonly throughput_rps: number;
  readonly goodput_rps: number;
  readonly p50_ms: number | null;
  readonly p90_ms: number | null;
  readonly p99_ms: number | null;
  readonly avg_ms: number | null;
  readonly avg_queue_ms: number | null;
  readonly gpu_util_percent: number;
  readonly rejected_requests: number;
  /** In most of its replications. */
  readonly overloaded: boolean;
  readonly capacity_rps: number | null;
  readonly bottleneck: string;
}

/** The knee of one line: the rates tried with these slots and this batch size. */
export interface SweepKnee {
  readonly concurrency: number;
  readonly batch_size: number;
  readonly capacity_rps: number | null;
  /** Null where the rates show none; `evidence` says why. */
  readonly knee: Knee | null;
  readonly evidence: string;
}

/** `toString` gives the knees in words; `rows` is what tables and charts take. */
export interface LoadSweep {
  readonly scenario: string;
  readonly rows: readonly LoadSweepRow[];
  readonly knees: readonly SweepKnee[];
}

/**
 * The rates that show a service's knee: tenths of what it can serve, closer around the limit, and beyond it. Throws InputError for a
 * service that nothing limits.
 */
export function ratesAround(capacity: number | null): number[] {
  if (capacity !== null && capacity > 0) return kneeShares.map((share) => Number((share * capacity).toPrecision(6)));
  throw new InputError("nothing limits this service, so that there are no rates to choose", {
    where: "vary.rps",
    fix: "Give them: { rps: [10, 50, 100] }.",
  });
}

const kneeShares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5];

/** The lines of a sweep: with these slots and this batch size, the rates to try. */
export interface SweepLine {
  readonly concurrency: number;
  readonly batch_size: number;
  readonly rps: readonly number[];
}

/**
 * The study that finds the rates around the knee of each line of a sweep, by what the service can serve there. Throws InputError for
 * settings that cannot be varied; its conclusion throws where nothing limits.
 */
export function sweepLinesStudy(scenario: Scenario, options: LoadSweepOptions): Study<readonly SweepLine[]> {
  const lines = sweepLines(scenario, options.vary);
  const seed = options.seed ?? scenario.seed ?? 0;
  return {
    label: `capacity of ${scenario.name}`,
    jobs: lines.map((line) => ({
      scenario: withSetting(scenario, { ...line, rps: scenario.workload.rps }, 200),
      seed,
    })),
    conclude: (runs) => lines.map((line, i) => ({ ...line, rps: ratesAround(runs[i].summary.capacity_rps) })),
  };
}

/**
 * The study of a sweep over a scenario that was read. `lines` are those of its options unless given. Throws InputError for settings
 * that it cannot vary.
 */
export function loadSweepStudy(
  scenario: Scenario,
  options: LoadSweepOptions,
  lines: readonly SweepLine[] = sweepLines(scenario, options.vary),
): Study<LoadSweep> {
  const { requests = 2000, replications = 1 } = options;
  const seed = options.seed ?? scenario.seed ?? 0;
  checkWhole(requests, "requests", 10);
  checkWhole(replications, "replications", 1);
  const settings = lines.flatMap(({ rps, ...line }) => rps.map((rate): Setting => ({ rps: rate, ...line })));
  const jobs = settings.flatMap((setting) => {
    const varied = withSetting(scenario, setting, requests);
    return Array.from({ length: replications }, (_, i): StudyJob => ({ scenario: varied, seed: seed + i }));
  });
  const conclude = (runs: readonly RunFigures[]): LoadSweep => {
    const rows = settings.map((setting, i) => rowOf(setting, runs.slice(i * replications, (i + 1) * replications)));
    return told({ scenario: scenario.name, rows, knees: kneesOf(rows) });
  };
  return { label: `sweep of ${scenario.name}`, jobs, conclude };
}

interface Setting {
  readonly rps: number;
  readonly concurrency: number;
  readonly batch_size: number;
}

function sweepLines({ workload, target, serving, name }: Scenario, vary: LoadSweepVary): SweepLine[] {
  const {
    rps = [workload.rps],
    concurrency = [target.concurrency ?? 1],
    batch_size = [workload.batch_size ?? 1],
  } = vary;
  if (workload.recorded_ms !== undefined) {
    throw new InputError("recorded arrivals have the rate that they have", {
      where: `${name}: workload.recorded_ms`,
      fix: 'Sweep with arrivals of another kind: "poisson".',
    });
  }
  if (serving !== undefined && (vary.concurrency !== undefined || vary.batch_size !== undefined)) {
    throw new InputError("a language model has neither GPU slots nor a batch size of the workload", {
      where: "vary",
      fix: "Vary rps, and change serving.replicas or serving.max_batch_size in scenarios of their own.",
    });
  }
  for (const [field, values] of Object.entries({ rps, concurrency, batch_size })) {
    if (values.length === 0) throw new InputError("is empty", { where: `vary.${field}`, fix: "Give values to try." });
    for (const value of values) {
      if (field !== "rps") checkWhole(value, `vary.${field}`, 1);
      else if (!(Number.isFinite(value) && value > 0))
        throw new InputError(`must be more than 0 requests a second, got ${value}`, { where: "vary.rps" });
    }
  }
  return concurrency.flatMap((slots) => batch_size.map((batch) => ({ concurrency: slots, batch_size: batch, rps })));
}

/** Every rate is measured over as many requests, whatever the scenario's own duration. */
function withSetting(scenario: Scenario, { rps, concurrency, batch_size }: Setting, requests: number): Scenario {
  const { warmup_s: _warmup, cooldown_s: _cooldown, ...workload } = scenario.workload;
  const duration_s = requests / rps;
  const target = { ...scenario.target, concurrency };
  const varied = { ...workload, rps, duration_s, warmup_s: duration_s / 10 };
  // A language model has neither of them.
  const settled =
    scenario.serving === undefined
      ? { ...scenario, workload: { ...varied, batch_size }, target }
      : { ...scenario, workload: varied };
  return readScenario(settled, scenario.name);
}

function rowOf(setting: Setting, runs: readonly RunFigures[]): LoadSweepRow {
  const summaries = runs.map(({ summary }) => summary);
  const figure = (name: MeanFigure): number => mean(summaries.map((summary) => summary[name]));
  const measured = (name: NullableFigure): number | null => {
    const values = summaries.flatMap((summary) => summary[name] ?? []);
    return values.length === 0 ? null : mean(values);
  };
  return {
    ...setting,
    throughput_rps: figure("throughput_rps"),
    goodput_rps: figure("goodput_rps"),
    p50_ms: measured("p50_ms"),
    p90_ms: measured("p90_ms"),
    p99_ms: measured("p99_ms"),
    avg_ms: measured("avg_ms"),
    avg_queue_ms: measured("avg_queue_ms"),
    gpu_util_percent: figure("gpu_util_percent"),
    rejected_requests: figure("rejected_requests"),
    overloaded: 2 * summaries.filter(({ overloaded }) => overloaded).length > summaries.length,
    capacity_rps: measured("capacity_rps"),
    bottleneck: runs[0].bottleneck.kind,
  };
}

type MeanFigure = "throughput_rps" | "goodput_rps" | "gpu_util_percent" | "rejected_requests";
type NullableFigure = "p50_ms" | "p90_ms" | "p99_ms" | "avg_ms" | "avg_queue_ms" | "capacity_rps";

function kneesOf(rows: readonly LoadSweepRow[]): SweepKnee[] {
  const lines = new Map<string, LoadSweepRow[]>();
  for (const row of rows) {
    const key = `${row.concurrency} ${row.batch_size}`;
    lines.set(key, [...(lines.get(key) ?? []), row]);
  }
  return [...lines.values()].map((line) => {
    const [{ concurrency, batch_size, capacity_rps }] = line;
    return { concurrency, batch_size, capacity_rps, ...kneeOf(line) };
  });
}

function told(sweep: LoadSweep): LoadSweep {
  const text = (): string => {
    const { scenario, rows, knees } = sweep;
    const lines = knees.map(({ concurrency, batch_size, evidence }) =>
      knees.length === 1 ? evidence : `${concurrency} GPU slots, batches of ${batch_size}: ${evidence}`,
    );
    return [`sweep of ${scenario}: ${rows.length} combinations`, ...lines].join("\n");
  };
  inspectObjectAs(sweep, text);
  Object.defineProperty(sweep, "toString", { value: text });
  return Object.freeze(sweep);
}

function checkWhole(value: number, where: string, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError(`must be a whole number of at least ${least}, got ${value}`, { where });
}
