import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../../src/core/errors.js";
import { model as builtIn, type GraphNode, graphTotals, readOnnx } from "../../../../src/model/graph/index.js";
import { bertBase } from "../../../../src/model/graph/models/bert.js";
import { bertFile } from "./bert-file.js";
import { float, floats, graph, half, int64, model, node, numbers, value, weight } from "./write-onnx.js";

const only = (nodes: readonly GraphNode[]): GraphNode => {
  expect(nodes).toHaveLength(1);
  return nodes[0];
};

describe("an ONNX file", () => {
  it("becomes a graph: a product of 3 x 5 by 5 x 7, and what it asks for", () => {
    const file = model({
      nodes: [node("MatMul", ["x", "w"], ["y"])],
      inputs: [value("x", [3, 5])],
      outputs: [value("y", [3, 7])],
      weights: [weight("w", [5, 7])],
    });
    const read = readOnnx(file);
    const product = only(read.nodes);
    expect(product).toMatchObject({ name: "MatMul_y", type: "linear", inputs: ["x", "w"], outputs: ["y"] });
    expect(product.work).toEqual({
      flop: { FP32: 2 * 3 * 5 * 7 },
      units: "matrix",
      bytes: { dram: 4 * (15 + 35 + 21) },
    });
    expect(product.kernels).toMatchObject([{ kind: "matmul", batch: 1, m: 3, n: 7, k: 5 }]);
    expect(read.tensors.get("w")).toEqual({ name: "w", shape: [5, 7], format: "FP32", role: "weight" });
    expect(graphTotals(read).parameters).toBe(35);
  });

  it("is read in the precision that is asked for, weights apart", () => {
    const file = model({
      nodes: [node("MatMul", ["x", "w"], ["y"])],
      inputs: [value("x", [1, 8])],
      weights: [weight("w", [8, 4])],
    });
    expect(only(readOnnx(file, { precision: "fp16" }).nodes).work).toEqual({
      flop: { FP16: 64 },
      units: "matrix",
      bytes: { dram: 2 * (8 + 32 + 4) },
    });
    const narrow = only(readOnnx(file, { precision: "fp16", weight: "int4" }).nodes);
    expect(narrow.work).toEqual({ flop: { FP16: 64 }, units: "matrix", bytes: { dram: 2 * 8 + 32 / 2 + 2 * 4 } });
  });

  it("keeps its own formats where none is asked for", () => {
    const file = model({ nodes: [node("Relu", ["x"], ["y"])], inputs: [value("x", [10], half)] });
    expect(only(readOnnx(file).nodes).work).toEqual({ flop: { FP16: 10 }, bytes: { dram: 40 } });
  });
});

describe("a BERT from a file", () => {
  it.each([
    ["one sentence", 1, 128],
    ["eight", 8, 64],
  ])("asks for what the built-in one does: %s", (_, batch, sequence) => {
    const read = readOnnx(bertFile({ ...bertBase, layers: 2 }), { dimensions: { batch, sequence }, precision: "FP16" });
    const full = graphTotals(builtIn("bert-base", { batch, sequence, precision: "FP16" }));
    const totals = graphTotals(read);
    expect(totals.unknown.size).toBe(0);
    // Ten layers less, of which each has 12 h^2 + 13 h parameters.
    expect(totals.parameters).toBe(full.parameters - 10 * (12 * 768 ** 2 + 13 * 768));
  });

  it("has, at full size, the same operations, and the same bytes but for taking the first token of each", () => {
    const options = { batch: 4, sequence: 128, precision: "FP16" } as const;
    const { batch, sequence } = options;
    const read = graphTotals(readOnnx(bertFile(bertBase), { dimensions: { batch, sequence }, precision: "FP16" }));
    const built = graphTotals(builtIn("bert-base", options));
    expect(read.flop).toEqual(built.flop);
    expect(read.parameters).toBe(109_482_240);
    expect(read.bytes).toBe(built.bytes + 2 * 2 * batch * 768);
  });

  it("asks for the dimensions that it has no number for, and for no others", () => {
    const file = bertFile({ ...bertBase, layers: 1 });
    expect(() => readOnnx(file)).toThrow(
      'ONNX graph "test": dimensions are not known: batch, sequence\nGive a number for each: { batch: 1, sequence: 1 }.',
    );
    expect(() => readOnnx(file, { dimensions: { batch: 1, sequence: 8, heads: 2 } })).toThrow(
      'dimensions: the file has no dimension "heads"\nIt has "batch" or "sequence".',
    );
    expect(() => readOnnx(file, { dimensions: { batch: 1.5, sequence: 8 } })).toThrow("batch must be a whole number");
  });
});

