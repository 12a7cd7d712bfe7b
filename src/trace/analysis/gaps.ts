// When devices had nothing to do, and why: the idle gaps between their kernels and copies. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { DeviceWork } from "./device-work.js";
import type { HostStacks } from "./host-stacks.js";
import { NameTimes } from "./name-times.js";
import { printedWhole } from "./printed-whole.js";

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
  /** The longest first, of all devices; found again when they are asked for, since a gap a kernel is as much as the trace itself. */
  readonly gaps: readonly IdleGap[];
  /** How many those are, and the first of them. */
  readonly count: number;
  readonly longest: readonly IdleGap[];
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

/** Of so many gaps there are objects at once. */
const mostLongest = 1000;

export function analyseGaps(
  timeline: Timeline,
  work: DeviceWork,
  stacks: HostStacks,
  categories: CallCategories,
  { threshold = 1000 }: GapOptions = {},
): GapAnalysis {
  const found = (): Gaps => new Gaps(timeline, work, stacks, categories, threshold);
  const { devices, short, counts, totals, longest, activity } = found().find(mostLongest);
  let all: readonly IdleGap[] | undefined;
  return printedWhole({
    threshold_ns: threshold,
    devices,
    get gaps() {
      all ??= found().find(Number.POSITIVE_INFINITY).longest;
      return all;
    },
    count: counts.reduce((sum, count) => sum + count, 0),
    longest,
    by_cause: gapCauses
      .map((cause, number) => ({ cause, count: counts[number], total_ns: totals[number] }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.total_ns - a.total_ns),
    short,
    host_activity: activity.names
      .map((name) => ({ name: timeline.texts[name], total_ns: activity.of(name) }))
      .filter((one) => one.total_ns > 0)
      .sort((a, b) => b.total_ns - a.total_ns),
  });
}

/** Goes over the devices' work once, from gap to gap. */
class Gaps {
  readonly devices: DeviceIdleness[] = [];
  readonly short = { count: 0, total_ns: 0 };
  /** By number of the cause. */
  readonly counts: number[] = gapCauses.map(() => 0);
  readonly totals: number[] = gapCauses.map(() => 0);
  longest: IdleGap[] = [];
  /** What the host was at in gaps of its own. */
  readonly activity: NameTimes;
  /** The same in one gap. */
  private readonly within: NameTimes;
  private most = 0;
  /** What a gap has to be longer than to be among the longest. */
  private shortest: Pick<IdleGap, "duration_ns" | "from_ns"> = { duration_ns: -1, from_ns: 0 };

  constructor(
    private readonly timeline: Timeline,
    private readonly work: DeviceWork,
    private readonly stacks: HostStacks,
    private readonly categories: CallCategories,
    private readonly threshold: number,
  ) {
    this.activity = new NameTimes(timeline.texts.length);
    this.within = new NameTimes(timeline.texts.length);
  }

  /** Keeps so many of the longest. */
  find(most: number): this {
    this.most = most;
    for (let device = 0; device < this.work.devices.length; device++) this.findOn(device);
    this.longest.sort(longerFirst).splice(most);
    return this;
  }

  private findOn(device: number): void {
    const { timeline, work } = this;
    const { start, duration, track } = timeline.events;
    const switches = new Switches(timeline, work);
    let [until, busy, hasWorked] = [0, 0, false];
    for (let number = 0; number < work.length; number++) {
      const index = work.event[number];
      if (work.deviceOfTrack[track[index]] !== device) continue;
      switches.take(number);
      const from = start[index];
      const end = from + duration[index];
      if (end <= from || end <= until) continue;
      if (from > until) this.add(device, until, from, hasWorked ? "between" : "first", number);
      busy += end - Math.max(from, until);
      until = end;
      hasWorked = true;
    }
    if (timeline.end > until) this.add(device, until, timeline.end, "last", -1);
    const idle = timeline.end - busy;
    const process = work.devices[device];
    this.devices.push({
      device: timeline.processes[process].name,
      process,
      busy_ns: busy,
      busy_share: timeline.end === 0 ? 0 : busy / timeline.end,
      idle_ns: idle,
      idle_share: timeline.end === 0 ? 0 : idle / timeline.end,
      stream_switches: switches.streams,
      process_switches: switches.processes,
    });
  }

  /** `next` is the work that ends the gap; -1 for the last. */
  private add(device: number, from: number, to: number, place: "first" | "between" | "last", next: number): void {
    const { timeline, work } = this;
    const duration = to - from;
    if (duration < this.threshold) {
      this.short.count++;
      this.short.total_ns += duration;
      return;
    }
    const call = next < 0 ? -1 : work.call[next];
    const cause = place === "between" ? this.causeOf(call, from) : place === "first" ? "start" : "end";
    const number = gapCauses.indexOf(cause);
    this.counts[number]++;
    this.totals[number] += duration;
    const { shortest } = this;
    const isLong = duration > shortest.duration_ns || (duration === shortest.duration_ns && from < shortest.from_ns);
    if (!isLong && cause !== "host") return;
    const host = this.hostIn(cause, call, from, to);
    if (!isLong) return;
    const process = work.devices[device];
    this.longest.push({
      device: timeline.processes[process].name,
      process,
      from_ns: from,
      to_ns: to,
      duration_ns: duration,
      cause,
      next: next < 0 ? undefined : work.event[next],
      host,
    });
    if (this.longest.length < 2 * this.most) return;
    this.longest.sort(longerFirst).splice(this.most);
    this.shortest = this.longest[this.most - 1];
  }

  private causeOf(call: number, gapStart: number): GapCause {
    const { stacks, categories } = this;
    const { start, duration, track, role } = this.timeline.events;
    if (call < 0) return "unknown";
    if (start[call] + duration[call] <= gapStart) return "dependency";
    // What the thread was at when the device ran out of work: where it waited for the device it could not have issued anything.
    // Times are whole: a wait that returns at the very moment at which the device is done is still under way half a nanosecond before.
    let index = stacks.innermostAt(track[call], gapStart - 0.5);
    for (; index >= 0; index = stacks.parent[index]) {
      const isOver = stacks.endOf(index) <= start[call];
      if (isOver && role[index] === roleNumber.call && categories.waitsForDevice(index)) return "sync";
    }
    return "host";
  }

  /** What the issuing thread was at for most of the gap; what the host did in gaps of its own is added up. */
  private hostIn(cause: GapCause, call: number, from: number, to: number): string | undefined {
    if (call < 0 || cause === "dependency") return undefined;
    const { within, activity } = this;
    const { events, texts } = this.timeline;
    within.clear();
    this.stacks.activity(events.track[call], from, to, (index, nanoseconds) =>
      within.add(events.name[index], nanoseconds),
    );
    let [rest, longest, most] = [to - from, 0, 0];
    for (const name of within.names) {
      const nanoseconds = within.of(name);
      rest -= nanoseconds;
      if (nanoseconds > most) [longest, most] = [name, nanoseconds];
    }
    if (cause === "host") {
      within.add(0, rest);
      for (const name of within.names) activity.add(name, within.of(name));
    }
    return most === 0 || rest > most ? undefined : texts[longest];
  }
}

function longerFirst(a: IdleGap, b: IdleGap): number {
  return b.duration_ns - a.duration_ns || a.from_ns - b.from_ns;
}

/** Counts how often a device's work changes its stream, and the process that issued it. */
class Switches {
  streams = 0;
  processes = 0;
  private stream = -1;
  private process = -1;

  constructor(
    private readonly timeline: Timeline,
    private readonly work: DeviceWork,
  ) {}

  take(number: number): void {
    const { events, tracks } = this.timeline;
    const track = events.track[this.work.event[number]];
    if (this.stream >= 0 && track !== this.stream) this.streams++;
    this.stream = track;
    const call = this.work.call[number];
    if (call < 0) return;
    const { process } = tracks[events.track[call]];
    if (this.process >= 0 && process !== this.process) this.processes++;
    this.process = process;
  }
}
