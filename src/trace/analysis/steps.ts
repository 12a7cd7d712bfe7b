// What a host thread does that matters to a device: its outermost calls that launch work or wait for some. Knows no format.
import { formNumber, int32Column, roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { DeviceWork } from "./device-work.js";
import type { HostStacks } from "./host-stacks.js";

/** Steps by number, in the order of their starts. */
export interface Steps {
  readonly length: number;
  /** Its call, on whose thread it is, and with which it begins. */
  readonly event: Int32Array;
  readonly end: Float64Array;
  /** The step before it, of its thread or the one that hands over to it; -1 for none. */
  readonly previous: Int32Array;
  /** 1 where it launches a kernel. */
  readonly launches: Uint8Array;
}

/** The calls that wait or are about an event, by step: the first of each step and after each the next; -1 for none. */
export interface StepCalls {
  readonly first: Int32Array;
  readonly next: Int32Array;
  readonly event: Int32Array;
}

/** Also says which step launches each work and which is the last of each track, -1 for none, and what they wait for. */
export function findSteps(
  timeline: Timeline,
  work: DeviceWork,
  stacks: HostStacks,
  categories: CallCategories,
): {
  readonly steps: Steps;
  readonly launchedBy: Int32Array;
  readonly lastOfTrack: Int32Array;
  readonly calls: StepCalls;
} {
  const { events, tracks } = timeline;
  const { track, start, duration } = events;
  const calls = new OutermostCalls(timeline, work, stacks, categories);
  const stepOf = new Int32Array(events.length).fill(-1);
  const lastOfTrack = new Int32Array(tracks.length).fill(-1);
  const event = new Int32Array(calls.steps);
  const end = new Float64Array(calls.steps);
  const previous = new Int32Array(calls.steps);
  let length = 0;
  const keptEvent = int32Column();
  const keptStep = int32Column();
  const keepCall = (index: number, step: number): void => {
    stepOf[index] = step;
    if (!categories.marksEvent(index) && !categories.waitsForDevice(index)) return;
    keptEvent.push(index);
    keptStep.push(step);
  };
  callsInOrder(events, stacks, (index) => {
    const outer = calls.around(index);
    if (outer !== index) {
      if (outer >= 0 && stepOf[outer] >= 0) keepCall(index, stepOf[outer]);
      return;
    }
    if (calls.isStep[index] === 0) return;
    const last = lastOfTrack[track[index]];
    const until = start[index] + duration[index];
    if (last >= 0 && start[index] < end[last]) {
      // Two calls of one thread that overlap in part: the clocks are not that exact. They are one step.
      end[last] = Math.max(end[last], until);
      keepCall(index, last);
      return;
    }
    previous[length] = last >= 0 ? last : handsOver(timeline, event.subarray(0, length), end, index);
    event[length] = index;
    end[length] = until;
    keepCall(index, length);
    lastOfTrack[track[index]] = length++;
  });
  const launches = new Uint8Array(length);
  const launchedBy = work.call.map((call, number) => {
    const step = call < 0 ? -1 : stepOf[call];
    if (step < 0 || start[event[step]] > start[work.event[number]]) return -1;
    if (events.role[work.event[number]] === roleNumber.kernel) launches[step] = 1;
    return step;
  });
  return {
    steps: {
      length,
      event: event.subarray(0, length),
      end: end.subarray(0, length),
      previous: previous.subarray(0, length),
      launches,
    },
    launchedBy,
    lastOfTrack,
    calls: byStep(keptEvent.done(), keptStep.done(), length),
  };
}

function byStep(event: Int32Array, step: Int32Array, steps: number): StepCalls {
  const first = new Int32Array(event.length === 0 ? 0 : steps).fill(-1);
  const next = new Int32Array(event.length);
  for (let at = event.length - 1; at >= 0; at--) {
    next[at] = first[step[at]];
    first[step[at]] = at;
  }
  return { first, next, event };
}

/** The calls of host threads by their starts; of those that begin together what took no time came first. */
function callsInOrder(
  { length, role, start, duration }: Timeline["events"],
  stacks: HostStacks,
  take: (index: number) => void,
): void {
  for (let from = 0, to = 0; from < length; from = to) {
    let isMixed = false;
    for (to = from + 1; to < length && start[to] === start[from]; to++) {
      if (role[to] === roleNumber.call && duration[to] === 0) isMixed = true;
    }
    for (let index = from; index < to && isMixed; index++) {
      if (role[index] === roleNumber.call && duration[index] === 0 && stacks.holds(index)) take(index);
    }
    for (let index = from; index < to; index++) {
      if (role[index] !== roleNumber.call || (isMixed && duration[index] === 0)) continue;
      if (stacks.holds(index)) take(index);
    }
  }
}

/** Which call is the outermost around each, and which of those launch, wait, or are about an event. */
class OutermostCalls {
  /** Per event: 1 where it is a step, or part of one. */
  readonly isStep: Uint8Array;
  /** How many those are. */
  readonly steps: number;

  constructor(
    private readonly timeline: Timeline,
    work: DeviceWork,
    private readonly stacks: HostStacks,
    categories: CallCategories,
  ) {
    const { events } = timeline;
    const isStep = new Uint8Array(events.length);
    for (let index = 0; index < events.length; index++) {
      if (events.role[index] !== roleNumber.call) continue;
      if (!categories.waitsForDevice(index) && !categories.marksEvent(index)) continue;
      const outer = this.around(index);
      if (outer >= 0) isStep[outer] = 1;
    }
    for (let number = 0; number < work.length; number++) {
      const outer = work.call[number] < 0 ? -1 : this.around(work.call[number]);
      if (outer >= 0) isStep[outer] = 1;
    }
    let steps = 0;
    for (let index = 0; index < events.length; index++) steps += isStep[index];
    this.isStep = isStep;
    this.steps = steps;
  }

  /** The outermost call around a call, itself where there is none; -1 for one that never returned. */
  around(call: number): number {
    const { role, form } = this.timeline.events;
    if (form[call] === formNumber.unfinished) return -1;
    const { parent } = this.stacks;
    let found = call;
    for (let outer = parent[call]; outer >= 0; outer = parent[outer]) {
      // A call that never returned would take all that follows into one step.
      if (role[outer] === roleNumber.call && form[outer] !== formNumber.unfinished) found = outer;
    }
    return found;
  }
}

/** The step of the same process that ended last before a call begins. */
function handsOver({ events, tracks }: Timeline, event: Int32Array, end: Float64Array, index: number): number {
  const process = tracks[events.track[index]].process;
  let found = -1;
  for (let step = 0; step < event.length; step++) {
    if (tracks[events.track[event[step]]].process !== process || end[step] > events.start[index]) continue;
    if (found < 0 || end[step] >= end[found]) found = step;
  }
  return found;
}
