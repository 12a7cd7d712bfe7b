// What is summed up while requests go through a pipeline: counts and sums of times, in constant memory. Knows nothing of how they got there.
import { type Quantiles, RequestTally } from "../measure/index.js";
import { resourceNames } from "../scenario/index.js";
import type { PipelinePlan } from "./plan.js";

/** What stages and resources did, beside what is counted of requests as a whole. */
export class Tally extends RequestTally {
  /** Batches that formed, and their requests. */
  batches = 0;
  batched = 0;
  /** Of `waitedSum`, for their batch to be full. */
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

  /** By resource: when what was served last had joined the line. */
  private readonly lastJoined: Float64Array = new Float64Array(resourceNames.length);
  private readonly latencyLimit: number;

  constructor({ workload, stages, latencyLimit }: PipelinePlan, latency: Quantiles) {
    super(workload.from, workload.to, latency);
    this.latencyLimit = latencyLimit;
    this.stageSum = new Float64Array(stages.length);
    this.stageCount = new Float64Array(stages.length);
  }

  /** A batch of `size` requests is complete. */
  closeBatch(size: number): void {
    this.batches++;
    this.batched += size;
  }

  /** A request has waited for its batch. */
  collected(arrival: number, seconds: number): void {
    if (this.isWithin(arrival)) this.batchingSum += seconds;
  }

  /** A service begins for what joined the line of its resource then. */
  began(resource: number, joined: number): void {
    this.begun[resource]++;
    if (joined < this.lastJoined[resource]) this.outOfOrder[resource]++;
    this.lastJoined[resource] = joined;
  }

  waited(resource: number, arrival: number, seconds: number): void {
    if (!this.isWithin(arrival)) return;
    this.waitSum[resource] += seconds;
    this.waitCount[resource]++;
  }

  served(resource: number, size: number, seconds: number): void {
    this.services[resource]++;
    this.requests[resource] += size;
    this.serviceSum[resource] += seconds;
  }

  passed(stage: number, arrival: number, seconds: number): void {
    if (!this.isWithin(arrival)) return;
    this.stageSum[stage] += seconds;
    this.stageCount[stage]++;
  }

  override complete(arrival: number, now: number, waited: number): void {
    super.complete(arrival, now, waited);
    if (this.isWithin(now) && now - arrival <= this.latencyLimit) this.goodWithin++;
  }
}
