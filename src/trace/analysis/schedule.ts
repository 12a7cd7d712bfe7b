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
  readonly stepStart: (step: number) => number;
  readonly stepEnd: (step: number) => number;
  readonly workStart: (number: number) => number;
  readonly workEnd: (number: number) => number;
  /** Of each of the graph's threads. */
  readonly threadEnd: readonly number[];
  /** When the last thread and the last work are done. */
  readonly lastEnd: number;
  /** The end of the whole: what was recorded after all of those lasts as long as it did. */
  readonly end: number;
}

/** Everything as it was recorded: what a replay with factors of 1 finds again. */
export function recordedSchedule(graph: DependencyGraph): Schedule {
  const { timeline, work, steps, threads } = graph;
  const { start, duration } = timeline.events;
  return {
    pace: { work: () => 1, launch: 1, host: 1 },
    stepStart: (step) => start[steps.event[step]],
    stepEnd: (step) => steps.end[step],
    workStart: (number) => start[work.event[number]],
    workEnd: (number) => start[work.event[number]] + duration[work.event[number]],
    threadEnd: threads.map(({ end_ns }) => end_ns),
    lastEnd: recordedLast(graph),
    end: timeline.end,
  };
}

/** With factors of 1 all times are exactly those recorded; with no greater factors no time is later. */
export function replay(graph: DependencyGraph, pace: Pace): Schedule {
  const { timeline, work, steps, launchedBy, launchTimes, order, waitsFor, after, threads } = graph;
  const { start, duration } = timeline.events;
  const { before, placedNext } = order;
  const stepEnd = new Float64Array(steps.length);
  const workStart = new Float64Array(work.length);
  const workEnd = new Float64Array(work.length);
  const firstOf = new Map(threads.map(({ track, first_ns }) => [track, first_ns]));
  const stepStart = (step: number): number => {
    const previous = steps.previous[step];
    const begun = start[steps.event[step]];
    if (previous >= 0) return stepEnd[previous] + (begun - steps.end[previous]) * pace.host;
    const first = firstOf.get(timeline.events.track[steps.event[step]])!;
    return first + (begun - first) * pace.host;
  };
  const recordedEnd = (number: number): number => start[work.event[number]] + duration[work.event[number]];
  const place = (number: number): void => {
    const index = work.event[number];
    let [recorded, ready] = [0, 0];
    const step = launchedBy[number];
    if (step >= 0) {
      const offset = launchTimes.offset(number);
      const arrival = launchTimes.arrival(number);
      recorded = start[steps.event[step]] + offset + arrival;
      ready = stepStart(step) + offset * paceOf(graph, pace, step) + arrival;
    }
    const wait = (other: number): void => {
      recorded = Math.max(recorded, recordedEnd(other));
      ready = Math.max(ready, workEnd[other]);
    };
    if (before[number] >= 0) wait(before[number]);
    after.get(number)?.forEach(wait);
    workStart[number] = ready + (start[index] - recorded);
    workEnd[number] = workStart[number] + duration[index] * pace.work(number);
  };
  for (let number = order.unlaunched; number >= 0; number = placedNext[number]) place(number);
  for (let step = 0; step < steps.length; step++) {
    for (let number = order.places[step]; number >= 0; number = placedNext[number]) place(number);
    let [recorded, ready] = [start[steps.event[step]], stepStart(step)];
    for (let at = waitsFor.from[step]; at < waitsFor.from[step + 1]; at++) {
      const number = waitsFor.works[at];
      recorded = Math.max(recorded, recordedEnd(number));
      ready = Math.max(ready, workEnd[number]);
    }
    stepEnd[step] = ready + (steps.end[step] - recorded) * paceOf(graph, pace, step);
  }
  const threadEnd = threads.map(({ last, first_ns, end_ns }) =>
    last >= 0 ? stepEnd[last] + (end_ns - steps.end[last]) * pace.host : first_ns + (end_ns - first_ns) * pace.host,
  );
  const lastEnd = Math.max(greatest(threadEnd), greatest(workEnd));
  return {
    pace,
    stepStart,
    stepEnd: (step) => stepEnd[step],
    workStart: (number) => workStart[number],
    workEnd: (number) => workEnd[number],
    threadEnd,
    lastEnd,
    end: lastEnd + (timeline.end - recordedLast(graph)),
  };
}

/** The factor of a step's own time. */
export function paceOf({ steps }: DependencyGraph, pace: Pace, step: number): number {
  return steps.launches[step] === 1 ? pace.launch : pace.host;
}

/** When the last thread and the last work were done. */
function recordedLast({ timeline, work, threads }: DependencyGraph): number {
  const { start, duration } = timeline.events;
  let last = greatest(threads.map(({ end_ns }) => end_ns));
  for (let number = 0; number < work.length; number++) {
    last = Math.max(last, start[work.event[number]] + duration[work.event[number]]);
  }
  return last;
}

/** 0 at least. */
function greatest(values: ArrayLike<number>): number {
  let most = 0;
  for (let at = 0; at < values.length; at++) most = Math.max(most, values[at]);
  return most;
}
