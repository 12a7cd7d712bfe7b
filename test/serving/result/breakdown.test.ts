// The breakdown of a run, and the run in one line.
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { breakdown, describeRun, presets, simulate } from "../../../src/serving/index.js";
import { arriving, fixed } from "../pipeline/scenarios.js";

describe("a breakdown", () => {
  const scenario = arriving([0, 4, 5], [fixed("a", 8)], { target: { cpu_workers: 1, queue_limit: 1 } });

  it("has each request that was served, with one span of waiting in front of a stage that it waited for", () => {
    expect(breakdown(simulate(scenario))).toEqual({
      stage_aggregates: [
        { name: "queue", category: "queue", avg_ms: 2, total_ms: 4, count: 2 },
        { name: "a", category: "cpu", avg_ms: 8, total_ms: 16, count: 2 },
      ],
      requests: [
        {
          id: 0,
          arrival_ms: 0,
          start_ms: 0,
          end_ms: 8,
          queue_ms: 0,
          total_ms: 8,
          stages: [{ name: "a", cat: "cpu", start_ms: 0, end_ms: 8 }],
        },
        {
          id: 1,
          arrival_ms: 4,
          start_ms: 8,
          end_ms: 16,
          queue_ms: 4,
          total_ms: 12,
          stages: [
            { name: "queue a", cat: "queue", start_ms: 4, end_ms: 8 },
            { name: "a", cat: "cpu", start_ms: 8, end_ms: 16 },
          ],
        },
      ],
    });
  });

  it("needs a log", () => {
    expect(() => breakdown(simulate(scenario, { keep: "figures" }))).toThrow("kept no log");
  });
});

describe("a run in one line", () => {
  it("is what Node prints", () => {
    const run = simulate(presets.get("demo"));
    expect(inspect(run)).toBe(describeRun(run));
    expect(describeRun(run)).toBe(
      "demo: 2 requests/s of 2 offered, p50 28.9 ms, p99 28.9 ms, gpu 1.28 % busy, nothing limits",
    );
  });

  it("says overload and who was turned away", () => {
    expect(describeRun(simulate(presets.get("overload")))).toMatch(
      / gpu 99.9 % busy, OVERLOADED: 300 requests a second/,
    );
    const scenario = arriving([0, 1, 2], [fixed("a", 8)], { target: { cpu_workers: 1, queue_limit: 0 } });
    expect(describeRun(simulate(scenario))).toContain("2 turned away");
  });

  it("crosses into a worker as it is", () => {
    const run = simulate(presets.get("demo"));
    expect(structuredClone(run)).toEqual(run);
  });
});

describe("options that cannot be", () => {
  it.each([
    [{ seed: -1 }, "seed: must be a whole number from 0 to 2^53 - 1, got -1"],
    [{ keep: "all" as "log" }, 'keep: unknown choice "all"\nKnown: "log" or "figures".'],
  ])("%j", (options, message) => {
    expect(() => simulate(presets.get("demo"), options)).toThrow(message);
  });

  it("more requests waiting than memory holds", () => {
    const { workload, target, ...demo } = presets.get("demo")!;
    const much = { ...demo, workload: { ...workload, rps: 4e6 }, target };
    expect(() => simulate(much, { keep: "figures" })).toThrow(
      "workload.rps: about 39998438 requests would wait at the end; 10000000 at most\nLower rps or duration_s, or set target.queue_limit.",
    );
  });

  it.each([
    [{ stages: {}, links: { h2d: 1, d2h: 1 } }, "costs.stages.compute: has 0 of the 1 batch sizes"],
    [{ stages: { compute: [1] }, links: { h2d: 1 } }, 'costs.links.d2h: is missing\n"d2h" moves bytes over it.'],
  ])("costs that lack something: %j", (costs, message) => {
    expect(() => simulate(presets.get("demo"), { costs })).toThrow(message);
  });

  it("a log of millions of requests", () => {
    const { workload, ...demo } = presets.get("demo")!;
    expect(() => simulate({ ...demo, workload: { ...workload, rps: 1e6 } })).toThrow(
      'keep: what happens to 10000000 requests is too much to keep; 4000000 at most\nSet keep: "figures"',
    );
  });
});
