// Shapes of operators that treat every element by itself, and their values where those are constants. Knows no device.
import { type ElementType, elementTypes } from "../model-file.js";
import { broadcast, countOf, type Inferred, type KnownNode, type ShapeRule } from "./rule.js";

/** Values are followed through tensors of at most so many elements: shapes and masks of positions, not data. */
export const mostFolded = 4096;

/** One input, one output of the same shape. */
const unary: readonly string[] = [
  ..."Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid".split(
    " ",
  ),
  ..."HardSwish Hardmax Identity LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh".split(
    " ",
  ),
  ..."Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu Trilu CumSum LpNormalization MeanVarianceNormalization".split(
    " ",
  ),
  ..."LRN InstanceNormalization GroupNormalization RMSNormalization QuickGelu FastGelu BiasGelu Softmax LogSoftmax".split(
    " ",
  ),
  ..."ScatterElements ScatterND Scatter TensorScatter RotaryEmbedding ReverseSequence".split(" "),
];

/** All inputs broadcast to one shape. */
const broadcasting: readonly string[] =
  "Add Sub Mul Div Pow Mod PRelu BitShift BitwiseAnd BitwiseOr BitwiseXor Max Min Mean Sum".split(" ");

const comparing: readonly string[] = "Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor".split(" ");

const functions: Readonly<Record<string, (...values: readonly number[]) => number>> = {
  Abs: Math.abs,
  Ceil: Math.ceil,
  Exp: Math.exp,
  Floor: Math.floor,
  Identity: (x) => x,
  Log: Math.log,
  Neg: (x) => -x,
  Not: (x) => (x === 0 ? 1 : 0),
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(0, x),
  Sqrt: Math.sqrt,
  Sign: Math.sign,
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Mod: (a, b) => a - b * Math.floor(a / b),
  Max: (...all) => Math.max(...all),
  Min: (...all) => Math.min(...all),
  Sum: (...all) => all.reduce((sum, x) => sum + x, 0),
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  And: (a, b) => Number(a !== 0 && b !== 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
  Xor: (a, b) => Number((a !== 0) !== (b !== 0)),
  Where: (condition, a, b) => (condition !== 0 ? a : b),
};

export const elementwiseRules: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...unary.map((type) => [type, (node: KnownNode) => [likeFirst(node)]] as const),
  ...broadcasting.map((type) => [type, (node: KnownNode) => [together(node, node.input(0).type)]] as const),
  ...comparing.map((type) => [type, (node: KnownNode) => [together(node, "BOOL")]] as const),
  ["IsNaN", (node) => [{ type: "BOOL", shape: node.shape(0) }]],
  ["IsInf", (node) => [{ type: "BOOL", shape: node.shape(0) }]],
  ["Where", (node) => [together(node, node.input(1).type)]],
  ["Cast", cast],
  ["CastLike", (node) => [{ ...likeFirst(node, "Identity"), type: node.input(1).type }]],
  ["Dropout", (node) => [likeFirst(node, "Identity"), { type: "BOOL", shape: node.shape(0) }]],
  ["QuantizeLinear", (node) => [{ type: node.inputs[2]?.type ?? "UINT8", shape: node.shape(0) }]],
  ["DequantizeLinear", (node) => [{ type: node.input(1).type, shape: node.shape(0) }]],
  [
    "DynamicQuantizeLinear",
    (node) => [{ type: "UINT8", shape: node.shape(0) }, { shape: [] }, { type: "UINT8", shape: [] }],
  ],
  ["BatchNormalization", (node) => [{ shape: node.shape(0) }]],
  ["LayerNormalization", normalized],
  ["SimplifiedLayerNormalization", normalized],
  ["SkipLayerNormalization", withSum],
  ["SkipSimplifiedLayerNormalization", withSum],
]);

function likeFirst(node: KnownNode, as: string = node.node.type): Inferred {
  const { values } = node.input(0);
  return {
    shape: node.shape(0),
    values: functions[as] === undefined ? undefined : values?.map((x) => functions[as](x)),
  };
}

function together(node: KnownNode, type: ElementType): Inferred {
  const shapes = node.inputs.map((_, i) => node.shape(i));
  const shape = shapes.reduce((a, b) => {
    const fitting = broadcast(a, b);
    if (fitting === undefined)
      node.refuse(`has inputs of ${shapes.map((one) => `[${one.join(", ")}]`).join(" and ")}, which do not fit`);
    return fitting as readonly number[];
  });
  return { type, shape, values: folded(node, shape, type) };
}

function folded(node: KnownNode, shape: readonly number[], type: ElementType): readonly number[] | undefined {
  const compute = functions[node.node.type];
  const count = countOf(shape);
  if (compute === undefined || count > mostFolded) return undefined;
  const parts = node.inputs.map((input) => input?.values && spread(input.values, input.shape ?? [], shape));
  if (parts.some((part) => part === undefined)) return undefined;
  // Whole numbers are divided towards zero.
  const whole = type.includes("INT") ? Math.trunc : (x: number) => x;
  return Array.from({ length: count }, (_, i) =>
    whole(compute(...parts.map((part) => (part as readonly number[])[i]))),
  );
}

/** The values of a tensor as broadcast to a larger shape. */
export function spread(values: readonly number[], from: readonly number[], to: readonly number[]): readonly number[] {
  const extents = [...Array(to.length - from.length).fill(1), ...from];
  return Array.from({ length: countOf(to) }, (_, flat) => {
    let rest = flat;
    let index = 0;
    let stride = 1;
    for (let i = to.length - 1; i >= 0; i--) {
      if (extents[i] > 1) index += (rest % to[i]) * stride;
      rest = Math.floor(rest / to[i]);
      stride *= extents[i];
    }
    return values[index];
  });
}

function cast(node: KnownNode): Inferred[] {
  const type = elementTypes[node.integer("to", 0)] ?? "UNDEFINED";
  const { values } = node.input(0);
  const converted = (x: number): number =>
    type === "BOOL" ? Number(x !== 0) : type.includes("INT") ? Math.trunc(x) : x;
  return [{ type, shape: node.shape(0), values: values?.map(converted) }];
}

/** Also the mean and the reciprocal deviation of every row. */
function normalized(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const axis = node.axis(node.integer("axis", -1), shape.length);
  const statistics = shape.map((extent, i) => (i < axis ? extent : 1));
  return [{ shape }, { type: "FLOAT", shape: statistics }, { type: "FLOAT", shape: statistics }];
}

/** Of onnxruntime: a sum and its norm; the fourth output is the sum. */
function withSum(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  return [{ shape }, { shape: undefined }, { shape: undefined }, { shape }];
}
