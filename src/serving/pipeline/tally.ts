// What is summed up while requests go through a pipeline: counts and sums of times, in constant memory. Knows nothing of how they got there.
import { resourceNames } from "../scenario/index.js";
import type { LatencySample } from "./latency-sample.js";
import type { PipelinePlan } from "./plan.js";

/** Seconds. `measured` is of requests that arrived within the measured time, the rest of the whole run. */
export class Tally {
  arrived = 0;
  completed = 0;
  turnedAway = 0;
  /** Arrived within the measured time, and turned away of those. */
  measuredArrivals = 0;
  measuredTurnedAway = 0;
  /** Ended within the measured time, and of those within the SLO. */
  completedWithin = 0;
  goodWithin = 0;
  /** Of everything that arrived, until it ended or was turned away. */
  timeInside = 0;
  /** The moment at which the last one left. */
  end = 0;
  /** Batches that formed, and their requests. */
  batches = 0;
  batched = 0;
  /** Waits of measured requests that were served to the end; of that, for their batch to be full. */
  waitedSum = 0;
  batchingSum = 0;
  /** By stage, of measured requests. */
  readonly stageSum: Float64Array;
  readonly stageCount: Float64Array;
  /** By resource: waits of measured requests; services (batches), their requests, and their time in the whole run; order. */
  readonly waitSum: Float64Array = new Float64Array(resourceNames.length);
  readonly waitCount: Float64Array = new Float64Array(resourceNames.length);
  readonly services: Float64Array = new Float64Array(resourceNames.length);
  readonly requests: Float64Array = new Float64Array(resourceNames.length);
  readonly serviceSum: Float64Array = new Float64Array(resourceNames.length);
  /** Bytes that links moved. */
  readonly bytes: Float64Array = new Float64Array(resourceNames.length);
  readonly begun: Float64Array = new Float64Array(resourceNames.length);
  readonly outOfOrder: Float64Array = new Float64Array(resourceNames.length);

  private readonly from: number;
  private readonly to: number;
  private readonly latencyLimit: number;

  /** `latency` takes the times in the system of measured requests that were served to the end. */
  constructor(
    { workload, stages, latencyLimit }: PipelinePlan,
    readonly latency: LatencySample,
  ) {
    this.from = workload.from;
    this.to = workload.to;
    this.latencyLimit = latencyLimit;
    this.stageSum = new Float64Array(stages.length);
    this.stageCount = new Float64Array(stages.length);
  }

  arrive(now: number): void {
    this.arrived++;
    if (this.isMeasured(now)) this.measuredArrivals++;
  }

  /** A batch of `size` requests is complete. */
  closeBatch(size: number): void {
    this.batches++;
    this.batched += size;
  }

  /** A request has waited for its batch. */
  collected(arrival: number, seconds: number): void {
    if (this.isMeasured(arrival)) this.batchingSum += seconds;
  }

  began(resource: number, inOrder: boolean): void {
    this.begun[resource]++;
    if (!inOrder) this.outOfOrder[resource]++;
  }

  waited(resource: number, arrival: number, seconds: number): void {
    if (!this.isMeasured(arrival)) return;
    this.waitSum[resource] += seconds;
    this.waitCount[resource]++;
  }

  served(resource: number, size: number, seconds: number): void {
    this.services[resource]++;
    this.requests[resource] += size;
    this.serviceSum[resource] += seconds;
  }

  passed(stage: number, arrival: number, seconds: number): void {
    if (!this.isMeasured(arrival)) return;
    this.stageSum[stage] += seconds;
    this.stageCount[stage]++;
  }

  complete(arrival: number, now: number, waited: number): void {
    const seconds = now - arrival;
    this.completed++;
    this.timeInside += seconds;
    this.end = now;
    if (this.isMeasured(now)) {
      this.completedWithin++;
      if (seconds <= this.latencyLimit) this.goodWithin++;
    }
    if (!this.isMeasured(arrival)) return;
    this.latency.add(seconds);
    this.waitedSum += waited;
  }

  turnAway(arrival: number, now: number): void {
    this.turnedAway++;
    this.timeInside += now - arrival;
    this.end = now;
    if (this.isMeasured(arrival)) this.measuredTurnedAway++;
  }

  private isMeasured(moment: number): boolean {
    return moment >= this.from && moment < this.to;
  }
}
