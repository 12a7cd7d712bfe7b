import { describe, expect, it, test } from "vitest";
import { type Graph, graphTotals, model, predictGraph, predictParallel } from "../../../src/model/graph/index.js";
import { cutIntoStages } from "../../../src/model/graph/parallel/pipeline.js";
import { partTensors } from "../../../src/model/graph/parallel/tensor.js";

const flopOf = (graph: Graph): number =>
  graph.nodes
    .filter(({ type }) => !type.startsWith("all_"))
    .flatMap(({ work }) => Object.values(work?.flop ?? {}))
    .reduce((sum, count) => sum + count, 0);
const countOf = (graph: Graph, type: string): number => graph.nodes.filter((node) => node.type === type).length;

describe("tensor parallelism", () => {
  const options = { batch: 2, sequence: 128, precision: "FP16" } as const;

  test.each([
    ["bert-base", 12],
    ["gpt2-medium", 24],
    ["opt-1.3b", 24],
    ["llama-3-8b", 32],
  ])("%s: two sums a layer, each of the tokens' activations", (name, layers) => {
    const parted = partTensors(model(name, options), 4, "peer");
    expect(countOf(parted, "all_reduce")).toBe(2 * layers);
    const [sum] = parted.nodes.filter(({ type }) => type === "all_reduce");
    const hidden = parted.tensors.get(sum.outputs[0])?.shape.at(-1) as number;
    expect(sum.kernels).toEqual([
      { kind: "collective", collective: "all_reduce", bytes: 2 * 2 * 128 * hidden, devices: 4, link: "peer" },
    ]);
  });

  it("parts the products of Llama-3 8B and gathers its logits", () => {
    const whole = model("llama-3-8b", options);
    const parted = partTensors(whole, 4, "peer");
    const node = (name: string) => parted.nodes.find((one) => one.name === name);
    expect(node("layers.0.attention.query")?.kernels).toMatchObject([{ m: 256, n: 1024, k: 4096 }]);
    expect(node("layers.0.attention.key")?.kernels).toMatchObject([{ m: 256, n: 256, k: 4096 }]);
    expect(node("layers.0.attention.scores")?.kernels).toMatchObject([{ batch: 2 * 8, m: 128, n: 128, k: 128 }]);
    expect(node("layers.0.attention.output")?.kernels).toMatchObject([{ m: 256, n: 4096, k: 1024 }]);
    expect(node("layers.0.feed-forward.gate")?.kernels).toMatchObject([{ n: 3584, k: 4096 }]);
    expect(countOf(parted, "all_gather")).toBe(1);
    // Embedding and norms are everybody's; 4096 x 128256 and 2 x 32 + 1 rows of 4096.
    const shared = 4096 * 128256 + 65 * 4096;
    expect(graphTotals(parted).parameters).toBe((8_030_261_248 - shared) / 4 + shared);
  });

  it.each([
    ["gpt2-medium", 16, 16],
    ["opt-1.3b", 32, 32],
    ["llama-3-8b", 32, 8],
  ])("gives each device its heads of a cache: %s", (name, heads, keyHeads) => {
    const graph = model(name, { batch: 64, sequence: 1, cached: 1023 });
    const { kernels } = predictParallel(graph, { device: "h100-sxm", tensorParallel: 4 }).stages[0].schedule;
    const attention = kernels.filter(({ kind }) => kind === "attention");
    expect(attention.length).toBeGreaterThan(0);
    for (const kernel of attention)
      expect(kernel).toMatchObject({ heads: heads / 4, kvHeads: keyHeads / 4, keys: 1024 });
  });

  it("divides the operations, but for what every device does", () => {
    const whole = model("bert-large", options);
    expect(flopOf(partTensors(whole, 4, "peer")) / flopOf(whole)).toBeCloseTo(0.25, 2);
    expect(partTensors(whole, 1, "peer")).toBe(whole);
  });

  it("leaves no tensor in fractions", () => {
    for (const name of ["bert-base", "gpt2-medium", "opt-1.3b", "llama-3-8b", "mlp-512-1024-512-256"]) {
      for (const { shape } of partTensors(model(name, options), 4, "peer").tensors.values()) {
        expect(shape.every(Number.isInteger)).toBe(true);
      }
    }
  });

  it("refuses what devices cannot share evenly", () => {
    expect(() => partTensors(model("bert-base", options), 8, "peer")).toThrow(
      /tensorParallel: 8 devices cannot share the 12 heads of .*\nTake a number of devices that divides 12\./,
    );
    expect(() => partTensors(model("llama-3-8b", options), 16, "peer")).toThrow("16 devices cannot share the 8 heads");
  });
});

