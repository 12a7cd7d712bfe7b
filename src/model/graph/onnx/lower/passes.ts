// The work of operators that go through memory once: elementwise, copies, norms, reductions, pools. Knows no device.
import { operationsPerElement } from "../../../operator/index.js";
import type { NodeWork } from "../../builder.js";
import { freeWork, passWork } from "../../node-work.js";
import { countOf } from "../shapes/rule.js";
import { mathOf, type RunningNode, readsOf, type WorkRule } from "./rule.js";

/** Operators that only read a shape differently, or are nothing in inference. */
const free: readonly string[] = "Reshape Flatten Squeeze Unsqueeze Identity Dropout Shape Size DequantizeLinear".split(
  " ",
);

/** Their inputs are read, and their outputs written, without arithmetic. */
const copies: readonly string[] =
  "Transpose Concat ReverseSequence Cast CastLike Tile Pad DepthToSpace SpaceToDepth ConstantOfShape Range EyeLike OneHot".split(
    " ",
  );

/** Of their input only what they put out is read. */
const selections: readonly string[] = "Slice Gather GatherElements GatherND Expand".split(" ");

/** Operations for each element that comes out. Functions of the exponential count as their formulas have them. */
const elementwise: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    (
      "Abs Acos Acosh Add And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Ceil Cos Cosh Div " +
      "Equal Exp Floor Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Log Max Min Mod Mul Neg Not Or Pow Reciprocal Relu " +
      "Round Sign Sin Sinh Sqrt Sub Sum Tan Tanh ThresholdedRelu Trilu Where Xor CumSum RandomNormalLike RandomUniformLike"
    )
      .split(" ")
      .map((type) => [type, 1] as const),
  ),
  BatchNormalization: 2,
  Clip: 2,
  LeakyRelu: 2,
  Mean: 2,
  PRelu: 2,
  QuantizeLinear: 2,
  DynamicQuantizeLinear: 4,
  HardSigmoid: 3,
  HardSwish: 4,
  Elu: 3,
  Celu: 4,
  Selu: 4,
  Shrink: 3,
  Softsign: 3,
  Softplus: 3,
  Erf: 4,
  Sigmoid: 4,
  Swish: 5,
  QuickGelu: 6,
  Mish: 6,
  Gelu: operationsPerElement.gelu,
  FastGelu: operationsPerElement.gelu,
  BiasGelu: operationsPerElement.gelu + 1,
  RotaryEmbedding: 4,
};

const rowwise: Readonly<Record<string, number>> = {
  Softmax: operationsPerElement.softmax,
  LogSoftmax: operationsPerElement.softmax + 1,
  Hardmax: 2,
  LayerNormalization: operationsPerElement.layerNorm,
  InstanceNormalization: operationsPerElement.layerNorm,
  GroupNormalization: operationsPerElement.layerNorm,
  MeanVarianceNormalization: operationsPerElement.layerNorm - 2,
  SkipLayerNormalization: operationsPerElement.layerNorm + 1,
  RMSNormalization: operationsPerElement.rmsNorm,
  SimplifiedLayerNormalization: operationsPerElement.rmsNorm,
  SkipSimplifiedLayerNormalization: operationsPerElement.rmsNorm + 1,
  LRN: 8,
  LpNormalization: 4,
};

/** Operations for each element that goes in. */
const reductions: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    "ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ArgMax ArgMin TopK".split(" ").map((type) => [type, 1]),
  ),
  ReduceL1: 2,
  ReduceL2: 2,
  ReduceSumSquare: 2,
  ReduceLogSum: 1,
  ReduceLogSumExp: 3,
  GlobalAveragePool: 1,
  GlobalMaxPool: 1,
  GlobalLpPool: 2,
};

const each = (types: readonly string[], rule: WorkRule): (readonly [string, WorkRule])[] =>
  types.map((type) => [type, rule] as const);

export const passRules: ReadonlyMap<string, WorkRule> = new Map<string, WorkRule>([
  ...each(free, () => freeWork),
  ...each(copies, (node) => pass(node, 0)),
  ...each(selections, selected),
  ...Object.entries({ ...elementwise, ...rowwise }).map(
    ([type, operations]) => [type, (node: RunningNode) => pass(node, operations)] as const,
  ),
  ...Object.entries(reductions).map(
    ([type, operations]) => [type, (node: RunningNode) => reduced(node, operations)] as const,
  ),
  ["Split", splitWork],
  ...each(["MaxPool", "AveragePool", "LpPool"], pooled),
  ...each(["Resize", "Upsample"], (node) => pass(node, node.known.text("mode", "nearest") === "nearest" ? 0 : 8)),
  ...each(["ScatterElements", "ScatterND", "Scatter", "TensorScatter"], (node) => pass(node, 0)),
]);

function pass(node: RunningNode, operations: number): NodeWork {
  const [output, ...beside] = node.outputs;
  return passWork(readsOf(node), output, operations, mathOf(node), beside);
}

/** A table by index: rows that nobody asks for are not read. */
function selected(node: RunningNode): NodeWork {
  const [data, ...others] = node.inputs;
  const [output] = node.outputs;
  const taken =
    data === undefined ? [] : [countOf(data.shape) < countOf(output.shape) ? data : { ...output, format: data.format }];
  return passWork([...taken, ...others.filter((input) => input !== undefined)], output, 0, mathOf(node));
}

function splitWork(node: RunningNode): NodeWork {
  const [whole] = readsOf(node);
  return passWork([whole], whole, 0, mathOf(node));
}

function reduced(node: RunningNode, operations: number): NodeWork {
  const reads = readsOf(node);
  const perOutput = (operations * countOf(reads[0].shape)) / countOf(node.outputs[0].shape);
  return passWork(reads, node.outputs[0], perOutput, mathOf(node));
}

/** One operation for each element of each window. */
function pooled(node: RunningNode): NodeWork {
  return pass({ ...node, outputs: node.outputs.slice(0, 1) }, countOf(node.known.integers("kernel_shape") ?? [1]));
}
