// Which pipelines are queues that theory knows, and that runs of them come to what it says. How often an interval covers the truth is
// held elsewhere, over many seeds.
import { describe, expect, it } from "vitest";
import {
  type RunCheck,
  readScenario,
  type Stage,
  simulate,
  type Target,
  type Workload,
} from "../../../src/serving/index.js";
import { fixed, transfer } from "./scenarios.js";

function closedForm(
  pipeline: readonly Stage[],
  { workload = {}, target = {} }: { readonly workload?: Partial<Workload>; readonly target?: Target } = {},
): RunCheck | undefined {
  const scenario = readScenario({
    name: "queue",
    workload: { rps: 80, duration_s: 500, arrivals: "poisson", warmup_s: 10, ...workload },
    target: { cpu_workers: 1, h2d_gbps: 1, d2h_gbps: 1, ...target },
    pipeline,
  });
  return simulate(scenario, { keep: "figures" }).checks.find(({ name }) => / time$/.test(name));
}

const random = (name: string, value: number, rest: Partial<Stage> = {}): Stage =>
  fixed(name, value, { distribution: "exponential", ...rest });

describe("a queue that theory knows", () => {
  const cases: readonly (readonly [string, readonly Stage[], Parameters<typeof closedForm>[1], number])[] = [
    // 10 ms at a load of 0.8: 10 / (1 - 0.8).
    ["M/M/1", [random("a", 10)], {}, 50],
    // 10 + 0.8 / (2 * 0.2) * 10.
    ["M/D/1", [fixed("a", 10)], {}, 30],
    ["M/D/1", [transfer("in", 1e7)], {}, 30],
    // Half of a D's wait more for a cv of 0.5: 0.8 / 0.2 * (1 + 0.25) / 2 * 10.
    ["M/G/1", [fixed("a", 10, { distribution: "gamma", cv: 0.5 })], {}, 35],
    // Erlang's C for 4 servers at 0.8 is 0.5964...; C * 40 / (4 * 0.2) + 40.
    ["M/M/4", [random("a", 40)], { target: { cpu_workers: 4 } }, 69.8216],
    // 10 / 0.2 + 5 / 0.6.
    ["tandem", [random("a", 10), random("b", 5, { resource: "gpu" })], {}, 58.3333],
    // The last may be constant: 50 + 5 + 0.4 / (2 * 0.6) * 5.
    ["tandem", [random("a", 10), transfer("out", 5e6)], {}, 56.6667],
  ];
  it.each(cases)("%s of %j comes to its mean time", (name, stages, options, expected) => {
    const check = closedForm(stages, options);
    expect(check).toMatchObject({ name: `${name} mean time`, unit: "ms", holds: true });
    expect(check!.expected).toBeCloseTo(expected, 3);
    expect(check!.interval![0]).toBeLessThan(check!.measured);
    expect(check!.interval![1]).toBeGreaterThan(check!.measured);
    expect(check!.detail).toContain("misses the true mean in one of twenty runs");
  });

  it("D/D/c takes the sum of its services, always, up to a load of 1", () => {
    const workload = { arrivals: "constant" as const };
    expect(closedForm([fixed("a", 10)], { workload })).toMatchObject({ name: "D/D/1 time", holds: true, expected: 10 });
    const three = [fixed("a", 50), transfer("in", 12.5e6), fixed("b", 25, { resource: "gpu" })];
    expect(closedForm(three, { workload, target: { cpu_workers: 4, concurrency: 2 } })).toMatchObject({
      name: "D/D/c time",
      holds: true,
      expected: 87.5,
      measured: expect.closeTo(87.5, 4),
    });
  });

  it("says that the run begins empty where there is no warm-up", () => {
    expect(closedForm([random("a", 10)], { workload: { warmup_s: 0 } })!.detail).toContain("begins empty");
    expect(closedForm([random("a", 10)])!.detail).not.toContain("begins empty");
  });
});

describe("there is no closed form", () => {
  const cases: readonly (readonly [string, readonly Stage[], Parameters<typeof closedForm>[1]])[] = [
    ["under overload", [random("a", 13)], {}],
    ["of two stages of one resource", [random("a", 5), random("b", 5)], {}],
    ["of batches", [random("a", 5, { resource: "gpu" })], { workload: { batch_size: 2 } }],
    ["with a limit of the line", [random("a", 10)], { target: { queue_limit: 50 } }],
    ["of constant times in front of others", [fixed("a", 5), random("b", 5, { resource: "gpu" })], {}],
    ["of constant times at several servers", [fixed("a", 20)], { target: { cpu_workers: 4 } }],
    ["of transfers that share", [transfer("in", 5e6)], { target: { copy_engines: 2 } }],
    ["of jittered arrivals", [fixed("a", 5)], { workload: { arrivals: "jittered", jitter_pct: 10 } }],
    ["of so few requests", [random("a", 5)], { workload: { warmup_s: 499.95 } }],
    ["of regular arrivals that are too many", [fixed("a", 13)], { workload: { arrivals: "constant" } }],
  ];
  it.each(cases)("%s", (_, stages, options) => {
    expect(closedForm(stages, options)).toBeUndefined();
  });
});
