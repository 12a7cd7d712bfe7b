// Quantiles of very many values in constant memory. Knows nothing of what the values are.

/** Bits of the mantissa that tell buckets apart. */
const mantissaBits = 10;
/** Values from 2^-34 to 2^30: as seconds, from 60 ps to 34 years. */
const leastExponent = -34;
const mostExponent = 30;
const buckets = (mostExponent - leastExponent) << mantissaBits;

/**
 * A histogram whose buckets are 2^-10 of their value wide (as in G. Tene's HdrHistogram): a quantile is off by 0.05 % at most, and one
 * that falls on the least or the greatest value is exact. Which bucket a value is in are bits of its double, so that it is the same on
 * every machine.
 */
export class QuantileHistogram {
  count = 0;
  sum = 0;
  least: number = Number.POSITIVE_INFINITY;
  most: number = Number.NEGATIVE_INFINITY;
  private readonly counts: Float64Array = new Float64Array(buckets);
  private readonly double: Float64Array = new Float64Array(1);
  private readonly words: Uint32Array = new Uint32Array(this.double.buffer);

  /** `times` values that are alike; not negative. */
  add(value: number, times = 1): void {
    this.count += times;
    this.sum += value * times;
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
    this.counts[this.bucketOf(value)] += times;
  }

  /** NaN of nothing. */
  get mean(): number {
    return this.sum / this.count;
  }

  /** The value that a share `q` of them do not exceed; NaN of nothing. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(q * this.count));
    if (rank >= this.count) return this.most;
    let below = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      below += this.counts[bucket];
      if (below >= rank) return Math.min(this.most, Math.max(this.least, middleOf(bucket)));
    }
    return this.most;
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
