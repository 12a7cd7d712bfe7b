// Launches of kernels: which take the time, how long they wait to begin, and how many queue. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { DeviceWork } from "./device-work.js";
import { type DurationFigures, durationFigures, durationsByName } from "./duration-figures.js";
import { type QueueDepth, queueDepth } from "./queue-depth.js";

export type { QueueDepth } from "./queue-depth.js";

/** The kernels of one name on the device. */
export interface KernelStatistics extends DurationFigures {
  readonly name: string;
  /** Of the time of all kernels, added up. */
  readonly share: number;
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
  let [kernels, total] = [0, 0];
  for (let number = 0; number < work.length; number++) {
    if (events.role[work.event[number]] !== kernel) continue;
    kernels++;
    total += events.duration[work.event[number]];
  }
  const launches = countOutermost(timeline, categories) || kernels;
  const perSecond = end === 0 ? 0 : launches / (end / 1e9);
  if (kernels === 0) {
    return {
      device_times: "unknown",
      launches,
      launches_per_second: perSecond,
      by_kernel: [],
      launched: launchedNames(timeline, categories),
      ...unknown,
    };
  }
  return {
    device_times: "recorded",
    launches,
    launches_per_second: perSecond,
    kernels,
    kernel_ns: total,
    by_kernel: [...durationsByName(timeline, (role) => role === kernel)]
      .map(([name, figures]) => ({
        name: texts[name],
        ...figures,
        share: total === 0 ? 0 : figures.total_ns / total,
      }))
      .sort((a, b) => b.total_ns - a.total_ns || b.count - a.count || (a.name < b.name ? -1 : 1)),
    launched: [],
    ...latencies(timeline, work, kernels),
    queue: queueDepth(timeline, work),
  };
}

const { call, kernel } = roleNumber;

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
function countOutermost({ events, tracks }: Timeline, categories: CallCategories): number {
  const { length, role, track, start, duration } = events;
  const until = new Float64Array(tracks.length).fill(-1);
  let count = 0;
  for (let index = 0; index < length; index++) {
    if (role[index] !== call || categories.of(index) !== "kernel") continue;
    const own = track[index];
    const end = start[index] + duration[index];
    if (end <= until[own] && start[index] < until[own]) continue;
    until[own] = end;
    count++;
  }
  return count;
}

function launchedNames(timeline: Timeline, categories: CallCategories): { name: string; count: number }[] {
  const { events } = timeline;
  const counts = new Map<string, number>();
  for (let index = 0; index < events.length; index++) {
    if (events.role[index] !== call || categories.of(index) !== "kernel") continue;
    const { kernel: named } = timeline.argumentsOf(index);
    const name = typeof named === "string" ? named : "not named";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}

function latencies(
  { events, tracks }: Timeline,
  work: DeviceWork,
  kernels: number,
): Pick<LaunchAnalysis, "latency" | "queued" | "idle_latency" | "before_launch" | "without_call" | "tiny"> {
  const { length, role, track, start, duration } = events;
  const latency = new Float64Array(kernels);
  const queued = new Float64Array(kernels);
  const idle = new Float64Array(kernels);
  // Per event that is a call: its kernels, 2 for more; and whether one of them has begun.
  const kernelsOf = new Uint8Array(length);
  const hasBegun = new Uint8Array(length);
  for (let number = 0; number < work.length; number++) {
    const launch = work.call[number];
    if (launch >= 0 && role[work.event[number]] === kernel && kernelsOf[launch] < 2) kernelsOf[launch]++;
  }
  // When each stream was done with what came before, copies and memsets included.
  const doneAt = new Float64Array(tracks.length).fill(Number.NEGATIVE_INFINITY);
  let [count, idleCount, beforeLaunch, withoutCall, tiny] = [0, 0, 0, 0, 0];
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    const before = doneAt[track[index]];
    const end = start[index] + duration[index];
    if (end > before) doneAt[track[index]] = end;
    if (role[index] !== kernel) continue;
    const launch = work.call[number];
    if (launch < 0) {
      withoutCall++;
      continue;
    }
    if (kernelsOf[launch] === 1 && duration[index] < duration[launch]) tiny++;
    if (hasBegun[launch] === 1) continue;
    hasBegun[launch] = 1;
    const taken = start[index] - start[launch];
    if (taken < 0) {
      beforeLaunch++;
      continue;
    }
    latency[count] = taken;
    queued[count++] = Math.max(0, taken - duration[launch]);
    if (before <= start[launch]) idle[idleCount++] = taken;
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
