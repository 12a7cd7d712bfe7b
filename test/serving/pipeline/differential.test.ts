// The simulator against one that is written as naively as can be: every request waits, begins and ends at the same moments in both.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readScenario, type Scenario, simulate } from "../../../src/serving/index.js";
import { reference } from "./reference.js";

/** Stages of all resources, in any order; times of some milliseconds, transfers of some megabytes. */
const stage = fc.oneof(
  fc.record({
    kind: fc.constant("fixed_ms"),
    resource: fc.constantFrom("cpu", "gpu"),
    value: fc.integer({ min: 1, max: 20 }),
    distribution: fc.constantFrom("constant", "exponential", "gamma"),
  }),
  fc.record({
    kind: fc.constant("bytes"),
    resource: fc.constantFrom("h2d", "d2h"),
    value: fc.integer({ min: 1e5, max: 2e7 }),
  }),
);

const scenario = fc
  .record({
    stages: fc.array(stage, { minLength: 1, maxLength: 5 }),
    workload: fc.record({
      rps: fc.integer({ min: 20, max: 400 }),
      arrivals: fc.constantFrom("poisson", "gamma"),
      batch_size: fc.constantFrom(1, 1, 2, 5),
      batch_timeout_ms: fc.integer({ min: 1, max: 40 }),
    }),
    target: fc.record({
      cpu_workers: fc.integer({ min: 1, max: 4 }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      copy_engines: fc.integer({ min: 1, max: 3 }),
      queue_limit: fc.option(fc.integer({ min: 5, max: 20 }), { nil: undefined }),
    }),
    seed: fc.integer({ min: 0, max: 2 ** 40 }),
  })
  .map(
    ({ stages, workload, target: { queue_limit, ...target }, seed }): Scenario =>
      readScenario({
        name: "any",
        workload: { ...workload, duration_s: 1 },
        target: { ...target, h2d_gbps: 2, d2h_gbps: 3, ...(queue_limit === undefined ? {} : { queue_limit }) },
        pipeline: stages.map((one, index) => ({ name: `stage ${index}`, ...one })),
        seed,
      }),
  );

describe("every request of any pipeline", () => {
  it("waits, begins and ends as in a naive simulation", () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const expected = reference(given, given.seed ?? 0);
        const { log, summary } = simulate(given);
        expect(summary.total_requests).toBe(expected.length);
        expect(summary.rejected_requests).toBe(expected.filter(({ turnedAway }) => turnedAway).length);
        for (const [id, request] of expected.entries()) {
          expect(log!.requests.arrival[id]).toBe(request.arrival);
          for (const [place, column] of log!.stages.entries()) {
            const { queued, start, end } = request.stages[place] ?? { queued: NaN, start: NaN, end: NaN };
            // A request that is turned away while it waits for a stage has not passed it.
            if (Number.isNaN(end)) {
              expect(column.end[id]).toBeNaN();
              continue;
            }
            const seen = [column.queued[id], column.start[id], column.end[id]];
            for (const [index, moment] of [queued, start, end].entries()) expect(seen[index]).toBeCloseTo(moment, 8);
          }
        }
      }),
      { numRuns: 150, seed: 11 },
    );
  });
});
