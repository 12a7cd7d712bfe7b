// Durations, of all or by name: how many, their sum, middle and tail. Knows no format.
import { eventForms, eventRoles, type Timeline } from "../timeline/index.js";
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

/** The figures of the events of each name, by the name's number, of those with a role and a form that `takes` accepts. */
export function durationsByName(
  { events, texts }: Pick<Timeline, "events" | "texts">,
  takes: (role: number, form: number) => boolean,
): Map<number, DurationFigures> {
  const { length, role, form, name, duration } = events;
  const forms = eventForms.length;
  const isTaken = Uint8Array.from({ length: eventRoles.length * forms }, (_, both) =>
    takes(Math.floor(both / forms), both % forms) ? 1 : 0,
  );
  /** By name: where its durations begin, and then where they end. */
  const next = new Int32Array(texts.length + 1);
  for (let index = 0; index < length; index++)
    if (isTaken[role[index] * forms + form[index]] === 1) next[name[index]]++;
  let count = 0;
  for (let group = 0; group <= texts.length; group++) {
    const own = next[group];
    next[group] = count;
    count += own;
  }
  const durations = new Float64Array(count);
  const result = new Map<number, DurationFigures>();
  if (count === 0) return result;
  for (let index = 0; index < length; index++) {
    if (isTaken[role[index] * forms + form[index]] === 1) durations[next[name[index]]++] = duration[index];
  }
  for (let group = 0, from = 0; group < texts.length; from = next[group++]) {
    const figures = durationFigures(durations.subarray(from, next[group]));
    if (figures !== undefined) result.set(group, figures);
  }
  return result;
}
