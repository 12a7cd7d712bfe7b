// Where a time axis has its ticks, and what stands at them. Knows no picture.
import { roundStep } from "../../trace/text/time-axis.js";

export interface Tick {
  /** Nanoseconds. */
  readonly at: number;
  /** `1.25 ms`, in one unit for all ticks of an axis. */
  readonly label: string;
}

/** Units of time, the largest first, as `formatNanoseconds` has them. */
const units: readonly (readonly [size: number, name: string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "\u00b5s"],
  [1, "ns"],
];

/** Round moments between two, at most so many; the step is 1, 2 or 5 times a power of ten. */
export function ticksBetween(from: number, to: number, most: number): Tick[] {
  const step = roundStep((to - from) / Math.max(1, most));
  const [size, name] = units.find(([unit]) => Math.max(Math.abs(from), Math.abs(to)) >= unit) ?? [1, "ns"];
  const decimals = Math.max(0, Math.ceil(Math.log10(size / step) - 1e-9));
  const ticks: Tick[] = [];
  for (let place = Math.ceil(from / step); place * step <= to; place++) {
    ticks.push({ at: place * step, label: `${((place * step) / size).toFixed(decimals)} ${name}` });
  }
  return ticks;
}
