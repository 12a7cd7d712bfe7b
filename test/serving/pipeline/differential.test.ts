// The simulator against one that is written as naively as can be: every request waits, begins and ends at the same moments in both.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/serving/index.js";
import { reference } from "./reference.js";
import { anyScenario } from "./scenarios.js";

describe("every request of any pipeline", () => {
  it("waits, begins and ends as in a naive simulation", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const expected = reference(scenario, scenario.seed ?? 0);
        const { log, summary } = simulate(scenario);
        expect(summary.total_requests).toBe(expected.length);
        expect(summary.rejected_requests).toBe(expected.filter(({ turnedAway }) => turnedAway).length);
        for (const [id, request] of expected.entries()) {
          expect(log!.requests.arrival[id]).toBe(request.arrival);
          for (const [place, column] of log!.stages.entries()) {
            const moments = request.stages[place];
            // A request that is turned away while it waits for a stage has not passed it.
            if (moments === undefined || Number.isNaN(moments.end)) expect(column.end[id]).toBeNaN();
            else {
              expect(column.queued[id]).toBeCloseTo(moments.queued, 8);
              expect(column.start[id]).toBeCloseTo(moments.start, 8);
              expect(column.end[id]).toBeCloseTo(moments.end, 8);
            }
          }
        }
      }),
      { numRuns: 150, seed: 11 },
    );
  });
});
