// Shapes of products, convolutions, pools and reductions. Knows no device.
import { broadcast, type Inferred, type KnownNode, type ShapeRule } from "./rule.js";

const reductions: readonly string[] =
  "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare".split(
    " ",
  );

export const linearRules: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...reductions.map((type) => [type, reduce] as const),
  ["MatMul", (node) => [{ shape: product(node, node.shape(0), node.shape(1)) }]],
  ["MatMulInteger", (node) => [{ type: "INT32", shape: product(node, node.shape(0), node.shape(1)) }]],
  ["QLinearMatMul", (node) => [{ shape: product(node, node.shape(0), node.shape(3)) }]],
  ["FusedMatMul", fusedProduct],
  ["Gemm", gemm],
  ["Einsum", einsum],
  ["Conv", (node) => [{ shape: convolved(node, node.shape(0), node.shape(1)) }]],
  ["FusedConv", (node) => [{ shape: convolved(node, node.shape(0), node.shape(1)) }]],
  ["ConvInteger", (node) => [{ type: "INT32", shape: convolved(node, node.shape(0), node.shape(1)) }]],
  ["QLinearConv", (node) => [{ shape: convolved(node, node.shape(0), node.shape(3)) }]],
  ["ConvTranspose", transposedConvolution],
  ["MaxPool", (node) => [{ shape: pooled(node) }, { type: "INT64", shape: pooled(node) }]],
  ["AveragePool", (node) => [{ shape: pooled(node) }]],
  ["LpPool", (node) => [{ shape: pooled(node) }]],
  ["GlobalAveragePool", globalPool],
  ["GlobalMaxPool", globalPool],
  ["GlobalLpPool", globalPool],
  ["ArgMax", (node) => [{ type: "INT64", shape: argument(node) }]],
  ["ArgMin", (node) => [{ type: "INT64", shape: argument(node) }]],
  ["TopK", topK],
  ["Resize", resize],
  ["Upsample", resize],
]);

/** numpy's matmul: the last two dimensions multiply, those before broadcast, and a vector counts as a row or a column. */
function product(node: KnownNode, a: readonly number[], b: readonly number[]): readonly number[] {
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
  if (batch === undefined || left[left.length - 1] !== right[right.length - 2]) {
    return node.refuse(`multiplies [${a.join(", ")}] by [${b.join(", ")}], which does not fit`);
  }
  const rows = a.length === 1 ? [] : [left[left.length - 2]];
  const columns = b.length === 1 ? [] : [right[right.length - 1]];
  return [...batch, ...rows, ...columns];
}

/** Of onnxruntime: either side may be transposed. */
function fusedProduct(node: KnownNode): Inferred[] {
  const turned = (shape: readonly number[], flag: string): readonly number[] =>
    node.integer(flag, 0) === 0 ? shape : [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]];
  return [{ shape: product(node, turned(node.shape(0), "transA"), turned(node.shape(1), "transB")) }];
}

function gemm(node: KnownNode): Inferred[] {
  const [a, b] = [node.shape(0), node.shape(1)];
  const [m, k] = node.integer("transA", 0) === 0 ? a : [a[1], a[0]];
  const [depth, n] = node.integer("transB", 0) === 0 ? b : [b[1], b[0]];
  if (k !== depth) node.refuse(`multiplies [${a.join(", ")}] by [${b.join(", ")}], which does not fit`);
  return [{ shape: [m, n] }];
}

/** The extent of every letter, and the letters of the result. */
function einsum(node: KnownNode): Inferred[] {
  const [terms, result] = node.text("equation", "").replaceAll(" ", "").split("->");
  if (result === undefined || terms.includes(".")) return [{ shape: undefined }];
  const extents = new Map<string, number>();
  for (const [i, term] of terms.split(",").entries()) {
    for (const [at, letter] of [...term].entries()) extents.set(letter, node.shape(i)[at]);
  }
  return [{ shape: [...result].map((letter) => extents.get(letter) ?? 1) }];
}

function convolved(node: KnownNode, input: readonly number[], weight: readonly number[]): readonly number[] {
  return [input[0], weight[0], ...windows(node, input.slice(2), weight.slice(2))];
}

function pooled(node: KnownNode): readonly number[] {
  const input = node.shape(0);
  return [...input.slice(0, 2), ...windows(node, input.slice(2), node.integers("kernel_shape") ?? [])];
}

