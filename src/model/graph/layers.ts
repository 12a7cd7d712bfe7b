// The operators that models are made of, as nodes of a graph. Knows no model and no device.
import type { Precision } from "../../core/precision.js";
import { type Formats, operationsPerElement } from "../operator/index.js";
import type { GraphBuilder } from "./builder.js";
import { elements, type Tensor } from "./graph.js";
import { freeWork, lookupWork, passWork, productWork, rowsWork } from "./node-work.js";

/** In which formats a model computes and stores. */
export interface ModelFormats {
  readonly math: Precision;
  readonly weight: Precision;
  readonly activation: Precision;
}

/** What `linear` is to make. */
export interface LinearOptions {
  readonly name: string;
  readonly features: number;
  /** A bias is added where the product is written, at no cost of its own. Every linear has one unless it is `without`. */
  readonly bias?: "with" | "without";
  /** The weights, where they are another layer's as well: `features` rows. */
  readonly weight?: Tensor;
}

/** y[.., features] = x[.., k] W^T + bias. 2 operations for each multiply-add; those of the bias are not counted. */
export function linear(
  builder: GraphBuilder,
  x: Tensor,
  { name, features, bias = "with", weight }: LinearOptions,
  formats: ModelFormats,
): Tensor {
  const k = x.shape[x.shape.length - 1];
  const m = elements(x) / k;
  const weights = [weight ?? builder.weight(`${name}.weight`, [features, k], formats.weight)];
  if (bias === "with") weights.push(builder.weight(`${name}.bias`, [features], formats.activation));
  const shape = [...x.shape.slice(0, -1), features];
  return builder.node({
    name,
    type: "linear",
    inputs: [x, ...weights],
    shape,
    format: formats.activation,
    ...productWork(
      { batch: 1, m, n: features, k },
      { ...formats, input: formats.activation, output: formats.activation },
      [x, ...weights],
    ),
  });
}

/** `[.., m, k] x [.., k, n]`, one product for each of the leading extents. */
export function batchedProduct(
  builder: GraphBuilder,
  name: string,
  a: Tensor,
  b: Tensor,
  formats: ModelFormats,
): Tensor {
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.shape.length - 1];
  const batch = elements(a) / (m * k);
  return builder.node({
    name,
    type: "matmul",
    inputs: [a, b],
    shape: [...a.shape.slice(0, -1), n],
    format: formats.activation,
    ...productWork({ batch, m, n, k }, uniformly(formats), [a, b]),
  });
}

/** One pass over tensors, every element by itself; a smaller input is read once. The result is as large as the first input. */
export function elementwise(
  builder: GraphBuilder,
  { name, type, operations = 1 }: { readonly name: string; readonly type: string; readonly operations?: number },
  inputs: readonly Tensor[],
  { math }: ModelFormats,
): Tensor {
  const [{ shape, format }] = inputs;
  return builder.node({ name, type, inputs, shape, format, ...passWork(inputs, { shape, format }, operations, math) });
}

/** The same elements, those of several tensors one behind the other, in another order and in memory of their own. */
export function copy(
  builder: GraphBuilder,
  name: string,
  inputs: readonly Tensor[],
  shape: readonly number[],
  { math }: ModelFormats,
): Tensor {
  const [{ format }] = inputs;
  return builder.node({ name, type: "copy", inputs, shape, format, ...passWork(inputs, { shape, format }, 0, math) });
}

/** The same elements under another shape: nothing moves. */
export function view(builder: GraphBuilder, name: string, x: Tensor, shape: readonly number[]): Tensor {
  return builder.node({ name, type: "view", inputs: [x], shape, format: x.format, ...freeWork });
}

/** Softmax over the last extent: the greatest, differences, exponentials, their sum and a division. */
export function softmax(builder: GraphBuilder, name: string, x: Tensor, { math }: ModelFormats): Tensor {
  const { shape, format } = x;
  return builder.node({
    name,
    type: "softmax",
    inputs: [x],
    shape,
    format,
    ...rowsWork("softmax", [x], x, operationsPerElement.softmax, math),
  });
}

/** Layer norm over the last extent, with its scale and shift. */
export function layerNorm(builder: GraphBuilder, name: string, x: Tensor, formats: ModelFormats): Tensor {
  const size = x.shape[x.shape.length - 1];
  const weights = [".weight", ".bias"].map((end) => builder.weight(`${name}${end}`, [size], formats.activation));
  const { shape, format } = x;
  const inputs = [x, ...weights];
  return builder.node({
    name,
    type: "layer_norm",
    inputs,
    shape,
    format,
    ...rowsWork("norm", inputs, x, operationsPerElement.layerNorm, formats.math),
  });
}

/** RMS norm over the last extent, with its scale. */
export function rmsNorm(builder: GraphBuilder, name: string, x: Tensor, formats: ModelFormats): Tensor {
  const inputs = [x, builder.weight(`${name}.weight`, [x.shape[x.shape.length - 1]], formats.activation)];
  const { shape, format } = x;
  return builder.node({
    name,
    type: "rms_norm",
    inputs,
    shape,
    format,
    ...rowsWork("norm", inputs, x, operationsPerElement.rmsNorm, formats.math),
  });
}

/** Rows of a table, one for each index. Only the rows that are asked for are read, and none more than once. */
export function embedding(
  builder: GraphBuilder,
  name: string,
  indices: Tensor,
  table: Tensor,
  { math }: ModelFormats,
): Tensor {
  const shape = [...indices.shape, table.shape[table.shape.length - 1]];
  const output = { shape, format: table.format };
  return builder.node({
    name,
    type: "embedding",
    inputs: [indices, table],
    ...output,
    ...lookupWork(indices, table, output, math),
  });
}

// Both factors of a product of activations are activations.
function uniformly({ math, activation }: ModelFormats): Formats {
  return { math, input: activation, weight: activation, output: activation };
}
