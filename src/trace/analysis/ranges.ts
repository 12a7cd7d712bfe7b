// Time by what the program says it is at: stages, iterations, tokens, layers, operators. Knows no format.
import { int32Column, roleNumber, type Timeline, uint8Column } from "../timeline/index.js";
import type { DeviceWork } from "./device-work.js";
import type { HostStacks } from "./host-stacks.js";
import { printedWhole } from "./printed-whole.js";

/** What a range marks: the program's word for it, `operator` of a framework, `module` of one, or `annotation` where nothing is said. */
export type RangeKind = "stage" | "iteration" | "token" | "layer" | "nvtx" | "operator" | "module" | "annotation";

/** The ranges of one kind and name. */
export interface RangeStatistics {
  readonly kind: RangeKind;
  readonly name: string;
  readonly count: number;
  /** From their beginnings to their ends on the host; within another of the same name, time counts once. */
  readonly host_ns: number;
  /** Without the ranges within them. */
  readonly self_host_ns: number;
  /**
   * The durations of the device's work that was launched within them by their thread, added up; for stages, iterations and tokens also
   * by threads of the process that have none of their own around the launch. Undefined where the trace has no times of the device, or
   * where the ranges are on no thread.
   */
  readonly device_ns: number | undefined;
  /** Launched with none of the ranges within them around it. */
  readonly self_device_ns: number | undefined;
  /** Device work that was launched within them. */
  readonly device_work: number;
  /** `device_ns` as a share of all device work's durations. */
  readonly device_share: number | undefined;
}

/** One range. */
export interface RangeInstance {
  readonly event: number;
  readonly kind: RangeKind;
  readonly name: string;
  readonly start_ns: number;
  readonly host_ns: number;
  readonly device_ns: number | undefined;
}

export interface RangeAnalysis {
  /** In the order in which they first began. */
  readonly ranges: readonly RangeStatistics[];
  /** All ranges that are no operators, in the order of their starts. */
  readonly instances: readonly RangeInstance[];
  /** Device work that was launched outside any range, or by no recorded call. */
  readonly outside: { readonly device_work: number; readonly device_ns: number };
}

export function analyseRanges(timeline: Timeline, work: DeviceWork, stacks: HostStacks): RangeAnalysis {
  const { events, tracks, texts, end } = timeline;
  const isKnown = work.length > 0;
  const ranges = new Ranges(timeline, stacks);
  const { event, kind, outer, length } = ranges;
  // Of each range: what was launched directly within it, and with all that is within it.
  const own = new Float64Array(length);
  const device = new Float64Array(length);
  const count = new Int32Array(length);
  const frames = new Frames(timeline, stacks, ranges);
  const outside = { device_work: 0, device_ns: 0 };
  let total = 0;
  for (let number = 0; number < work.length; number++) {
    const duration = events.duration[work.event[number]];
    total += duration;
    const call = work.call[number];
    const range = call < 0 ? -1 : ranges.around(call);
    // What threads launched that have no such range of their own while another had it: backward passes run on a thread of theirs.
    const frame = call < 0 ? -1 : frames.around(call);
    if (frame >= 0) {
      device[frame] += duration;
      count[frame]++;
    }
    if (range < 0) {
      outside.device_work++;
      outside.device_ns += duration;
    } else {
      own[range] += duration;
      device[range] += duration;
      count[range]++;
    }
  }
  const hostWithin = new Float64Array(length);
  // What encloses stands before what it encloses, so that from the end each is whole before it is added.
  for (let range = length - 1; range >= 0; range--) {
    const around = outer[range];
    if (around < 0) continue;
    device[around] += device[range];
    count[around] += count[range];
    hostWithin[around] += stacks.endOf(event[range]) - events.start[event[range]];
  }
  const groups = new Map<number, Group>();
  for (let range = 0; range < length; range++) {
    const index = event[range];
    const isOnThread = tracks[events.track[index]].kind === "thread";
    const host = Math.min(end, stacks.endOf(index)) - events.start[index];
    const key = events.name[index] * kindWords.length + kind[range];
    let group = groups.get(key);
    if (group === undefined) {
      group = { kind: kind[range], name: events.name[index], ...emptyGroup };
      groups.set(key, group);
    }
    group.count++;
    group.onThread ||= isOnThread;
    group.selfHost += host - hostWithin[range];
    group.selfDevice += own[range];
    if (!ranges.isWithinItsLike(range)) {
      group.host += host;
      group.device += device[range];
      group.work += count[range];
    }
  }
  const instances = instancesOf(timeline, stacks, { event, kind, device: isKnown ? device : undefined });
  return printedWhole({
    ranges: [...groups.values()].map((group): RangeStatistics => {
      const says = isKnown && group.onThread;
      return {
        kind: kindWords[group.kind] as RangeKind,
        name: texts[group.name],
        count: group.count,
        host_ns: group.host,
        self_host_ns: group.selfHost,
        device_ns: says ? group.device : undefined,
        self_device_ns: says ? group.selfDevice : undefined,
        device_work: group.work,
        device_share: says && total > 0 ? group.device / total : undefined,
      };
    }),
    get instances() {
      return instances();
    },
    outside,
  });
}

