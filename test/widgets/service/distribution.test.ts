// The latencies of a run: which count, in which bins, and how they add up.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunLog, Scenario } from "../../../src/serving/index.js";
import { presets } from "../../../src/serving/scenario/presets.js";
import { cumulative, distributionOf, measuredLatencies, shareWithin } from "../../../widgets/service/distribution.js";

const log = (arrival: number[], end: number[]): RunLog => ({
  requests: { count: arrival.length, arrival: Float64Array.from(arrival), end: Float64Array.from(end) },
  stages: [],
  tracks: [],
  counters: [],
});

describe("measured latencies", () => {
  it("leave out warm-up, cool-down and who was turned away", () => {
    const demo = presets.get("demo") as Scenario;
    const scenario = { ...demo, workload: { ...demo.workload, duration_s: 10, warmup_s: 1, cooldown_s: 2 } };
    const run = log([0.5, 1, 3, 7.9, 8], [0.6, 4, Number.NaN, 8.4, 9]);
    expect([...measuredLatencies(scenario, run)]).toEqual([expect.closeTo(0.5), 3]);
  });
});

describe("a distribution", () => {
  it("of nothing is none", () => {
    expect(distributionOf(new Float64Array())).toBeUndefined();
  });

  it("of one value has a bin around it", () => {
    const { counts, edges } = distributionOf(Float64Array.of(2, 2, 2))!;
    expect(counts.reduce((a, b) => a + b)).toBe(3);
    expect(edges[0]).toBeLessThan(2);
    expect(edges.at(-1)).toBeGreaterThan(2);
  });

  it("of values that differ by rounding alone has one bin of all", () => {
    const { counts } = distributionOf(Float64Array.of(0.02892768, 0.02892768000001, 0.02892768000002))!;
    expect(counts.filter((count) => count > 0)).toEqual([3]);
  });

  it("counts each value once, between edges that ascend, and its function ends at 1", () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, (latencies) => {
        const distribution = distributionOf(Float64Array.from(latencies).sort())!;
        expect(distribution.counts.reduce((a, b) => a + b)).toBe(latencies.length);
        for (const [i, edge] of distribution.edges.entries()) {
          if (i > 0) expect(edge).toBeGreaterThan(distribution.edges[i - 1]);
        }
        const steps = cumulative(distribution, 50);
        expect(steps.at(-1)?.share).toBe(1);
        for (const { latency, share } of steps)
          expect(shareWithin(distribution, latency)).toBeGreaterThanOrEqual(share);
      }),
    );
  });
});