/** How often a window fits, for each spatial dimension. */
function windows(node: KnownNode, extents: readonly number[], kernel: readonly number[]): readonly number[] {
  const { strides, dilations, pads, automatic } = windowing(node, extents.length);
  const round = node.integer("ceil_mode", 0) === 0 ? Math.floor : Math.ceil;
  return extents.map((extent, i) => {
    const reach = (kernel[i] - 1) * dilations[i] + 1;
    if (automatic === "SAME_UPPER" || automatic === "SAME_LOWER") return Math.ceil(extent / strides[i]);
    const padding = automatic === "VALID" ? 0 : pads[i] + pads[i + extents.length];
    const fits = round((extent + padding - reach) / strides[i]) + 1;
    // A window that would begin in the padding behind the end is none.
    const beginsInside = (fits - 1) * strides[i] < extent + pads[i];
    return round === Math.ceil && !beginsInside ? fits - 1 : fits;
  });
}

interface Windowing {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before each dimension, then behind each. */
  readonly pads: readonly number[];
  readonly automatic: string;
}

function windowing(node: KnownNode, dimensions: number): Windowing {
  return {
    strides: node.integers("strides") ?? Array<number>(dimensions).fill(1),
    dilations: node.integers("dilations") ?? Array<number>(dimensions).fill(1),
    pads: node.integers("pads") ?? Array<number>(2 * dimensions).fill(0),
    automatic: node.text("auto_pad", "NOTSET"),
  };
}

function transposedConvolution(node: KnownNode): Inferred[] {
  const [input, weight] = [node.shape(0), node.shape(1)];
  const extents = input.slice(2);
  const { strides, dilations, pads, automatic } = windowing(node, extents.length);
  const added = node.integers("output_padding") ?? extents.map(() => 0);
  const stated = node.integers("output_shape");
  const spatial = extents.map((extent, i) => {
    if (stated !== undefined) return stated[i];
    if (automatic.startsWith("SAME")) return extent * strides[i];
    const reach = (weight[i + 2] - 1) * dilations[i] + 1;
    return strides[i] * (extent - 1) + added[i] + reach - pads[i] - pads[i + extents.length];
  });
  return [{ shape: [input[0], weight[1] * node.integer("group", 1), ...spatial] }];
}

function globalPool(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  return [{ shape: shape.map((extent, i) => (i < 2 ? extent : 1)) }];
}

function reduce(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const given = node.integersOrInput("axes", 1);
  const none = given === undefined || given.length === 0;
  if (none && node.integer("noop_with_empty_axes", 0) === 1) return [{ shape }];
  const axes = none ? shape.map((_, i) => i) : given.map((axis) => node.axis(axis, shape.length));
  const keeps = node.integer("keepdims", 1) === 1;
  const reduced = shape
    .map((extent, i) => (axes.includes(i) ? 1 : extent))
    .filter((_, i) => keeps || !axes.includes(i));
  return [{ shape: reduced, values: reducedValues(node, shape) }];
}

/** The extents of a shape are multiplied up by some exporters. */
function reducedValues(node: KnownNode, shape: readonly number[]): readonly number[] | undefined {
  const { values } = node.input(0);
  if (values === undefined || shape.length !== 1) return undefined;
  switch (node.node.type) {
    case "ReduceProd":
      return [values.reduce((product, x) => product * x, 1)];
    case "ReduceSum":
      return [values.reduce((sum, x) => sum + x, 0)];
    case "ReduceMax":
      return [Math.max(...values)];
    case "ReduceMin":
      return [Math.min(...values)];
    default:
      return undefined;
  }
}

function argument(node: KnownNode): readonly number[] {
  const shape = node.shape(0);
  const axis = node.axis(node.integer("axis", 0), shape.length);
  const keeps = node.integer("keepdims", 1) === 1;
  return shape.map((extent, i) => (i === axis ? 1 : extent)).filter((_, i) => keeps || i !== axis);
}

function topK(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const axis = node.axis(node.integer("axis", -1), shape.length);
  const k = node.attribute("k")?.integer ?? node.values(1)?.[0] ?? 1;
  const best = shape.map((extent, i) => (i === axis ? k : extent));
  return [{ shape: best }, { type: "INT64", shape: best }];
}

/** Scales and sizes: `Resize` (input, roi, scales, sizes), `Upsample` and the oldest `Resize` (input, scales). */
function resize(node: KnownNode): Inferred[] {
  const shape = node.shape(0);
  const sizes = node.inputs[3] === undefined ? undefined : node.values(3);
  const scales = node.attribute("scales")?.floats ?? node.values(node.inputs.length === 2 ? 1 : 2) ?? [];
  const axes = (node.integers("axes") ?? shape.map((_, i) => i)).map((axis) => node.axis(axis, shape.length));
  return [
    {
      shape: shape.map((extent, i) => {
        const at = axes.indexOf(i);
        if (at < 0) return extent;
        return sizes?.length ? sizes[at] : Math.floor(extent * scales[at]);
      }),
    },
  ];
}
