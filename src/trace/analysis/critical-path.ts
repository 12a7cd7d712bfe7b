// The longest chain of what depended on what, from the end of a run back to its beginning: only what lies on it can make the run
// shorter. Knows no format.

import { roleNumber } from "../timeline/index.js";
import type { DependencyGraph } from "./dependencies.js";
import type { HostStacks } from "./host-stacks.js";
import { paceOf, type Schedule } from "./schedule.js";

/**
 * `host`: a thread got on; `kernel`, `copy` (memsets too): the device did; `wait`: work was launched and free to begin, and had not
 * begun, or, where the trace has no times of the device, the host waited for it; `idle`: nothing recorded led to what came next.
 */
export const pathKinds = ["host", "kernel", "copy", "wait", "idle"] as const;
export type PathKind = (typeof pathKinds)[number];

export interface PathSegment {
  readonly kind: PathKind;
  readonly from_ns: number;
  readonly to_ns: number;
  /** The kernel, the copy, the thread; for what a wait is, the work or the call that waited. */
  readonly name: string;
  /** The event of the device's work or the call; undefined for the host's time and where nothing was recorded. */
  readonly event: number | undefined;
  /** The track on which it lies; undefined for idle. */
  readonly track: number | undefined;
}

export interface CriticalPath {
  /** The wall time: its segments follow each other from the beginning of the trace to its end. */
  readonly length_ns: number;
  readonly segments: readonly PathSegment[];
  /** Those that occur, the longest first. */
  readonly by_kind: readonly { readonly kind: PathKind; readonly total_ns: number; readonly share: number }[];
  /**
   * Kernels and copies by name, the host by what it was at (`""`: nothing recorded); the longest first. `count` is the segments in which
   * each occurs, and a thread's time is one segment until the path leaves it.
   */
  readonly by_name: readonly {
    readonly kind: PathKind;
    readonly name: string;
    readonly count: number;
    readonly total_ns: number;
  }[];
}

/** Of the run as it was recorded: `schedule` is its replay with nothing changed. */
export function criticalPath(graph: DependencyGraph, schedule: Schedule, stacks: HostStacks): CriticalPath {
  const { timeline } = graph;
  const segments = pathSegments(graph, schedule);
  const names = new Map<string, { kind: PathKind; name: string; count: number; total_ns: number }>();
  const add = (kind: PathKind, name: string, count: number, nanoseconds: number): void => {
    const key = `${kind} ${name}`;
    const known = names.get(key);
    if (known === undefined) names.set(key, { kind, name, count, total_ns: nanoseconds });
    else {
      known.count += count;
      known.total_ns += nanoseconds;
    }
  };
  for (const { kind, name, from_ns, to_ns, track } of segments) {
    if (kind !== "host" || track === undefined) {
      add(kind, name, 1, to_ns - from_ns);
      continue;
    }
    let rest = to_ns - from_ns;
    const within = new Map<number, number>();
    stacks.activity(track, from_ns, to_ns, (index, nanoseconds) => {
      const number = timeline.events.name[index];
      within.set(number, (within.get(number) ?? 0) + nanoseconds);
      rest -= nanoseconds;
    });
    for (const [number, nanoseconds] of within) if (nanoseconds > 0) add(kind, timeline.texts[number], 1, nanoseconds);
    if (rest > 0) add(kind, "", 1, rest);
  }
  return {
    length_ns: schedule.end,
    segments,
    by_kind: pathSums(segments, schedule.end),
    by_name: [...names.values()].sort((a, b) => b.total_ns - a.total_ns),
  };
}

/** How much of a path is of each kind. */
export function pathSums(segments: readonly PathSegment[], length: number): CriticalPath["by_kind"] {
  return pathKinds
    .map((kind) => {
      const total = segments.reduce((sum, one) => (one.kind === kind ? sum + one.to_ns - one.from_ns : sum), 0);
      return { kind, total_ns: total, share: length === 0 ? 0 : total / length };
    })
    .filter(({ total_ns }) => total_ns > 0)
    .sort((a, b) => b.total_ns - a.total_ns);
}

/** The segments of a schedule's critical path, from the beginning on; the last thing that ended, back over what each waited for. */
export function pathSegments(graph: DependencyGraph, schedule: Schedule): PathSegment[] {
  return new PathWalk(graph, schedule).segments();
}

/** Where the walk goes on: before a step, at its end, within it, or at the end of a work. */
type Place =
  | { readonly kind: "work"; readonly number: number }
  | { readonly kind: "before step" | "end of step"; readonly step: number }
  | { readonly kind: "within step"; readonly step: number; readonly at: number };

class PathWalk {
  /** From the end backwards. */
  private readonly found: PathSegment[] = [];

  constructor(
    private readonly graph: DependencyGraph,
    private readonly schedule: Schedule,
  ) {}

