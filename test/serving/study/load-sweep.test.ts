// Sweeps over what a service is asked for: the knee where theory has it, rows for every combination, and what cannot be varied.
import { describe, expect, it } from "vitest";
import { silent } from "../../../src/core/progress.js";
import { presets, type Scenario } from "../../../src/serving/scenario/index.js";
import { simulate } from "../../../src/serving/simulate.js";
import {
  type LoadSweep,
  type LoadSweepOptions,
  loadSweepStudy,
  ratesAround,
  runStudy,
} from "../../../src/serving/study/index.js";

const demo = presets.get("demo") as Scenario;

function sweep(scenario: Scenario, options: LoadSweepOptions): LoadSweep {
  const study = loadSweepStudy(scenario, options);
  return runStudy(
    study,
    ({ scenario: each, seed }) => simulate(each, { seed, keep: "figures", progress: silent }),
    silent,
  );
}

/** A queue with one server and a mean service time of 10 ms. */
const queue = (arrivals: "constant" | "poisson", distribution: "constant" | "exponential"): Scenario => ({
  name: "queue",
  workload: { rps: 50, duration_s: 10, arrivals },
  target: { concurrency: 1 },
  pipeline: [{ name: "serve", kind: "fixed_ms", value: 10, resource: "gpu", distribution }],
});

describe("the knee", () => {
  it("is there whenever the sweep passes saturation: of the demo, its capacity", () => {
    const { rows, knees } = sweep(demo, { vary: { rps: [10, 50, 100, 150, 156, 160, 200, 300] } });
    expect(knees).toMatchObject([{ concurrency: 4, batch_size: 1, knee: { rps: 156, between: [150, 160] } }]);
    expect(knees[0].capacity_rps).toBeCloseTo(156.25, 9);
    expect(rows.map(({ rps, overloaded }) => [rps, overloaded])).toEqual(
      [10, 50, 100, 150, 156, 160, 200, 300].map((rps) => [rps, rps > 156.25]),
    );
    // What is served, not what is offered.
    expect(rows.at(-1)?.throughput_rps).toBeGreaterThan(155);
    expect(rows.at(-1)?.throughput_rps).toBeLessThan(157);
  });

  it.each([
    ["M/M/1", queue("poisson", "exponential"), 50],
    ["M/D/1", queue("poisson", "constant"), 58.6],
    ["D/D/1", queue("constant", "constant"), 100],
  ])("of %s lies where theory has it, within the step of the sweep", (_name, scenario, expected) => {
    const step = 10;
    const rps = Array.from({ length: 12 }, (_, i) => (i + 1) * step);
    const [{ knee }] = sweep(scenario, { vary: { rps }, requests: 20_000 }).knees;
    expect(Math.abs((knee?.rps ?? 0) - expected)).toBeLessThanOrEqual(step);
  });

  it("is found at the rates that are chosen around the capacity", () => {
    const [{ knee, capacity_rps }] = sweep(demo, { vary: { rps: ratesAround(156.25) } }).knees;
    expect(knee?.rps).toBeGreaterThan(0.8 * (capacity_rps as number));
  });

  it("moves with slots and batches", () => {
    const { rows, knees } = sweep(demo, {
      vary: { rps: [50, 100, 150, 200, 400], concurrency: [2, 8], batch_size: [1, 4] },
    });
    expect(rows).toHaveLength(20);
    expect(knees.map(({ concurrency, batch_size }) => [concurrency, batch_size])).toEqual([
      [2, 1],
      [2, 4],
      [8, 1],
      [8, 4],
    ]);
    const [slots2, , slots8] = knees.map(({ knee }) => knee?.rps as number);
    expect(slots8).toBeGreaterThan(slots2);
  });

  it("is said in words", () => {
    const told = String(sweep(demo, { vary: { rps: [100, 150, 200] } }));
    expect(told).toContain(
      "sweep of demo: 3 combinations\nThe knee is at 150 requests a second, 28.93 ms: at 200 it is overloaded.",
    );
  });
});

it("measures every rate over as many requests, with the same random numbers", () => {
  const { jobs } = loadSweepStudy(demo, { vary: { rps: [10, 1000] }, requests: 500, replications: 2, seed: 7 });
  expect(jobs.map(({ scenario, seed }) => [scenario.workload.rps, scenario.workload.duration_s, seed])).toEqual([
    [10, 50, 7],
    [10, 50, 8],
    [1000, 0.5, 7],
    [1000, 0.5, 8],
  ]);
  expect(jobs[0].scenario.workload.warmup_s).toBe(5);
});

it("gives means over its replications", () => {
  const scenario = queue("poisson", "exponential");
  const one = (seed: number) => sweep(scenario, { vary: { rps: [60] }, seed }).rows[0];
  const both = sweep(scenario, { vary: { rps: [60] }, replications: 2, seed: 3 }).rows[0];
  expect(both.avg_ms).toBeCloseTo(((one(3).avg_ms as number) + (one(4).avg_ms as number)) / 2, 9);
});

describe("what cannot be swept is refused:", () => {
  const recorded: Scenario = {
    ...demo,
    workload: { rps: 2, duration_s: 1, arrivals: "recorded", recorded_ms: [0, 500] },
  };
  it.each([
    ["a rate of 0", demo, { vary: { rps: [0] } }, "vary.rps: must be more than 0 requests a second, got 0"],
    [
      "half a slot",
      demo,
      { vary: { concurrency: [0.5] } },
      "vary.concurrency: must be a whole number of at least 1, got 0.5",
    ],
    ["nothing", demo, { vary: { rps: [] } }, "vary.rps: is empty"],
    ["recorded arrivals", recorded, { vary: { rps: [1] } }, "recorded arrivals have the rate that they have"],
    ["few requests", demo, { vary: {}, requests: 3 }, "requests: must be a whole number of at least 10, got 3"],
  ])("%s", (_name, scenario, options, message) => {
    expect(() => loadSweepStudy(scenario, options)).toThrow(message);
  });

  it("a service that nothing limits has no rates to choose", () => {
    expect(() => ratesAround(null)).toThrow("nothing limits this service, so that there are no rates to choose");
  });
});