describe("pipeline parallelism", () => {
  const graph = model("gpt2", { batch: 1, sequence: 64 });

  it("cuts between layers, and each stage receives what crosses", () => {
    const stages = cutIntoStages(graph, 4, "peer");
    expect(stages.map(({ nodes }) => new Set(nodes.flatMap(({ layer }) => layer ?? [])).size)).toEqual([3, 3, 3, 3]);
    expect(stages.map((stage) => countOf(stage, "send_recv"))).toEqual([0, 1, 1, 1]);
    expect(stages[1].nodes[0].kernels).toMatchObject([{ collective: "send_recv", bytes: 2 * 64 * 768 }]);
    const nodes = stages.flatMap((stage) => stage.nodes.filter(({ type }) => type !== "send_recv"));
    expect(nodes).toEqual(graph.nodes);
  });

  it("needs as many layers as stages", () => {
    expect(() => cutIntoStages(graph, 13, "peer")).toThrow(
      "pipelineParallel: gpt2 has 12 repeated layers, too few for 13 stages\nTake 12 stages at most.",
    );
  });
});

describe("a graph on several devices", () => {
  const graph = model("gpt3-13b", { batch: 1, sequence: 512 });
  const on = (options: object) => predictParallel(graph, { device: "h100", ...options });

  it("is on one what it is by itself", () => {
    const alone = predictGraph(graph, { device: "h100" });
    const one = on({});
    expect(one).toMatchObject({ predicted_time_us: alone.predicted_time_us, exchange_us: 0, bubble_share: 0 });
    expect(one.parameters_per_device).toBe(alone.parameters);
  });

  it("is faster on four that share its products, by less than four, and slower over PCIe", () => {
    const [one, four] = [on({}), on({ tensorParallel: 4 })];
    expect(four.predicted_time_us).toBeLessThan(one.predicted_time_us);
    expect(four.predicted_time_us).toBeGreaterThan(one.predicted_time_us / 4);
    expect(four.exchange_us).toBeGreaterThan(0);
    expect(on({ tensorParallel: 4, link: "pcie" }).predicted_time_us).toBeGreaterThan(four.predicted_time_us);
  });

  it("fills the stages of a pipeline: the bubble is (p - 1) / (m + p - 1) where stages are alike", () => {
    const bubble = (microBatches: number): number => on({ pipelineParallel: 4, microBatches }).bubble_share;
    expect(bubble(1)).toBeCloseTo(3 / 4, 2);
    expect(bubble(8)).toBeCloseTo(3 / 11, 1);
    expect(bubble(64)).toBeLessThan(bubble(8));
  });

  it("takes for m batches all stages once, and the slowest m - 1 times more", () => {
    const eight = on({ pipelineParallel: 2, microBatches: 8 });
    const times = eight.stages.map(({ predicted_time_us }) => predicted_time_us);
    expect(eight.predicted_time_us).toBeCloseTo(times[0] + times[1] + 7 * Math.max(...times), 6);
    expect(String(eight)).toMatch(
      /^gpt3-13b on 2 h100-sxm \(1 x 2\): [\d.]+ ms for 8 batches, [\d.]+ ms of exchanges, \d+% bubble$/,
    );
  });

  it("refuses counts and links that are none", () => {
    expect(() => on({ tensorParallel: 0 })).toThrow("tensorParallel must be a whole number of at least 1, got 0");
    expect(() => on({ link: "usb" })).toThrow('unknown link "usb"');
    expect(() => predictParallel(graph, { device: "l4", tensorParallel: 4 })).toThrow(
      "L4 states no links between devices",
    );
  });
});
