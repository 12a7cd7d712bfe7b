// Quantiles of very many values in constant memory. Knows nothing of what the values are.

/** So many entries are kept as they are, and give exact quantiles. */
const mostKept = 4096;
/** Bits of the mantissa that tell buckets apart. */
const mantissaBits = 10;
/** Values from 2^-34 to 2^30: as seconds, from 60 ps to 34 years. */
const leastExponent = -34;
const mostExponent = 30;
const buckets = (mostExponent - leastExponent) << mantissaBits;

/**
 * The values as they are while they are few (4096 entries), then a histogram whose buckets are 2^-10 of their value wide (as in G. Tene's
 * HdrHistogram): a quantile is then off by 0.05 % at most, and the least and the greatest are exact. Which bucket a value is in are bits
 * of its double, so that it is the same on every machine.
 */
export class Quantiles {
  count = 0;
  sum = 0;
  least: number = Number.POSITIVE_INFINITY;
  most: number = Number.NEGATIVE_INFINITY;
  private readonly values: Float64Array = new Float64Array(mostKept);
  private readonly times: Float64Array = new Float64Array(mostKept);
  private entries = 0;
  private counts: Float64Array | undefined;
  private readonly double: Float64Array = new Float64Array(1);
  private readonly words: Uint32Array = new Uint32Array(this.double.buffer);

  /** `times` values that are alike; not negative. */
  add(value: number, times = 1): void {
    this.count += times;
    this.sum += value * times;
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
    if (this.counts !== undefined) {
      this.counts[this.bucketOf(value)] += times;
      return;
    }
    this.values[this.entries] = value;
    this.times[this.entries++] = times;
    if (this.entries === mostKept) this.pour();
  }

  /** NaN of nothing. */
  get mean(): number {
    return this.sum / this.count;
  }

  /** The least value that a share `q` of them do not exceed; NaN of nothing. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(q * this.count));
    if (rank >= this.count) return this.most;
    return this.counts === undefined ? this.kept(rank) : this.counted(rank, this.counts);
  }

  private kept(rank: number): number {
    const order = Array.from({ length: this.entries }, (_, i) => i).sort((a, b) => this.values[a] - this.values[b]);
    let below = 0;
    for (const i of order) {
      below += this.times[i];
      if (below >= rank) return this.values[i];
    }
    return this.most;
  }

  private counted(rank: number, counts: Float64Array): number {
    let below = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      below += counts[bucket];
      if (below >= rank) return Math.min(this.most, Math.max(this.least, middleOf(bucket)));
    }
    return this.most;
  }

  private pour(): void {
    const counts = new Float64Array(buckets);
    for (let i = 0; i < this.entries; i++) counts[this.bucketOf(this.values[i])] += this.times[i];
    this.counts = counts;
  }

  private bucketOf(value: number): number {
    this.double[0] = value;
    const exponent = (this.words[highWord] >>> 20) - 1023;
    if (exponent < leastExponent) return 0;
    if (exponent >= mostExponent) return buckets - 1;
    const mantissa = (this.words[highWord] >>> (20 - mantissaBits)) & ((1 << mantissaBits) - 1);
    return ((exponent - leastExponent) << mantissaBits) | mantissa;
  }
}

/** Which of a double's two words has the exponent, on this machine. */
const highWord = new Uint32Array(new Float64Array([1]).buffer)[1] === 0 ? 0 : 1;

function middleOf(bucket: number): number {
  const exponent = (bucket >>> mantissaBits) + leastExponent;
  const mantissa = bucket & ((1 << mantissaBits) - 1);
  return 2 ** exponent * (1 + (mantissa + 0.5) / (1 << mantissaBits));
}
