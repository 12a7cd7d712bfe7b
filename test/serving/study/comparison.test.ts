// Two scenarios against each other: by hand from made-up runs, and with the simulator, where common random numbers pay.
import { describe, expect, it } from "vitest";
import { silent } from "../../../src/core/progress.js";
import { presets, type Scenario } from "../../../src/serving/scenario/index.js";
import { simulate } from "../../../src/serving/simulate.js";
import {
  comparedFigures,
  comparisonStudy,
  type MakeRun,
  type RunFigures,
  replicationStudy,
  runStudy,
} from "../../../src/serving/study/index.js";

const demo = presets.get("demo") as Scenario;
const run: MakeRun = ({ scenario, seed }) => simulate(scenario, { seed, keep: "figures", progress: silent });

/** A run of which every figure is one number. */
function made(value: number | null): RunFigures {
  return { summary: Object.fromEntries(comparedFigures.map((figure) => [figure, value])) } as unknown as RunFigures;
}

const other: Scenario = { ...demo, name: "other" };

describe("a comparison by hand", () => {
  const { conclude, jobs } = comparisonStudy(demo, other, { replications: 3, seed: 5 });

  it("runs both with each seed", () => {
    expect(jobs.map(({ scenario, seed }) => [scenario.name, seed])).toEqual([
      ["demo", 5],
      ["other", 5],
      ["demo", 6],
      ["other", 6],
      ["demo", 7],
      ["other", 7],
    ]);
  });

  it("has the mean of the paired differences with its interval", () => {
    // a = 10, 20, 30; b = 12, 21, 33: differences 2, 1, 3 with mean 2 and variance 1; t(0.975, 2) = 4.302653.
    const [row] = conclude([10, 12, 20, 21, 30, 33].map(made)).rows;
    const half = 4.302652729911275 / Math.sqrt(3);
    expect(row).toMatchObject({ figure: "throughput_rps", a: 20, b: 22, difference: 2, verdict: "not told apart" });
    expect(row.low).toBeCloseTo(2 - half, 9);
    expect(row.high).toBeCloseTo(2 + half, 9);
    // Variances 100 and 111 make 211 with independent seeds.
    expect(row.variance_reduction_percent).toBeCloseTo(100 * (1 - 1 / 211), 9);
  });

  it.each([
    ["b more", [10, 20, 20, 30.5, 30, 40.2]],
    ["b less", [20, 10, 30.5, 20, 40.2, 30]],
    ["not told apart", [10, 20, 20, 10, 30, 30]],
  ])("says %s", (verdict, values) => {
    expect(conclude(values.map(made)).rows[0].verdict).toBe(verdict);
  });

  it("says of what a run did not measure that it is not there, and of what never varies nothing about variance", () => {
    expect(conclude([1, 2, 1, null, 1, 2].map(made)).rows[0]).toEqual({
      figure: "throughput_rps",
      a: 1,
      b: null,
      difference: null,
      low: null,
      high: null,
      verdict: "not told apart",
      variance_reduction_percent: null,
    });
    expect(conclude([1, 2, 1, 2, 1, 2].map(made)).rows[0]).toMatchObject({
      difference: 1,
      low: 1,
      high: 1,
      verdict: "b more",
      variance_reduction_percent: null,
    });
  });

  it("says that nothing is gained where one side never varies, without what rounding leaves", () => {
    const [row] = conclude([0.1, 28.9, 0.3, 28.9, 0.7, 28.9].map(made)).rows;
    expect(row.variance_reduction_percent).toBe(0);
  });

  it("is said in words", () => {
    expect(String(conclude([10, 20, 20, 30.5, 30, 40.2].map(made)))).toContain(
      "demo (a) with other (b) over 3 seeds\nthroughput_rps: 20 -> 30.23, b more (",
    );
  });
});

describe("a comparison of simulated scenarios", () => {
  const poisson: Scenario = {
    ...demo,
    name: "poisson",
    workload: { rps: 130, duration_s: 20, arrivals: "poisson", warmup_s: 2 },
  };
  const faster: Scenario = { ...poisson, name: "faster", target: { ...poisson.target, ms_per_token: 0.19 } };

  it("tells a small gain apart, since both have the same arrivals", () => {
    const { rows } = runStudy(comparisonStudy(poisson, faster, { replications: 8 }), run, silent);
    const avg = rows.find(({ figure }) => figure === "avg_ms");
    expect(avg).toMatchObject({ verdict: "b less" });
    // Independent seeds would need several times as many runs.
    expect(avg?.variance_reduction_percent).toBeGreaterThan(60);
  });

  it("of one with itself finds no difference at all", () => {
    const { rows } = runStudy(comparisonStudy(poisson, poisson, { replications: 3 }), run, silent);
    expect(rows.every(({ difference, low, high }) => difference === 0 && low === 0 && high === 0)).toBe(true);
  });
});

describe("replications", () => {
  it("give an interval by hand", () => {
    const { rows } = replicationStudy(demo, { replications: 3 }).conclude([1, 2, 3].map(made));
    expect(rows[0]).toMatchObject({ figure: "throughput_rps", mean: 2 });
    expect(rows[0].high).toBeCloseTo(2 + 4.302652729911275 / Math.sqrt(3), 9);
  });

  it("have each a seed", () => {
    const { jobs } = replicationStudy({ ...demo, seed: 3 }, { replications: 2 });
    expect(jobs.map(({ seed }) => seed)).toEqual([3, 4]);
  });

  it("need two", () => {
    expect(() => replicationStudy(demo, { replications: 1 })).toThrow(
      "replications: must be a whole number of at least 2, got 1\nAn interval needs two runs at least.",
    );
  });
});
