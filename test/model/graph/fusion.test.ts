import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Fusion,
  fuse,
  type Graph,
  GraphBuilder,
  graphTotals,
  model,
  models,
  readOnnx,
} from "../../../src/model/graph/index.js";
import { elementwise, layerNorm, linear } from "../../../src/model/graph/layers.js";
import { bertBase } from "../../../src/model/graph/models/bert.js";
import { bertFile } from "./onnx/bert-file.js";
import { floats, node, model as onnx, value, weight } from "./onnx/write-onnx.js";

const fusions: readonly Fusion[] = ["compiled", "engine"];
const names = ["bert-base", "gpt2", "opt-125m", "llama-3-8b", "mlp-512-1024-512-256", "resnet50"];

function flopOf(graph: Graph): number {
  return Object.values(graphTotals(graph).flop).reduce((sum, flop) => sum + flop, 0);
}

function ofLayer(graph: Graph, layer: number): string[] {
  return graph.nodes.filter((node) => node.layer === layer && node.kernels.length > 0).map(({ type }) => type);
}

test.each(names)("fusing %s moves fewer bytes, by fewer kernels, for the same weights and answers", (name) => {
  const plain = model(name, { batch: 2, sequence: 32 });
  let before = graphTotals(plain);
  for (const fusion of fusions) {
    const fused = fuse(plain, fusion);
    const after = graphTotals(fused);
    expect(after.bytes).toBeLessThanOrEqual(before.bytes);
    expect(after.kernels).toBeLessThanOrEqual(before.kernels);
    expect(after.parameters).toBe(before.parameters);
    expect(after.workingSet).toBeLessThanOrEqual(before.workingSet);
    expect(fused.outputs).toEqual(plain.outputs);
    before = after;
  }
});

test.each(fusions)("operations stay what they are in a model without a causal mask: %s", (fusion) => {
  for (const name of ["bert-base", "mlp-512-1024-512-256", "resnet50"]) {
    const plain = model(name, { batch: 3, sequence: 32 });
    expect(flopOf(fuse(plain, fusion))).toBe(flopOf(plain));
  }
});

test("a causal mask leaves (n + 1) / 2 of n scores a query, in one kernel of attention", () => {
  const [tokens, hidden, layers] = [64, 768, 12];
  const plain = model("gpt2", { sequence: tokens });
  // Two products of 2 x hidden operations a score; scale, mask and softmax take 7 for each head's.
  const scores = tokens * tokens;
  const hiddenPart = layers * (1 - (tokens + 1) / 2 / tokens) * (4 * scores * hidden + 7 * 12 * scores);
  expect(flopOf(plain) - flopOf(fuse(plain, "engine"))).toBeCloseTo(hiddenPart, -1);
});

test("every node of a fused graph reads what is there", () => {
  for (const { name } of models.values()) {
    if (/175b|70b|66b|30b/.test(name)) continue;
    for (const fusion of fusions) {
      const { nodes, tensors, outputs } = fuse(model(name, { sequence: 4 }), fusion);
      const there = new Set(
        [...tensors.values()].filter(({ role }) => role !== "activation").map((tensor) => tensor.name),
      );
      for (const node of nodes) {
        for (const input of node.inputs) {
          if (!there.has(input)) expect.fail(`${name}, ${fusion}: ${node.name} reads ${input} before it is there`);
        }
        for (const output of node.outputs) there.add(output);
      }
      for (const output of outputs) expect(there).toContain(output);
    }
  }
});

test("a compiler fuses passes and leaves products alone", () => {
  expect(ofLayer(fuse(model("bert-base"), "compiled"), 3)).toEqual([
    ...[
      "linear",
      "linear",
      "linear",
      "copy",
      "copy",
      "copy",
      "matmul",
      "scale+mask+softmax",
      "matmul",
      "copy",
      "linear",
    ],
    ...["add+layer_norm", "linear", "gelu", "linear", "add+layer_norm"],
  ]);
});

test("an engine does a layer of BERT in seven kernels", () => {
  expect(ofLayer(fuse(model("bert-base"), "engine"), 3)).toEqual([
    ...["linear", "attention", "linear", "add+layer_norm", "linear+gelu", "linear", "add+layer_norm"],
  ]);
});

test("eight operators of GPT-2's activation are one pass, and in an engine none", () => {
  expect(ofLayer(fuse(model("gpt2"), "compiled"), 3)).toContain("mul+pow+add+tanh");
  expect(ofLayer(fuse(model("gpt2"), "engine"), 3)).toContain("linear+mul+pow+add+tanh");
});

test("attention finds shared keys and values in a cache", () => {
  const graph = fuse(model("llama-3-8b", { batch: 4, sequence: 1, cached: 1000 }), "engine");
  const attention = graph.nodes.find(({ type }) => type === "attention")!;
  expect(attention.kernels).toEqual([
    expect.objectContaining({
      kind: "attention",
      batch: 4,
      heads: 32,
      kvHeads: 8,
      headDim: 128,
      queries: 1,
      keys: 1001,
    }),
  ]);
  expect(attention.inputs).toContain("layers.0.attention.key_cache");
  // The query, keys and values of 1001 tokens of 8 heads, and the result, 2 bytes each.
  expect(attention.work!.bytes.dram).toBe(2 * 4 * (4096 + 2 * 1001 * 1024 + 4096));
});

test("products of the same input are joined", () => {
  const graph = fuse(model("llama-3-8b", { sequence: 8 }), "engine");
  const joined = graph.nodes.find(({ name }) => name === "layers.0.attention.query")!;
  expect(joined.kernels).toEqual([expect.objectContaining({ kind: "matmul", m: 8, n: 4096 + 2 * 1024, k: 4096 })]);
  expect(joined.outputs).toHaveLength(3);
});

