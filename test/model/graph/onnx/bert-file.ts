// A BERT as an exporter would write it, with the reshapes whose shapes are computed while it runs. For tests.
import type { BertShape } from "../../../../src/model/graph/models/bert.js";
import { float, floats, int64, type Message, model, node, numbers, value, weight } from "./write-onnx.js";

/** Symbolic dimensions `batch` and `sequence`; opset 20, in which Gelu is one operator. */
export function bertFile({ layers, hidden, heads, inner, vocabulary, positions }: BertShape): Uint8Array {
  const size = hidden / heads;
  const nodes: Message[] = [];
  const weights: Message[] = [
    numbers("zero", [0], []),
    numbers("one", [1], []),
    numbers("first", [0]),
    numbers("rows", [-1, hidden]),
    floats("scale", [1 / Math.sqrt(size)], []),
  ];
  let made = 0;
  const op = (type: string, inputs: string[], attributes = {}, name = `${type}${made++}`): string => {
    nodes.push(node(type, inputs, [name], attributes));
    return name;
  };
  const parameter = (name: string, shape: number[]): string => {
    weights.push(weight(name, shape));
    return name;
  };
  const list = (name: string, ...entries: number[]): string => {
    weights.push(numbers(name, entries));
    return name;
  };
  const linear = (name: string, x: string, from: number, to: number): string => {
    const w = parameter(`${name}.weight`, [to, from]);
    return op("Gemm", [x, w, parameter(`${name}.bias`, [to])], { transB: 1 }, name);
  };
  const norm = (name: string, x: string): string => {
    const [gain, bias] = ["weight", "bias"].map((end) => parameter(`${name}.${end}`, [hidden]));
    return op("LayerNormalization", [x, gain, bias], { axis: -1 });
  };
  // [batch * sequence, hidden] to [batch, sequence, heads, size], as torch.onnx writes view(batch, -1, heads, size).
  const split = op(
    "Concat",
    [op("Unsqueeze", [op("Gather", [op("Shape", ["tokens"]), "zero"]), "first"]), list("tail", -1, heads, size)],
    { axis: 0 },
  );
  const byHead = (x: string, order: number[]): string => op("Transpose", [op("Reshape", [x, split])], { perm: order });

  const words = op("Gather", [parameter("words", [vocabulary, hidden]), "tokens"]);
  const kinds = op("Gather", [parameter("kinds", [2, hidden]), "segments"]);
  const places = op("Gather", [parameter("places", [positions, hidden]), "positions"]);
  let x = op("Reshape", [norm("norm", op("Add", [op("Add", [words, kinds]), places])), "rows"]);
  for (let layer = 0; layer < layers; layer++) {
    const at = `layer.${layer}`;
    const query = byHead(linear(`${at}.query`, x, hidden, hidden), [0, 2, 1, 3]);
    const key = byHead(linear(`${at}.key`, x, hidden, hidden), [0, 2, 3, 1]);
    const values = byHead(linear(`${at}.value`, x, hidden, hidden), [0, 2, 1, 3]);
    const scores = op("Add", [op("Mul", [op("MatMul", [query, key]), "scale"]), "mask"]);
    const mixed = op("MatMul", [op("Softmax", [scores], { axis: -1 }), values]);
    const together = op("Reshape", [op("Transpose", [mixed], { perm: [0, 2, 1, 3] }), "rows"]);
    x = norm(`${at}.norm`, op("Add", [linear(`${at}.output`, together, hidden, hidden), x]));
    const wide = op("Gelu", [linear(`${at}.inner`, x, hidden, inner)]);
    x = norm(`${at}.norm2`, op("Add", [linear(`${at}.narrow`, wide, inner, hidden), x]));
  }
  const sentences = op("Reshape", [x, op("Concat", [op("Shape", ["tokens"]), list("width", hidden)], { axis: 0 })]);
  const pooled = op("Tanh", [linear("pooler", op("Gather", [sentences, "zero"], { axis: 1 }), hidden, hidden)]);
  return model(
    {
      nodes,
      weights,
      inputs: [
        value("tokens", ["batch", "sequence"], int64),
        value("segments", ["batch", "sequence"], int64),
        value("positions", ["sequence"], int64),
        value("mask", ["batch", 1, 1, "sequence"], float),
      ],
      outputs: [value(sentences, []), value(pooled, [])],
    },
    20,
  );
}
