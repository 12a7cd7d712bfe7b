// The latencies of a run: their mean with its interval, and their quantiles. Knows nothing of what they are latencies of.
import { BatchMeans, QuantileHistogram } from "../theory/index.js";

/** Seconds. */
export abstract class LatencySample {
  private readonly batches = new BatchMeans();
  private sum = 0;

  get count(): number {
    return this.batches.count;
  }

  /** NaN of nothing. */
  get mean(): number {
    return this.sum / this.count;
  }

  /** 95 % interval of the mean, by batch means; undefined where there are too few. */
  get interval(): readonly [number, number] | undefined {
    return this.batches.interval()?.interval;
  }

  add(seconds: number): void {
    this.sum += seconds;
    this.batches.add(seconds);
    this.keep(seconds);
  }

  /** The least value that a share of the values does not exceed, of each share; NaN of nothing. */
  abstract quantiles(shares: readonly number[]): readonly number[];

  /** Percent by which a quantile may be off. */
  abstract readonly quantileError: number;

  protected abstract keep(seconds: number): void;
}

/** Keeps every value: quantiles are exact. */
export class ExactLatencies extends LatencySample {
  readonly quantileError: number = 0;
  private values: Float64Array = new Float64Array(256);
  private length = 0;

  quantiles(shares: readonly number[]): readonly number[] {
    const { length } = this;
    const sorted = this.values.slice(0, length).sort();
    return shares.map((share) => (length === 0 ? Number.NaN : sorted[Math.max(0, Math.ceil(share * length) - 1)]));
  }

  protected keep(seconds: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(2 * this.length);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = seconds;
  }
}

/** Keeps a histogram, whose memory does not grow with the values. */
export class BinnedLatencies extends LatencySample {
  readonly quantileError: number = QuantileHistogram.relativeError * 100;
  private readonly histogram = new QuantileHistogram();

  quantiles(shares: readonly number[]): readonly number[] {
    return shares.map((share) => this.histogram.quantile(share));
  }

  protected keep(seconds: number): void {
    this.histogram.add(seconds);
  }
}
