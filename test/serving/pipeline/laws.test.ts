// What holds for every pipeline, whatever its figures.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readScenario, type Scenario, type ServiceRun, type Stage, simulate } from "../../../src/serving/index.js";
import { anyScenario, fixed, transfer } from "./scenarios.js";

const seeds = fc.integer({ min: 0, max: 2 ** 50 });

const bytes = (run: ServiceRun): string =>
  JSON.stringify(run, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value));

const ends = (scenario: Scenario): readonly number[] => [...simulate(scenario).log!.requests.end].sort((a, b) => a - b);

describe("every run", () => {
  it("keeps its own laws", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const { checks, summary } = simulate(scenario);
        expect(checks.filter(({ holds, interval }) => !holds && interval === undefined)).toEqual([]);
        expect(summary.completed_requests + summary.rejected_requests).toBe(summary.total_requests);
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("keeps them where what is short happens after so long that a clock's rounding shows", () => {
    const scenario = (rps: number, before: number): Scenario =>
      readScenario({
        name: "long",
        workload: { rps, duration_s: 20 / rps },
        target: { h2d_gbps: 32 },
        pipeline: [fixed("before", before), transfer("in", 8192)],
      });
    for (const long of [scenario(2, 1e15), scenario(1e-9, 1), scenario(1e-12, 1e6)]) {
      const { checks } = simulate(long);
      expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    }
  });

  it("gives the same bytes for the same seed, whatever the order of the file's fields", () => {
    fc.assert(
      fc.property(anyScenario, seeds, (scenario, seed) => {
        const { name, workload, target, pipeline } = scenario;
        const backwards = { pipeline, target, workload: Object.fromEntries(Object.entries(workload).reverse()), name };
        const { scenario: first, ...one } = simulate({ name, workload, target, pipeline }, { seed });
        const { scenario: second, ...other } = simulate(backwards, { seed });
        expect(first).toEqual(second);
        expect(bytes(one as ServiceRun)).toBe(bytes(other as ServiceRun));
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  it("gives the same figures without its log, quantiles within what it says", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const { summary: exact, log } = simulate(scenario);
        const { quantile_error_percent, ...binned } = simulate(scenario, { keep: "figures" }).summary;
        expect(log).toBeDefined();
        expect(quantile_error_percent).toBeLessThanOrEqual(0.1);
        expect(exact).not.toHaveProperty("quantile_error_percent");
        for (const name of ["p50_ms", "p90_ms", "p99_ms"] as const) {
          const [a, b] = [exact[name], binned[name]];
          if (a === null) expect(b).toBeNull();
          else expect(Math.abs(b! - a)).toBeLessThanOrEqual((quantile_error_percent! / 100) * a * (1 + 1e-9) + 1e-9);
        }
        const rest = { p50_ms: null, p90_ms: null, p99_ms: null };
        expect({ ...binned, ...rest }).toEqual({ ...exact, ...rest });
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it("draws the same random numbers for a stage, whatever comes behind it", () => {
    const spread = fc.constantFrom("exponential" as const, "gamma" as const);
    fc.assert(
      fc.property(spread, spread, fc.integer({ min: 20, max: 200 }), seeds, (own, other, rps, seed) => {
        const first = fixed("first", 8, { resource: "gpu", distribution: own });
        const at = (pipeline: readonly Stage[]) =>
          simulate({ name: "any", workload: { rps, duration_s: 2, arrivals: "poisson" }, target: {}, pipeline, seed })
            .log!;
        const [alone, followed] = [at([first]), at([first, fixed("behind", 5, { distribution: other })])];
        expect([...followed.requests.arrival]).toEqual([...alone.requests.arrival]);
        expect([...followed.stages[0].end]).toEqual([...alone.stages[0].end]);
      }),
      { numRuns: 60, seed: 6 },
    );
  });
});

describe("more capacity", () => {
  const anyTimes = fc.record({
    value: fc.integer({ min: 1, max: 40 }),
    distribution: fc.constantFrom("constant" as const, "exponential" as const, "gamma" as const),
  });
  const workload = fc.record({
    rps: fc.integer({ min: 10, max: 300 }),
    arrivals: fc.constantFrom("poisson", "gamma", "burst"),
  });

  it("never ends the k-th request of a queue later", () => {
    fc.assert(
      fc.property(anyTimes, workload, fc.integer({ min: 1, max: 6 }), seeds, (times, requests, servers, seed) => {
        const at = (cpu_workers: number) =>
          ends(
            readScenario({
              name: "queue",
              workload: { ...requests, duration_s: 2 },
              target: { cpu_workers },
              pipeline: [{ name: "a", kind: "fixed_ms", ...times }],
              seed,
            }),
          );
        const [fewer, more] = [at(servers), at(servers + 1)];
        expect(more.filter((end, k) => end > fewer[k] + 1e-9)).toEqual([]);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it("never ends the k-th request of a pipeline of constant times later", () => {
    // With times that are each request's own, one that overtakes another can hold up the next stage: this law is of equal requests.
    fc.assert(
      fc.property(workload, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (requests, cpu, gpu) => {
        const at = (cpu_workers: number, concurrency: number, h2d_gbps: number) =>
          ends(
            readScenario({
              name: "pipeline",
              workload: { ...requests, duration_s: 2 },
              target: { cpu_workers, concurrency, h2d_gbps },
              pipeline: [fixed("a", 9), transfer("in", 4e6), fixed("b", 17, { resource: "gpu" })],
            }),
          );
        const least = at(cpu, gpu, 1);
        for (const more of [at(cpu + 1, gpu, 1), at(cpu, gpu + 1, 1), at(cpu, gpu, 2)]) {
          expect(more.filter((end, k) => end > least[k] + 1e-9)).toEqual([]);
        }
      }),
      { numRuns: 60, seed: 8 },
    );
  });
});

describe("stages of constant times", () => {
  it("end requests at the same moments in any order of the stages", () => {
    // Friedman, "Reduction methods for tandem queuing systems" (1965).
    const stages: readonly Stage[] = [
      fixed("a", 9, { resource: "cpu" }),
      fixed("b", 17, { resource: "gpu" }),
      transfer("in", 5e6, { resource: "h2d" }),
      transfer("out", 3e6, { resource: "d2h" }),
    ];
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...stages], { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 20, max: 200 }),
        seeds,
        (shuffled, rps, seed) => {
          const at = (pipeline: readonly Stage[]) =>
            ends(
              readScenario({
                name: "tandem",
                workload: { rps, duration_s: 2, arrivals: "poisson" },
                target: { cpu_workers: 2, concurrency: 3, h2d_gbps: 1, d2h_gbps: 1 },
                pipeline,
                seed,
              }),
            );
          const [one, other] = [at(stages), at(shuffled)];
          expect(one.length).toBe(other.length);
          for (const [k, end] of one.entries()) expect(other[k]).toBeCloseTo(end, 9);
        },
      ),
      { numRuns: 60, seed: 9 },
    );
  });
});

describe("offered load", () => {
  it("beyond the capacity is served at the capacity, and said to be overload; below it is all served, and is not", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const { queue_limit: _, ...target } = scenario.target;
        const long = (rps: number) =>
          simulate(
            { ...scenario, target, workload: { ...scenario.workload, rps, duration_s: 20, arrivals: "poisson" } },
            { keep: "figures" },
          ).summary;
        const { capacity_rps } = long(1);
        const above = long(capacity_rps! * 2);
        expect(above.overloaded).toBe(true);
        expect(above.throughput_rps).toBeLessThan(1.15 * capacity_rps!);
        if ((scenario.workload.batch_size ?? 1) > 1) return;
        const below = long(capacity_rps! * 0.5);
        expect(below.overloaded).toBe(false);
        expect(Math.abs(below.throughput_rps - below.offered_rps)).toBeLessThan(0.1 * below.offered_rps + 1);
      }),
      { numRuns: 60, seed: 10 },
    );
  });
});
