// The latencies of a run.

export class LatencySample {
  count = 0;
  private values: Float64Array = new Float64Array(256);

  add(seconds: number): void {
    if (this.count === this.values.length) {
      const grown = new Float64Array(2 * this.count);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count++] = seconds;
  }

  get mean(): number {
    let sum = 0;
    for (let i = 0; i < this.count; i++) sum += this.values[i];
    return sum / this.count;
  }

  /** Exact: the least value that a share `q` of the values do not exceed. NaN of nothing. */
  quantiles(shares: readonly number[]): readonly number[] {
    const sorted = this.values.slice(0, this.count).sort();
    return shares.map((q) => (this.count === 0 ? Number.NaN : sorted[Math.max(0, Math.ceil(q * this.count) - 1)]));
  }
}