/** Finds the ranges that are no operators when it is first asked: a range a kernel is more than the trace itself. */
function instancesOf(
  { events, tracks, texts, end }: Timeline,
  stacks: HostStacks,
  ranges: { readonly event: Int32Array; readonly kind: Uint8Array; readonly device: Float64Array | undefined },
): () => readonly RangeInstance[] {
  const { event, kind, device } = ranges;
  let found: RangeInstance[] | undefined;
  return () => {
    if (found !== undefined) return found;
    found = [];
    for (let range = 0; range < event.length; range++) {
      const index = event[range];
      if (kindWords[kind[range]] === "operator") continue;
      found.push({
        event: index,
        kind: kindWords[kind[range]] as RangeKind,
        name: texts[events.name[index]],
        start_ns: events.start[index],
        host_ns: Math.min(end, stacks.endOf(index)) - events.start[index],
        device_ns: tracks[events.track[index]].kind === "thread" ? device?.[range] : undefined,
      });
    }
    return found;
  };
}

/** All ranges by number, in the order of their starts. */
class Ranges {
  readonly length: number;
  readonly event: Int32Array;
  /** Index into `kindWords`. */
  readonly kind: Uint8Array;
  /** The innermost range around each; -1 for none. */
  readonly outer: Int32Array;
  /** Per event: one more than the number of the range that it is, 0 for none; empty where there are no ranges. */
  private readonly ofEvent: Int32Array;

  constructor(
    private readonly timeline: Timeline,
    private readonly stacks: HostStacks,
  ) {
    const { events } = timeline;
    const kindOf = rangeKinds(timeline);
    const event = int32Column();
    const kind = uint8Column();
    for (let index = 0; index < events.length; index++) {
      const own = kindOf(index);
      if (own === 0) continue;
      event.push(index);
      kind.push(own);
    }
    this.event = event.done();
    this.kind = kind.done();
    this.length = event.length;
    this.ofEvent = new Int32Array(this.length === 0 ? 0 : events.length);
    for (let range = 0; range < this.length; range++) this.ofEvent[this.event[range]] = range + 1;
    this.outer = this.event.map((index) => this.around(stacks.parent[index]));
  }

  /** The innermost range that an event is or that encloses it; -1 for none. */
  around(index: number): number {
    const { ofEvent } = this;
    if (ofEvent.length === 0) return -1;
    const { parent } = this.stacks;
    let around = index;
    while (around >= 0 && ofEvent[around] === 0) around = parent[around];
    return around < 0 ? -1 : ofEvent[around] - 1;
  }

