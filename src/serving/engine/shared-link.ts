// A link whose bandwidth the transfers that go on share equally (processor sharing). Knows nothing of what is moved, and of who waits.

/**
 * Every transfer gets 1 / n of the bandwidth while n go on. In `served`, the bytes that a transfer which was always there would have got
 * by now, each ends at a place that it is given when it starts: so that the next to end is the one with the least. Times in seconds; the
 * caller says what time it is, and never goes back.
 */
export class SharedLink {
  private served = 0;
  private now = 0;
  /** Transfers that go on, as a heap by where they end, of equals the first that started. */
  private readonly ends: Transfer[] = [];
  private sequence = 0;
  /** Changes with every start and end: an end that was foretold before is void. A whole number of 32 bits. */
  generation = 0;

  /** `bandwidth` in bytes a second. */
  constructor(private readonly bandwidth: number) {}

  get transfers(): number {
    return this.ends.length;
  }

  start(slot: number, bytes: number, now: number): void {
    this.moveTo(now);
    this.generation = (this.generation + 1) | 0;
    const { ends } = this;
    // Counted anew whenever it was idle, so that the places stay small, and exact.
    if (ends.length === 0) this.served = 0;
    const entry = { at: this.served + bytes, sequence: this.sequence++, slot };
    let i = ends.length;
    ends.push(entry);
    for (; i > 0; i = (i - 1) >> 1) {
      const parent = ends[(i - 1) >> 1];
      if (parent.at <= entry.at) break;
      ends[i] = parent;
    }
    ends[i] = entry;
  }

  /** When the next transfer ends if none starts before; Infinity where there is none. */
  nextEnd(): number {
    const { ends } = this;
    if (ends.length === 0) return Number.POSITIVE_INFINITY;
    return Math.max(this.now, this.now + ((ends[0].at - this.served) * ends.length) / this.bandwidth);
  }

  /** Takes the transfer that ends next, which is `now`, and gives its slot. */
  finish(now: number): number {
    const { ends } = this;
    const first = ends[0];
    this.moveTo(now);
    this.generation = (this.generation + 1) | 0;
    // Rounding must leave nothing behind.
    this.served = Math.max(this.served, first.at);
    const last = ends.pop() as Transfer;
    if (ends.length > 0) this.sink(last);
    return first.slot;
  }

  private sink(entry: Transfer): void {
    const { ends } = this;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= ends.length) break;
      if (child + 1 < ends.length && before(ends[child + 1], ends[child])) child++;
      if (before(entry, ends[child])) break;
      ends[i] = ends[child];
      i = child;
    }
    ends[i] = entry;
  }

  private moveTo(now: number): void {
    const { length } = this.ends;
    if (length > 0) this.served += ((now - this.now) * this.bandwidth) / length;
    this.now = now;
  }
}

interface Transfer {
  readonly at: number;
  readonly sequence: number;
  readonly slot: number;
}

function before(a: Transfer, b: Transfer): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
