// Calls of the driver and the runtime: by name, by category and by thread. Knows no format.
import { type DriverCallCategory, driverCallCategories } from "../driver-call.js";
import { formNumber, roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";

import { type DurationFigures, groupedDurations } from "./duration-figures.js";
import type { HostStacks } from "./host-stacks.js";

/** The calls of one name. Those that never returned are counted apart and have no duration. */
export interface CallStatistics extends DurationFigures {
  readonly name: string;
  readonly category: DriverCallCategory;
  /** Without the calls that were made within these calls, as the runtime calls the driver. */
  readonly self_ns: number;
  /** Its self time as a share of all calls' self time: the shares of all names add up to 1. */
  readonly share: number;
  readonly unfinished: number;
}

export interface CategoryStatistics {
  readonly category: DriverCallCategory;
  readonly count: number;
  /** Self time, so that a call within another counts once. */
  readonly self_ns: number;
  readonly share: number;
}

export interface ThreadCallStatistics {
  readonly process: string;
  readonly pid: number | string;
  readonly thread: string;
  readonly tid: number | string;
  readonly count: number;
  readonly self_ns: number;
  /** Self time of its calls as a share of the wall time. */
  readonly busy_share: number;
}

export interface CallAnalysis {
  readonly count: number;
  readonly unfinished: number;
  /** Self time of all calls. */
  readonly self_ns: number;
  /** The longest self time first. */
  readonly by_name: readonly CallStatistics[];
  /** Those that occur, the longest self time first. */
  readonly by_category: readonly CategoryStatistics[];
  /** In the order of the timeline's tracks; each thread of each process by itself. */
  readonly by_thread: readonly ThreadCallStatistics[];
}

/** One pass over the calls, and a sort of each name's durations. */
export function analyseCalls(timeline: Timeline, stacks: HostStacks, categories: CallCategories): CallAnalysis {
  const { events, tracks, processes, texts } = timeline;
  const self = selfTimes(timeline, stacks);
  const names = new Int32Array(events.length);
  const durations = new Float64Array(events.length);
  const selfByName = new Map<number, number>();
  const exampleOf = new Map<number, number>();
  const unfinishedByName = new Map<number, number>();
  const byThread = new Map<number, { count: number; self: number }>();
  let [count, finished, total] = [0, 0, 0];
  for (let index = 0; index < events.length; index++) {
    if (events.role[index] !== roleNumber.call) continue;
    count++;
    const name = events.name[index];
    if (!exampleOf.has(name)) exampleOf.set(name, index);
    const thread = byThread.get(events.track[index]) ?? { count: 0, self: 0 };
    byThread.set(events.track[index], thread);
    thread.count++;
    if (events.form[index] === formNumber.unfinished) {
      unfinishedByName.set(name, (unfinishedByName.get(name) ?? 0) + 1);
      continue;
    }
    names[finished] = name;
    durations[finished++] = events.duration[index];
    thread.self += self[index];
    total += self[index];
    selfByName.set(name, (selfByName.get(name) ?? 0) + self[index]);
  }
  const figures = groupedDurations(names.subarray(0, finished), durations.subarray(0, finished));
  const shareOf = (nanoseconds: number): number => (total === 0 ? 0 : nanoseconds / total);
  const byName = [...exampleOf].map(([name, example]): CallStatistics => {
    const own = selfByName.get(name) ?? 0;
    return {
      name: texts[name],
      category: categories.of(example),
      ...(figures.get(name) ?? noDurations),
      self_ns: own,
      share: shareOf(own),
      unfinished: unfinishedByName.get(name) ?? 0,
    };
  });
  byName.sort((a, b) => b.self_ns - a.self_ns || b.count - a.count || (a.name < b.name ? -1 : 1));
  return {
    count,
    unfinished: count - finished,
    self_ns: total,
    by_name: byName,
    by_category: driverCallCategories
      .map((category) => {
        const own = byName.filter((one) => one.category === category);
        const nanoseconds = own.reduce((sum, { self_ns }) => sum + self_ns, 0);
        const calls = own.reduce((sum, one) => sum + one.count + one.unfinished, 0);
        return { category, count: calls, self_ns: nanoseconds, share: shareOf(nanoseconds) };
      })
      .filter((one) => one.count > 0)
      .sort((a, b) => b.self_ns - a.self_ns),
    by_thread: [...byThread]
      .sort(([a], [b]) => a - b)
      .map(([track, thread]) => ({
        process: processes[tracks[track].process].name,
        pid: processes[tracks[track].process].pid,
        thread: tracks[track].name,
        tid: tracks[track].tid,
        count: thread.count,
        self_ns: thread.self,
        busy_share: timeline.end === 0 ? 0 : thread.self / timeline.end,
      })),
  };
}

const noDurations: DurationFigures = {
  count: 0,
  total_ns: 0,
  mean_ns: Number.NaN,
  median_ns: Number.NaN,
  p95_ns: Number.NaN,
  p99_ns: Number.NaN,
  min_ns: Number.NaN,
  max_ns: Number.NaN,
};

/** Per call: its duration without that of the calls directly within it. */
function selfTimes({ events }: Timeline, { parent }: HostStacks): Float64Array {
  const self = new Float64Array(events.length);
  for (let index = 0; index < events.length; index++) {
    if (events.role[index] !== roleNumber.call || events.form[index] === formNumber.unfinished) continue;
    self[index] += events.duration[index];
    let outer = parent[index];
    while (outer >= 0 && events.role[outer] !== roleNumber.call) outer = parent[outer];
    if (outer >= 0 && events.form[outer] !== formNumber.unfinished) self[outer] -= events.duration[index];
  }
  return self;
}
