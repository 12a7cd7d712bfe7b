// How a library would convolve on a device, and how long that takes: every algorithm that it has for the shape is priced, and
// the cheapest is the plan, as libraries choose that measure first (cudnn.benchmark). Simplified: no FFT, no strided Winograd.
import { bytesOf, type ConvolutionWork, convolutionSizes, convolutionWork } from "../../operator/index.js";
import { drawTime, type Machine, powerTime } from "../machine.js";
import type { Candidate, Plan, Resources } from "../plan.js";
import { inSequence } from "../sequence.js";
import { overlapped, planMatmul, type Tiles } from "./matmul.js";

/**
 * The machine at products of this precision, and outside its tensor cores: Winograd's arithmetic is done there. It takes fewer
 * operations than the roofline counts, so that a convolution may be faster than the roofline says.
 */
export interface ConvolutionMachines {
  readonly product: Machine;
  /** Asked for only where it is needed: not every device has a peak for it. */
  scalar(): Machine;
}

interface Algorithm {
  readonly name: string;
  readonly plan: Plan;
}

/** The cheapest algorithm. */
export function planConvolution(machines: ConvolutionMachines, work: ConvolutionWork): Plan {
  const ways = algorithms(machines, work);
  const best = ways.reduce((cheapest, way) => (way.plan.time < cheapest.plan.time ? way : cheapest));
  return {
    ...best.plan,
    inWords: () => `Planned by ${best.name}. ${best.plan.inWords()}`,
    candidates: () => ways.map(asCandidate).sort((a, b) => a.time - b.time),
  };
}

function algorithms(machines: ConvolutionMachines, work: ConvolutionWork): Algorithm[] {
  if (work.groups > 1 && work.groups === work.inChannels) {
    return [{ name: "depthwise convolution", plan: depthwise(machines.scalar(), work) }];
  }
  const ways = [{ name: "implicit GEMM", plan: implicitGemm(machines.product, work) }];
  if (fitsWinograd(work)) {
    const scalar = machines.scalar();
    ways.push({ name: "fused Winograd F(2x2, 3x3)", plan: fusedWinograd(scalar, work) });
    ways.push({ name: "Winograd F(4x4, 3x3) in passes", plan: winogradInPasses(scalar, work) });
  }
  return ways;
}

function asCandidate({ name, plan: { resources, time } }: Algorithm): Candidate {
  return { choice: { algorithm: name }, resources, time };
}

/** cuDNN's kernels of implicit GEMM outside tensor cores, pixels by output channels: scudnn_128x128, _128x64, _128x32. */
const scalarTiles: Tiles = [
  [128, 128],
  [128, 64],
  [128, 32],
];

// A product of windows by weights, whose windows are gathered while it runs: the DRAM moves the input as it is.
function implicitGemm(machine: Machine, work: ConvolutionWork): Plan {
  const { batch, inChannels, outChannels, outHeight, outWidth, kernelHeight, kernelWidth, groups, formats } = work;
  const moved = bytesMoved(work);
  const plan = planMatmul(
    machine,
    {
      kind: "matmul",
      batch: groups,
      m: batch * outHeight * outWidth,
      n: outChannels / groups,
      k: (inChannels / groups) * kernelHeight * kernelWidth,
      formats,
    },
    { moved, ...(machine.tensor ? {} : { tiles: scalarTiles, splits: [1] }) },
  );
  return { ...plan, traffic: () => ({ ...plan.traffic?.(), dram: moved }) };
}

function bytesMoved(work: ConvolutionWork): number {
  return convolutionWork(work).bytes.dram + (work.added ?? 0);
}

// Every channel by itself: too little arithmetic for products, so that it goes through the memory once.
function depthwise({ sms, smRate, loopShare, dramRate, constants }: Machine, work: ConvolutionWork): Plan {
  const resources = {
    compute: convolutionSizes(work).flop / (sms * smRate * loopShare),
    dram: bytesMoved(work) / dramRate,
    overhead: constants.pipelineFill,
  };
  return { resources, combine: overlapped, time: overlapped(resources), inWords: () => "Every channel by itself." };
}

// A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016: outputs of a patch from (patch + 2)^2
// products instead of 9 patch^2. Libraries have it for 3 x 3 windows that touch, in FP32; rounding forbids it in less.
function fitsWinograd({ kernelHeight, kernelWidth, stride, dilation, groups, formats }: ConvolutionWork): boolean {
  return (
    kernelHeight === 3 &&
    kernelWidth === 3 &&
    stride === 1 &&
    dilation === 1 &&
    groups === 1 &&
    [formats.math, formats.input, formats.weight, formats.output].every((format) => format === "FP32")
  );
}

