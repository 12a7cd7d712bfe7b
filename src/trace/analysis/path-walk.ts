// The way back over what a run waited for, from its end to its beginning. Knows no format and no names.
import { roleNumber } from "../timeline/index.js";
import type { DependencyGraph } from "./dependencies.js";
import { paceOf, type Schedule } from "./schedule.js";

/**
 * `host`: a thread got on; `kernel`, `copy` (memsets too): the device did; `wait`: work was launched and free to begin, and had not
 * begun, or, where the trace has no times of the device, the host waited for it; `idle`: nothing recorded led to what came next.
 */
export const pathKinds = ["host", "kernel", "copy", "wait", "idle"] as const;
export type PathKind = (typeof pathKinds)[number];

/** Is told a segment of the path: its kind, from when to when, and the event and the track it is about, -1 for none. */
export type TakeSegment = (kind: PathKind, from: number, to: number, event: number, track: number) => void;

/** Tells the segments of a schedule's critical path: from the last thing that ended back over what each waited for. */
export function walkPath(graph: DependencyGraph, schedule: Schedule, take: TakeSegment): void {
  new PathWalk(graph, schedule, take).walk();
}

/** Where the walk is: before a step, at its end, at a moment within it, at the end of a work, or at its own end. */
type Place = "before step" | "end of step" | "within step" | "work" | "nowhere";

class PathWalk {
  /** The host's time that may go on: on which thread, -1 for none. */
  private hostTrack = -1;
  private hostFrom = 0;
  private hostTo = 0;
  private place: Place = "nowhere";
  /** The number of the step or the work. */
  private number = -1;
  /** The moment within a step. */
  private at = 0;

  constructor(
    private readonly graph: DependencyGraph,
    private readonly schedule: Schedule,
    private readonly take: TakeSegment,
  ) {}

  walk(): void {
    const { schedule } = this;
    this.add("idle", schedule.lastEnd, schedule.end, -1, -1);
    this.begin();
    while (this.place !== "nowhere") {
      if (this.place === "work") this.backFromWork(this.number);
      else this.backFromStep(this.number);
    }
    this.endHost();
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
    this.add("idle", 0, first_ns, -1, -1);
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
      const waited = this.latestWaited(step);
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
    this.add("idle", 0, first, -1, -1);
    this.go("nowhere", -1);
  }

  private backFromWork(number: number): void {
    const { graph, schedule } = this;
    const { timeline, work, launchedBy, order, after, launchTimes } = graph;
    const event = work.event[number];
    const track = timeline.events.track[event];
    const start = schedule.workStart(number);
    const kind = timeline.events.role[event] === roleNumber.kernel ? "kernel" : "copy";
    this.add(kind, start, schedule.workEnd(number), event, track);
    // Where two were ready at one moment, the device had no choice: the path stays on it.
    const earlier = this.latest(after.get(number), order.before[number]);
    const step = launchedBy[number];
    const launched =
      step < 0 ? -1 : schedule.stepStart(step) + launchTimes.offset(number) * paceOf(graph, schedule.pace, step);
    if (earlier >= 0 && schedule.workEnd(earlier) >= launched + launchTimes.arrival(number)) {
      this.add("wait", schedule.workEnd(earlier), start, event, track);
      this.go("work", earlier);
      return;
    }
    if (step >= 0) {
      this.add("wait", launched, start, event, track);
      this.at = launched;
      this.go("within step", step);
      return;
    }
    this.add("idle", 0, start, -1, -1);
    this.go("nowhere", -1);
  }

  /** Time in a step that waits for no work on the path. */
  private ownTime(step: number, from: number, to: number): void {
    const { timeline, work, steps } = this.graph;
    const track = this.trackOf(step);
    // Without times of the device there is nothing to go on to, and yet the host waited.
    if (work.length > 0 || !/Synchronize/.test(timeline.nameOf(steps.event[step]))) this.host(track, from, to);
    else this.add("wait", from, to, steps.event[step], track);
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

  /** Of the works for which a step waits the one that ended last; -1 for none. */
  private latestWaited(step: number): number {
    const { schedule } = this;
    const { from, works } = this.graph.waitsFor;
    let found = -1;
    for (let at = from[step]; at < from[step + 1]; at++) {
      if (found < 0 || schedule.workEnd(works[at]) > schedule.workEnd(found)) found = works[at];
    }
    return found;
  }

  /** Time of one thread; what follows on each other is one segment. */
  private host(track: number, from: number, to: number): void {
    if (this.hostTrack === track && this.hostFrom === to) {
      this.hostFrom = from;
      return;
    }
    if (to <= from) return;
    this.endHost();
    this.hostTrack = track;
    this.hostFrom = from;
    this.hostTo = to;
  }

  private endHost(): void {
    if (this.hostTrack >= 0) this.take("host", this.hostFrom, this.hostTo, -1, this.hostTrack);
    this.hostTrack = -1;
  }

  private add(kind: PathKind, from: number, to: number, event: number, track: number): void {
    if (to <= from) return;
    this.endHost();
    this.take(kind, from, to, event, track);
  }
}
