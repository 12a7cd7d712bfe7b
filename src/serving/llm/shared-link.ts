// A link whose bandwidth the transfers that go on share equally (processor sharing). Knows nothing of what is moved.

/**
 * Every transfer gets 1 / n of the bandwidth while n go on. In `served`, the bytes that a transfer which was always there would have got
 * by now, each ends at a place that it is given when it starts: so that the next to end is the one with the least.
 */
export class SharedLink {
  private served = 0;
  private now = 0;
  /** Transfers that go on, as a heap by where they end, of equals the first that started. */
  private readonly ends: { readonly at: number; readonly sequence: number; readonly slot: number }[] = [];
  private sequence = 0;
  /** Bytes that have arrived. */
  delivered = 0;
  /** Seconds in which something was on its way. */
  busy = 0;

  /** `bandwidth` in bytes a second. */
  constructor(private readonly bandwidth: number) {}

  get transfers(): number {
    return this.ends.length;
  }

  start(slot: number, bytes: number, now: number): void {
    this.moveTo(now);
    const { ends } = this;
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
    // Rounding must leave nothing behind.
    this.served = Math.max(this.served, first.at);
    const last = ends.pop() as (typeof ends)[number];
    if (ends.length > 0) this.sink(last);
    return first.slot;
  }

  private sink(entry: { readonly at: number; readonly sequence: number; readonly slot: number }): void {
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
    if (length > 0) {
      const bytes = (now - this.now) * this.bandwidth;
      this.served += bytes / length;
      this.delivered += bytes;
      this.busy += now - this.now;
    }
    this.now = now;
  }
}

function before(a: { readonly at: number; readonly sequence: number }, b: typeof a): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
