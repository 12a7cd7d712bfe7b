// Launches of kernels: which take the time, how long they wait to begin, and how many queue. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { DeviceWork } from "./device-work.js";
import { type DurationFigures, durationFigures, groupedDurations } from "./duration-figures.js";
import { sortTimes } from "./sort-times.js";

/** The kernels of one name on the device. */
export interface KernelStatistics extends DurationFigures {
  readonly name: string;
  /** Of the time of all kernels, added up. */
  readonly share: number;
}

/** How many kernels were launched and had not ended. Each value holds from its moment until the next. */
export interface QueueDepth {
  readonly at_ns: Float64Array;
  readonly depth: Float64Array;
  /** Over the wall time. */
  readonly mean: number;
  readonly max: number;
  /** The most that were launched and had not begun. */
  readonly max_waiting: number;
}

/** What is not known, since the trace has no times of the device or no calls, is undefined and never 0. */
export interface LaunchAnalysis {
  /** Whether the trace says when kernels ran on the device. */
  readonly device_times: "recorded" | "unknown";
  /** Calls that launch kernels; where none were recorded, the kernels themselves. */
  readonly launches: number;
  readonly launches_per_second: number;
  /** Kernels on the device. A launched graph has many. */
  readonly kernels: number | undefined;
  /** Kernels on the device without a call that launched them. */
  readonly without_call: number | undefined;
  /** All kernels' durations, added up. */
  readonly kernel_ns: number | undefined;
  /** The dominant first; where the device's times are unknown, none. */
  readonly by_kernel: readonly KernelStatistics[];
  /** Launches by the kernel that their calls name, the most first; only where the device's times are unknown. */
  readonly launched: readonly { readonly name: string; readonly count: number }[];
  /** Launch latency: from the beginning of the launching call to the beginning of its first kernel on the device. */
  readonly latency: DurationFigures | undefined;
  /** From the end of the launching call to the beginning of its first kernel; 0 where that began before the call returned. */
  readonly queued: DurationFigures | undefined;
  /** The same as `latency` of launches that found their stream idle: what a launch costs when nothing is in its way. */
  readonly idle_latency: DurationFigures | undefined;
  /** Kernels that are said to have begun before their launch: the clocks disagree. They are in no latency. */
  readonly before_launch: number | undefined;
  readonly queue: QueueDepth | undefined;
  /** Kernels that took less time than the call that launched them. */
  readonly tiny: number | undefined;
}

export function analyseLaunches(timeline: Timeline, work: DeviceWork, categories: CallCategories): LaunchAnalysis {
  const { events, texts, end } = timeline;
  const kernels: number[] = [];
  for (let number = 0; number < work.length; number++) {
    if (events.role[work.event[number]] === roleNumber.kernel) kernels.push(number);
  }
  const calls: number[] = [];
  for (let index = 0; index < events.length; index++) {
    if (events.role[index] === roleNumber.call && categories.of(index) === "kernel") calls.push(index);
  }
  const isRecorded = kernels.length > 0;
  const launches = countOutermost(timeline, calls) || kernels.length;
  const perSecond = end === 0 ? 0 : launches / (end / 1e9);
  if (!isRecorded) {
    return {
      device_times: "unknown",
      launches,
      launches_per_second: perSecond,
      by_kernel: [],
      launched: launchedNames(timeline, calls),
      ...unknown,
    };
  }
  const names = new Int32Array(kernels.length);
  const durations = new Float64Array(kernels.length);
  let total = 0;
  kernels.forEach((number, at) => {
    const index = work.event[number];
    names[at] = events.name[index];
    durations[at] = events.duration[index];
    total += durations[at];
  });
  return {
    device_times: "recorded",
    launches,
    launches_per_second: perSecond,
    kernels: kernels.length,
    kernel_ns: total,
    by_kernel: [...groupedDurations(names, durations)]
      .map(([name, figures]) => ({
        name: texts[name],
        ...figures,
        share: total === 0 ? 0 : figures.total_ns / total,
      }))
      .sort((a, b) => b.total_ns - a.total_ns || b.count - a.count || (a.name < b.name ? -1 : 1)),
    launched: [],
    ...latencies(timeline, work, kernels),
    queue: queueDepth(timeline, work, kernels),
  };
}

const unknown = {
  kernels: undefined,
  without_call: undefined,
  kernel_ns: undefined,
  latency: undefined,
  queued: undefined,
  idle_latency: undefined,
  before_launch: undefined,
  queue: undefined,
  tiny: undefined,
} as const;

