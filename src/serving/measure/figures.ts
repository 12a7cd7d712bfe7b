// What was counted, as results name it, in their units. Knows nothing of what served the requests.
import type { RunSummary, StageAggregate } from "../result/index.js";
import type { RequestTally } from "./request-tally.js";

/** NaN, of nothing, and Infinity, where nothing limits, are null. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function milliseconds(seconds: number): number | null {
  return finiteOrNull(seconds * 1000);
}

/** What a summary says of any service, from what was counted and from what only its simulator knows. */
export function requestSummary(
  tally: RequestTally,
  {
    duration,
    gpuUtilPercent,
    overloaded,
    capacity,
    quantileError,
  }: {
    /** Seconds. */
    readonly duration: number;
    readonly gpuUtilPercent: number;
    readonly overloaded: boolean;
    /** Requests a second; Infinity where nothing limits. */
    readonly capacity: number;
    /** Percent; 0: quantiles are exact. */
    readonly quantileError: number;
  },
): RunSummary {
  const { latency, measuredSeconds } = tally;
  const [p50, p90, p99, max] = latency.quantiles([0.5, 0.9, 0.99, 1]);
  const interval = tally.batchMeans.interval()?.interval;
  return {
    throughput_rps: tally.completedWithin / measuredSeconds,
    p50_ms: milliseconds(p50),
    p90_ms: milliseconds(p90),
    p99_ms: milliseconds(p99),
    avg_queue_ms: milliseconds(tally.waitedSum / latency.count),
    gpu_util_percent: gpuUtilPercent,
    total_requests: tally.arrived,
    duration_s: duration,
    offered_rps: tally.measuredArrivals / measuredSeconds,
    completed_requests: tally.completed,
    rejected_requests: tally.rejected,
    goodput_rps: tally.goodWithin / measuredSeconds,
    avg_ms: milliseconds(latency.mean),
    max_ms: milliseconds(max),
    overloaded,
    capacity_rps: finiteOrNull(capacity),
    // Under overload times grow as the run goes on: there is no mean to be sure of.
    avg_ms_interval: interval === undefined || overloaded ? null : [interval[0] * 1000, interval[1] * 1000],
    ...(quantileError === 0 ? {} : { quantile_error_percent: quantileError }),
  };
}

/** Of `seconds` in all over `count` requests. */
export function stageAggregate(name: string, category: string, seconds: number, count: number): StageAggregate {
  return {
    name,
    category,
    avg_ms: count === 0 ? 0 : (seconds / count) * 1000,
    total_ms: seconds * 1000,
    count,
  };
}