/** A block of cuDNN's fused kernel makes 8 x 16 pixels, 4 x 8 patches of 2 x 2 (tile148), of 32 channels. */
const fusedBlock = { rows: 8, columns: 16, patches: 32, channels: 32, slab: 8 };
/** Additions that transform one patch of 4 x 4 inputs for 2 x 2 outputs (section 4.1 of the paper); each takes a slot. */
const transformAdditions = 32;
/** In its name, 128x128: 32 channels of 2 x 2 outputs by 32 patches of 2 x 2. */
const fusedEdge = 128;

// The weights are transformed first. Then each block has its SM for itself, so that it fills its pipeline anew.
function fusedWinograd(machine: Machine, work: ConvolutionWork): Plan {
  const { constants, sms, smRate, loopShare, tileEdge, l2Rate, device } = machine;
  const { batch, inChannels, outChannels, outHeight, outWidth, formats } = work;
  const { inputs, weights, outputs } = convolutionSizes(work);
  const { patches, channels, slab } = fusedBlock;
  const blocks =
    batch *
    Math.ceil(outHeight / fusedBlock.rows) *
    Math.ceil(outWidth / fusedBlock.columns) *
    Math.ceil(outChannels / channels);
  const waves = Math.ceil(blocks / sms);
  const share = loopShare / (1 + tileEdge / fusedEdge);
  // For every input channel 16 multiply-adds of each patch with each output channel, and the transform of the patches.
  const issued = 16 * patches * channels + transformAdditions * patches;
  const operations = 2 * issued * slab * Math.ceil(inChannels / slab);
  const transformed = (weights * 16) / 9;
  const moved = bytesOf(inputs + transformed + outputs, formats.input) + (work.added ?? 0);
  const resources = {
    compute: Math.max((waves * operations) / (smRate * share), powerTime(machine, blocks * operations)),
    l2_results: (waves * bytesOf(patches * 4 * channels, formats.output)) / l2Rate,
    dram: drawTime(machine, moved, blocks),
    overhead: waves * constants.pipelineFill,
  };
  const products: Plan = { resources, combine: overlapped, time: overlapped(resources), inWords: () => "" };
  return inSequence(
    [transform(machine, bytesOf(weights + transformed, formats.weight)), products],
    () =>
      `${blocks} blocks of 8 x 16 pixels and 32 channels on ${sms} SMs of ${device.name}; of 9 multiplications that are counted it does 4.`,
  );
}

/** Of the products of matrices that stand between the transforms cuDNN has one FP32 kernel on every GPU, sgemm_128x128. */
const passTiles: Tiles = [[128, 128]];

// Transforms of input and weights, 36 products of matrices, transform of the output: each a pass over the memory.
function winogradInPasses(machine: Machine, work: ConvolutionWork): Plan {
  const { batch, inChannels, outChannels, outHeight, outWidth, formats } = work;
  const { inputs, weights, outputs } = convolutionSizes(work);
  const patches = batch * Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4);
  const elements = 36;
  const product = planMatmul(
    machine,
    { kind: "matmul", batch: elements, m: patches, n: outChannels, k: inChannels, formats },
    { tiles: passTiles, splits: [1] },
  );
  const pass = (count: number, beside: number = 0): Plan => transform(machine, bytesOf(count, formats.input) + beside);
  return inSequence(
    [
      pass(inputs + elements * patches * inChannels),
      pass(weights + (elements * weights) / 9),
      product,
      pass(outputs + elements * patches * outChannels, work.added),
    ],
    () => `${patches} patches of 4 x 4 pixels; of 4 multiplications that are counted it does 1. ${product.inWords()}`,
  );
}

// What is read and written goes through the DRAM, and through the SMs at the rate that scattered elements allow.
function transform({ constants, sms, dramRate, l2Rate }: Machine, bytes: number): Plan {
  const resources = {
    dram: bytes / dramRate,
    l2: bytes / (sms * l2Rate * constants.transformShare),
    overhead: constants.pipelineFill,
  };
  return { resources, combine: inTurn, time: inTurn(resources), inWords: () => "" };
}

function inTurn({ dram = 0, l2 = 0, overhead = 0 }: Resources): number {
  return dram + l2 + overhead;
}
