// Requests counted by hand, what a summary says of them, and laws that notice what was miscounted.
import { describe, expect, it } from "vitest";
import {
  conservationOfRequests,
  littlesLaw,
  Quantiles,
  RequestTally,
  requestSummary,
} from "../../../src/serving/measure/index.js";

/**
 * Measured from 10 s to 20 s. Arrivals at 5, 10, 12, 15, 19 and 20 s: the first is served in 10 s, those at 10 and 12 s in 2 s of which one
 * is waiting, the one at 15 s is turned away at 16 s, the one at 19 s takes 4 s, and the last stays.
 */
function counted(): RequestTally {
  const tally = new RequestTally(10, 20, new Quantiles());
  for (const arrival of [5, 10, 12, 15, 19, 20]) tally.arrive(arrival);
  tally.complete(10, 12, 1);
  tally.complete(12, 14, 1);
  tally.complete(5, 15, 8);
  tally.reject(15, 16);
  tally.complete(19, 23, 0);
  tally.goodWithin = 2;
  return tally;
}

const known = { duration: 30, gpuUtilPercent: 40, overloaded: false, capacity: Number.POSITIVE_INFINITY };

describe("the tally of requests", () => {
  it("tells apart what arrived within the measured time, what ended in it, and the whole run", () => {
    expect(counted()).toMatchObject({
      arrived: 6,
      completed: 4,
      rejected: 1,
      measuredArrivals: 4,
      measuredRejected: 1,
      completedWithin: 3,
      timeInside: 2 + 2 + 10 + 1 + 4,
      end: 23,
      waitedSum: 2,
    });
  });

  it("becomes the figures of a summary", () => {
    expect(requestSummary(counted(), { ...known, quantileError: 0 })).toEqual({
      throughput_rps: 0.3,
      p50_ms: 2000,
      p90_ms: 4000,
      p99_ms: 4000,
      avg_queue_ms: (2 / 3) * 1000,
      gpu_util_percent: 40,
      total_requests: 6,
      duration_s: 30,
      offered_rps: 0.4,
      completed_requests: 4,
      rejected_requests: 1,
      goodput_rps: 0.2,
      avg_ms: (8 / 3) * 1000,
      max_ms: 4000,
      overloaded: false,
      capacity_rps: null,
      avg_ms_interval: null,
    });
  });

  it("says null of what nothing was measured for, and by how much quantiles may be off", () => {
    const nothing = requestSummary(new RequestTally(0, 1, new Quantiles()), { ...known, quantileError: 0.1 });
    expect(nothing).toMatchObject({ p50_ms: null, avg_ms: null, max_ms: null, avg_queue_ms: null });
    expect(nothing.quantile_error_percent).toBe(0.1);
  });

  it("gives an interval of the mean unless the service is overloaded", () => {
    const tally = new RequestTally(0, 100, new Quantiles());
    for (let i = 0; i < 40; i++) tally.complete(i, i + 1 + (i % 2), 0);
    const interval = requestSummary(tally, { ...known, quantileError: 0 }).avg_ms_interval as readonly [number, number];
    expect(interval[0]).toBeLessThanOrEqual(1500);
    expect(interval[1]).toBeGreaterThanOrEqual(1500);
    expect(requestSummary(tally, { ...known, overloaded: true, quantileError: 0 }).avg_ms_interval).toBeNull();
  });
});

describe("the laws of requests", () => {
  it("hold when every request is accounted for, and not when one is lost", () => {
    expect(conservationOfRequests(counted(), { inside: 1 })).toMatchObject({ holds: true, expected: 6, measured: 6 });
    expect(conservationOfRequests(counted(), { inside: 0 })).toMatchObject({ holds: false, expected: 6, measured: 5 });
  });

  it("hold when those inside on average are arrivals a second times their mean time, and not when a time is lost", () => {
    const tally = new RequestTally(0, 10, new Quantiles());
    for (const arrival of [0, 1]) tally.arrive(arrival);
    tally.complete(0, 2, 0);
    tally.complete(1, 4, 0);
    // One inside from 0 to 1 s and from 2 to 4 s, two between.
    const law = (integral: number) => littlesLaw(tally, { integral, count: 2, who: "arrivals" });
    expect(law(5)).toMatchObject({ holds: true, expected: 1.25, measured: 1.25 });
    expect(law(4.99)).toMatchObject({ holds: false });
    expect(littlesLaw(new RequestTally(0, 1, new Quantiles()), { integral: 0, count: 0, who: "arrivals" }).holds).toBe(
      true,
    );
  });
});
