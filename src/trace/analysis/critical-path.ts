// The longest chain of what depended on what, from the end of a run back to its beginning: only what lies on it can make the run
// shorter. Knows no format.
import { float64Column, type Timeline, uint8Column } from "../timeline/index.js";
import type { DependencyGraph } from "./dependencies.js";
import type { HostStacks } from "./host-stacks.js";
import { NameTimes } from "./name-times.js";
import { type PathKind, pathKinds, walkPath } from "./path-walk.js";
import { printedWhole } from "./printed-whole.js";
import { recordedSchedule, type Schedule } from "./schedule.js";

export { type PathKind, pathKinds } from "./path-walk.js";

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
  /** How many those are. */
  readonly count: number;
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

/** Of the run as it was recorded. Its segments are found again when they are asked for: there may be several a kernel. */
export function criticalPath(graph: DependencyGraph, stacks: HostStacks): CriticalPath {
  const schedule = recordedSchedule(graph);
  const sums = new KindSums();
  const names = new PathNames(graph.timeline, stacks);
  // Recorded times are whole: their sums are the same from the end as from the beginning.
  let count = 0;
  walkPath(graph, schedule, (kind, from, to, event, track) => {
    count++;
    sums.add(pathKinds.indexOf(kind), from, to);
    names.add(kind, from, to, event, track);
  });
  let segments: readonly PathSegment[] | undefined;
  return printedWhole({
    length_ns: schedule.end,
    get segments() {
      segments ??= segmentsOf(graph, schedule);
      return segments;
    },
    count,
    by_kind: sums.byKind(schedule.end),
    by_name: names.byName(),
  });
}

/** How much of a schedule's critical path is of each kind, added up from its beginning. */
export function pathSums(graph: DependencyGraph, schedule: Schedule): CriticalPath["by_kind"] {
  const kinds = uint8Column();
  const froms = float64Column();
  const tos = float64Column();
  walkPath(graph, schedule, (kind, from, to) => {
    kinds.push(pathKinds.indexOf(kind));
    froms.push(from);
    tos.push(to);
  });
  const sums = new KindSums();
  for (let at = kinds.length - 1; at >= 0; at--) sums.add(kinds.at(at), froms.at(at), tos.at(at));
  return sums.byKind(schedule.end);
}

class KindSums {
  private readonly totals = pathKinds.map(() => 0);

  /** By the kind's place in `pathKinds`. */
  add(kind: number, from: number, to: number): void {
    this.totals[kind] = this.totals[kind] + to - from;
  }

  byKind(length: number): CriticalPath["by_kind"] {
    return pathKinds
      .map((kind, number) => ({
        kind,
        total_ns: this.totals[number],
        share: length === 0 ? 0 : this.totals[number] / length,
      }))
      .filter(({ total_ns }) => total_ns > 0)
      .sort((a, b) => b.total_ns - a.total_ns);
  }
}

/** From the beginning on. */
function segmentsOf(graph: DependencyGraph, schedule: Schedule): PathSegment[] {
  const { timeline } = graph;
  const { tracks, processes } = timeline;
  const found: PathSegment[] = [];
  walkPath(graph, schedule, (kind, from, to, event, track) => {
    const own = track < 0 ? undefined : tracks[track];
    const thread = own === undefined ? "" : `${processes[own.process].name}, ${own.name}`;
    found.push({
      kind,
      from_ns: from,
      to_ns: to,
      name: event < 0 ? thread : timeline.nameOf(event),
      event: event < 0 ? undefined : event,
      track: own?.index,
    });
  });
  return found.reverse();
}

/** What is added up of one name. */
interface NameSum {
  readonly kind: PathKind;
  readonly name: number;
  count: number;
  total: number;
  /** The segment in which it was told last, the first of the path, and its place among the names of that one. */
  segment: number;
  place: number;
}

/** Is told the segments from the last to the first. */
class PathNames {
  private readonly sums = new Map<number, NameSum>();
  private readonly within: NameTimes;
  private segment = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly stacks: HostStacks,
  ) {
    this.within = new NameTimes(timeline.texts.length);
  }

  add(kind: PathKind, from: number, to: number, event: number, track: number): void {
    const { within } = this;
    const { name: names } = this.timeline.events;
    this.segment++;
    if (kind !== "host") {
      this.sum(kind, event < 0 ? 0 : names[event], to - from, 0);
      return;
    }
    within.clear();
    this.stacks.activity(track, from, to, (index, nanoseconds) => within.add(names[index], nanoseconds));
    let rest = to - from;
    for (let place = 0; place < within.names.length; place++) {
      const nanoseconds = within.of(within.names[place]);
      rest -= nanoseconds;
      if (nanoseconds > 0) this.sum(kind, within.names[place], nanoseconds, place);
    }
    // The first text is the empty one.
    if (rest > 0) this.sum(kind, 0, rest, within.names.length);
  }

  byName(): CriticalPath["by_name"] {
    return [...this.sums.values()]
      .sort((a, b) => b.total - a.total || b.segment - a.segment || a.place - b.place)
      .map(({ kind, name, count, total }) => ({ kind, name: this.timeline.texts[name], count, total_ns: total }));
  }

  private sum(kind: PathKind, name: number, nanoseconds: number, place: number): void {
    const { sums, segment } = this;
    const key = name * pathKinds.length + pathKinds.indexOf(kind);
    const known = sums.get(key);
    if (known === undefined) {
      sums.set(key, { kind, name, count: 1, total: nanoseconds, segment, place });
      return;
    }
    known.count++;
    known.total += nanoseconds;
    if (known.segment === segment) return;
    known.segment = segment;
    known.place = place;
  }
}
