// The work of a convolution over two dimensions. Knows no device and none of the ways to compute it.
import { InputError } from "../../core/errors.js";
import type { Work } from "../../core/work.js";
import { bytesOf } from "./formats.js";
import type { ConvolutionWork } from "./kernel-work.js";
import { type Dimension, extent, type Operator } from "./operator.js";

/**
 * Every output is the sum over its group's input channels and the kernel's window: 2 x outputs x (in_channels / groups) x
 * kernel_h x kernel_w operations, those on padding counted too. Input and weights are read once and outputs written once.
 */
export const conv2d: Operator = {
  type: "conv2d",
  // A module, and layers of PyTorch that choose a library; what the library takes is not among them.
  hostSteps: 3,
  description: "convolution of a batch of images with a kernel that slides over height and width",
  dimensions: [
    extent("batch", "images", 32),
    extent("in_channels", "channels of the input", 64),
    extent("out_channels", "channels of the output", 64),
    extent("height", "rows of the input", 56),
    extent("width", "columns of the input", 56),
    extent("kernel_h", "rows of the kernel", 3),
    { ...extent("kernel_w", "columns of the kernel", 3), otherwise: ({ kernel_h }) => kernel_h },
    optional("stride", "steps between neighbouring windows", 1),
    { ...optional("padding", "rows and columns of zeros on every side", 0), kind: "count" },
    optional("dilation", "steps between neighbouring elements of a window", 1),
    optional("groups", "parts of the channels that do not see each other", 1),
  ],
  check(shape, field) {
    const { inChannels, outChannels, groups, outHeight, outWidth } = named(shape);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new InputError(`${inChannels} and ${outChannels} channels cannot be parted into ${groups} groups`, {
        where: field,
        fix: "Both in_channels and out_channels must be multiples of groups.",
      });
    }
    if (outHeight < 1 || outWidth < 1) {
      throw new InputError("the window is larger than the padded input", {
        where: field,
        fix: "A window spans dilation x (kernel - 1) + 1 elements; the input has height or width, and twice the padding.",
      });
    }
  },
  work: (shape, formats) => convolutionWork({ ...named(shape), formats }),
  kernels: (shape, formats) => [{ kind: "convolution", ...named(shape), formats }],
};

type Extents = Omit<ConvolutionWork, "kind" | "formats">;

/** Elements of the three tensors, and operations. */
export interface ConvolutionSizes {
  readonly inputs: number;
  readonly weights: number;
  readonly outputs: number;
  readonly flop: number;
}

export function convolutionSizes(extents: Extents): ConvolutionSizes {
  const { batch, inChannels, outChannels, height, width, kernelHeight, kernelWidth, groups } = extents;
  const outputs = batch * outChannels * extents.outHeight * extents.outWidth;
  const window = (inChannels / groups) * kernelHeight * kernelWidth;
  return {
    inputs: batch * inChannels * height * width,
    weights: outChannels * window,
    outputs,
    flop: 2 * outputs * window,
  };
}

/** Input and weights read once, outputs written once. */
export function convolutionWork(convolution: Omit<ConvolutionWork, "kind">): Work {
  const { math, input, weight, output } = convolution.formats;
  const { inputs, weights, outputs, flop } = convolutionSizes(convolution);
  const dram = bytesOf(inputs, input) + bytesOf(weights, weight) + bytesOf(outputs, output);
  return { flop: { [math]: flop }, units: "matrix", bytes: { dram } };
}

function named(shape: readonly number[]): Extents {
  const [batch, inChannels, outChannels, height, width, kernelHeight, kernelWidth, stride, padding, dilation, groups] =
    shape;
  const windows = (length: number, kernel: number): number =>
    Math.floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  return {
    batch,
    inChannels,
    outChannels,
    height,
    width,
    outHeight: windows(height, kernelHeight),
    outWidth: windows(width, kernelWidth),
    kernelHeight,
    kernelWidth,
    stride,
    dilation,
    groups,
  };
}

function optional(name: string, meaning: string, otherwise: number): Dimension {
  return { ...extent(name, meaning, Math.max(1, otherwise)), otherwise };
}
