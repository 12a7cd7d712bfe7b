// Figures of a scenario over several seeds with their intervals, and of two scenarios against each other with the same random numbers.
// Knows nothing of how runs are made.
import { InputError } from "../../core/errors.js";
import { inspectObjectAs } from "../../core/inspect.js";
import { fourDigits, variance } from "../../core/statistics.js";
import type { RunSummary } from "../result/index.js";
import type { Scenario } from "../scenario/index.js";
import { type MeanInterval, meanInterval } from "../theory/index.js";
import type { RunFigures, Study, StudyJob } from "./study.js";

export interface ReplicationOptions {
  /** Runs of each scenario, with seeds from the first on; 10 unless given, 2 at least. */
  readonly replications?: number;
  /** The first seed; the scenario's unless given, or 0. */
  readonly seed?: number;
}

/** The figures of a summary that are measured, in its order. */
export const comparedFigures: readonly ComparedFigure[] = [
  "throughput_rps",
  "p50_ms",
  "p90_ms",
  "p99_ms",
  "avg_queue_ms",
  "gpu_util_percent",
  "goodput_rps",
  "avg_ms",
];
export type ComparedFigure = keyof Pick<
  RunSummary,
  "throughput_rps" | "p50_ms" | "p90_ms" | "p99_ms" | "avg_queue_ms" | "gpu_util_percent" | "goodput_rps" | "avg_ms"
>;

/** A figure over the replications; null where one of them measured none. */
export interface ReplicatedFigure {
  readonly figure: ComparedFigure;
  readonly mean: number | null;
  /** 95 % interval of the mean, by Student's t. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface Replications {
  readonly scenario: string;
  readonly replications: number;
  readonly rows: readonly ReplicatedFigure[];
}

/** The study of a scenario over seeds: an interval for each figure that does not rest on one run. Throws InputError for the options. */
export function replicationStudy(scenario: Scenario, options: ReplicationOptions = {}): Study<Replications> {
  const seeds = seedsOf(options, scenario);
  return {
    label: `replications of ${scenario.name}`,
    jobs: seeds.map((seed) => ({ scenario, seed })),
    conclude: (runs) =>
      told(
        {
          scenario: scenario.name,
          replications: seeds.length,
          rows: comparedFigures.map((figure): ReplicatedFigure => {
            const values = valuesOf(runs, figure);
            return { figure, ...(values === null ? { mean: null, low: null, high: null } : estimateOf(values)) };
          }),
        },
        ({ rows }) => {
          const lines = rows.map(({ figure, mean, low, high }) =>
            mean === null ? `${figure}: not measured` : `${figure}: ${short(mean)} (${short(low)} to ${short(high)})`,
          );
          return [`${scenario.name} over ${seeds.length} seeds, with 95 % intervals`, ...lines].join("\n");
        },
      ),
  };
}

/** A figure of two scenarios; null where a run measured none. */
export interface FigureDifference {
  readonly figure: ComparedFigure;
  /** Means over the replications. */
  readonly a: number | null;
  readonly b: number | null;
  /** Mean of b - a over pairs of runs with one seed. */
  readonly difference: number | null;
  /** 95 % interval of the difference, by Student's t over the pairs. */
  readonly low: number | null;
  readonly high: number | null;
  /** Whether the interval leaves out 0: `b more`, `b less`, or `not told apart`. */
  readonly verdict: "b more" | "b less" | "not told apart";
  /**
   * What the shared random numbers gain: by how much, in percent, the variance of the difference is below that of as many runs with
   * independent seeds, which is the sum of both variances. Null where nothing varies; negative where sharing does harm.
   */
  readonly variance_reduction_percent: number | null;
}

/** `toString` gives it in lines. */
export interface RunComparison {
  readonly a: string;
  readonly b: string;
  readonly replications: number;
  readonly rows: readonly FigureDifference[];
}

/**
 * The study of two scenarios against each other with common random numbers: both have the same arrivals and the same draws for each
 * request in every pair of runs, so that what differs between them comes from the scenarios. Throws InputError for the options.
 */
export function comparisonStudy(a: Scenario, b: Scenario, options: ReplicationOptions = {}): Study<RunComparison> {
  const seeds = seedsOf(options, a);
  const jobs = seeds.flatMap((seed): StudyJob[] => [
    { scenario: a, seed },
    { scenario: b, seed },
  ]);
  return {
    label: `comparison of ${a.name} with ${b.name}`,
    jobs,
    conclude: (runs) =>
      told(
        {
          a: a.name,
          b: b.name,
          replications: seeds.length,
          rows: comparedFigures.map((figure) =>
            differenceOf(
              figure,
              valuesOf(
                runs.filter((_, i) => i % 2 === 0),
                figure,
              ),
              valuesOf(
                runs.filter((_, i) => i % 2 === 1),
                figure,
              ),
            ),
          ),
        },
        ({ rows }) => {
          const lines = rows.map((row) =>
            row.difference === null
              ? `${row.figure}: not measured`
              : `${row.figure}: ${short(row.a)} -> ${short(row.b)}, ${row.verdict} (${short(row.low)} to ${short(row.high)})`,
          );
          return [`${a.name} (a) with ${b.name} (b) over ${seeds.length} seeds`, ...lines].join("\n");
        },
      ),
  };
}

function differenceOf(
  figure: ComparedFigure,
  a: readonly number[] | null,
  b: readonly number[] | null,
): FigureDifference {
  if (a === null || b === null) {
    const none = { difference: null, low: null, high: null, variance_reduction_percent: null };
    return { figure, a: a && estimateOf(a).mean, b: b && estimateOf(b).mean, ...none, verdict: "not told apart" };
  }
  const differences = a.map((value, i) => b[i] - value);
  const { mean: difference, low, high } = estimateOf(differences);
  const independent = variance(a) + variance(b);
  return {
    figure,
    a: estimateOf(a).mean,
    b: estimateOf(b).mean,
    difference,
    low,
    high,
    verdict: low > 0 ? "b more" : high < 0 ? "b less" : "not told apart",
    variance_reduction_percent:
      independent === 0 ? null : withoutRounding(100 * (1 - variance(differences) / independent)),
  };
}

/** Where one side is the same in every run the differences vary as the other does, and what is left is rounding. */
function withoutRounding(percent: number): number {
  return Math.abs(percent) < 1e-9 ? 0 : percent;
}

/** Of two values at least. */
function estimateOf(values: readonly number[]): { readonly mean: number; readonly low: number; readonly high: number } {
  const { mean, interval } = meanInterval(values) as MeanInterval;
  return { mean, low: interval[0], high: interval[1] };
}

function valuesOf(runs: readonly RunFigures[], figure: ComparedFigure): readonly number[] | null {
  const values = runs.map(({ summary }) => summary[figure]);
  return values.every((value) => value !== null) ? values : null;
}

function seedsOf({ replications = 10, seed }: ReplicationOptions, scenario: Scenario): number[] {
  if (!Number.isSafeInteger(replications) || replications < 2) {
    throw new InputError(`must be a whole number of at least 2, got ${replications}`, {
      where: "replications",
      fix: "An interval needs two runs at least.",
    });
  }
  const first = seed ?? scenario.seed ?? 0;
  return Array.from({ length: replications }, (_, i) => first + i);
}

function told<T extends object>(answer: T, text: (answer: T) => string): T {
  inspectObjectAs(answer, () => text(answer));
  Object.defineProperty(answer, "toString", { value: () => text(answer) });
  return Object.freeze(answer);
}

function short(value: number | null): string {
  return value === null ? "-" : fourDigits(value);
}
