// What changes between two scenarios, from runs with the same seeds: paired differences with their 95 % intervals. Knows no DOM.
import type { RunSummary } from "../../src/serving/index.js";
import { meanInterval } from "../../src/serving/theory/intervals.js";
import { formatMs, formatRate, formatShare } from "./figures.js";

export interface Difference {
  readonly name: string;
  /** Means over the replications. */
  readonly a: number;
  readonly b: number;
  /** b - a. */
  readonly difference: number;
  /** 95 %; undefined of fewer than two pairs. */
  readonly interval: readonly [number, number] | undefined;
  /** Whether the interval leaves zero out: undefined while there is none. */
  readonly isReal: boolean | undefined;
  /** Whether more is better, less is better, or neither. */
  readonly better: "more" | "less" | "neither";
  readonly format: (value: number) => string;
}

interface Measure {
  readonly name: string;
  readonly better: Difference["better"];
  readonly format: (value: number) => string;
  of(summary: RunSummary): number | null | undefined;
}

const measures: readonly Measure[] = [
  { name: "throughput", better: "more", format: formatRate, of: (s) => s.throughput_rps },
  { name: "goodput", better: "more", format: formatRate, of: (s) => s.goodput_rps },
  { name: "p50", better: "less", format: formatMs, of: (s) => s.p50_ms },
  { name: "p90", better: "less", format: formatMs, of: (s) => s.p90_ms },
  { name: "p99", better: "less", format: formatMs, of: (s) => s.p99_ms },
  { name: "waiting", better: "less", format: formatMs, of: (s) => s.avg_queue_ms },
  { name: "GPU busy", better: "neither", format: formatShare, of: (s) => s.gpu_util_percent },
  { name: "TTFT p99", better: "less", format: formatMs, of: (s) => s.tokens?.ttft_p99_ms },
  { name: "TPOT p99", better: "less", format: formatMs, of: (s) => s.tokens?.tpot_p99_ms },
  { name: "output tokens/s", better: "more", format: formatRate, of: (s) => s.tokens?.output_tokens_per_s },
];

/** The differences of what both have in every pair. */
export function differences(pairs: readonly (readonly [RunSummary, RunSummary])[]): Difference[] {
  return measures.flatMap(({ name, better, format, of }) => {
    const values = pairs.map(([a, b]) => [of(a), of(b)] as const);
    if (values.length === 0 || values.some(([a, b]) => typeof a !== "number" || typeof b !== "number")) return [];
    const known = values as readonly (readonly [number, number])[];
    const [a, b] = [mean(known.map(([each]) => each)), mean(known.map(([, each]) => each))];
    const interval = meanInterval(known.map(([first, second]) => second - first))?.interval;
    const isReal = interval === undefined ? undefined : interval[0] > 0 || interval[1] < 0;
    return [{ name, better, format, a, b, difference: b - a, interval, isReal }];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
