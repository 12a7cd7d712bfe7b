// Durations by group: how many, their sum, middle and tail. Knows nothing of what took so long.
import { sortTimes } from "./sort-times.js";

/** Of durations in nanoseconds. The percentiles are nearest-rank: the least that so large a share does not exceed. */
export interface DurationFigures {
  readonly count: number;
  readonly total_ns: number;
  readonly mean_ns: number;
  /** The middle one; of an even number the mean of the two in the middle. */
  readonly median_ns: number;
  readonly p95_ns: number;
  readonly p99_ns: number;
  readonly min_ns: number;
  readonly max_ns: number;
}

/** Of one group; undefined of nothing. The values are sorted in place. */
export function durationFigures(values: Float64Array): DurationFigures | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  sortTimes(values);
  let total = 0;
  for (let index = 0; index < count; index++) total += values[index];
  const rank = (share: number): number => values[Math.ceil(share * count) - 1];
  const middle = count >> 1;
  return {
    count,
    total_ns: total,
    mean_ns: total / count,
    median_ns: count % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2,
    p95_ns: rank(0.95),
    p99_ns: rank(0.99),
    min_ns: values[0],
    max_ns: values[count - 1],
  };
}

/** The figures of each group, by the group's number; `groups[i]` is the group of `values[i]`. */
export function groupedDurations(groups: Int32Array, values: Float64Array): Map<number, DurationFigures> {
  const counts = new Map<number, number>();
  for (let index = 0; index < groups.length; index++) counts.set(groups[index], (counts.get(groups[index]) ?? 0) + 1);
  const next = new Map<number, number>();
  let at = 0;
  for (const [group, count] of counts) {
    next.set(group, at);
    at += count;
  }
  const sorted = new Float64Array(values.length);
  for (let index = 0; index < groups.length; index++) {
    const place = next.get(groups[index])!;
    next.set(groups[index], place + 1);
    sorted[place] = values[index];
  }
  const result = new Map<number, DurationFigures>();
  for (const [group, count] of counts) {
    const end = next.get(group)!;
    result.set(group, durationFigures(sorted.subarray(end - count, end))!);
  }
  return result;
}
