// What changes between two scenarios: in which fields, by how much, and how sure one can be.
import { describe, expect, it } from "vitest";
import type { RunSummary, Scenario } from "../../../src/serving/index.js";
import { presets } from "../../../src/serving/scenario/presets.js";
import { changedFields } from "../../../widgets/service/changes.js";
import { differences } from "../../../widgets/service/comparison.js";
import { perform } from "../../../widgets/service/labour.js";

const summary = (p99_ms: number, throughput_rps = 10): RunSummary =>
  ({
    throughput_rps,
    p50_ms: 1,
    p90_ms: 2,
    p99_ms,
    avg_queue_ms: null,
    gpu_util_percent: 5,
    goodput_rps: 10,
  }) as RunSummary;

describe("differences", () => {
  it("are those of pairs, with Student's interval: of 1, 2 and 3 it is 2 +- 4.303 / sqrt(3)", () => {
    const pairs = [1, 2, 3].map((more) => [summary(10 * more), summary(11 * more)] as const);
    const p99 = differences(pairs).find(({ name }) => name === "p99")!;
    expect(p99).toMatchObject({ a: 20, b: 22, difference: 2, isReal: false, better: "less" });
    expect(p99.interval![0]).toBeCloseTo(2 - 4.302652729911275 / Math.sqrt(3), 6);
  });

  it("that are always the same are real", () => {
    const pairs = [1, 2, 3].map((more) => [summary(10 * more), summary(10 * more - 4)] as const);
    expect(differences(pairs).find(({ name }) => name === "p99")).toMatchObject({ difference: -4, isReal: true });
  });

  it("leave out what was not measured, and of one pair have no interval", () => {
    const found = differences([[summary(10), summary(11)]]);
    expect(found.map(({ name }) => name)).not.toContain("waiting");
    expect(found.every(({ interval, isReal }) => interval === undefined && isReal === undefined)).toBe(true);
  });

  it("of twice the GPU slots: shared random numbers show a shorter p99 in four pairs", async () => {
    const given = presets.get("poisson") as Scenario;
    const a = { ...given, workload: { ...given.workload, duration_s: 20 } };
    const b = { ...a, target: { ...a.target, concurrency: 8 } };
    const pairs: (readonly [RunSummary, RunSummary])[] = [];
    await perform(
      { kind: "comparison", scenarios: [a, b], costs: [null, null], replications: 4 },
      { tell: (each) => each.kind === "pair" && pairs.push(each.summaries), isCancelled: () => false },
    );
    expect(pairs.map(([first, second]) => first.total_requests - second.total_requests)).toEqual([0, 0, 0, 0]);
    const p99 = differences(pairs).find(({ name }) => name === "p99")!;
    expect(p99.difference).toBeLessThan(0);
    expect(p99.isReal).toBe(true);
  });
});

describe("changed fields", () => {
  it("are named with both values, but for the name of the whole", () => {
    const demo = presets.get("demo") as Scenario;
    const other = { ...demo, name: "b", seed: 3, target: { ...demo.target, concurrency: 8 } };
    expect(changedFields(demo, other)).toEqual(["target.concurrency 4 \u2192 8", "seed absent \u2192 3"]);
    expect(changedFields(demo, demo)).toEqual([]);
  });
});
