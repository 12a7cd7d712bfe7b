// Calls of the driver and the runtime: by name, by category and by thread. Knows no format.
import { type DriverCallCategory, driverCallCategories } from "../driver-call.js";
import { formNumber, roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import { type DurationFigures, durationsByName } from "./duration-figures.js";
import type { HostStacks } from "./host-stacks.js";
import { NameTimes } from "./name-times.js";

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
  const { length, role, form, name, track, duration } = events;
  const { parent } = stacks;
  const { call } = roleNumber;
  const { unfinished } = formNumber;
  const self = new NameTimes(texts.length);
  const unfinishedByName = new Int32Array(texts.length);
  const selfOfThread = new Float64Array(tracks.length);
  const countOfThread = new Int32Array(tracks.length);
  let [count, finished, total] = [0, 0, 0];
  for (let index = 0; index < length; index++) {
    if (role[index] !== call) continue;
    count++;
    const own = name[index];
    countOfThread[track[index]]++;
    if (form[index] === unfinished) {
      self.add(own, 0);
      unfinishedByName[own]++;
      continue;
    }
    finished++;
    const time = duration[index];
    self.add(own, time);
    selfOfThread[track[index]] += time;
    total += time;
    // What the call around it did not do itself.
    let outer = parent[index];
    while (outer >= 0 && role[outer] !== call) outer = parent[outer];
    if (outer < 0 || form[outer] === unfinished) continue;
    self.add(name[outer], -time);
    selfOfThread[track[outer]] -= time;
    total -= time;
  }
  const figures = durationsByName(timeline, (of, its) => of === call && its !== unfinished);
  const shareOf = (nanoseconds: number): number => (total === 0 ? 0 : nanoseconds / total);
  const byName = self.names.map(
    (own): CallStatistics => ({
      name: texts[own],
      category: categories.ofName(own),
      ...(figures.get(own) ?? noDurations),
      self_ns: self.of(own),
      share: shareOf(self.of(own)),
      unfinished: unfinishedByName[own],
    }),
  );
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
    by_thread: tracks.flatMap(({ index, process, name: thread, tid }) =>
      countOfThread[index] === 0
        ? []
        : {
            process: processes[process].name,
            pid: processes[process].pid,
            thread,
            tid,
            count: countOfThread[index],
            self_ns: selfOfThread[index],
            busy_share: timeline.end === 0 ? 0 : selfOfThread[index] / timeline.end,
          },
    ),
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
