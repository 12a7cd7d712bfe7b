// A device as the planner sees it: rates that are sustained, per SM, where the device file has peaks. Knows no operator.
import { InputError } from "../../core/errors.js";
import type { Precision } from "../../core/precision.js";
import type { DeviceSpec } from "../../hardware/index.js";
import { peakOf } from "../roofline/roofline.js";
import { type Constants, defaultConstants } from "./constants.js";

export interface Machine {
  readonly device: DeviceSpec;
  readonly constants: Constants;
  readonly sms: number;
  /** Operations a second of one SM at its peak. */
  readonly smRate: number;
  /** Operations a second of the whole device that its power limit sustains; infinite where the file lacks what it takes. */
  readonly powerRate: number;
  /** Sustained bytes a second of the DRAM. */
  readonly dramRate: number;
  /** Bytes a second of operands that reach one SM, those that it shares with its cluster counted too. */
  readonly operandRate: number;
  /** Bytes a second between one SM and L2. */
  readonly l2Rate: number;
  /** The matrix products of this precision run on tensor cores. */
  readonly tensor: boolean;
}

/** Whether the device's file says what the planner needs. */
export function isPlannable({ sms, boostClock }: DeviceSpec): boolean {
  return sms !== undefined && boostClock !== undefined;
}

/** Throws InputError for a precision that the device states no peak for, and for a device without SMs and a clock. */
export function planningMachine(
  device: DeviceSpec,
  precision: Precision,
  constants: Constants = defaultConstants,
): Machine {
  const { sms, boostClock, dram } = device;
  const peak = peakOf(device, precision);
  if (sms === undefined || boostClock === undefined) {
    throw new InputError(
      `${device.name} states no ${sms === undefined ? "sms" : "boost_clock_mhz"}, which the planner needs`,
      {
        fix: "Add it to the device's file, or ask for the ideal mode.",
      },
    );
  }
  const tensor = runsOnTensorCores(device, precision);
  const l2Rate = constants.l2BytesPerClock * boostClock;
  const shares = tensor && capability(device) >= 9;
  return {
    device,
    constants,
    sms,
    smRate: peak / sms,
    powerRate: sustainedRate(device, precision, tensor, constants),
    dramRate: dram.bandwidth * (/HBM/i.test(dram.type) ? constants.dramShare.stacked : constants.dramShare.planar),
    operandRate: l2Rate * (shares ? constants.clusterSharing : 1),
    l2Rate,
    tensor,
  };
}

/** NVIDIA's compute capability as a number; 0 for devices of others. */
export function capability({ computeCapability }: DeviceSpec): number {
  return Number.parseFloat(computeCapability ?? "0");
}

// FP32 and FP64 products are not rounded to fewer bits unasked, so that libraries keep FP32 off the tensor cores.
function runsOnTensorCores(device: DeviceSpec, precision: Precision): boolean {
  if (precision === "FP32" || precision === "FP64") return false;
  return device.computeCapability === undefined || capability(device) >= 7;
}

/** What an operation costs against one of a 16-bit tensor core: a multiplier's energy follows the width of its inputs. */
const widthFactor: Readonly<Record<Precision, number>> = {
  FP64: 4,
  FP32: 2,
  TF32: 2,
  BF16: 1,
  FP16: 1,
  FP8_E4M3: 0.5,
  FP8_E5M2: 0.5,
  MXFP8: 0.5,
  NVFP4: 0.25,
  MXFP4: 0.25,
  INT8: 0.5,
  INT4: 0.25,
};

function sustainedRate(device: DeviceSpec, precision: Precision, tensor: boolean, constants: Constants): number {
  const { tdp, process } = device;
  if (tdp === undefined || process === undefined) return Number.POSITIVE_INFINITY;
  const scale = (process / 12e-9) ** constants.energyExponent;
  const paired = Math.floor(capability(device)) === 10 ? constants.pairedEnergy : 1;
  // The measured multiple is that of FP32, whose width it includes.
  const price = tensor ? paired * widthFactor[precision] : (constants.scalarEnergyFactor * widthFactor[precision]) / 2;
  return tdp / (constants.tensorEnergy * scale * price);
}