  /** Whether another range of its kind and name encloses a range. */
  isWithinItsLike(range: number): boolean {
    const { event, kind, outer } = this;
    const { name } = this.timeline.events;
    for (let around = outer[range]; around >= 0; around = outer[around]) {
      if (name[event[around]] === name[event[range]] && kind[around] === kind[range]) return true;
    }
    return false;
  }
}

/** The stages, iterations and tokens of the threads, which hold for the whole process. */
class Frames {
  /** By process: the tracks that have some. */
  private readonly tracksOf = new Map<number, Set<number>>();

  constructor(
    private readonly timeline: Timeline,
    private readonly stacks: HostStacks,
    private readonly ranges: Ranges,
  ) {
    const { events, tracks } = timeline;
    for (let range = 0; range < ranges.length; range++) {
      const track = tracks[events.track[ranges.event[range]]];
      if (ranges.kind[range] > lastFrame || track.kind !== "thread") continue;
      const known = this.tracksOf.get(track.process);
      if (known === undefined) this.tracksOf.set(track.process, new Set([track.index]));
      else known.add(track.index);
    }
  }

  /** The innermost that another thread of the process was in when a call began; -1 where the call's thread is in one itself. */
  around(call: number): number {
    if (this.tracksOf.size === 0) return -1;
    const { events, tracks } = this.timeline;
    const track = events.track[call];
    const others = this.tracksOf.get(tracks[track].process);
    if (others === undefined || (others.size === 1 && others.has(track)) || this.from(call) >= 0) return -1;
    for (const other of others) {
      const found = other === track ? -1 : this.from(this.stacks.innermostAt(other, events.start[call]));
      if (found >= 0) return found;
    }
    return -1;
  }

  private from(index: number): number {
    const { kind, outer } = this.ranges;
    let range = this.ranges.around(index);
    while (range >= 0 && kind[range] > lastFrame) range = outer[range];
    return range;
  }
}

interface Group {
  readonly kind: number;
  readonly name: number;
  count: number;
  host: number;
  selfHost: number;
  device: number;
  selfDevice: number;
  work: number;
  onThread: boolean;
}

const emptyGroup = { count: 0, host: 0, selfHost: 0, device: 0, selfDevice: 0, work: 0, onThread: false };

/** By number; 0 is no range. */
const kindWords: readonly (RangeKind | "")[] = [
  "",
  "stage",
  "iteration",
  "token",
  "layer",
  "nvtx",
  "operator",
  "module",
  "annotation",
];

/** The kinds up to here hold for a whole process. */
const lastFrame = kindWords.indexOf("token");

/** Says of an event the number of its kind. What a stream says of itself repeats what its thread said. */
function rangeKinds(timeline: Timeline): (index: number) => number {
  const { events, tracks, texts } = timeline;
  const { role, name, track } = events;
  const operator = kindWords.indexOf("operator");
  const module = kindWords.indexOf("module");
  const isModule = new Map<number, boolean>();
  return (index) => {
    const own = role[index];
    if (own === roleNumber.operator) return operator;
    if (own === roleNumber.range) return tracks[track[index]].kind === "stream" ? 0 : kindOfRange(timeline, index);
    if (own !== roleNumber.function) return 0;
    // How PyTorch's profiler calls the functions of modules when it records stacks.
    let is = isModule.get(name[index]);
    if (is === undefined) {
      is = texts[name[index]].startsWith("nn.Module: ");
      isModule.set(name[index], is);
    }
    return is ? module : 0;
  };
}

function kindOfRange(timeline: Timeline, index: number): number {
  const said = timeline.argumentsOf(index)["range"];
  const kind = typeof said === "string" ? kindWords.indexOf(said as RangeKind) : -1;
  if (kind > 0) return kind;
  // PyTorch's profiler marks the steps of a loop so.
  return kindWords.indexOf(/^ProfilerStep#\d+$/.test(timeline.nameOf(index)) ? "iteration" : "annotation");
}
