// The longest chain of what depended on what, from the end of a run back to its beginning: only what lies on it can make the run
// shorter. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { DependencyGraph } from "./dependencies.js";
import type { HostStacks } from "./host-stacks.js";
import { NameTimes } from "./name-times.js";
import { paceOf, recordedSchedule, type Schedule } from "./schedule.js";

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

/** Of the run as it was recorded. */
export function criticalPath(graph: DependencyGraph, stacks: HostStacks): CriticalPath {
  const { timeline } = graph;
  const schedule = recordedSchedule(graph);
  const segments = pathSegments(graph, schedule);
  return {
    length_ns: schedule.end,
    segments,
    by_kind: pathSums(segments, schedule.end),
    by_name: namesOnPath(timeline, stacks, segments),
  };
}

function namesOnPath(
  timeline: Timeline,
  stacks: HostStacks,
  segments: readonly PathSegment[],
): CriticalPath["by_name"] {
  const sums: { kind: PathKind; name: string; count: number; total_ns: number }[] = [];
  const numbers = new Map(pathKinds.map((kind) => [kind, new Map<string, number>()]));
  const add = (kind: PathKind, name: string, nanoseconds: number): void => {
    const ofKind = numbers.get(kind)!;
    const known = ofKind.get(name);
    if (known === undefined) {
      ofKind.set(name, sums.push({ kind, name, count: 1, total_ns: nanoseconds }) - 1);
    } else {
      sums[known].count++;
      sums[known].total_ns += nanoseconds;
    }
  };
  const within = new NameTimes(timeline.texts.length);
  const { name: names } = timeline.events;
  for (const { kind, name, from_ns, to_ns, track } of segments) {
    if (kind !== "host" || track === undefined) {
      add(kind, name, to_ns - from_ns);
      continue;
    }
    let rest = to_ns - from_ns;
    within.clear();
    stacks.activity(track, from_ns, to_ns, (index, nanoseconds) => {
      within.add(names[index], nanoseconds);
      rest -= nanoseconds;
    });
    for (const number of within.names) if (within.of(number) > 0) add(kind, timeline.texts[number], within.of(number));
    if (rest > 0) add(kind, "", rest);
  }
  return sums.sort((a, b) => b.total_ns - a.total_ns);
}

/** How much of a path is of each kind. */
export function pathSums(segments: readonly PathSegment[], length: number): CriticalPath["by_kind"] {
  const totals = { host: 0, kernel: 0, copy: 0, wait: 0, idle: 0 };
  for (const { kind, from_ns, to_ns } of segments) totals[kind] = totals[kind] + to_ns - from_ns;
  return pathKinds
    .map((kind) => ({ kind, total_ns: totals[kind], share: length === 0 ? 0 : totals[kind] / length }))
    .filter(({ total_ns }) => total_ns > 0)
    .sort((a, b) => b.total_ns - a.total_ns);
}

/** The segments of a schedule's critical path, from the beginning on; the last thing that ended, back over what each waited for. */
export function pathSegments(graph: DependencyGraph, schedule: Schedule): PathSegment[] {
  return new PathWalk(graph, schedule).segments();
}

/** Where the walk is: before a step, at its end, at a moment within it, at the end of a work, or at its own end. */
type Place = "before step" | "end of step" | "within step" | "work" | "nowhere";

class PathWalk {
  /** From the end backwards. */
  private readonly found: { -readonly [Field in keyof PathSegment]: PathSegment[Field] }[] = [];
  private place: Place = "nowhere";
  /** The number of the step or the work. */
  private number = -1;
  /** The moment within a step. */
  private at = 0;

  constructor(
    private readonly graph: DependencyGraph,
    private readonly schedule: Schedule,
  ) {}

  segments(): PathSegment[] {
    const { schedule } = this;
    this.add("idle", schedule.lastEnd, schedule.end, "", undefined, undefined);
    this.begin();
    while (this.place !== "nowhere") {
      if (this.place === "work") this.backFromWork(this.number);
      else this.backFromStep(this.number);
    }
    return this.found.reverse();
  }

  private go(place: Place, number: number): void {
    this.place = place;
    this.number = number;
  }

