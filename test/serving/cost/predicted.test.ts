// What stages take by the model of a device: the model's own answers.
import { describe, expect, it } from "vitest";
import { device } from "../../../src/hardware/index.js";
import { model, predictGraph } from "../../../src/model/index.js";
import { predictedSizes } from "../../../src/serving/cost/predicted.js";
import { costsOf, readScenario, type Stage, simulate, type Target } from "../../../src/serving/index.js";

function scenarioOf(pipeline: readonly Stage[], target: Target, batch_size = 1) {
  return readScenario({ name: "any", workload: { rps: 1, duration_s: 1, batch_size }, target, pipeline });
}

const seconds = (name: string, batch: number, on: string, options = {}): number =>
  predictGraph(model(name, { batch, ...options }), { device: on }).predicted_time_us / 1e6;

describe("a graph", () => {
  it("takes what the model of the device says, for each batch size", () => {
    const { stages } = costsOf(
      scenarioOf([{ name: "a", kind: "graph", model: "bert-base", tokens: 64 }], { device: "h100" }, 9),
    );
    expect(stages["a"]).toHaveLength(9);
    for (const batch of [1, 2, 5, 9])
      expect(stages["a"][batch - 1]).toBe(seconds("bert-base", batch, "h100", { sequence: 64 }));
  });

  it("is FP16 and 128 tokens unless told otherwise; one without tokens has none", () => {
    const of = (stage: Partial<Stage>) =>
      costsOf(scenarioOf([{ name: "a", kind: "graph", ...stage }], { device: "a100" })).stages["a"][0];
    expect(of({ model: "gpt2" })).toBe(seconds("gpt2", 1, "a100", { sequence: 128, precision: "FP16" }));
    expect(of({ model: "gpt2", precision: "fp32", tokens: 7 })).toBe(
      seconds("gpt2", 1, "a100", { sequence: 7, precision: "FP32" }),
    );
    expect(of({ model: "resnet50" })).toBe(seconds("resnet50", 1, "a100"));
  });

  it("is interpolated between sizes that are far apart, and stays near the model's own answers", () => {
    expect(predictedSizes(4)).toEqual([1, 2, 3, 4]);
    expect(predictedSizes(100)).toEqual([...Array.from({ length: 16 }, (_, i) => i + 1), 24, 32, 48, 64, 96, 100]);
    const { stages } = costsOf(scenarioOf([{ name: "a", kind: "graph", model: "bert-base" }], { device: "h100" }, 100));
    for (const batch of [24, 64, 100])
      expect(stages["a"][batch - 1]).toBe(seconds("bert-base", batch, "h100", { sequence: 128 }));
    // The middle of two by hand, and within 5 % of what is predicted there.
    expect(stages["a"][27]).toBeCloseTo((stages["a"][23] + stages["a"][31]) / 2, 15);
    for (const batch of [20, 28, 40, 56, 80]) {
      const direct = seconds("bert-base", batch, "h100", { sequence: 128 });
      expect(Math.abs(stages["a"][batch - 1] - direct) / direct).toBeLessThan(0.05);
    }
  });

  it("runs as a stage of a service", () => {
    const { stages } = simulate(scenarioOf([{ name: "a", kind: "graph", model: "gpt2" }], { device: "h100" }));
    expect(stages[1]).toMatchObject({ name: "a", category: "gpu" });
    expect(stages[1].avg_ms).toBeCloseTo(seconds("gpt2", 1, "h100", { sequence: 128 }) * 1000, 9);
  });
});

describe("a device", () => {
  const { peak, dram, links } = device("h100");

  it("stands in for what the target does not say", () => {
    const work: Stage = { name: "a", kind: "work", flop: 1e12, bytes: 0 };
    const move: Stage = { name: "in", kind: "bytes", value: 1 };
    expect(costsOf(scenarioOf([move, work], { device: "h100" }))).toEqual({
      stages: { a: [1e12 / peak.FP16!] },
      links: { h2d: links.pcie },
    });
    const read: Stage = { name: "a", kind: "work", flop: 0, bytes: 1e9 };
    expect(costsOf(scenarioOf([read], { device: "h100" })).stages["a"]).toEqual([1e9 / dram.bandwidth]);
  });

  it("gives way to what the target says", () => {
    const work: Stage = { name: "a", kind: "work", flop: 1e12, bytes: 0 };
    expect(costsOf(scenarioOf([work], { device: "h100", tflops: 10 })).stages["a"]).toEqual([0.1]);
  });
});

describe("what cannot be predicted is refused by its field", () => {
  it.each([
    ["a device", { model: "gpt2" }, { device: "h1000" }, 1, "target.device: unknown device"],
    [
      "a model",
      { model: "gpt5" },
      { device: "h100" },
      1,
      'pipeline[0].model: unknown model "gpt5"\nDid you mean "gpt2"?',
    ],
    [
      "a precision",
      { model: "gpt2", precision: "FP3" },
      { device: "h100" },
      1,
      "pipeline[0].precision: unknown precision",
    ],
    [
      "tokens of images",
      { model: "resnet50", tokens: 5 },
      { device: "h100" },
      1,
      "pipeline[0].tokens: resnet50 has no tokens, got 5\nLeave tokens out.",
    ],
    [
      "a batch that does not fit",
      { model: "llama-3-8b", tokens: 8192 },
      { device: "l40s" },
      64,
      "pipeline[0]: a batch of 15 needs 48.6 GB and L40S has 48 GB\nLower batch_size",
    ],
  ])("%s", (_, stage, target, batch, message) => {
    const scenario = scenarioOf([{ name: "a", kind: "graph", ...stage }], target, batch);
    expect(() => costsOf(scenario)).toThrow(message);
  });

  it("a link that the device does not tell", () => {
    expect(() => costsOf(scenarioOf([{ name: "in", kind: "bytes", value: 1 }], { device: "gb10" }))).toThrow(
      "target.h2d_gbps: is missing",
    );
  });
});
