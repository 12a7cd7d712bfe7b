// What a trace says beside calls, ranges and the device's work: functions, and whatever slices a Chrome trace has, by name. Knows no format.
import { formNumber, roleNumber, type Timeline } from "../timeline/index.js";
import { type DurationFigures, durationsByName } from "./duration-figures.js";

/** The slices of one name: functions of the program's language, or of no role that is known. */
export interface SliceStatistics extends DurationFigures {
  readonly name: string;
}

/** The longest total first. A slice within another counts in both. */
export function analyseSlices(timeline: Timeline): readonly SliceStatistics[] {
  const { texts } = timeline;
  return [...durationsByName(timeline, (role, form) => told.has(role) && form === slice)]
    .map(([name, figures]): SliceStatistics => ({ name: texts[name], ...figures }))
    .sort((a, b) => b.total_ns - a.total_ns || b.count - a.count || (a.name < b.name ? -1 : 1));
}

const { slice } = formNumber;
const told: ReadonlySet<number> = new Set([roleNumber.other, roleNumber.function]);