/** The runtime's launch calls the driver's: together they are one launch. */
function countOutermost({ events, tracks }: Timeline, calls: readonly number[]): number {
  const until = new Float64Array(tracks.length).fill(-1);
  let count = 0;
  for (const index of calls) {
    const track = events.track[index];
    const end = events.start[index] + events.duration[index];
    if (end <= until[track] && events.start[index] < until[track]) continue;
    until[track] = end;
    count++;
  }
  return count;
}

function launchedNames(timeline: Timeline, calls: readonly number[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const index of calls) {
    const { kernel } = timeline.argumentsOf(index);
    const name = typeof kernel === "string" ? kernel : "not named";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}

function latencies(
  { events, tracks }: Timeline,
  work: DeviceWork,
  kernels: readonly number[],
): Pick<LaunchAnalysis, "latency" | "queued" | "idle_latency" | "before_launch" | "without_call" | "tiny"> {
  const latency = new Float64Array(kernels.length);
  const queued = new Float64Array(kernels.length);
  const idle = new Float64Array(kernels.length);
  // Per event that is a call: its kernels.
  const kernelsOf = new Int32Array(events.length);
  for (const number of kernels) if (work.call[number] >= 0) kernelsOf[work.call[number]]++;
  // When each stream was done with what came before, copies and memsets included.
  const doneAt = new Float64Array(tracks.length).fill(Number.NEGATIVE_INFINITY);
  const hasBegun = new Uint8Array(events.length);
  let [count, idleCount, beforeLaunch, withoutCall, tiny] = [0, 0, 0, 0, 0];
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    const track = events.track[index];
    const before = doneAt[track];
    doneAt[track] = Math.max(before, events.start[index] + events.duration[index]);
    if (events.role[index] !== roleNumber.kernel) continue;
    const call = work.call[number];
    if (call < 0) {
      withoutCall++;
      continue;
    }
    if (kernelsOf[call] === 1 && events.duration[index] < events.duration[call]) tiny++;
    if (hasBegun[call] === 1) continue;
    hasBegun[call] = 1;
    const taken = events.start[index] - events.start[call];
    if (taken < 0) {
      beforeLaunch++;
      continue;
    }
    latency[count] = taken;
    queued[count++] = Math.max(0, taken - events.duration[call]);
    if (before <= events.start[call]) idle[idleCount++] = taken;
  }
  return {
    latency: durationFigures(latency.subarray(0, count)),
    queued: durationFigures(queued.subarray(0, count)),
    idle_latency: durationFigures(idle.subarray(0, idleCount)),
    before_launch: beforeLaunch,
    without_call: withoutCall,
    tiny,
  };
}

/** From three sorted lists: launched, begun and ended. A kernel counts from the beginning of its launching call. */
function queueDepth({ events, end }: Timeline, work: DeviceWork, kernels: readonly number[]): QueueDepth | undefined {
  const linked = kernels.filter((number) => {
    const call = work.call[number];
    return call >= 0 && events.start[call] <= events.start[work.event[number]];
  });
  if (linked.length === 0) return undefined;
  const count = linked.length;
  const launched = new Float64Array(count);
  const begun = new Float64Array(count);
  const ended = new Float64Array(count);
  linked.forEach((number, at) => {
    const index = work.event[number];
    launched[at] = events.start[work.call[number]];
    begun[at] = events.start[index];
    ended[at] = events.start[index] + events.duration[index];
  });
  sortTimes(launched);
  sortTimes(ended);
  const at = new Float64Array(2 * count);
  const depth = new Float64Array(2 * count);
  let [points, out, integral, most, mostWaiting] = [0, 0, 0, 0, 0];
  for (let i = 0, started = 0; i < count || out < count; ) {
    const now = i < count && launched[i] < ended[out] ? launched[i] : ended[out];
    while (i < count && launched[i] <= now) i++;
    while (started < count && begun[started] <= now) started++;
    while (out < count && ended[out] <= now) out++;
    if (points > 0) integral += depth[points - 1] * (now - at[points - 1]);
    at[points] = now;
    depth[points++] = i - out;
    most = Math.max(most, i - out);
    mostWaiting = Math.max(mostWaiting, i - started);
  }
  return {
    at_ns: at.slice(0, points),
    depth: depth.slice(0, points),
    mean: end === 0 ? 0 : integral / end,
    max: most,
    max_waiting: mostWaiting,
  };
}
