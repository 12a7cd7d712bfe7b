// Thirty-two values as bars in the columns of their lanes: the shapes, as SVG path data. Knows nothing of the DOM.
import type { RegisterValue } from "./numbers.js";

/** The bars that belong together: of lanes that ran, of the others, of the selected one, and values that are no number. */
export interface BarPaths {
  readonly on: string;
  readonly off: string;
  readonly selected: string;
  readonly odd: string;
}

const inset = 0.06;
const thin = 0.05;

/**
 * In a box of 32 x 1, y downwards. Bars stand on zero; where all values are far from zero next to their differences, on a
 * line below the least, so that the differences are seen. `exists` and `on` are masks of lanes.
 */
export function bars(values: readonly RegisterValue[], exists: number, on: number, selected: number): BarPaths {
  const numbers = values.map(Number);
  const finite = numbers.filter((value, lane) => (exists >>> lane) & 1 && Number.isFinite(value));
  const { low, high } = range(finite);
  const zero = y(Math.min(Math.max(0, low), high), low, high);
  const paths = { on: "", off: "", selected: "", odd: "" };
  for (let lane = 0; lane < 32; lane++) {
    if (((exists >>> lane) & 1) === 0) continue;
    const value = numbers[lane];
    if (!Number.isFinite(value)) {
      paths.odd += box(lane, 0.1, 0.9);
      continue;
    }
    const kind = lane === selected ? "selected" : (on >>> lane) & 1 ? "on" : "off";
    const tip = y(value, low, high);
    const [top, bottom] = tip <= zero ? [Math.min(tip, zero - thin), zero] : [zero, Math.max(tip, zero + thin)];
    paths[kind] += box(lane, top, bottom);
  }
  return paths;
}

function range(values: readonly number[]): { low: number; high: number } {
  if (values.length === 0) return { low: 0, high: 1 };
  const least = Math.min(...values);
  const most = Math.max(...values);
  const spread = most - least;
  const size = Math.max(Math.abs(least), Math.abs(most));
  if (spread === 0)
    return least === 0 ? { low: 0, high: 1 } : least > 0 ? { low: 0, high: 2 * most } : { low: 2 * least, high: 0 };
  // Far from zero: leave a fifth of the height under the least value.
  if (least > 0 && spread < size / 2) return { low: least - spread / 4, high: most };
  if (most < 0 && spread < size / 2) return { low: least, high: most + spread / 4 };
  return { low: Math.min(0, least), high: Math.max(0, most) };
}

function y(value: number, low: number, high: number): number {
  return 1 - (value - low) / (high - low);
}

function box(lane: number, top: number, bottom: number): string {
  return `M${lane + inset} ${round(top)}H${lane + 1 - inset}V${round(bottom)}H${lane + inset}Z`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
