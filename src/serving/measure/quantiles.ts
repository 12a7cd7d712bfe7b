// Quantiles of values, exact as long as they are kept. Knows nothing of what the values are.
import { QuantileHistogram } from "../theory/index.js";

/** Keeps up to `mostKept` values as they are; of more, quantiles are a `QuantileHistogram`'s, whose memory does not grow. */
export class Quantiles {
  private readonly all = new QuantileHistogram();
  private values: Float64Array = new Float64Array(0);
  /** How often each value came, from the first on that came several times. */
  private times: Float64Array | undefined;
  private entries = 0;

  /** 4096 unless given; Infinity for all of them. Values that come together are one. */
  constructor(private readonly mostKept: number = 4096) {}

  /** `times` values that are alike, 0 or more. */
  add(value: number, times = 1): void {
    this.all.add(value, times);
    if (this.entries < this.mostKept) this.keep(value, times);
    this.entries++;
  }

  /** Percent by which a quantile may be off; 0: they are exact. */
  get error(): number {
    return this.entries > this.mostKept ? 100 * QuantileHistogram.relativeError : 0;
  }

  get count(): number {
    return this.all.count;
  }

  get sum(): number {
    return this.all.sum;
  }

  /** NaN of nothing. */
  get mean(): number {
    return this.all.mean;
  }

  /** Of each share the least value that so many of them do not exceed; NaN of nothing. */
  quantiles(shares: readonly number[]): readonly number[] {
    const { entries, values, times, count } = this;
    if (entries > this.mostKept || count === 0) return shares.map((share) => this.all.quantile(share));
    const ranks = shares.map((share) => Math.max(1, Math.ceil(share * count)));
    if (times === undefined) {
      const sorted = values.slice(0, entries).sort();
      return ranks.map((rank) => sorted[rank - 1]);
    }
    const order = Array.from({ length: entries }, (_, i) => i).sort((a, b) => values[a] - values[b]);
    let below = 0;
    const upTo = order.map((i) => (below += times[i]));
    return ranks.map((rank) => values[order[upTo.findIndex((reached) => reached >= rank)]]);
  }

  private keep(value: number, times: number): void {
    const { entries } = this;
    if (entries === this.values.length) {
      this.values = grown(this.values);
      if (this.times !== undefined) this.times = grown(this.times);
    }
    this.values[entries] = value;
    if (times !== 1) this.times ??= new Float64Array(this.values.length).fill(1, 0, entries);
    if (this.times !== undefined) this.times[entries] = times;
  }
}

function grown(old: Float64Array): Float64Array {
  const array = new Float64Array(Math.max(256, 2 * old.length));
  array.set(old);
  return array;
}
