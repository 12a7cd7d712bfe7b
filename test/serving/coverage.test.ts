// Whether a 95 % interval is one: of many runs of queues of which theory knows the mean time, how many have it in theirs. With fixed
// seeds, and so the same each time; `npm run bench -- --only coverage` does it with a thousand seeds, and at a load of 0.95.
import { describe, expect, it } from "vitest";
import { countCovered, coverageCase, systems } from "../../bench/coverage-systems.mjs";
import { silent } from "../../src/core/progress.js";
import type { Scenario } from "../../src/serving/scenario/index.js";
import { simulate } from "../../src/serving/simulate.js";
import * as theory from "../../src/serving/theory/index.js";

/** Of CPU time it takes some seconds; a machine that does other work besides is no reason to fail. */
const timeout = 600_000;

const figures = (scenario: Scenario, seed: number) => simulate(scenario, { seed, keep: "figures", progress: silent });

describe.each(systems)("$name", (system) => {
  it.each([
    [0.5, 400],
    [0.8, 400],
  ])("at a load of %f, over %i runs: 92 to 98 of 100 intervals have the mean of theory", { timeout }, (load, runs) => {
    const { covered, difference } = countCovered(coverageCase(system, load, theory), { from: 0, to: runs }, figures);
    expect((100 * covered) / runs).toBeGreaterThanOrEqual(92);
    expect((100 * covered) / runs).toBeLessThanOrEqual(98);
    // And is right on average: the mean of the runs is within half a percent.
    expect(Math.abs(difference / runs)).toBeLessThan(0.005);
  });
});

describe("D/D/c", () => {
  it.each([1, 4, 7])("takes everyone %i times as long as a service, exactly", (servers) => {
    for (const load of [0.5, 0.8, 0.95, 1]) {
      const service_ms = 8;
      const { summary } = simulate(
        {
          name: "D/D/c",
          workload: { rps: (load * servers * 1000) / service_ms, duration_s: 20, arrivals: "constant" },
          target: { cpu_workers: servers },
          pipeline: [{ name: "serve", kind: "fixed_ms", value: service_ms }],
        },
        { keep: "figures", progress: silent },
      );
      expect(summary.avg_queue_ms).toBeCloseTo(0, 9);
      expect(summary.avg_ms).toBeCloseTo(service_ms, 9);
      expect(summary.max_ms).toBeCloseTo(service_ms, 9);
    }
  });
});
