// When devices had nothing to do, and why: the idle gaps between their kernels and copies. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import { coveredBy, type DeviceWork } from "./device-work.js";
import type { HostStacks } from "./host-stacks.js";

/**
 * Why a device was idle, by the work that ends the gap:
 * `sync`: when the gap began the host waited for the device, and only then issued that work;
 * `host`: the work was issued (its call returned) only within the gap, since the host was at something else;
 * `dependency`: it was issued before the gap began and waited for something, another stream, an event, or its launch to arrive;
 * `start`, `end`: before the first and after the last work; `unknown`: the call that issued it was not recorded.
 */
export const gapCauses = ["sync", "host", "dependency", "start", "end", "unknown"] as const;
export type GapCause = (typeof gapCauses)[number];

export interface IdleGap {
  /** The device's name, and its process on the timeline. */
  readonly device: string;
  readonly process: number;
  readonly from_ns: number;
  readonly to_ns: number;
  readonly duration_ns: number;
  readonly cause: GapCause;
  /** The event of the work that ends the gap; undefined for `end`. */
  readonly next: number | undefined;
  /** What the thread that issued it was at for most of the gap; undefined where that is not known or was nothing recorded. */
  readonly host: string | undefined;
}

export interface DeviceIdleness {
  readonly device: string;
  readonly process: number;
  /** With a kernel, copy or memset under way, each moment once. */
  readonly busy_ns: number;
  readonly busy_share: number;
  /** In gaps of any length: when it could have done something else. */
  readonly idle_ns: number;
  readonly idle_share: number;
  /** How often work of another stream began than that which began before it. */
  readonly stream_switches: number;
  /** The same for the process that issued it; work without a recorded call is passed over. */
  readonly process_switches: number;
}

export interface GapAnalysis {
  /** Gaps shorter than this are not looked at one by one. */
  readonly threshold_ns: number;
  readonly devices: readonly DeviceIdleness[];
  /** The longest first, of all devices. */
  readonly gaps: readonly IdleGap[];
  /** Of the gaps at least as long as the threshold: those that occur, the longest sum first. */
  readonly by_cause: readonly { readonly cause: GapCause; readonly count: number; readonly total_ns: number }[];
  /** Gaps below the threshold. */
  readonly short: { readonly count: number; readonly total_ns: number };
  /** What the issuing threads were at during the gaps caused by the host, the longest first. `""` is nothing that was recorded. */
  readonly host_activity: readonly { readonly name: string; readonly total_ns: number }[];
}

export interface GapOptions {
  /** Nanoseconds; 1000 unless given: between two kernels of a stream lies about a microsecond anyhow. */
  readonly threshold?: number;
}

export function analyseGaps(
  timeline: Timeline,
  work: DeviceWork,
  stacks: HostStacks,
  categories: CallCategories,
  { threshold = 1000 }: GapOptions = {},
): GapAnalysis {
  const gaps: IdleGap[] = [];
  const short = { count: 0, total_ns: 0 };
  const activity = new Map<number, number>();
  const devices = work.devices.map((process, device): DeviceIdleness => {
    const { name } = timeline.processes[process];
    const covered = coveredBy(timeline, work, (_, of) => of === device);
    const own = worksOf(work, device);
    let next = 0;
    const add = (from: number, to: number, place: "first" | "between" | "last"): void => {
      const duration = to - from;
      if (duration <= 0) return;
      if (duration < threshold) {
        short.count++;
        short.total_ns += duration;
        return;
      }
      while (next < own.length && timeline.events.start[work.event[own[next]]] < to) next++;
      const call = place === "last" ? -1 : work.call[own[next]];
      const cause =
        place === "between"
          ? causeOf(timeline, stacks, categories, call, from)
          : place === "first"
            ? ("start" as const)
            : ("end" as const);
      gaps.push({
        device: name,
        process,
        from_ns: from,
        to_ns: to,
        duration_ns: duration,
        cause,
        next: place === "last" ? undefined : work.event[own[next]],
        host: hostIn(timeline, stacks, { cause, call }, from, to, activity),
      });
    };
    let from = 0;
    for (let stretch = 0; stretch < covered.starts.length; stretch++) {
      add(from, covered.starts[stretch], stretch === 0 ? "first" : "between");
      from = covered.ends[stretch];
    }
    add(from, timeline.end, "last");
    const idle = timeline.end - covered.total;
    return {
      device: name,
      process,
      busy_ns: covered.total,
      busy_share: timeline.end === 0 ? 0 : covered.total / timeline.end,
      idle_ns: idle,
      idle_share: timeline.end === 0 ? 0 : idle / timeline.end,
      ...switches(timeline, work, own),
    };
  });
  return {
    threshold_ns: threshold,
    devices,
    gaps: gaps.sort((a, b) => b.duration_ns - a.duration_ns || a.from_ns - b.from_ns),
    by_cause: gapCauses
      .map((cause) => {
        const own = gaps.filter((gap) => gap.cause === cause);
        return { cause, count: own.length, total_ns: own.reduce((sum, gap) => sum + gap.duration_ns, 0) };
      })
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.total_ns - a.total_ns),
    short,
    host_activity: [...activity]
      .map(([name, total]) => ({ name: timeline.texts[name], total_ns: total }))
      .filter((one) => one.total_ns > 0)
      .sort((a, b) => b.total_ns - a.total_ns),
  };
}

