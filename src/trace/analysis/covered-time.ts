// Which stretches of time are covered by any of many spans, each moment once. Knows nothing of what the spans are.

/** The union of spans as stretches that neither overlap nor touch, in order. */
export class CoveredTime {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Covered time before each stretch. */
  private readonly before: Float64Array;
  /** All that is covered. */
  readonly total: number;
  /** The stretch at which the last search ended: the next one mostly ends near by. */
  private last = 0;

  /**
   * The spans have to be in order of their starts; what ends before it starts covers nothing. Columns of numbers are not copied: the
   * stretches are written over them.
   */
  constructor(spanStarts: readonly number[] | Float64Array, spanEnds: readonly number[] | Float64Array) {
    const starts = spanStarts instanceof Float64Array ? spanStarts : Float64Array.from(spanStarts);
    const ends = spanEnds instanceof Float64Array ? spanEnds : Float64Array.from(spanEnds);
    let count = 0;
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index];
      const end = ends[index];
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
    let [low, high] = this.around(moment);
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] < moment) low = middle + 1;
      else high = middle;
    }
    this.last = low;
    return low === 0 ? 0 : before[low - 1] + Math.min(moment, ends[low - 1]) - starts[low - 1];
  }

  /** Between which stretches the first is that begins no earlier than a moment: looks twice as far each time. */
  private around(moment: number): [low: number, high: number] {
    const { starts, last } = this;
    let reach = 1;
    if (last > 0 && starts[last - 1] >= moment) {
      while (last - reach > 0 && starts[last - reach] >= moment) reach *= 2;
      return [Math.max(0, last - reach), last - 1];
    }
    while (last + reach <= starts.length && starts[last + reach - 1] < moment) reach *= 2;
    return [last, Math.min(starts.length, last + reach - 1)];
  }
}
