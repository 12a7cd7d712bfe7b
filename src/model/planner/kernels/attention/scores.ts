// What one score of attention costs an SM: its share of two products of matrices, and the softmax between them. Knows no order
// of work.
import type { AttentionWork } from "../../../operator/index.js";
import { hasTensorMemory } from "../../generation.js";
import type { Machine } from "../../machine.js";
import { multiplyAddLanes } from "../../threads.js";

/** Seconds of one SM for one score. */
export interface ScoreCost {
  /** Both products: 4 operations for each element of the head. */
  readonly products: number;
  /**
   * The exponential on the special function units, and at once the rest on the FP32 pipes: scaling and subtracting the greatest in
   * one, the greatest, the mask, the sum, the conversion. Neither grew with the tensor cores of Hopper and Blackwell.
   */
  readonly softmax: number;
  /** Where a mask hides some of a tile: where the score stands is compared with it, which takes as many instructions again. */
  readonly mask: number;
}

/** Keys that a block takes at once. */
export const keyTile = 64;
/** Rows and columns of products are padded to this. */
export const fragment = 16;
/** Special functions a clock and SM where the file does not say: every NVIDIA GPU from compute capability 7.0 to 10.0 has 16. */
const usualSpecial = 16;

export function scoreCost(machine: Machine, { headDim, formats }: AttentionWork): ScoreCost {
  const { constants, device, sms, clock, smRate, loopShare, powerRate } = machine;
  const paired = hasTensorMemory(device);
  const legacy = paired && headDim % fragment !== 0;
  const rate = legacy ? smRateWithoutTensorMemory(formats.math, clock) : smRate;
  const special = device.specialPerClock ?? usualSpecial;
  // What a calibration found of the main loop of products holds for these too.
  const share = constants.attentionShare * (loopShare / constants.mainLoopShare);
  return {
    products: (4 * paddedHead(headDim, paired && !legacy)) / Math.min(rate * share, powerRate / sms),
    softmax:
      Math.max((1 + conversions(formats.math)) / special, constants.scoreInstructions / multiplyAddLanes(machine)) /
      clock,
    mask: constants.scoreInstructions / multiplyAddLanes(machine) / clock,
  };
}

// Between integer products and a softmax in FP32 every score becomes a number with a point and its weight an integer again. Until
// Hopper conversions between them go through the same units as exponentials (CUDA C++ programming guide, arithmetic instructions,
// "all other type conversions": 16 a clock and SM for 7.x to 8.x); simplified: on Hopper and later too.
function conversions(math: AttentionWork["formats"]["math"]): number {
  return math === "INT8" || math === "INT4" ? 2 : 0;
}

// Kernels before Blackwell exist for powers of two; its own take multiples of 16.
function paddedHead(headDim: number, exact: boolean): number {
  return exact ? roundUp(headDim, fragment) : 2 ** Math.ceil(Math.log2(Math.max(fragment, headDim)));
}

// Heads that tensor memory has no layout for are left to the multiply-add instruction of Ampere, which Blackwell does at
// Ampere's rate: 2048 operations a clock and SM in 16 bits, twice as many in 8.
function smRateWithoutTensorMemory(math: AttentionWork["formats"]["math"], clock: number): number {
  return (math.startsWith("FP8") ? 4096 : 2048) * clock;
}

export function roundUp(value: number, step: number): number {
  return step * Math.ceil(value / step);
}