  segments(): PathSegment[] {
    const { schedule } = this;
    this.add("idle", schedule.lastEnd, schedule.end, "", undefined, undefined);
    for (let place = this.last(); place !== undefined; ) place = this.back(place);
    return this.found.reverse();
  }

  /** What ended last. */
  private last(): Place | undefined {
    const { graph, schedule } = this;
    const { lastEnd, workEnd, threadEnd } = schedule;
    for (let number = workEnd.length - 1; number >= 0; number--) {
      if (workEnd[number] === lastEnd) return { kind: "work", number };
    }
    const at = threadEnd.indexOf(lastEnd);
    if (at < 0) return undefined;
    const { last, track, first_ns } = graph.threads[at];
    if (last >= 0) {
      this.host(track, schedule.stepEnd[last], lastEnd);
      return { kind: "end of step", step: last };
    }
    this.host(track, first_ns, lastEnd);
    this.add("idle", 0, first_ns, "", undefined, undefined);
    return undefined;
  }

  private back(place: Place): Place | undefined {
    const { graph, schedule } = this;
    const { steps } = graph;
    if (place.kind === "work") return this.beforeWork(place.number);
    const { step } = place;
    const track = steps.track[step];
    const start = schedule.stepStart[step];
    if (place.kind === "within step") {
      this.host(track, start, place.at);
      return { kind: "before step", step };
    }
    if (place.kind === "end of step") {
      const end = schedule.stepEnd[step];
      const waited = this.latest(steps.waitsFor.get(step) ?? []);
      if (waited >= 0 && schedule.workEnd[waited] > start) {
        this.host(track, schedule.workEnd[waited], end);
        return { kind: "work", number: waited };
      }
      this.ownTime(step, start, end);
      return { kind: "before step", step };
    }
    const previous = steps.previous[step];
    if (previous >= 0) {
      this.host(track, schedule.stepEnd[previous], start);
      return { kind: "end of step", step: previous };
    }
    const first = graph.threads.find((thread) => thread.track === track)!.first_ns;
    this.host(track, first, start);
    this.add("idle", 0, first, "", undefined, undefined);
    return undefined;
  }

  private beforeWork(number: number): Place | undefined {
    const { graph, schedule } = this;
    const { timeline, work, launchedBy, before, after, launchOffset, arrival } = graph;
    const event = work.event[number];
    const track = timeline.events.track[event];
    const name = timeline.nameOf(event);
    const start = schedule.workStart[number];
    const kind = timeline.events.role[event] === roleNumber.kernel ? "kernel" : "copy";
    this.add(kind, start, schedule.workEnd[number], name, event, track);
    // Where two were ready at one moment, the device had no choice: the path stays on it.
    const earlier = this.latest([...(before[number] >= 0 ? [before[number]] : []), ...(after.get(number) ?? [])]);
    const step = launchedBy[number];
    const launched =
      step < 0 ? -1 : schedule.stepStart[step] + launchOffset[number] * paceOf(graph, schedule.pace, step);
    if (earlier >= 0 && schedule.workEnd[earlier] >= launched + arrival[number]) {
      this.add("wait", schedule.workEnd[earlier], start, name, event, track);
      return { kind: "work", number: earlier };
    }
    if (step >= 0) {
      this.add("wait", launched, start, name, event, track);
      return { kind: "within step", step, at: launched };
    }
    this.add("idle", 0, start, "", undefined, undefined);
    return undefined;
  }

  /** Time in a step that waits for no work on the path. */
  private ownTime(step: number, from: number, to: number): void {
    const { timeline, work, steps } = this.graph;
    const event = steps.event[step];
    const name = timeline.nameOf(event);
    // Without times of the device there is nothing to go on to, and yet the host waited.
    if (work.length === 0 && /Synchronize/.test(name)) this.add("wait", from, to, name, event, steps.track[step]);
    else this.host(steps.track[step], from, to);
  }

  private latest(works: readonly number[]): number {
    let found = -1;
    for (const number of works) {
      if (found < 0 || this.schedule.workEnd[number] > this.schedule.workEnd[found]) found = number;
    }
    return found;
  }

  /** Time of one thread; what follows on each other is one segment. */
  private host(track: number, from: number, to: number): void {
    const last = this.found[this.found.length - 1];
    if (last?.kind === "host" && last.track === track && last.from_ns === to) {
      this.found.pop();
      this.add("host", from, last.to_ns, last.name, undefined, track);
    } else {
      const { tracks, processes } = this.graph.timeline;
      this.add("host", from, to, `${processes[tracks[track].process].name}, ${tracks[track].name}`, undefined, track);
    }
  }

  private add(
    kind: PathKind,
    from: number,
    to: number,
    name: string,
    event: number | undefined,
    track: number | undefined,
  ): void {
    if (to > from) this.found.push({ kind, from_ns: from, to_ns: to, name, event, track });
  }
}
