// Spreads spans that overlap in part over lanes, so that on each lane they nest or keep apart: readers drop a slice that reaches
// out of the one in which it begins. Knows nothing of what the spans are.

/** Gives each span the first lane in which it fits, in order of their starts. */
export class TraceLanes {
  /** Ends of the spans that are open on each lane, the innermost last. */
  private readonly open: number[][] = [];
  private last = Number.NEGATIVE_INFINITY;

  /** How many lanes it took. */
  get count(): number {
    return this.open.length;
  }

  /**
   * The lane of a span, from 0. Of spans with one start the longest should come first: then the others can lie within it. Throws
   * RangeError for a span that starts before the last, or ends before it starts.
   */
  laneOf(start: number, end: number): number {
    if (!(start >= this.last && end >= start)) {
      throw new RangeError(`a span from ${start} to ${end} cannot come after one that starts at ${this.last}`);
    }
    this.last = start;
    let lane = 0;
    for (; lane < this.open.length; lane++) {
      const ends = this.open[lane];
      while (ends.length > 0 && ends[ends.length - 1] <= start) ends.pop();
      if (ends.length === 0 || ends[ends.length - 1] >= end) break;
    }
    if (lane === this.open.length) this.open.push([]);
    this.open[lane].push(end);
    return lane;
  }
}
