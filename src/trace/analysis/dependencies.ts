// What had to happen before what: host threads that launch and wait, streams that work in order. The critical path and every "what if"
// follow it. Knows no format.
import { formNumber, roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { DeviceWork } from "./device-work.js";
import { EventOrder } from "./event-order.js";
import type { HostStacks } from "./host-stacks.js";

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
  /** Steps by number, in the order of their starts. */
  readonly steps: {
    readonly length: number;
    readonly event: Int32Array;
    readonly track: Int32Array;
    readonly start: Float64Array;
    readonly end: Float64Array;
    /** The step before it, of its thread or the one that hands over to it; -1 for none. */
    readonly previous: Int32Array;
    /** 1 where it launches a kernel. */
    readonly launches: Uint8Array;
    /** The works for which steps wait, of those that do. */
    readonly waitsFor: ReadonlyMap<number, readonly number[]>;
    /** The first of the works to be placed when the step has begun, each after what it depends on; -1 for none. */
    readonly places: Int32Array;
  };
  /** Per work: the step that launches it, and the work before it in its stream; -1 for none. */
  readonly launchedBy: Int32Array;
  readonly before: Int32Array;
  /** Per work: the next to be placed with the same step, -1 for none. */
  readonly placedNext: Int32Array;
  /** Per work: nanoseconds from the beginning of its step to the launch, and from there at least until it can begin. */
  readonly launchOffset: Float64Array;
  readonly arrival: Float64Array;
  /** Works that wait for an event: for which works. */
  readonly after: ReadonlyMap<number, readonly number[]>;
  /** The first of the works that depend on no step, to be placed before all; -1 for none. */
  readonly unlaunched: number;
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
  const { events, tracks } = timeline;
  const { root, isStep, marksEvent } = outermostCalls(timeline, work, stacks, categories);
  const stepOf = new Int32Array(events.length).fill(-1);
  const lastOfTrack = new Int32Array(tracks.length).fill(-1);
  const [event, end, previous]: [number[], number[], number[]] = [[], [], []];
  /** Per step: its calls that wait, or are about an event. */
  const callsOf = new Map<number, number[]>();
  const keepCall = (index: number, step: number): void => {
    stepOf[index] = step;
    if (!marksEvent[events.name[index]] && !categories.waitsForDevice(index)) return;
    const known = callsOf.get(step);
    if (known === undefined) callsOf.set(step, [index]);
    else known.push(index);
  };
  for (const index of callsInOrder(events, stacks)) {
    const outer = root[index];
    if (outer !== index) {
      if (outer >= 0 && stepOf[outer] >= 0) keepCall(index, stepOf[outer]);
      continue;
    }
    if (isStep[index] === 0) continue;
    const track = events.track[index];
    const last = lastOfTrack[track];
    const until = events.start[index] + events.duration[index];
    if (last >= 0 && events.start[index] < end[last]) {
      // Two calls of one thread that overlap in part: the clocks are not that exact. They are one step.
      end[last] = Math.max(end[last], until);
      keepCall(index, last);
      continue;
    }
    previous.push(last >= 0 ? last : handsOver(timeline, event, end, index));
    const step = event.push(index) - 1;
    end.push(until);
    keepCall(index, step);
    lastOfTrack[track] = step;
  }
  const steps = event.length;
  const launchedBy = Int32Array.from(work.call, (call, number) =>
    call >= 0 && stepOf[call] >= 0 && events.start[event[stepOf[call]]] <= events.start[work.event[number]]
      ? stepOf[call]
      : -1,
  );
  const launches = new Uint8Array(steps);
  for (let number = 0; number < work.length; number++) {
    const isKernel = events.role[work.event[number]] === roleNumber.kernel;
    if (isKernel && launchedBy[number] >= 0) launches[launchedBy[number]] = 1;
  }
  const { streams, placedAfter, ...places } = streamOrder(timeline, work, launchedBy, steps);
  const order = new EventOrder(timeline, work, placedAfter, streams, categories);
  const waitsFor = new Map<number, readonly number[]>();
  const after = new Map<number, readonly number[]>();
  for (let step = 0; step < steps; step++) {
    for (let number = places.places[step]; number >= 0; number = places.placedNext[number]) {
      const awaited = order.placed(number);
      const earlier = awaited.filter((other) => endOf(events, work, other) <= events.start[work.event[number]]);
      if (earlier.length > 0) after.set(number, earlier);
    }
    const calls = callsOf.get(step);
    if (calls === undefined) continue;
    const waited = new Set<number>();
    for (const call of calls) {
      order.call(call);
      if (!categories.waitsForDevice(call)) continue;
      for (const number of order.waitedFor(call, step, end[step])) waited.add(number);
    }
    if (waited.size > 0) waitsFor.set(step, [...waited]);
  }
  return {
    timeline,
    work,
    steps: {
      length: steps,
      event: Int32Array.from(event),
      track: Int32Array.from(event, (index) => events.track[index]),
      start: Float64Array.from(event, (index) => events.start[index]),
      end: Float64Array.from(end),
      previous: Int32Array.from(previous),
      launches,
      waitsFor,
      places: places.places,
    },
    launchedBy,
    before: places.before,
    placedNext: places.placedNext,
    ...launchOffsets(timeline, work, launchedBy, places.before, after, event),
    after,
    unlaunched: places.unlaunched,
    threads: threadsOf(timeline, stacks, lastOfTrack),
  };
}

