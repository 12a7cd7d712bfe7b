// The operators that models of images are made of, as nodes of a graph; images are [batch, channels, rows, columns]. Knows no
// model and no device.
import { bytesPerElement, type Precision } from "../../core/precision.js";
import { type ConvolutionWork, convolutionWork, type KernelWork, operationsPerElement } from "../operator/index.js";
import type { GraphBuilder } from "./builder.js";
import type { Tensor } from "./graph.js";
import type { ModelFormats } from "./layers.js";
import { passWork, type Stored } from "./node-work.js";

/**
 * What stands around a convolution on tensor cores, which work on channels last: nothing where images lie so in memory; where
 * they lie channels first, transpositions of its input and of its result, or of its input alone where its kernel writes
 * channels first.
 */
export type Transpositions = "none" | "input" | "input and result";

/** What convolutions of a model have in common. */
export interface ConvolutionFormats extends ModelFormats {
  /** None unless given. */
  readonly transpositions?: Transpositions;
}

/** A square window that slides over an image. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  /** On every side. */
  readonly padding: number;
}

/**
 * A convolution without a bias. Weights that are stored wider than the arithmetic are narrowed first, as automatic mixed
 * precision does.
 */
export function convolution(
  builder: GraphBuilder,
  x: Tensor,
  { name, channels, ...window }: Window & { readonly name: string; readonly channels: number },
  formats: ConvolutionFormats,
): Tensor {
  const [batch, inChannels, height, width] = x.shape;
  const { size } = window;
  const stored = builder.weight(`${name}.weight`, [channels, inChannels, size, size], formats.weight);
  const weight = narrowed(builder, `${name}.narrowed`, stored, formats);
  const [outHeight, outWidth] = [height, width].map((length) => positions(length, window));
  const result = { shape: [batch, channels, outHeight, outWidth], format: formats.activation };
  const kernel: ConvolutionWork = {
    kind: "convolution",
    batch,
    inChannels,
    outChannels: channels,
    height,
    width,
    outHeight,
    outWidth,
    kernelHeight: size,
    kernelWidth: size,
    stride: window.stride,
    dilation: 1,
    groups: 1,
    formats: {
      math: formats.math,
      input: formats.activation,
      weight: weight.format as Precision,
      output: formats.activation,
    },
  };
  const { transpositions = "none" } = formats;
  const before = transpositions === "none" ? [] : copied(x, formats);
  const after = transpositions === "input and result" ? copied(result, formats) : [];
  return builder.node({
    name,
    type: "conv2d",
    inputs: [x, weight],
    ...result,
    work: convolutionWork(kernel),
    kernels: [...before, kernel, ...after],
  });
}

function narrowed(builder: GraphBuilder, name: string, weight: Tensor, { math }: ModelFormats): Tensor {
  if (bytesPerElement[weight.format as Precision] <= bytesPerElement[math]) return weight;
  const { shape } = weight;
  return builder.node({
    name,
    type: "cast",
    inputs: [weight],
    shape,
    format: math,
    ...passWork([weight], { shape, format: math }, 0, math),
  });
}

// The same elements in another order.
function copied(x: Stored, { math }: ModelFormats): readonly KernelWork[] {
  return passWork([x], x, 0, math).kernels;
}

/** Batch norm as inference has it, a scale and a shift by channel. Running means and variances are no parameters. */
export function batchNorm(builder: GraphBuilder, name: string, x: Tensor, formats: ModelFormats): Tensor {
  const [, channels] = x.shape;
  const weights = [".weight", ".bias"].map((end) => builder.weight(`${name}${end}`, [channels], formats.activation));
  const { shape, format } = x;
  const inputs = [x, ...weights];
  return builder.node({
    name,
    type: "batch_norm",
    inputs,
    shape,
    format,
    ...passWork(inputs, x, operationsPerElement.batchNorm, formats.math),
  });
}

/** The greatest element or the mean of every window. */
export function pool(
  builder: GraphBuilder,
  x: Tensor,
  { name, type, ...window }: Window & { readonly name: string; readonly type: "max_pool" | "average_pool" },
  { math }: ModelFormats,
): Tensor {
  const [batch, channels, height, width] = x.shape;
  const shape = [batch, channels, positions(height, window), positions(width, window)];
  const { format } = x;
  return builder.node({
    name,
    type,
    inputs: [x],
    shape,
    format,
    ...passWork([x], { shape, format }, window.size ** 2, math),
  });
}

function positions(length: number, { size, stride, padding }: Window): number {
  return Math.floor((length + 2 * padding - size) / stride) + 1;
}
