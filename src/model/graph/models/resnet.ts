// ResNet with bottlenecks, after K. He et al., "Deep residual learning for image recognition", CVPR 2016, in the form v1.5: the
// stride is in the 3 x 3 convolution, as torchvision and NVIDIA's examples have it. Knows no device.
import { GraphBuilder } from "../builder.js";
import type { Graph, Tensor } from "../graph.js";
import { batchNorm, type ConvolutionFormats, convolution, pool, type Transpositions } from "../image-layers.js";
import { elementwise, linear, view } from "../layers.js";
import type { ModelSizes } from "./options.js";

/** What tells the ResNets apart. */
export interface ResnetShape {
  /** Blocks of each of the four stages. */
  readonly blocks: readonly [number, number, number, number];
}

export const resnetShapes: Readonly<Record<string, ResnetShape>> = {
  resnet50: { blocks: [3, 4, 6, 3] },
  resnet101: { blocks: [3, 4, 23, 3] },
  resnet152: { blocks: [3, 8, 36, 3] },
};

const classes = 1000;
/** Rows and columns of an image of ImageNet, cut as everybody cuts it. */
const imageSize = 224;
/** A block's output has this many times the channels of its 3 x 3 convolution. */
const expansion = 4;

/** A classifier of `batch` images of three channels; with transpositions where a framework keeps channels first. */
export function resnet(
  name: string,
  { blocks }: ResnetShape,
  { batch, formats: stored }: ModelSizes,
  transpositions: Transpositions = "none",
): Graph {
  const formats: ConvolutionFormats = { ...stored, transpositions };
  const builder = new GraphBuilder(name);
  builder.enter("stem");
  let x = builder.input("image", [batch, 3, imageSize, imageSize], formats.activation);
  x = normalised(builder, x, { name: "conv", channels: 64, size: 7, stride: 2 }, formats);
  x = rectified(builder, "relu", [x], formats);
  x = pool(builder, x, { name: "pool", type: "max_pool", size: 3, stride: 2, padding: 1 }, formats);
  let layer = 0;
  for (const [stage, count] of blocks.entries()) {
    for (let block = 0; block < count; block++) {
      builder.enter(`stage${stage + 1}`, layer++);
      const stride = stage > 0 && block === 0 ? 2 : 1;
      x = bottleneck(builder, x, { channels: 64 * 2 ** stage, stride }, formats);
    }
  }
  builder.enter("head");
  x = pool(builder, x, { name: "pool", type: "average_pool", size: x.shape[2], stride: 1, padding: 0 }, formats);
  x = view(builder, "flatten", x, [batch, x.shape[1]]);
  return builder.build(linear(builder, x, { name: "classifier", features: classes }, formats));
}

interface Conv {
  readonly name: string;
  readonly channels: number;
  readonly size: number;
  readonly stride: number;
}

// 1 x 1 to fewer channels, 3 x 3, 1 x 1 to more, and the input added: itself, or projected where its shape changes.
function bottleneck(
  builder: GraphBuilder,
  input: Tensor,
  { channels, stride }: { readonly channels: number; readonly stride: number },
  formats: ConvolutionFormats,
): Tensor {
  const wide = channels * expansion;
  let x = normalised(builder, input, { name: "conv1", channels, size: 1, stride: 1 }, formats);
  x = rectified(builder, "relu1", [x], formats);
  x = normalised(builder, x, { name: "conv2", channels, size: 3, stride }, formats);
  x = rectified(builder, "relu2", [x], formats);
  x = normalised(builder, x, { name: "conv3", channels: wide, size: 1, stride: 1 }, formats);
  const changes = stride !== 1 || input.shape[1] !== wide;
  const shortcut = changes
    ? normalised(builder, input, { name: "projection", channels: wide, size: 1, stride }, formats)
    : input;
  x = elementwise(builder, { name: "add", type: "add" }, [x, shortcut], formats);
  return rectified(builder, "relu3", [x], formats);
}

function normalised(builder: GraphBuilder, x: Tensor, conv: Conv, formats: ConvolutionFormats): Tensor {
  const y = convolution(builder, x, { ...conv, padding: (conv.size - 1) / 2 }, formats);
  return batchNorm(builder, `${conv.name}.norm`, y, formats);
}

function rectified(
  builder: GraphBuilder,
  name: string,
  inputs: readonly Tensor[],
  formats: ConvolutionFormats,
): Tensor {
  return elementwise(builder, { name, type: "relu" }, inputs, formats);
}
