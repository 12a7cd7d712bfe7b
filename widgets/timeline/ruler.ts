// Ticks of a time axis at round times, in the unit that fits, from nanoseconds to seconds. Knows no canvas.
import { niceStep } from "../service/scale.js";

export interface Tick {
  /** Nanoseconds on the axis. */
  readonly time: number;
  readonly label: string;
}

/** Ticks from `start` to `end`, at most about `count`, at 1, 2 or 5 times a power of ten of nanoseconds. */
export function ticksBetween(start: number, end: number, count: number): Tick[] {
  const step = Math.max(1, niceStep((end - start) / Math.max(1, count)));
  const ticks: Tick[] = [];
  const [size, unit] = unitOf(Math.max(Math.abs(start), Math.abs(end)), step);
  const digits = Math.max(0, Math.ceil(Math.log10(size / step) - 1e-9));
  // Counted, so that no tick inherits the rounding of those before.
  for (let at = Math.ceil(start / step); at * step <= end; at++) {
    const value = (at * step) / size;
    ticks.push({ time: at * step, label: at === 0 ? "0" : `${withThousands(value, digits)} ${unit}` });
  }
  return ticks;
}

const units: readonly (readonly [size: number, unit: string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "\u00b5s"],
  [1, "ns"],
];

/** The largest unit in which the ticks need no more than four digits behind the point; deep in, a smaller one, with all its digits. */
function unitOf(largest: number, step: number): readonly [number, string] {
  return (
    units.find(([size]) => largest >= size && step >= size / 1e4) ??
    units.find(([size]) => step >= size / 1e4) ?? [1, "ns"]
  );
}

function withThousands(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
