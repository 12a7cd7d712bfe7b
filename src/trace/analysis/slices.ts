// What a trace says beside calls, ranges and the device's work: functions, and whatever slices a Chrome trace has, by name. Knows no format.
import { formNumber, roleNumber, type Timeline } from "../timeline/index.js";
import { type DurationFigures, groupedDurations } from "./duration-figures.js";

/** The slices of one name: functions of the program's language, or of no role that is known. */
export interface SliceStatistics extends DurationFigures {
  readonly name: string;
}

/** The longest total first. A slice within another counts in both. */
export function analyseSlices({ events, texts }: Timeline): readonly SliceStatistics[] {
  const names = new Int32Array(events.length);
  const durations = new Float64Array(events.length);
  let count = 0;
  for (let index = 0; index < events.length; index++) {
    if (!told.has(events.role[index]) || events.form[index] !== slice) continue;
    names[count] = events.name[index];
    durations[count++] = events.duration[index];
  }
  return [...groupedDurations(names.subarray(0, count), durations.subarray(0, count))]
    .map(([name, figures]): SliceStatistics => ({ name: texts[name], ...figures }))
    .sort((a, b) => b.total_ns - a.total_ns || b.count - a.count || (a.name < b.name ? -1 : 1));
}

const { slice } = formNumber;
const told: ReadonlySet<number> = new Set([roleNumber.other, roleNumber.function]);
