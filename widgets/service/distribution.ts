// The latencies of a run as a histogram and as a distribution function. Knows no DOM and no pixels.
import type { RunLog, Scenario } from "../../src/serving/index.js";

export interface Distribution {
  /** Ascending, seconds. */
  readonly sorted: Float64Array;
  /** Edges of the bins, one more than there are bins; seconds. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Whether the bins are equally wide in logarithms. */
  readonly isLog: boolean;
}

/** Latencies of the requests that were measured and served: arrivals between warm-up and cool-down. Ascending, in seconds. */
export function measuredLatencies(scenario: Scenario, { requests }: RunLog): Float64Array {
  const { warmup_s = 0, cooldown_s = 0, duration_s } = scenario.workload;
  const until = duration_s - cooldown_s;
  const isRecorded = scenario.workload.recorded_ms !== undefined;
  const latencies = new Float64Array(requests.count);
  let count = 0;
  for (let i = 0; i < requests.count; i++) {
    const arrival = requests.arrival[i];
    // NaN: it was turned away.
    const latency = requests.end[i] - arrival;
    if (arrival >= warmup_s && (isRecorded || arrival < until) && latency >= 0) latencies[count++] = latency;
  }
  return latencies.subarray(0, count).sort();
}

/** Undefined of nothing. A spread of more than a factor of four has bins that are equally wide in logarithms. */
export function distributionOf(sorted: Float64Array, bins = 45): Distribution | undefined {
  if (sorted.length === 0) return undefined;
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const isLog = least > 0 && most / least > 4;
  // Where all are the same but for rounding, a bin in the middle of an axis that shows something. Odd, so that there is a middle.
  const isNarrow = most - least <= 1e-6 * most;
  const [from, to] = isNarrow ? [least * 0.9, most === 0 ? 1 : most * 1.1] : [least, most];
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    i === bins ? to : isLog ? from * (to / from) ** (i / bins) : from + ((to - from) * i) / bins,
  );
  const counts = new Array<number>(bins).fill(0);
  let bin = 0;
  for (const latency of sorted) {
    while (bin < bins - 1 && latency >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return { sorted, edges, counts, isLog };
}

/** The share of latencies that are no longer. */
export function shareWithin({ sorted }: Distribution, seconds: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= seconds) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}

/** The distribution function in at most `points` steps: a latency and the share that is no longer. */
export function cumulative(
  { sorted }: Distribution,
  points = 200,
): { readonly latency: number; readonly share: number }[] {
  const { length } = sorted;
  const steps = Math.min(points, length);
  return Array.from({ length: steps }, (_, k) => {
    const rank = Math.ceil(((k + 1) * length) / steps);
    return { latency: sorted[rank - 1], share: rank / length };
  });
}
