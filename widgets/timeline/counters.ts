// A counter as a step curve of pixels: for each column the least, the greatest and the last value in it, however many points there are.
// Knows no canvas.
import type { TimelineCounter } from "../../src/trace/timeline/index.js";

/** Points that are looked at one by one; more of them are asked by blocks. */
const block = 32;

/** Least and greatest values of blocks of blocks, so that any part of a counter is asked in a few steps. */
export class CounterCurve {
  readonly least: number;
  readonly greatest: number;
  private readonly levels: { readonly low: Float64Array; readonly high: Float64Array }[] = [];

  constructor(readonly counter: TimelineCounter) {
    let low = counter.value;
    let high = counter.value;
    this.levels.push({ low, high });
    while (low.length > block) {
      const length = Math.ceil(low.length / block);
      const lower = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
      const upper = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
      for (let index = 0; index < low.length; index++) {
        const at = Math.floor(index / block);
        if (low[index] < lower[at]) lower[at] = low[index];
        if (high[index] > upper[at]) upper[at] = high[index];
      }
      this.levels.push({ low: lower, high: upper });
      low = lower;
      high = upper;
    }
    this.least = Math.min(0, ...low);
    this.greatest = Math.max(0, ...high);
  }

  /** The value at a moment; undefined before the first point. */
  valueAt(time: number): number | undefined {
    const index = this.indexAt(time);
    return index < 0 ? undefined : this.counter.value[index];
  }

  /** The index of the last point at this moment or before; -1 where there is none. */
  indexAt(time: number): number {
    const { at } = this.counter;
    let low = 0;
    let high = at.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Writes the least and the greatest value of the points from one index to before another into `into`. */
  rangeOf(from: number, to: number, into: { low: number; high: number }): void {
    into.low = Number.POSITIVE_INFINITY;
    into.high = Number.NEGATIVE_INFINITY;
    let [first, end] = [from, to];
    for (let depth = 0; first < end; depth++) {
      const { low, high } = this.levels[depth];
      const last = depth === this.levels.length - 1;
      while (first < end && (last || first % block !== 0)) take(into, low, high, first++);
      while (first < end && end % block !== 0) take(into, low, high, --end);
      first /= block;
      end /= block;
    }
  }
}

function take(into: { low: number; high: number }, low: Float64Array, high: Float64Array, index: number): void {
  if (low[index] < into.low) into.low = low[index];
  if (high[index] > into.high) into.high = high[index];
}

/** What a column of pixels shows of a counter; NaN where there is no value yet. */
export interface CurveColumns {
  /** The value with which a column begins, and that with which it ends. */
  first: Float64Array;
  last: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

export function curveColumns(length: number): CurveColumns {
  return {
    first: new Float64Array(length),
    last: new Float64Array(length),
    low: new Float64Array(length),
    high: new Float64Array(length),
  };
}

const range = { low: 0, high: 0 };

/** Fills the columns from `start` on, each so many nanoseconds wide. */
export function fillCurve(
  curve: CounterCurve,
  {
    start,
    nanosecondsPerPixel,
    width,
  }: { readonly start: number; readonly nanosecondsPerPixel: number; readonly width: number },
  into: CurveColumns,
): void {
  const { value } = curve.counter;
  let before = curve.indexAt(start);
  for (let column = 0; column < width; column++) {
    const after = curve.indexAt(start + (column + 1) * nanosecondsPerPixel);
    const first = before < 0 ? Number.NaN : value[before];
    into.first[column] = first;
    into.last[column] = after < 0 ? Number.NaN : value[after];
    if (after === before) into.low[column] = into.high[column] = first;
    else {
      curve.rangeOf(Math.max(0, before), after + 1, range);
      into.low[column] = range.low;
      into.high[column] = range.high;
    }
    before = after;
  }
}
