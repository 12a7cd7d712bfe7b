// What stages take by the target's own figures, computed by hand.
import { describe, expect, it } from "vitest";
import { plainCosts, presets, readScenario, type Stage, type Target } from "../../../src/serving/index.js";

function costs(pipeline: readonly Stage[], target: Target, batch_size = 1) {
  return plainCosts(readScenario({ name: "any", workload: { rps: 1, duration_s: 1, batch_size }, target, pipeline }));
}

describe("a stage", () => {
  it("of fixed time on the GPU takes it for each request of a batch", () => {
    expect(costs([{ name: "a", kind: "fixed_ms", value: 2, resource: "gpu" }], {}, 3)).toEqual({
      stages: { a: [0.002, 0.004, 0.006] },
      links: {},
    });
  });

  it("of tokens reads what it needs once for a batch, until the operations take longer", () => {
    // 1 ms a token; a batch of n does n times the operations, which take as long at 2: 4000 GB/s of weights at 2 TFLOPS.
    const { stages } = costs(
      [{ name: "a", kind: "tokens", value: 10 }],
      { ms_per_token: 1, tflops: 2, mem_gbps: 1000 },
      4,
    )!;
    expect(stages["a"]).toEqual([0.01, 0.01, 0.015, 0.02]);
  });

  it("of tokens alone needs nothing but the time of one", () => {
    expect(costs([{ name: "a", kind: "tokens", value: 10 }], { ms_per_token: 1 })?.stages).toEqual({ a: [0.01] });
  });

  it("of work takes the longer of operations and bytes, the batch's own bytes once", () => {
    // At 1 TFLOPS and 100 GB/s: 2 ms of operations a request; 5 ms of weights and 1 ms a request of memory.
    const work: Stage = { name: "a", kind: "work", flop: 2e9, bytes: 1e8, batch_bytes: 5e8 };
    const { stages } = costs([work], { tflops: 1, mem_gbps: 100 }, 6)!;
    for (const [index, milliseconds] of [6, 7, 8, 9, 10, 12].entries()) {
      expect(stages["a"][index]).toBeCloseTo(milliseconds / 1000, 12);
    }
  });

  it("of bytes has its link's rate", () => {
    const stages: readonly Stage[] = [
      { name: "in", kind: "bytes", value: 1 },
      { name: "a", kind: "fixed_ms", value: 1, resource: "gpu" },
      { name: "out", kind: "bytes", value: 1 },
    ];
    expect(costs(stages, { h2d_gbps: 32, d2h_gbps: 16 })?.links).toEqual({ h2d: 32e9, d2h: 16e9 });
  });

  it("that needs a device has no plain costs, nor has a language model", () => {
    expect(costs([{ name: "a", kind: "graph", model: "gpt2" }], { device: "h100" })).toBeUndefined();
    expect(costs([{ name: "a", kind: "bytes", value: 1 }], { device: "h100" })).toBeUndefined();
    expect(plainCosts(presets.get("llm") ?? readScenario(llm))).toBeUndefined();
  });
});

const llm = {
  name: "llm",
  workload: { rps: 1, duration_s: 1 },
  target: { device: "h100" },
  serving: { model: "gpt2" },
};