function worksOf(work: DeviceWork, device: number): number[] {
  const own: number[] = [];
  for (let number = 0; number < work.length; number++) if (work.device[number] === device) own.push(number);
  return own;
}

function causeOf(
  { events }: Timeline,
  stacks: HostStacks,
  categories: CallCategories,
  call: number,
  gapStart: number,
): GapCause {
  if (call < 0) return "unknown";
  if (events.start[call] + events.duration[call] <= gapStart) return "dependency";
  // What the thread was at when the device ran out of work: where it waited for the device it could not have issued anything.
  // Times are whole: a wait that returns at the very moment at which the device is done is still under way half a nanosecond before.
  let index = stacks.innermostAt(events.track[call], gapStart - 0.5);
  for (; index >= 0; index = stacks.parent[index]) {
    const isOver = stacks.endOf(index) <= events.start[call];
    if (isOver && events.role[index] === roleNumber.call && categories.waitsForDevice(index)) {
      return "sync";
    }
  }
  return "host";
}

/** What the issuing thread was at for most of the gap; what the host did in gaps of its own is added up. */
function hostIn(
  { events, texts }: Timeline,
  stacks: HostStacks,
  { cause, call }: { readonly cause: GapCause; readonly call: number },
  from: number,
  to: number,
  activity: Map<number, number>,
): string | undefined {
  if (call < 0 || cause === "dependency") return undefined;
  const names = new Map<number, number>();
  stacks.activity(events.track[call], from, to, (index, nanoseconds) => {
    names.set(events.name[index], (names.get(events.name[index]) ?? 0) + nanoseconds);
  });
  let [rest, longest, most] = [to - from, 0, 0];
  for (const [name, nanoseconds] of names) {
    rest -= nanoseconds;
    if (nanoseconds > most) [longest, most] = [name, nanoseconds];
  }
  if (cause === "host") {
    names.set(0, (names.get(0) ?? 0) + rest);
    for (const [name, nanoseconds] of names) activity.set(name, (activity.get(name) ?? 0) + nanoseconds);
  }
  return most === 0 || rest > most ? undefined : texts[longest];
}

function switches(
  { events, tracks }: Timeline,
  work: DeviceWork,
  own: readonly number[],
): Pick<DeviceIdleness, "stream_switches" | "process_switches"> {
  let [streams, processes, stream, process] = [0, 0, -1, -1];
  for (const number of own) {
    const track = events.track[work.event[number]];
    if (stream >= 0 && track !== stream) streams++;
    stream = track;
    const call = work.call[number];
    if (call < 0) continue;
    const issuer = tracks[events.track[call]].process;
    if (process >= 0 && issuer !== process) processes++;
    process = issuer;
  }
  return { stream_switches: streams, process_switches: processes };
}
