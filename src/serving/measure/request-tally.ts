// Requests counted and their times summed up while they are served, whatever serves them. Memory grows with them only where `latency`
// keeps them. Knows nothing of how they are served.
import { BatchMeans } from "../theory/index.js";
import type { Quantiles } from "./quantiles.js";

/** Seconds. `measured` is of requests that arrived within the measured time, `within` of what ended in it, the rest of the whole run. */
export class RequestTally {
  arrived = 0;
  completed = 0;
  rejected = 0;
  measuredArrivals = 0;
  measuredRejected = 0;
  completedWithin = 0;
  /** Completed within the measured time and within the SLO. */
  goodWithin = 0;
  /** Of everything that arrived, until it ended or was rejected. */
  timeInside = 0;
  /** The moment at which the last one left. */
  end = 0;
  /** Waits of measured requests that were served to the end. */
  waitedSum = 0;
  /** For the interval of their mean time. */
  readonly batchMeans: BatchMeans = new BatchMeans();

  /** Measured is what is in [from, to); `latency` takes the times in the system of measured requests that were served to the end. */
  constructor(
    readonly from: number,
    readonly to: number,
    readonly latency: Quantiles,
  ) {}

  get measuredSeconds(): number {
    return this.to - this.from;
  }

  isWithin(moment: number): boolean {
    return moment >= this.from && moment < this.to;
  }

  arrive(now: number): void {
    this.arrived++;
    if (this.isWithin(now)) this.measuredArrivals++;
  }

  complete(arrival: number, now: number, waited: number): void {
    const seconds = now - arrival;
    this.completed++;
    this.timeInside += seconds;
    this.end = now;
    if (this.isWithin(now)) this.completedWithin++;
    if (!this.isWithin(arrival)) return;
    this.latency.add(seconds);
    this.batchMeans.add(seconds);
    this.waitedSum += waited;
  }

  reject(arrival: number, now: number): void {
    this.rejected++;
    this.timeInside += now - arrival;
    this.end = now;
    if (this.isWithin(arrival)) this.measuredRejected++;
  }
}
