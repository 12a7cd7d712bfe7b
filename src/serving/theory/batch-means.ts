// The interval of a mean within one run, whose values depend on each other: means of long batches of them hardly do (Law, "Simulation
// Modeling and Analysis", section 9.5.3). Knows nothing of queues.
import { type MeanInterval, meanInterval } from "./intervals.js";

/** At the end there are from 10 to 19: more of them would be shorter, and depend on each other where a queue is long. */
const mostBatches = 20;

/** Takes values as they come, however many: when all batches are full, each two become one of twice the length. Memory is constant. */
export class BatchMeans {
  /** Values that were added. */
  count = 0;
  private readonly sums: Float64Array = new Float64Array(mostBatches);
  private batches = 0;
  private batchLength = 1;
  private sum = 0;
  private inBatch = 0;

  add(value: number): void {
    this.count++;
    this.sum += value;
    if (++this.inBatch === this.batchLength) this.closeBatch();
  }

  /** Values of a batch. */
  get length(): number {
    return this.batchLength;
  }

  /** Of the full batches; undefined of fewer than ten values. `confidence` is 0.95 unless given. */
  interval(confidence = 0.95): MeanInterval | undefined {
    if (this.batches < mostBatches / 2) return undefined;
    const means = this.sums.subarray(0, this.batches).map((sum) => sum / this.batchLength);
    return meanInterval(means, confidence);
  }

  private closeBatch(): void {
    const { sums } = this;
    sums[this.batches++] = this.sum;
    this.sum = 0;
    this.inBatch = 0;
    if (this.batches < mostBatches) return;
    this.batches = mostBatches / 2;
    for (let batch = 0; batch < this.batches; batch++) sums[batch] = sums[2 * batch] + sums[2 * batch + 1];
    this.batchLength *= 2;
  }
}
