import { expect, test } from "vitest";
import { device } from "../../../src/hardware/index.js";
import { fuse, graphTotals, model, predictGraph, schedule } from "../../../src/model/graph/index.js";
import { defaultConstants, plannerOf } from "../../../src/model/planner/index.js";

test("a graph's time is that of its kernels and the pauses between them", () => {
  const graph = model("mlp-512-1024-512-256", { batch: 64 });
  const planner = plannerOf(device("a100"));
  const kernels = fuse(graph, "engine").nodes.flatMap((node) => node.kernels);
  const alone = kernels.reduce((sum, kernel) => sum + planner.plan(kernel).time, 0);
  const prediction = predictGraph(graph, { device: "a100" });
  expect(prediction.predicted_time_us).toBeCloseTo(
    1e6 * (alone + kernels.length * defaultConstants.launchOverhead.graph),
    6,
  );
  expect(prediction.waiting_us).toBe(0);
  // Both activations are done as their products are written.
  expect(prediction.kernels).toBe(3);
});

test("small work of an eager framework takes as long as its host, and the device waits", () => {
  const graph = model("bert-base", { batch: 1, sequence: 16 });
  const eager = predictGraph(graph, { device: "h100", execution: "eager" });
  const operators = graph.nodes.filter((node) => node.kernels.length > 0).length;
  expect(eager.predicted_time_us / 1e6).toBeGreaterThan(operators * defaultConstants.hostOperator);
  expect(eager.predicted_time_us / 1e6).toBeLessThan(1.05 * operators * defaultConstants.hostOperator);
  expect(eager.bottleneck).toBe("overhead");
  expect(eager.waiting_us).toBeGreaterThan(0.5 * eager.predicted_time_us);
});

test("large work hides its host but for the first operator", () => {
  const graph = model("gpt2-large", { batch: 8, precision: "FP32" });
  const eager = predictGraph(graph, { device: "a100", execution: "eager" });
  const planner = plannerOf(device("a100"));
  expect(eager.waiting_us).toBeLessThan(0.001 * eager.predicted_time_us);
  expect(eager.predicted_time_us).toBeCloseTo(schedule(graph, planner, "graph").time * 1e6 + eager.waiting_us, 3);
  expect(eager.bottleneck).toBe("compute");
});

test("fusing shortens", () => {
  const graph = model("gpt2", { batch: 4, precision: "FP32" });
  const [eager, compiled, engine] = (["eager", "compiled", "engine"] as const).map(
    (execution) => predictGraph(graph, { device: "a100", execution }).predicted_time_us,
  );
  expect(compiled).toBeLessThan(eager);
  expect(engine).toBeLessThan(compiled);
});

test("parts and types of operators sum up to the whole", () => {
  const graph = model("llama-3-8b", { sequence: 128, precision: "BF16" });
  const prediction = predictGraph(graph, { device: "h100" });
  for (const shares of [prediction.parts, prediction.types]) {
    const sum = (of: (share: (typeof shares)[number]) => number) => shares.reduce((all, share) => all + of(share), 0);
    expect(sum(({ share }) => share)).toBeCloseTo(1, 9);
    expect(sum(({ time_us }) => time_us)).toBeCloseTo(prediction.predicted_time_us, 3);
    expect(sum(({ flops }) => flops)).toBeCloseTo(prediction.flops, -3);
    expect(sum(({ nodes }) => nodes)).toBe(fuse(graph, "engine").nodes.length);
  }
  // The lookup of tokens is one kernel with the first norm.
  expect(prediction.parts.map(({ name }) => name)).toEqual(["attention", "feed-forward", "head"]);
});

test("a token at a time reads every weight for two operations of each: memory binds", () => {
  const graph = model("llama-2-7b", { sequence: 1, cached: 512 });
  const prediction = predictGraph(graph, { device: "a100" });
  expect(prediction.bottleneck).toBe("memory");
  const { weightBytes } = graphTotals(graph);
  // All but the rows of the embedding that no token asks for.
  const read = weightBytes - 2 * 32000 * 4096;
  expect(prediction.predicted_time_us / 1e6).toBeGreaterThan(read / device("a100").dram.bandwidth);
});

test("a prediction says itself in a line", () => {
  const prediction = predictGraph(model("bert-large", { batch: 8, sequence: 384 }), { device: "a100" });
  expect(String(prediction)).toMatch(
    /^bert-large on a100-pcie-80gb: [\d.]+ ms, compute-bound, \d+ TFLOP\/s \(engine\)$/,
  );
});

test("the roofline of every node is below what the planner says, and answers for devices without SMs", () => {
  const graph = model("bert-base", { batch: 8 });
  const planned = predictGraph(graph, { device: "a100" });
  const ideal = predictGraph(graph, { device: "a100", mode: "ideal" });
  expect(ideal.predicted_time_us).toBe(planned.ideal_time_us);
  expect(planned.predicted_time_us).toBeGreaterThan(planned.ideal_time_us);
  const tpu = predictGraph(model("bert-base", { batch: 8, precision: "BF16" }), { device: "tpu-v5e" });
  expect([tpu.mode, tpu.waiting_us]).toEqual(["ideal", 0]);
  expect(String(tpu)).toContain("(ideal, engine)");
  expect(() => predictGraph(graph, { device: "a100", mode: "real" as "ideal" })).toThrow('mode: unknown mode "real"');
});

test("the MLP's roofline by hand", () => {
  // One row through 1,181,440 parameters of 2 bytes on a made-up device of 1 TB/s: memory binds every node.
  const made = { ...device("a100"), key: "made-up", dram: { ...device("a100").dram, bandwidth: 1e12 } };
  const { predicted_time_us, bytes } = predictGraph(model("mlp-512-1024-512-256"), { device: made, mode: "ideal" });
  // Weights, and 512 + 1024 + 512 elements read, 1024 + 512 + 256 written: activations never reach memory.
  expect(bytes).toBe(2 * (1_181_440 + 2048 + 1792));
  expect(predicted_time_us).toBeCloseTo(2.37056, 5);
});

test("an execution that is none is refused", () => {
  const graph = model("mlp-512-1024-512-256");
  expect(() => predictGraph(graph, { device: "a100", execution: "lazy" as "eager" })).toThrow(
    'execution: unknown execution "lazy"\nKnown: "eager", "compiled" or "engine".',
  );
});
