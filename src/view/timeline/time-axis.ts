// Where a time axis has its ticks, at round times, and what stands at them: in pictures that stand still and in those that move. Knows no
// picture.
import { roundStep } from "../../trace/text/time-axis.js";

export interface Tick {
  /** Nanoseconds on the axis. */
  readonly at: number;
  /** `1.25 ms`, in one unit for all ticks of an axis; `0` at 0. */
  readonly label: string;
}

/** Ticks between two moments, at most so many and one; the step is 1, 2 or 5 times a power of ten nanoseconds. */
export function ticksBetween(from: number, to: number, most: number): Tick[] {
  const step = roundStep((to - from) / Math.max(1, most));
  const [size, unit] = unitOf(Math.max(Math.abs(from), Math.abs(to)), step);
  const digits = Math.max(0, Math.ceil(Math.log10(size / step) - 1e-9));
  const ticks: Tick[] = [];
  // Counted, so that no tick inherits the rounding of those before.
  for (let place = Math.ceil(from / step); place * step <= to; place++) {
    const at = place * step;
    ticks.push({ at, label: at === 0 ? "0" : `${withThousands(at / size, digits)} ${unit}` });
  }
  return ticks;
}

/** Units of time, the largest first, as `formatNanoseconds` has them. */
const units: readonly (readonly [size: number, unit: string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "\u00b5s"],
  [1, "ns"],
];

/** The largest unit in which the ticks need no more than four digits behind the point; deep in, a smaller one, with all its digits. */
function unitOf(largest: number, step: number): readonly [size: number, unit: string] {
  return (
    units.find(([size]) => largest >= size && step >= size / 1e4) ??
    units.find(([size]) => step >= size / 1e4) ?? [1, "ns"]
  );
}

function withThousands(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