describe("symbolic dimensions", () => {
  const shapeOf = (shape: (string | number | null)[], dimensions: Record<string, number>) =>
    readOnnx(model({ nodes: [node("Relu", ["x"], ["y"])], inputs: [value("x", shape)] }), { dimensions }).tensors.get(
      "y",
    )?.shape;

  it("are bound by name, by `batch` and `seq` in the usual spellings, or by their place", () => {
    expect(shapeOf(["batch_size", "sequence_length", 8], { batch: 2, seq: 16 })).toEqual([2, 16, 8]);
    expect(shapeOf(["N", "frames"], { batch: 2, frames: 3 })).toEqual([2, 3]);
    expect(shapeOf([null, 3], { "x[0]": 5 })).toEqual([5, 3]);
  });

  it("may be sums of others", () => {
    expect(shapeOf(["past + seq", "past", "seq", "past + 1"], { past: 7, seq: 3 })).toEqual([10, 7, 3, 8]);
  });

  it("are named by their place where they have no name", () => {
    expect(() => shapeOf([null, 3], {})).toThrow("a dimension is not known: x[0]");
  });

  it("cannot be given to a file of fixed shapes", () => {
    expect(() => shapeOf([4, 3], { batch: 2 })).toThrow(
      'the file has no dimension "batch"\nIts inputs have fixed shapes: x [4, 3].',
    );
  });
});

describe("operators that nobody knows", () => {
  const file = model({
    nodes: [
      node("Frobnicate", ["x"], ["y"], {}, "com.example"),
      node("Frobnicate", ["x"], ["z"], {}, "com.example"),
      node("NonZero", ["x"], ["where"]),
      node("Relu", ["y"], ["a"]),
      node("Relu", ["z"], ["b"]),
    ],
    inputs: [value("x", [4, 8])],
    outputs: [value("a", [4, 8])],
    // The exporter says what one of them makes.
    values: [value("y", [4, 8])],
  });

  it("are named and counted, with those whose shapes hang on them", () => {
    const totals = graphTotals(readOnnx(file));
    expect([...totals.unknown]).toEqual([
      ["Frobnicate", 2],
      ["NonZero", 1],
      ["Relu", 1],
    ]);
  });

  it("do not stop what the file gives the shapes of", () => {
    const relu = readOnnx(file).nodes.find(({ outputs }) => outputs[0] === "a");
    expect(relu?.work).toEqual({ flop: { FP32: 32 }, bytes: { dram: 2 * 128 } });
  });
});

describe("what does not run", () => {
  it("are constants, the arithmetic of shapes, and weights that are made of weights", () => {
    const file = model({
      nodes: [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "zero"], ["n"]),
        node("Constant", [], ["two"], { value: { tensor: numbers("", [2], []) } }),
        node("Mul", ["n", "two"], ["n2"]),
        node("Unsqueeze", ["n2", "axis"], ["n2u"]),
        node("Concat", ["n2u", "minus"], ["target"], { axis: 0 }),
        node("Reshape", ["x", "target"], ["r"]),
        node("Transpose", ["w"], ["wt"], { perm: [1, 0] }),
        node("MatMul", ["r", "wt"], ["y"]),
      ],
      inputs: [value("x", ["n", 6])],
      weights: [weight("w", [5, 3]), numbers("zero", [0], []), numbers("axis", [0]), numbers("minus", [-1])],
    });
    const read = readOnnx(file, { dimensions: { n: 4 } });
    expect(read.nodes.map(({ type }) => type)).toEqual(["view", "linear"]);
    expect(read.tensors.get("y")?.shape).toEqual([8, 5]);
    expect(graphTotals(read)).toMatchObject({ parameters: 15, flop: { FP32: 2 * 8 * 5 * 3 }, kernels: 1 });
  });

  it("is the branch of a condition that is not taken", () => {
    const branch = (type: string) => ({
      graph: graph({ nodes: [node(type, ["x"], [`${type}_out`])], outputs: [value(`${type}_out`, [])] }),
    });
    const file = model({
      nodes: [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "zero"], ["n"]),
        node("Equal", ["n", "four"], ["isFour"]),
        node("If", ["isFour"], ["y"], { then_branch: branch("Exp"), else_branch: branch("Neg") }),
        node("Relu", ["y"], ["z"]),
      ],
      inputs: [value("x", ["n"])],
      outputs: [value("z", [])],
      weights: [numbers("zero", [0], []), numbers("four", [4], [])],
    });
    expect(readOnnx(file, { dimensions: { n: 4 } }).nodes.map(({ type }) => type)).toEqual(["exp", "relu"]);
    expect(readOnnx(file, { dimensions: { n: 5 } }).nodes.map(({ type }) => type)).toEqual(["neg", "relu"]);
  });
});

