// Finds the first of many lanes on which a span has room, without walking all: of thousands of spans that overlap each has a lane.
// Knows a lane by one moment only, at which the innermost span that is open on it ends, and no event.

/** A tree over the lanes: each node has the least and the greatest of the moments below it; a lane on which nothing is open has infinity. */
export class LaneIndex {
  /** Lanes there are. */
  length = 0;
  /** Leaves, a power of two; node 1 is the root, and the children of node n are 2n and 2n + 1. */
  private leaves = 1;
  private least = new Float64Array(2).fill(Number.POSITIVE_INFINITY);
  private greatest = new Float64Array(2).fill(Number.NEGATIVE_INFINITY);

  /** The first lane on which what is open ends no earlier than `end`, or is over at `start`; -1 where there is none. */
  find(start: number, end: number): number {
    const { least, greatest, leaves } = this;
    if (greatest[1] < end && least[1] > start) return -1;
    let node = 1;
    while (node < leaves) {
      node *= 2;
      if (greatest[node] < end && least[node] > start) node++;
    }
    return node - leaves;
  }

  /** Says when the innermost open span of a lane ends; a lane beyond the last is a new one. */
  set(lane: number, end: number): void {
    if (lane === this.leaves) this.grow();
    if (lane === this.length) this.length++;
    const { least, greatest } = this;
    let node = this.leaves + lane;
    least[node] = end;
    greatest[node] = end;
    for (node >>= 1; node > 0; node >>= 1) {
      least[node] = Math.min(least[2 * node], least[2 * node + 1]);
      greatest[node] = Math.max(greatest[2 * node], greatest[2 * node + 1]);
    }
  }

  private grow(): void {
    const ends = this.least.slice(this.leaves, this.leaves + this.length);
    this.leaves *= 2;
    this.least = new Float64Array(2 * this.leaves).fill(Number.POSITIVE_INFINITY);
    this.greatest = new Float64Array(2 * this.leaves).fill(Number.NEGATIVE_INFINITY);
    for (let lane = 0; lane < ends.length; lane++) this.set(lane, ends[lane]);
  }
}
