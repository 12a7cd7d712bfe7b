// Which stretches of time are covered by any of many spans, each moment once. Knows nothing of what the spans are.

/** The union of spans as stretches that neither overlap nor touch, in order. */
export class CoveredTime {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Covered time before each stretch. */
  private readonly before: Float64Array;
  /** All that is covered. */
  readonly total: number;

  /** The spans have to be in order of their starts; what ends before it starts covers nothing. */
  constructor(spanStarts: ArrayLike<number>, spanEnds: ArrayLike<number>) {
    const starts = new Float64Array(spanStarts.length);
    const ends = new Float64Array(spanStarts.length);
    let count = 0;
    for (let index = 0; index < spanStarts.length; index++) {
      const start = spanStarts[index];
      const end = spanEnds[index];
      if (end <= start) continue;
      if (count > 0 && start <= ends[count - 1]) {
        if (end > ends[count - 1]) ends[count - 1] = end;
      } else {
        starts[count] = start;
        ends[count++] = end;
      }
    }
    this.starts = starts.subarray(0, count);
    this.ends = ends.subarray(0, count);
    this.before = new Float64Array(count);
    let total = 0;
    for (let index = 0; index < count; index++) {
      this.before[index] = total;
      total += ends[index] - starts[index];
    }
    this.total = total;
  }

  /** How much of the time from `from` to `to` is covered. */
  within(from: number, to: number): number {
    return to <= from ? 0 : this.until(to) - this.until(from);
  }

  /** Covered time before a moment. */
  private until(moment: number): number {
    const { starts, ends, before } = this;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] < moment) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : before[low - 1] + Math.min(moment, ends[low - 1]) - starts[low - 1];
  }
}