/** The calls of host threads by their starts; of those that begin together what took no time came first. */
function callsInOrder({ length, role, start, duration }: Timeline["events"], stacks: HostStacks): Int32Array {
  const calls = new Int32Array(length);
  let count = 0;
  for (let index = 0; index < length; index++) {
    if (role[index] !== roleNumber.call || !stacks.holds(index)) continue;
    let at = count++;
    if (duration[index] === 0) {
      for (; at > 0 && start[calls[at - 1]] === start[index] && duration[calls[at - 1]] > 0; at--) {
        calls[at] = calls[at - 1];
      }
    }
    calls[at] = index;
  }
  return calls.subarray(0, count);
}

function endOf(events: Timeline["events"], work: DeviceWork, number: number): number {
  const index = work.event[number];
  return events.start[index] + events.duration[index];
}

/** Per call: the outermost call around it; and which of those launch, wait, or are about an event. */
function outermostCalls(
  { events, texts }: Timeline,
  work: DeviceWork,
  { parent }: HostStacks,
  categories: CallCategories,
): { readonly root: Int32Array; readonly isStep: Uint8Array; readonly marksEvent: readonly boolean[] } {
  const root = new Int32Array(events.length).fill(-1);
  const isStep = new Uint8Array(events.length);
  const marksEvent = texts.map((name) => /EventRecord|StreamWaitEvent/.test(name));
  const callAround = (index: number): number => {
    let outer = parent[index];
    // A call that never returned would take all that follows into one step.
    while (outer >= 0 && (events.role[outer] !== roleNumber.call || events.form[outer] === formNumber.unfinished)) {
      outer = parent[outer];
    }
    return outer;
  };
  for (let index = 0; index < events.length; index++) {
    if (events.role[index] !== roleNumber.call || events.form[index] === formNumber.unfinished) continue;
    const outer = callAround(index);
    root[index] = outer < 0 ? index : root[outer];
    if (categories.waitsForDevice(index) || marksEvent[events.name[index]]) isStep[root[index]] = 1;
  }
  for (const call of work.call) if (call >= 0 && root[call] >= 0) isStep[root[call]] = 1;
  return { root, isStep, marksEvent };
}

/** The step of the same process that ended last before a call begins. */
function handsOver(
  { events, tracks }: Timeline,
  event: readonly number[],
  end: readonly number[],
  index: number,
): number {
  const process = tracks[events.track[index]].process;
  let found = -1;
  for (let step = 0; step < event.length; step++) {
    if (tracks[events.track[event[step]]].process !== process || end[step] > events.start[index]) continue;
    if (found < 0 || end[step] >= end[found]) found = step;
  }
  return found;
}

/** Which work follows which in its stream, and after which step each can be placed so that what it depends on is placed before. */
function streamOrder(
  { events, tracks }: Timeline,
  work: DeviceWork,
  launchedBy: Int32Array,
  steps: number,
): Pick<DependencyGraph, "before" | "placedNext" | "unlaunched"> & {
  readonly places: Int32Array;
  readonly placedAfter: Int32Array;
  readonly streams: readonly number[][];
} {
  const before = new Int32Array(work.length).fill(-1);
  const placedAfter = new Int32Array(work.length);
  const placedNext = new Int32Array(work.length).fill(-1);
  // Those of no step come in the place before the first.
  const first = new Int32Array(steps + 1).fill(-1);
  const last = new Int32Array(steps + 1).fill(-1);
  const streams: number[][] = tracks.map(() => []);
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    const stream = streams[events.track[index]];
    const earlier = stream.length === 0 ? -1 : stream[stream.length - 1];
    stream.push(number);
    const step = launchedBy[number];
    const follows =
      earlier >= 0 && endOf(events, work, earlier) <= events.start[index] && (step < 0 || placedAfter[earlier] <= step);
    if (follows) before[number] = earlier;
    const place = step >= 0 ? step : follows ? placedAfter[earlier] : -1;
    placedAfter[number] = place;
    if (last[place + 1] < 0) first[place + 1] = number;
    else placedNext[last[place + 1]] = number;
    last[place + 1] = number;
  }
  return { before, placedAfter, placedNext, places: first.subarray(1), unlaunched: first[0], streams };
}

/**
 * When a work is launched within its step: at the end of its call. Where the work began while the call still ran, nobody recorded the
 * moment: it is the call's beginning if something else then kept the work from beginning, and the work's own beginning if nothing did.
 * How long a launch needs to arrive is seen where nothing else was in its way: every launch is given what the quickest of those took.
 */
function launchOffsets(
  { events }: Timeline,
  work: DeviceWork,
  launchedBy: Int32Array,
  before: Int32Array,
  after: ReadonlyMap<number, readonly number[]>,
  stepEvents: readonly number[],
): Pick<DependencyGraph, "launchOffset" | "arrival"> {
  const arrival = new Float64Array(work.length);
  let quickest = Number.POSITIVE_INFINITY;
  const launchOffset = Float64Array.from(launchedBy, (step, number) => {
    if (step < 0) return 0;
    const start = events.start[work.event[number]];
    const call = work.call[number];
    const callStart = events.start[call];
    const callEnd = callStart + events.duration[call];
    const isHeld =
      (before[number] >= 0 && endOf(events, work, before[number]) > callStart) ||
      (after.get(number)?.some((other) => endOf(events, work, other) > callStart) ?? false);
    const launched = start >= callEnd ? callEnd : isHeld ? callStart : start;
    if (start >= callEnd) {
      arrival[number] = start - callEnd;
      quickest = Math.min(quickest, arrival[number]);
    }
    return launched - events.start[stepEvents[step]];
  });
  for (let number = 0; number < work.length; number++) arrival[number] = Math.min(arrival[number], quickest);
  return { launchOffset, arrival };
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
    for (const index of own) end = Math.max(end, stacks.endOf(index));
    return [{ track, last: lastOfTrack[track], first_ns: events.start[own[0]], end_ns: end }];
  });
}
