// Quantiles of as many values as there are, in memory that does not grow with them. Knows nothing of queues.

/** Bits of a double's mantissa that a bin keeps. */
const binBits = 9;
const binsPerOctave = 2 ** binBits;
/** Exponents of doubles. */
const octaves = 2047;

const bits = new DataView(new ArrayBuffer(8));

/**
 * A histogram whose bins are 1/512 of their octave wide: a quantile is within 0.1 % of a value that has that rank. An octave takes 4 kB
 * once a value falls into it; latencies of a run fall into a few. The least, the greatest, the count and the mean are exact.
 */
export class QuantileHistogram {
  /** The greatest relative error of a quantile. */
  static readonly relativeError: number = 1 / (2 * binsPerOctave);

  count = 0;
  sum = 0;
  /** Infinity and -Infinity of nothing. */
  least: number = Number.POSITIVE_INFINITY;
  greatest: number = Number.NEGATIVE_INFINITY;
  private zeros = 0;
  private readonly bins: (Float64Array | undefined)[] = new Array(octaves).fill(undefined);

  /** NaN of nothing. */
  get mean(): number {
    return this.sum / this.count;
  }

  /** `times` values that are alike, finite and 0 or more; anything else is a defect of who measures. */
  add(value: number, times = 1): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw new Error(`a histogram takes no ${value}`);
    this.count += times;
    this.sum += value * times;
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
    if (value === 0) {
      this.zeros += times;
      return;
    }
    bits.setFloat64(0, value);
    const high = bits.getUint32(0);
    const octave = high >>> 20;
    this.bins[octave] ??= new Float64Array(binsPerOctave);
    this.bins[octave][(high >>> (20 - binBits)) & (binsPerOctave - 1)] += times;
  }

  /** The least value that as large a share of the values as `q` (0 to 1) does not exceed, by the middle of its bin; NaN of nothing. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(q * this.count));
    if (rank <= this.zeros) return 0;
    if (rank === 1) return this.least;
    if (rank >= this.count) return this.greatest;
    let below = this.zeros;
    for (let octave = 0; octave < octaves; octave++) {
      const bins = this.bins[octave];
      if (bins === undefined) continue;
      for (let bin = 0; bin < binsPerOctave; bin++) {
        below += bins[bin];
        if (below >= rank) return this.within(octave, bin);
      }
    }
    return this.greatest;
  }

  private within(octave: number, bin: number): number {
    // The half of a bin is its next bit.
    bits.setUint32(0, (octave << 20) | (((2 * bin + 1) << (20 - binBits)) >>> 1));
    bits.setUint32(4, 0);
    return Math.min(this.greatest, Math.max(this.least, bits.getFloat64(0)));
  }
}