  /** Goes to what ended last. */
  private begin(): void {
    const { graph, schedule } = this;
    const { lastEnd, threadEnd } = schedule;
    for (let number = graph.work.length - 1; number >= 0; number--) {
      if (schedule.workEnd(number) !== lastEnd) continue;
      this.go("work", number);
      return;
    }
    const at = threadEnd.indexOf(lastEnd);
    if (at < 0) return;
    const { last, track, first_ns } = graph.threads[at];
    if (last >= 0) {
      this.host(track, schedule.stepEnd(last), lastEnd);
      this.go("end of step", last);
      return;
    }
    this.host(track, first_ns, lastEnd);
    this.add("idle", 0, first_ns, "", undefined, undefined);
  }

  private backFromStep(step: number): void {
    const { graph, schedule } = this;
    const { steps } = graph;
    const track = this.trackOf(step);
    const start = schedule.stepStart(step);
    if (this.place === "within step") {
      this.host(track, start, this.at);
      this.go("before step", step);
      return;
    }
    if (this.place === "end of step") {
      const end = schedule.stepEnd(step);
      const waited = this.latest(graph.waitsFor.get(step), -1);
      if (waited >= 0 && schedule.workEnd(waited) > start) {
        this.host(track, schedule.workEnd(waited), end);
        this.go("work", waited);
        return;
      }
      this.ownTime(step, start, end);
      this.go("before step", step);
      return;
    }
    const previous = steps.previous[step];
    if (previous >= 0) {
      this.host(track, schedule.stepEnd(previous), start);
      this.go("end of step", previous);
      return;
    }
    const first = graph.threads.find((thread) => thread.track === track)!.first_ns;
    this.host(track, first, start);
    this.add("idle", 0, first, "", undefined, undefined);
    this.go("nowhere", -1);
  }

  private backFromWork(number: number): void {
    const { graph, schedule } = this;
    const { timeline, work, launchedBy, order, after, launchTimes } = graph;
    const event = work.event[number];
    const track = timeline.events.track[event];
    const name = timeline.nameOf(event);
    const start = schedule.workStart(number);
    const kind = timeline.events.role[event] === roleNumber.kernel ? "kernel" : "copy";
    this.add(kind, start, schedule.workEnd(number), name, event, track);
    // Where two were ready at one moment, the device had no choice: the path stays on it.
    const earlier = this.latest(after.get(number), order.before[number]);
    const step = launchedBy[number];
    const launched =
      step < 0 ? -1 : schedule.stepStart(step) + launchTimes.offset(number) * paceOf(graph, schedule.pace, step);
    if (earlier >= 0 && schedule.workEnd(earlier) >= launched + launchTimes.arrival(number)) {
      this.add("wait", schedule.workEnd(earlier), start, name, event, track);
      this.go("work", earlier);
      return;
    }
    if (step >= 0) {
      this.add("wait", launched, start, name, event, track);
      this.at = launched;
      this.go("within step", step);
      return;
    }
    this.add("idle", 0, start, "", undefined, undefined);
    this.go("nowhere", -1);
  }

  /** Time in a step that waits for no work on the path. */
  private ownTime(step: number, from: number, to: number): void {
    const { timeline, work, steps } = this.graph;
    const track = this.trackOf(step);
    // Without times of the device there is nothing to go on to, and yet the host waited.
    if (work.length > 0 || !/Synchronize/.test(timeline.nameOf(steps.event[step]))) this.host(track, from, to);
    else this.add("wait", from, to, timeline.nameOf(steps.event[step]), steps.event[step], track);
  }

  private trackOf(step: number): number {
    return this.graph.timeline.events.track[this.graph.steps.event[step]];
  }

  /** Of a work, -1 for none, and others the one that ended last; -1 for none. */
  private latest(others: readonly number[] | undefined, work: number): number {
    const { schedule } = this;
    let found = work;
    if (others === undefined) return found;
    for (const number of others) {
      if (found < 0 || schedule.workEnd(number) > schedule.workEnd(found)) found = number;
    }
    return found;
  }

  /** Time of one thread; what follows on each other is one segment. */
  private host(track: number, from: number, to: number): void {
    const { found } = this;
    const last = found[found.length - 1];
    if (last?.kind === "host" && last.track === track && last.from_ns === to) {
      last.from_ns = from;
      return;
    }
    const { tracks, processes } = this.graph.timeline;
    this.add("host", from, to, `${processes[tracks[track].process].name}, ${tracks[track].name}`, undefined, track);
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