describe("versions of operator sets", () => {
  const shapeOf = (
    nodes: Parameters<typeof model>[0]["nodes"],
    opset: number,
    weights: Parameters<typeof model>[0]["weights"] = [],
  ) =>
    readOnnx(model({ nodes, inputs: [value("x", [2, 3, 4])], weights: weights as never }, opset)).tensors.get("y")
      ?.shape;

  it.each([
    ["Unsqueeze, axes as attribute", 11, [node("Unsqueeze", ["x"], ["y"], { axes: [0, -1] })], [], [1, 2, 3, 4, 1]],
    ["Unsqueeze, axes as input", 13, [node("Unsqueeze", ["x", "a"], ["y"])], [numbers("a", [0, -1])], [1, 2, 3, 4, 1]],
    ["ReduceMean, axes as attribute", 13, [node("ReduceMean", ["x"], ["y"], { axes: [-1], keepdims: 0 })], [], [2, 3]],
    [
      "ReduceMean, axes as input",
      18,
      [node("ReduceMean", ["x", "a"], ["y"], { keepdims: 0 })],
      [numbers("a", [-1])],
      [2, 3],
    ],
    [
      "Slice, attributes",
      9,
      [node("Slice", ["x"], ["y"], { axes: [2], starts: [1], ends: [2 ** 31 - 1] })],
      [],
      [2, 3, 3],
    ],
    [
      "Slice, inputs, backwards",
      13,
      [node("Slice", ["x", "s", "e", "a", "p"], ["y"])],
      [numbers("s", [-1]), numbers("e", [-100]), numbers("a", [2]), numbers("p", [-2])],
      [2, 3, 2],
    ],
    ["Reshape, attribute", 1, [node("Reshape", ["x"], ["y"], { shape: [0, -1] })], [], [2, 12]],
    ["Split, attribute", 11, [node("Split", ["x"], ["z", "y"], { axis: 1, split: [1, 2] })], [], [2, 2, 4]],
    ["Split, by number", 18, [node("Split", ["x"], ["z", "y"], { axis: 2, num_outputs: 2 })], [], [2, 3, 2]],
    [
      "Squeeze without axes",
      13,
      [node("Unsqueeze", ["x", "a"], ["u"]), node("Squeeze", ["u"], ["y"])],
      [numbers("a", [1])],
      [2, 3, 4],
    ],
  ] as const)("%s", (_, opset, nodes, weights, shape) => {
    expect(shapeOf(nodes, opset, weights)).toEqual(shape);
  });
});

