// What had to happen before what: host threads that launch and wait, streams that work in order. The critical path and every "what if"
// follow it. Knows no format.
import { int32Column, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { DeviceWork } from "./device-work.js";
import { EventOrder } from "./event-order.js";
import type { HostStacks } from "./host-stacks.js";
import { LaunchTimes } from "./launch-times.js";
import { findSteps, type StepCalls, type Steps } from "./steps.js";
import { type StreamOrder, streamOrder } from "./stream-order.js";

/**
 * A graph over two kinds of nodes. A **step** is an outermost call that launches device work or waits for some; between the steps of a
 * thread lies time of the host. **Work** is a kernel, a copy or a memset. The edges:
 * - a step begins when the step before it on its thread has ended and the host has got there; the first of a thread when the step of its
 *   process that ended last before it has ended, since what wakes a thread is not recorded;
 * - work begins when its step has launched it and the launch has arrived (as quickly as the quickest did), when the work before it in
 *   its stream has ended, and when the work has ended that was recorded by the event for which its stream was told to wait;
 * - a step that waits ends when the work has ended for which it waits: that of its stream, of the event or of the copy, or, where the
 *   trace does not say, the work that ended last before the call returned.
 * What the recording contradicts, as work that ended after the call that waited for it, is no edge. What is left between the last of
 * these and the node's own time is its lag, which a replay keeps. That a device may have room for one kernel only, and that a default
 * stream may wait for others, is not in it: such waiting is lag.
 */
export interface DependencyGraph {
  readonly timeline: Timeline;
  readonly work: DeviceWork;
  readonly steps: Steps;
  /** Per work: the step that launches it; -1 for none. */
  readonly launchedBy: Int32Array;
  readonly order: StreamOrder;
  readonly launchTimes: LaunchTimes;
  /** The works for which steps wait, one step's after another's; `from` says where each step's begin, and where the last one's end. */
  readonly waitsFor: { readonly from: Int32Array; readonly works: Int32Array };
  /** Works that wait for an event: for which works. */
  readonly after: ReadonlyMap<number, readonly number[]>;
  /** Host threads: the last step, -1 for none, and when the first and the last event of the thread begin and end. */
  readonly threads: readonly {
    readonly track: number;
    readonly last: number;
    readonly first_ns: number;
    readonly end_ns: number;
  }[];
}

export function findDependencies(
  timeline: Timeline,
  work: DeviceWork,
  stacks: HostStacks,
  categories: CallCategories,
): DependencyGraph {
  const { steps, launchedBy, lastOfTrack, calls } = findSteps(timeline, work, stacks, categories);
  const order = streamOrder(timeline, work, launchedBy, steps.length);
  const { waitsFor, after } = findWaits(timeline, work, categories, steps, order, calls);
  return {
    timeline,
    work,
    steps,
    launchedBy,
    order,
    launchTimes: new LaunchTimes(timeline, work, steps, launchedBy, order, after),
    waitsFor,
    after,
    threads: threadsOf(timeline, stacks, lastOfTrack),
  };
}

function findWaits(
  timeline: Timeline,
  work: DeviceWork,
  categories: CallCategories,
  steps: Steps,
  { places, placedNext, placedAfter }: StreamOrder,
  calls: StepCalls,
): Pick<DependencyGraph, "waitsFor" | "after"> {
  const from = new Int32Array(steps.length + 1);
  const works = int32Column();
  const after = new Map<number, readonly number[]>();
  if (calls.event.length === 0) return { waitsFor: { from, works: works.done() }, after };
  const { start, duration } = timeline.events;
  const order = new EventOrder(timeline, work, placedAfter, categories);
  for (let step = 0; step < steps.length; step++) {
    for (let number = places[step]; number >= 0; number = placedNext[number]) {
      const awaited = order.placed(number);
      if (awaited.length === 0) continue;
      const begins = start[work.event[number]];
      const earlier = awaited.filter((other) => start[work.event[other]] + duration[work.event[other]] <= begins);
      if (earlier.length > 0) after.set(number, earlier);
    }
    for (let at = calls.first[step]; at >= 0; at = calls.next[at]) {
      const call = calls.event[at];
      order.call(call);
      if (!categories.waitsForDevice(call)) continue;
      for (const number of order.waitedFor(call, step, steps.end[step])) works.push(number);
    }
    from[step + 1] = works.length;
  }
  return { waitsFor: { from, works: works.done() }, after };
}

function threadsOf(
  { events, tracks }: Timeline,
  stacks: HostStacks,
  lastOfTrack: Int32Array,
): DependencyGraph["threads"] {
  return tracks.flatMap(({ index: track }) => {
    const own = stacks.eventsOf(track);
    if (own.length === 0) return [];
    let end = 0;
    for (let at = 0; at < own.length; at++) end = Math.max(end, stacks.endOf(own[at]));
    return [{ track, last: lastOfTrack[track], first_ns: events.start[own[0]], end_ns: end }];
  });
}
