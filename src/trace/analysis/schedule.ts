// A run replayed over its dependencies with other durations: every node as early as what it depends on allows, and its recorded lag
// later. Knows no format and no cause of the durations.
import type { DependencyGraph } from "./dependencies.js";

/** How long things take, as factors of what was recorded. */
export interface Pace {
  /** Of each work's duration, by number. */
  readonly work: (number: number) => number;
  /** Of the time in calls that launch, without what they wait. */
  readonly launch: number;
  /** Of all other time of the host, without what it waits. */
  readonly host: number;
}

/** When everything begins and ends, in nanoseconds from the origin. */
export interface Schedule {
  readonly pace: Pace;
  readonly stepStart: Float64Array;
  readonly stepEnd: Float64Array;
  readonly workStart: Float64Array;
  readonly workEnd: Float64Array;
  /** Of each of the graph's threads. */
  readonly threadEnd: Float64Array;
  /** When the last thread and the last work are done. */
  readonly lastEnd: number;
  /** The end of the whole: what was recorded after all of those lasts as long as it did. */
  readonly end: number;
}

/** Everything as it was recorded. */
export const recordedPace: Pace = { work: () => 1, launch: 1, host: 1 };

/** With factors of 1 all times are exactly those recorded; with no greater factors no time is later. */
export function replay(graph: DependencyGraph, pace: Pace): Schedule {
  const { timeline, work, steps, launchedBy, launchOffset, arrival, before, placedNext, after, threads } = graph;
  const { events } = timeline;
  const stepStart = new Float64Array(steps.length);
  const stepEnd = new Float64Array(steps.length);
  const workStart = new Float64Array(work.length);
  const workEnd = new Float64Array(work.length);
  const firstOf = new Map(threads.map(({ track, first_ns }) => [track, first_ns]));
  const place = (number: number): void => {
    const index = work.event[number];
    let [recorded, ready] = [0, 0];
    const step = launchedBy[number];
    if (step >= 0) {
      const offset = launchOffset[number];
      recorded = steps.start[step] + offset + arrival[number];
      ready = stepStart[step] + offset * paceOf(graph, pace, step) + arrival[number];
    }
    const wait = (other: number): void => {
      recorded = Math.max(recorded, recordedEnd(graph, other));
      ready = Math.max(ready, workEnd[other]);
    };
    if (before[number] >= 0) wait(before[number]);
    after.get(number)?.forEach(wait);
    workStart[number] = ready + (events.start[index] - recorded);
    workEnd[number] = workStart[number] + events.duration[index] * pace.work(number);
  };
  for (let number = graph.unlaunched; number >= 0; number = placedNext[number]) place(number);
  for (let step = 0; step < steps.length; step++) {
    const previous = steps.previous[step];
    if (previous >= 0) {
      stepStart[step] = stepEnd[previous] + (steps.start[step] - steps.end[previous]) * pace.host;
    } else {
      const first = firstOf.get(steps.track[step])!;
      stepStart[step] = first + (steps.start[step] - first) * pace.host;
    }
    for (let number = steps.places[step]; number >= 0; number = placedNext[number]) place(number);
    let [recorded, ready] = [steps.start[step], stepStart[step]];
    for (const number of steps.waitsFor.get(step) ?? []) {
      recorded = Math.max(recorded, recordedEnd(graph, number));
      ready = Math.max(ready, workEnd[number]);
    }
    stepEnd[step] = ready + (steps.end[step] - recorded) * paceOf(graph, pace, step);
  }
  const threadEnd = Float64Array.from(threads, ({ last, first_ns, end_ns }) =>
    last >= 0 ? stepEnd[last] + (end_ns - steps.end[last]) * pace.host : first_ns + (end_ns - first_ns) * pace.host,
  );
  const lastEnd = Math.max(0, greatest(threadEnd), greatest(workEnd));
  const recordedLast = Math.max(
    0,
    threads.reduce((most, { end_ns }) => Math.max(most, end_ns), 0),
    work.event.reduce((most, index) => Math.max(most, events.start[index] + events.duration[index]), 0),
  );
  const end = lastEnd + (timeline.end - recordedLast);
  return { pace, stepStart, stepEnd, workStart, workEnd, threadEnd, lastEnd, end };
}

/** The factor of a step's own time. */
export function paceOf({ steps }: DependencyGraph, pace: Pace, step: number): number {
  return steps.launches[step] === 1 ? pace.launch : pace.host;
}

function recordedEnd({ timeline: { events }, work }: DependencyGraph, number: number): number {
  const index = work.event[number];
  return events.start[index] + events.duration[index];
}

function greatest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}