describe("convolutions and pools", () => {
  it("a ResNet's first layers: 7 x 7 by twos, a norm, a bound, a pool", () => {
    const read = readOnnx(
      model({
        nodes: [
          node("Conv", ["x", "w"], ["c"], { strides: [2, 2], pads: [3, 3, 3, 3], kernel_shape: [7, 7] }),
          node("BatchNormalization", ["c", "g", "b", "m", "v"], ["n"]),
          node("Relu", ["n"], ["r"]),
          node("MaxPool", ["r"], ["p"], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
          node("GlobalAveragePool", ["p"], ["a"]),
          node("Flatten", ["a"], ["y"]),
        ],
        inputs: [value("x", ["N", 3, 224, 224])],
        weights: [weight("w", [64, 3, 7, 7]), ...["g", "b", "m", "v"].map((name) => weight(name, [64]))],
      }),
      { dimensions: { batch: 2 } },
    );
    expect(["c", "n", "p", "a", "y"].map((name) => read.tensors.get(name)?.shape)).toEqual([
      [2, 64, 112, 112],
      [2, 64, 112, 112],
      [2, 64, 56, 56],
      [2, 64, 1, 1],
      [2, 64],
    ]);
    expect(read.nodes[0].work?.flop).toEqual({ FP32: 2 * (2 * 64 * 112 * 112) * (3 * 49) });
    expect(read.nodes[3].work?.flop).toEqual({ FP32: 2 * 64 * 56 * 56 * 9 });
    expect(graphTotals(read).parameters).toBe(64 * 147 + 4 * 64);
  });

  it("by groups: each sees its own channels", () => {
    const [conv] = readOnnx(
      model({
        nodes: [node("Conv", ["x", "w"], ["y"], { group: 8, auto_pad: "SAME_UPPER" })],
        inputs: [value("x", [1, 8, 10, 10])],
        weights: [weight("w", [8, 1, 3, 3])],
      }),
    ).nodes;
    expect(conv.work?.flop).toEqual({ FP32: 2 * 800 * 9 });
  });
});

describe("products", () => {
  const work = (nodes: Parameters<typeof model>[0]["nodes"], a: number[], b: number[]) =>
    only(readOnnx(model({ nodes, inputs: [value("a", a), value("b", b)] })).nodes);

  it("of a stack by one matrix are one, of a stack by a stack are many", () => {
    expect(work([node("MatMul", ["a", "b"], ["y"])], [2, 3, 4, 5], [5, 6]).kernels).toMatchObject([
      { batch: 1, m: 24, n: 6, k: 5 },
    ]);
    expect(work([node("MatMul", ["a", "b"], ["y"])], [2, 3, 4, 5], [3, 5, 6]).kernels).toMatchObject([
      { batch: 6, m: 4, n: 6, k: 5 },
    ]);
    expect(work([node("MatMul", ["a", "b"], ["y"])], [4, 5], [5]).kernels).toMatchObject([
      { batch: 1, m: 4, n: 1, k: 5 },
    ]);
  });

  it("are read from Einstein's notation", () => {
    const scores = work(
      [node("Einsum", ["a", "b"], ["y"], { equation: "bihd,bjhd->bhij" })],
      [2, 7, 3, 5],
      [2, 9, 3, 5],
    );
    expect(scores.kernels).toMatchObject([{ batch: 6, m: 7, n: 9, k: 5 }]);
  });

  it("of narrow numbers read narrow numbers", () => {
    const read = readOnnx(
      model({
        nodes: [
          node("QuantizeLinear", ["x", "s", "z"], ["q"]),
          node("DequantizeLinear", ["q", "s", "z"], ["d"]),
          node("DequantizeLinear", ["w", "s", "z"], ["dw"]),
          node("MatMul", ["d", "dw"], ["y"]),
        ],
        inputs: [value("x", [4, 8])],
        weights: [weight("w", [8, 16], 3), floats("s", [1], []), weight("z", [], 3)],
      }),
    );
    const product = read.nodes[read.nodes.length - 1];
    expect(product.work).toEqual({
      flop: { INT8: 2 * 4 * 8 * 16 },
      units: "matrix",
      bytes: { dram: 32 + 128 + 4 * 64 },
    });
    expect(graphTotals(read).parameters).toBe(128);
  });
});

describe("an error names the place", () => {
  it("in the bytes", () => {
    const whole = model({ nodes: [node("Relu", ["x"], ["y"])], inputs: [value("x", [1])] });
    expect(() => readOnnx(whole.subarray(0, whole.length - 3))).toThrow(/^not a protocol buffer: \d+ bytes announced/);
    expect(() => readOnnx(new TextEncoder().encode("version https://git-lfs.github.com/spec/v1"))).toThrow(
      "not a protocol buffer",
    );
    expect(() => readOnnx(new Uint8Array())).toThrow("there is no graph in it");
  });

  it("at the node", () => {
    const bad = (nodes: Parameters<typeof model>[0]["nodes"]) => () =>
      readOnnx(
        model({ nodes, inputs: [value("x", [2, 3]), value("i", [2], int64)], weights: [weight("w", [4, 5], float)] }),
      );
    expect(bad([node("MatMul", ["x", "w"], ["y"])])).toThrow(
      'node "MatMul_y" (MatMul) multiplies [2, 3] by [4, 5], which does not fit',
    );
    expect(bad([node("Add", ["x", "w"], ["y"])])).toThrow("inputs of [2, 3] and [4, 5], which do not fit");
    expect(bad([node("Relu", ["nothing"], ["y"])])).toThrow(
      'node "Relu_y" (Relu) reads "nothing", which nothing has made',
    );
  });

  it("and nothing else is thrown, whatever bytes are changed", () => {
    const file = bertFile({ ...bertBase, layers: 1 });
    const change = fc.record({ at: fc.nat(file.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(file.length), (changes, cut) => {
        const bytes = file.slice(0, cut % 3 === 0 ? cut : file.length);
        for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
        try {
          graphTotals(readOnnx(bytes, { dimensions: { batch: 1, sequence: 8 } }));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 400 },
    );
  });
});
