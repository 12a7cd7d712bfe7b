// Time by what the program says it is at: stages, iterations, tokens, layers, operators. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { DeviceWork } from "./device-work.js";
import type { HostStacks } from "./host-stacks.js";

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
  const kinds = rangeKinds(timeline);
  const isKnown = work.length > 0;
  // Of each range: what was launched directly within it, and then with all that is within it.
  const own = new Float64Array(events.length);
  const ownCount = new Int32Array(events.length);
  // And what threads launched that have no such range of their own while another had it: backward passes run on a thread of theirs.
  const handed = new Float64Array(events.length);
  const handedCount = new Int32Array(events.length);
  const frames = new Frames(timeline, stacks, kinds);
  const outside = { device_work: 0, device_ns: 0 };
  let total = 0;
  for (let number = 0; number < work.length; number++) {
    const duration = events.duration[work.event[number]];
    total += duration;
    const call = work.call[number];
    let range = call;
    while (range >= 0 && kinds[range] === 0) range = stacks.parent[range];
    const around = call < 0 ? -1 : frames.around(call);
    if (around >= 0) {
      handed[around] += duration;
      handedCount[around]++;
    }
    if (range < 0) {
      outside.device_work++;
      outside.device_ns += duration;
    } else {
      own[range] += duration;
      ownCount[range]++;
    }
  }
  const device = own.map((nanoseconds, index) => nanoseconds + handed[index]);
  const count = ownCount.map((works, index) => works + handedCount[index]);
  const hostWithin = new Float64Array(events.length);
  const outer = new Int32Array(events.length).fill(-1);
  // What encloses stands before what it encloses, so that from the end each is whole before it is added.
  for (let index = events.length - 1; index >= 0; index--) {
    if (kinds[index] === 0) continue;
    let around = stacks.parent[index];
    while (around >= 0 && kinds[around] === 0) around = stacks.parent[around];
    outer[index] = around;
    if (around < 0) continue;
    device[around] += device[index];
    count[around] += count[index];
    hostWithin[around] += stacks.endOf(index) - events.start[index];
  }
  const groups = new Map<number, Group>();
  const instances: RangeInstance[] = [];
  for (let index = 0; index < events.length; index++) {
    if (kinds[index] === 0) continue;
    const track = tracks[events.track[index]];
    const isOnThread = track.kind === "thread";
    const host = Math.min(end, stacks.endOf(index)) - events.start[index];
    const key = events.name[index] * kindWords.length + kinds[index];
    let group = groups.get(key);
    if (group === undefined) {
      group = { kind: kinds[index], name: events.name[index], ...emptyGroup };
      groups.set(key, group);
    }
    group.count++;
    group.onThread ||= isOnThread;
    group.selfHost += host - hostWithin[index];
    group.selfDevice += own[index];
    if (!isWithinItsLike(index)) {
      group.host += host;
      group.device += device[index];
      group.work += count[index];
    }
    if (kindWords[kinds[index]] !== "operator") {
      instances.push({
        event: index,
        kind: kindWords[kinds[index]] as RangeKind,
        name: texts[events.name[index]],
        start_ns: events.start[index],
        host_ns: host,
        device_ns: isKnown && isOnThread ? device[index] : undefined,
      });
    }
  }
  return {
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
    instances,
    outside,
  };

  function isWithinItsLike(index: number): boolean {
    for (let around = outer[index]; around >= 0; around = outer[around]) {
      if (events.name[around] === events.name[index] && kinds[around] === kinds[index]) return true;
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
    private readonly kinds: Uint8Array,
  ) {
    const { events, tracks } = timeline;
    for (let index = 0; index < events.length; index++) {
      const track = tracks[events.track[index]];
      if (!this.isFrame(index) || track.kind !== "thread") continue;
      const known = this.tracksOf.get(track.process);
      if (known === undefined) this.tracksOf.set(track.process, new Set([track.index]));
      else known.add(track.index);
    }
  }

  /** The innermost that another thread of the process was in when a call began; -1 where the call's thread is in one itself. */
  around(call: number): number {
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
    let around = index;
    while (around >= 0 && !this.isFrame(around)) around = this.stacks.parent[around];
    return around;
  }

  private isFrame(index: number): boolean {
    const kind = this.kinds[index];
    return kind > 0 && kind <= lastFrame;
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

/** Per event: the number of its kind. What a stream says of itself repeats what its thread said. */
function rangeKinds(timeline: Timeline): Uint8Array {
  const { events, tracks, texts } = timeline;
  const kinds = new Uint8Array(events.length);
  const operator = kindWords.indexOf("operator");
  const module = kindWords.indexOf("module");
  const isModule = new Map<number, boolean>();
  for (let index = 0; index < events.length; index++) {
    const role = events.role[index];
    if (role === roleNumber.operator) kinds[index] = operator;
    else if (role === roleNumber.range && tracks[events.track[index]].kind !== "stream") {
      kinds[index] = kindOfRange(timeline, index);
    } else if (role === roleNumber.function) {
      // How PyTorch's profiler calls the functions of modules when it records stacks.
      const name = events.name[index];
      if (!isModule.has(name)) isModule.set(name, texts[name].startsWith("nn.Module: "));
      if (isModule.get(name)) kinds[index] = module;
    }
  }
  return kinds;
}

function kindOfRange(timeline: Timeline, index: number): number {
  const said = timeline.argumentsOf(index)["range"];
  const kind = typeof said === "string" ? kindWords.indexOf(said as RangeKind) : -1;
  if (kind > 0) return kind;
  // PyTorch's profiler marks the steps of a loop so.
  return kindWords.indexOf(/^ProfilerStep#\d+$/.test(timeline.nameOf(index)) ? "iteration" : "annotation");
}
