import { expect, test } from "vitest";
import { elements, graphTotals, model, models } from "../../../src/model/graph/index.js";

// Parameters as their publishers' checkpoints have them, tied weights once: `sum(p.numel() for p in model.parameters())` of
// bert-*-uncased (with the pooler, without a head), gpt2*, facebook/opt-*, torchvision.models.resnet*, meta-llama/Llama-2-* and Meta-Llama-3-*.
test.each([
  ["mlp-512-1024-512-256", 1_181_440],
  ["bert-base", 109_482_240],
  ["bert-large", 335_141_888],
  ["gpt2", 124_439_808],
  ["gpt2-medium", 354_823_168],
  ["gpt2-large", 774_030_080],
  ["gpt2-xl", 1_557_611_200],
  ["opt-125m", 125_239_296],
  ["opt-1.3b", 1_315_758_080],
  ["llama-2-7b", 6_738_415_616],
  ["llama-2-13b", 13_015_864_320],
  ["llama-2-70b", 68_976_648_192],
  ["llama-3-8b", 8_030_261_248],
  ["llama-3-70b", 70_553_706_496],
  ["resnet50", 25_557_032],
  ["resnet101", 44_549_160],
  ["resnet152", 60_192_808],
])("%s has %i parameters", (name, parameters) => {
  expect(graphTotals(model(name)).parameters).toBe(parameters);
});

test("GPT-3 has the 175 billion parameters of its name", () => {
  expect(graphTotals(model("gpt3-175b")).parameters).toBeCloseTo(174.6e9, -8);
});

function gflop(name: string, options: Parameters<typeof model>[1]): number {
  return Object.values(graphTotals(model(name, options)).flop).reduce((sum, flop) => sum + flop, 0) / 1e9;
}

test("BERT-base does the 22.5 GFLOP of a sequence of 128", () => {
  // X. Jiao et al., "TinyBERT", 2020, table 1.
  expect(gflop("bert-base", { sequence: 128 })).toBeGreaterThan(22.2);
  expect(gflop("bert-base", { sequence: 128 })).toBeLessThan(22.7);
});

test("ResNet-50 does the 4.09 billion multiply-adds that torchvision states, besides norms, activations and pools", () => {
  const { nodes } = model("resnet50", { precision: "FP32" });
  const products = nodes.filter(({ type }) => type === "conv2d" || type === "linear");
  const flop = products.reduce((sum, { work }) => sum + (work?.flop.FP32 ?? 0), 0);
  expect(flop / 2e9).toBeCloseTo(4.09, 2);
  expect(products).toHaveLength(54);
});

test("a decoder does two operations for each parameter and token, and those of attention", () => {
  // J. Kaplan et al., "Scaling Laws for Neural Language Models", 2020, table 1: 2 N + 2 layers x context x width for each token, N
  // without embeddings; the head does 2 x vocabulary x width, and scores are not masked before they are computed: twice 2.
  const [layers, width, tokens, vocabulary] = [48, 1600, 1024, 50257];
  const expected = tokens * (2 * 12 * layers * width ** 2 + 4 * layers * tokens * width + 2 * vocabulary * width);
  expect((gflop("gpt2-xl", {}) * 1e9) / expected).toBeCloseTo(1, 1);
  expect(gflop("gpt2-xl", {}) * 1e9).toBeGreaterThan(expected);
});

test("every node reads what is there, and every tensor that is no answer is read", () => {
  for (const { name } of models.values()) {
    const { nodes, tensors, outputs } = model(name, { sequence: 1 });
    const there = new Set(
      [...tensors.values()].filter(({ role }) => role !== "activation").map((tensor) => tensor.name),
    );
    const read = new Set(outputs);
    for (const node of nodes) {
      for (const input of node.inputs) {
        if (!there.has(input)) expect.fail(`${name}: ${node.name} reads ${input} before it is there`);
        read.add(input);
      }
      for (const output of node.outputs) there.add(output);
    }
    expect(
      [...tensors.keys()].filter((tensor) => !read.has(tensor)),
      name,
    ).toEqual([]);
  }
});

test("a token behind 100 others does what the last of 101 does", () => {
  const alone = gflop("llama-3-8b", { sequence: 1, cached: 100 });
  expect(alone).toBeCloseTo(gflop("llama-3-8b", { sequence: 101 }) - gflop("llama-3-8b", { sequence: 100 }), 0);
});

test("twice the batch is twice the operations, and the weights stay", () => {
  const one = graphTotals(model("gpt2", { batch: 1, sequence: 64 }));
  const two = graphTotals(model("gpt2", { batch: 2, sequence: 64 }));
  expect(two.flop.FP16).toBe(2 * one.flop.FP16!);
  expect(two.weightBytes).toBe(one.weightBytes);
  expect(two.bytes).toBeLessThan(2 * one.bytes);
  expect(two.workingSet).toBeGreaterThan(one.workingSet);
});

test("the MLP by hand: one image, FP32", () => {
  const graph = model("mlp-512-1024-512-256", { precision: "FP32" });
  const { flop, bytes, workingSet, kernels } = graphTotals(graph);
  expect(kernels).toBe(5);
  // 2 x (512 x 1024 + 1024 x 512 + 512 x 256), and one for each of the 1024 + 512 activations.
  expect(flop).toEqual({ FP32: 2_359_296 + 1536 });
  // Weights once; 512, 1024, 512 and 256 elements flow, those within read and written by two nodes each.
  expect(bytes).toBe(4 * (1_181_440 + 512 + 4 * 1024 + 4 * 512 + 256));
  // Weights, and both sides of the first ReLU.
  expect(workingSet).toBe(4 * (1_181_440 + 2048));
  expect(elements(graph.tensors.get(graph.outputs[0])!)).toBe(256);
});

test("sizes that are none are refused by name", () => {
  expect(() => model("bert", {})).toThrow(/unknown model "bert"/);
  expect(() => model("gpt3", {})).toThrow(/gpt2/);
  expect(() => model("bert-base", { batch: 0 })).toThrow("batch: batch must be a whole number of at least 1, got 0");
  expect(() => model("bert-base", { precision: "fp12" })).toThrow(/unknown precision "fp12"/);
});
