// The work of operators that multiply matrices, convolutions among them. Knows no device.

import type { Precision } from "../../../../core/precision.js";
import type { ConvolutionWork, Formats } from "../../../operator/index.js";
import type { NodeWork } from "../../builder.js";
import { elements, type TensorFormat, tensorBytes } from "../../graph.js";
import { type ProductExtents, productWork, type Stored } from "../../node-work.js";
import { countOf } from "../shapes/rule.js";
import { type RunningNode, readsOf, type WorkRule } from "./rule.js";

export const productRules: ReadonlyMap<string, WorkRule> = new Map<string, WorkRule>([
  ["MatMul", (node) => product(node, 0, 1)],
  ["MatMulInteger", (node) => product(node, 0, 1)],
  ["QLinearMatMul", (node) => product(node, 0, 3)],
  ["FusedMatMul", (node) => product(node, 0, 1)],
  ["Gemm", gemm],
  ["Einsum", einsum],
  ["Conv", (node) => convolution(node, 0, 1)],
  ["FusedConv", (node) => convolution(node, 0, 1)],
  ["ConvInteger", (node) => convolution(node, 0, 1)],
  ["QLinearConv", (node) => convolution(node, 0, 3)],
  ["ConvTranspose", transposedConvolution],
]);

/** The factors are the inputs at these places. */
function product(node: RunningNode, left: number, right: number): NodeWork | undefined {
  const [a, b] = [node.inputs[left], node.inputs[right]];
  const [output] = node.outputs;
  if (a === undefined || b === undefined) return undefined;
  const k = node.known.integer("transA", 0) === 0 ? lastOf(a) : a.shape[a.shape.length - 2];
  const n = b.shape.length === 1 ? 1 : countOf(b.shape.slice(-2)) / k;
  const rows = elements(output) / n;
  // One matrix for all is one product with the rows of all.
  const batch = elements(b) === k * n ? 1 : countOf(output.shape.slice(0, a.shape.length === 1 ? -1 : -2));
  return multiplied(node, { batch, m: rows / batch, n, k }, a, b);
}

function gemm(node: RunningNode): NodeWork | undefined {
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined) return undefined;
  const [m, n] = node.outputs[0].shape;
  return multiplied(node, { batch: 1, m, n, k: elements(a) / m }, a, b);
}

/** Two operands, every letter of which is a batch, a row, a column or summed over; anything else is not covered. */
function einsum(node: RunningNode): NodeWork | undefined {
  const [terms, result] = node.known.text("equation", "").replaceAll(" ", "").split("->");
  const [a, b, more] = node.inputs;
  const [left, right] = terms.split(",");
  if (result === undefined || a === undefined || b === undefined || more !== undefined) return undefined;
  const extents = { batch: 1, m: 1, n: 1, k: 1 };
  for (const letter of new Set(left + right)) {
    const extent = left.includes(letter) ? a.shape[left.indexOf(letter)] : b.shape[right.indexOf(letter)];
    extents[roleOf(letter, left, right, result)] *= extent;
  }
  return multiplied(node, extents, a, b);
}

function roleOf(letter: string, left: string, right: string, result: string): keyof ProductExtents {
  if (!result.includes(letter)) return "k";
  if (!right.includes(letter)) return "m";
  return left.includes(letter) ? "batch" : "n";
}

/** Over rows alone, or rows and columns; over more dimensions as the product of the weights with the windows. */
function convolution(node: RunningNode, input: number, weight: number): NodeWork | undefined {
  const [x, w] = [node.inputs[input], node.inputs[weight]];
  const [output] = node.outputs;
  if (x === undefined || w === undefined) return undefined;
  const groups = node.known.integer("group", 1);
  const [batch, channels] = output.shape;
  const extents = { batch: groups, m: elements(output) / channels, n: channels / groups, k: countOf(w.shape.slice(1)) };
  const product = multiplied(node, extents, x, w);
  if (x.shape.length > 4) return product;
  const [height, width = 1] = x.shape.slice(2);
  const [outHeight, outWidth = 1] = output.shape.slice(2);
  const [kernelHeight, kernelWidth = 1] = w.shape.slice(2);
  const kernel: ConvolutionWork = {
    kind: "convolution",
    batch,
    inChannels: x.shape[1],
    outChannels: channels,
    height,
    width,
    outHeight,
    outWidth,
    kernelHeight,
    kernelWidth,
    stride: Math.max(1, ...(node.known.integers("strides") ?? [])),
    dilation: Math.max(1, ...(node.known.integers("dilations") ?? [])),
    groups,
    formats: formatsOf(node, x, w),
  };
  return { work: product.work, kernels: [kernel] };
}

/** As the product of the weights with the input; every element is added into a window of the output, which is written once. */
function transposedConvolution(node: RunningNode): NodeWork | undefined {
  const [x, w] = node.inputs;
  if (x === undefined || w === undefined) return undefined;
  const groups = node.known.integer("group", 1);
  const channels = x.shape[1];
  const extents = { batch: groups, m: elements(x) / channels, n: countOf(w.shape.slice(1)), k: channels / groups };
  const { work, kernels } = multiplied(node, extents, x, w);
  const dram = [...readsOf(node), node.outputs[0]].reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  return { work: { flop: work?.flop ?? {}, bytes: { dram } }, kernels };
}

function multiplied(node: RunningNode, extents: ProductExtents, a: Stored, b: Stored): NodeWork {
  return productWork(extents, formatsOf(node, a, b), readsOf(node));
}

function formatsOf(node: RunningNode, a: Stored, b: Stored): Formats {
  return {
    math: node.formats.mathOf([a.format, b.format]),
    input: storedAs(a.format),
    weight: storedAs(b.format),
    output: storedAs(node.outputs[0].format),
  };
}

/** Sums of narrow products are as wide as what they stand in for here. */
function storedAs(format: TensorFormat): Precision {
  if (format === "INT32") return "FP32";
  if (format === "INT64") return "FP64";
  return format === "BOOL" ? "INT8" : format;
}

function lastOf({ shape }: Stored): number {
  return shape[shape.length - 1];
}