test("a fusion that is none is refused", () => {
  expect(() => fuse(model("gpt2", { sequence: 1 }), "all" as Fusion)).toThrow(
    'fusion: unknown fusion "all"\nKnown: "none", "compiled" or "engine".',
  );
});

test("an engine does batch norm, ReLU and the sum of a residual block where a convolution writes its result", () => {
  // The first block of the second stage: its input is projected behind the branch, whose last convolution adds it.
  expect(ofLayer(fuse(model("resnet50"), "engine"), 3)).toEqual([
    "conv2d+batch_norm+relu",
    "conv2d+batch_norm+relu",
    "conv2d+batch_norm",
    "conv2d+batch_norm+add+relu",
  ]);
  // 53 convolutions, two pools and the classifier.
  expect(graphTotals(fuse(model("resnet50"), "engine")).kernels).toBe(56);
});

test("a convolution from an ONNX file takes in what stands behind it", () => {
  const read = readOnnx(
    onnx({
      nodes: [
        node("Conv", ["x", "w"], ["c"], { pads: [1, 1, 1, 1] }),
        node("BatchNormalization", ["c", "g", "b", "m", "v"], ["n"]),
        node("Add", ["n", "z"], ["s"]),
        node("Relu", ["s"], ["y"]),
      ],
      inputs: ["x", "z"].map((name) => value(name, [1, 64, 56, 56])),
      outputs: [value("y", [1, 64, 56, 56])],
      weights: [weight("w", [64, 64, 3, 3]), ...["g", "b", "m", "v"].map((name) => weight(name, [64]))],
    }),
  );
  const fused = fuse(read, "engine");
  expect(fused.nodes.map(({ type }) => type)).toEqual(["conv2d+batch_norm+add+relu"]);
  const image = 4 * 64 * 56 * 56;
  // Three tensors between are neither written nor read.
  expect(graphTotals(read).bytes - graphTotals(fused).bytes).toBe(6 * image);
  expect(fused.nodes[0].kernels).toEqual([expect.objectContaining({ kind: "convolution", outHeight: 56 })]);
});

test("a BERT from an ONNX file is fused as the built-in one is", () => {
  const read = readOnnx(bertFile(bertBase), { dimensions: { batch: 2, sequence: 64 }, precision: "FP16" });
  const built = model("bert-base", { batch: 2, sequence: 64, precision: "FP16" });
  const kinds = (graph: Graph) => fuse(graph, "engine").nodes.flatMap(({ kernels }) => kernels.map(({ kind }) => kind));
  expect(kinds(read).filter((kind) => kind === "attention")).toHaveLength(12);
  expect(kinds(read).filter((kind) => kind === "matmul")).toHaveLength(
    kinds(built).filter((kind) => kind === "matmul").length,
  );
});

test("attention whose mask chooses between scores and a number is one kernel too", () => {
  const read = readOnnx(
    onnx({
      nodes: [
        node("MatMul", ["q", "k"], ["scores"]),
        node("Where", ["mask", "scores", "low"], ["masked"]),
        node("Softmax", ["masked"], ["weights"]),
        node("MatMul", ["weights", "v"], ["y"]),
      ],
      inputs: [
        value("q", [2, 4, 8, 16]),
        value("k", [2, 4, 16, 32]),
        value("v", [2, 4, 32, 16]),
        value("mask", [1, 1, 8, 32], 9),
      ],
      outputs: [value("y", [2, 4, 8, 16])],
      weights: [floats("low", [-10000], [])],
    }),
  );
  expect(fuse(read, "engine").nodes.flatMap(({ kernels }) => kernels)).toEqual([
    expect.objectContaining({ kind: "attention", batch: 2, heads: 4, headDim: 16, queries: 8, keys: 32 }),
  ]);
});

test.each(fusions)("any web of nodes keeps its operations, and what is read is made before: %s", (fusion) => {
  const formats = { math: "FP32", weight: "FP32", activation: "FP32" } as const;
  const step = fc.record({
    type: fc.constantFrom("add", "relu", "norm", "linear"),
    from: fc.nat(100),
    beside: fc.nat(100),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), fc.nat(100), (steps, answer) => {
      const builder = new GraphBuilder("web");
      builder.enter("web");
      const made = [builder.input("x", [4, 8], "FP32")];
      for (const [i, { type, from, beside }] of steps.entries()) {
        const [a, b] = [made[from % made.length], made[beside % made.length]];
        if (type === "norm") made.push(layerNorm(builder, `n${i}`, a, formats));
        else if (type === "linear") made.push(linear(builder, a, { name: `n${i}`, features: 8 }, formats));
        else
          made.push(elementwise(builder, { name: `n${i}`, type }, type === "add" && a !== b ? [a, b] : [a], formats));
      }
      const answers = new Set([made[made.length - 1], made[1 + (answer % (made.length - 1))]]);
      const graph = builder.build(...answers);
      const fused = fuse(graph, fusion);
      expect(flopOf(fused)).toBe(flopOf(graph));
      expect(graphTotals(fused).bytes).toBeLessThanOrEqual(graphTotals(graph).bytes);
      expectOrdered(fused);
    }),
  );
});

/** Nothing is read before it is made, and every answer is made. */
function expectOrdered({ tensors, nodes, outputs }: Graph): void {
  const there = new Set([...tensors.values()].filter(({ role }) => role !== "activation").map(({ name }) => name));
  for (const one of nodes) {
    for (const input of one.inputs) expect(there).toContain(input);
    for (const output of one.outputs) there.add(output);
  }
  for (const output of outputs) expect(there).toContain(output);
}
