// Quantiles of very many values in constant memory, exact while they are few. Knows nothing of what the values are.
import { QuantileHistogram } from "../theory/index.js";

/** So many entries are kept as they are. */
const mostKept = 4096;

/** The values as they are up to 4096 entries, then `QuantileHistogram`, whose quantiles are off by 0.1 % at most. */
export class Quantiles {
  private readonly all = new QuantileHistogram();
  private readonly values: Float64Array = new Float64Array(mostKept);
  private readonly times: Float64Array = new Float64Array(mostKept);
  private entries = 0;

  /** `times` values that are alike, 0 or more. */
  add(value: number, times = 1): void {
    this.all.add(value, times);
    if (this.entries < mostKept) {
      this.values[this.entries] = value;
      this.times[this.entries] = times;
    }
    this.entries++;
  }

  /** Percent by which a quantile may be off; 0: they are exact. */
  get error(): number {
    return this.entries > mostKept ? 100 * QuantileHistogram.relativeError : 0;
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

  /** The least value that a share `q` of them do not exceed; NaN of nothing. */
  quantile(q: number): number {
    if (this.entries > mostKept || this.count === 0) return this.all.quantile(q);
    const order = Array.from({ length: this.entries }, (_, i) => i).sort((a, b) => this.values[a] - this.values[b]);
    const rank = Math.max(1, Math.ceil(q * this.count));
    let below = 0;
    const found = order.find((i) => {
      below += this.times[i];
      return below >= rank;
    });
    return this.values[found ?? order[order.length - 1]];
  }
}
