// A device as the planner sees it: rates that are sustained, per SM, where the device file has peaks. Knows no operator.
import { InputError } from "../../core/errors.js";
import type { Precision } from "../../core/precision.js";
import type { DeviceSpec } from "../../hardware/index.js";
import { matrixPeakOf, peakOf } from "../roofline/roofline.js";
import { type Constants, defaultConstants } from "./constants.js";
import { capability, hasTensorMemory, isAmd, multicasts, processOf, typicalLanes } from "./generation.js";

export interface Machine {
  readonly device: DeviceSpec;
  readonly constants: Constants;
  readonly sms: number;
  /** Hz. */
  readonly clock: number;
  /** Operations a second of one SM at its peak. */
  readonly smRate: number;
  /** Share of it that a product of very large tiles sustains on all SMs: as measured, else what loop and power limit allow. */
  readonly sustainedShare: number;
  /** Share of it that the main loop of a very large tile reaches. */
  readonly loopShare: number;
  /** What the edges of a tile cost, in elements: `tileEdge` of `Constants`. */
  readonly tileEdge: number;
  /** Operations a second of the whole device that its power limit allows to short kernels; infinite where the file states none. */
  readonly powerRate: number;
  /** Sustained bytes a second of the DRAM. */
  readonly dramRate: number;
  /** Bytes a second of operands that reach one SM, those that it shares with its cluster counted too. */
  readonly operandRate: number;
  /** Bytes a second between one SM and L2. */
  readonly l2Rate: number;
  /** The matrix products of this precision run on tensor cores, or on what other vendors call them. */
  readonly tensor: boolean;
  /** What the device's file leaves out and what is supposed instead, in words. */
  readonly supposed: readonly string[];
}

/** Whether the device's file says what the planner needs; what else it leaves out is supposed (`supposed` of `Machine`). */
export function isPlannable(device: DeviceSpec): boolean {
  return smsOf(device) !== undefined;
}

// A GPU whose file states none has as many as its FP32 peak needs, at a multiply-add a clock.
function smsOf(device: DeviceSpec): number | undefined {
  const { kind, sms, peak } = device;
  if (sms !== undefined || kind !== "gpu" || peak.FP32 === undefined) return sms;
  return Math.max(1, Math.round(peak.FP32 / (2 * typicalLanes(device) * clockOf(device))));
}

/** Server GPUs boost to between 1.3 GHz (P100) and 1.98 GHz (H100). Hz. */
const typicalClock = 1.5e9;

// The clock at which the SMs reach the FP32 peak, where the file states none.
function clockOf(device: DeviceSpec): number {
  const { kind, sms, peak, boostClock } = device;
  if (boostClock !== undefined) return boostClock;
  if (sms === undefined || kind !== "gpu" || peak.FP32 === undefined) return typicalClock;
  return peak.FP32 / (2 * typicalLanes(device) * sms);
}

/** Of the processes of the GPUs that are known, 4 to 16 nm, the one in the middle by what an operation takes. Metres. */
const typicalProcess = 7e-9;

/**
 * The device at matrix products of this precision, on its tensor cores where it has them for it unless `pipe` says otherwise.
 * Throws InputError for a precision that the device states no peak for, and for a device without SMs.
 */
export function planningMachine(
  device: DeviceSpec,
  precision: Precision,
  constants: Constants = defaultConstants,
  pipe?: "scalar",
): Machine {
  const { dram, sustained } = device;
  const [sms, clock] = [smsOf(device), clockOf(device)];
  const tensor = pipe !== "scalar" && runsOnTensorCores(device, precision);
  const peak = tensor ? tensorPeak(device, precision) : scalarPeak(device, precision);
  if (sms === undefined) {
    throw new InputError(`${device.name} states no sms, which the planner needs`, {
      fix: "Add it to the device's file, or ask for the ideal mode.",
    });
  }
  const powerRate = sustainedRate(device, precision, tensor, constants);
  const { share: mainLoopShare, edge: tileEdge } = loopOf(device, constants, tensor, peak / sms);
  const supposedShare = Math.min(mainLoopShare, powerRate / peak);
  const measured = measuredShare(sustained, precision);
  // Whichever of loop and power binds a large product, the measurement tells how far off both are taken to be.
  const correction = (measured ?? supposedShare) / supposedShare;
  const l2Rate = constants.l2BytesPerClock * clock;
  const shares = tensor && multicasts(device);
  return {
    device,
    constants,
    sms,
    clock,
    smRate: peak / sms,
    sustainedShare: measured ?? supposedShare,
    loopShare: Math.min(1, mainLoopShare * correction),
    tileEdge,
    powerRate: powerRate * correction,
    dramRate: dram.bandwidth * (sustained.dram ?? supposedDramShare(device, constants)),
    operandRate: l2Rate * (shares ? constants.clusterSharing : 1),
    l2Rate,
    tensor,
    supposed: suppositions(device, sms),
  };
}

interface Loop {
  readonly share: number;
  readonly edge: number;
}

// An SM issues four instructions a clock, to 32 lanes each. Where it has 128 lanes for FP32, multiply-adds take every slot, and what
// else the loop does takes from them; where it has 64, as before compute capability 8.6 but for 6.1, the rest has slots of its own.
function loopOf(device: DeviceSpec, constants: Constants, tensor: boolean, smRate: number): Loop {
  const { mainLoopShare, tileEdge, scalarLoop, matrixCoreLoop } = constants;
  if (tensor) return isAmd(device) ? matrixCoreLoop : { share: mainLoopShare, edge: tileEdge };
  const lanes = smRate / (2 * clockOf(device));
  return { share: lanes > 96 ? scalarLoop.shared : scalarLoop.free, edge: tileEdge };
}

function suppositions(device: DeviceSpec, sms: number): string[] {
  const { sms: stated, boostClock, tdp, process, computeCapability } = device;
  const said: string[] = [];
  if (stated === undefined) said.push(`no sms, so ${sms} of ${typicalLanes(device)} FP32 lanes are supposed`);
  if (boostClock === undefined)
    said.push(`no boost_clock_mhz, so ${Math.round(clockOf(device) / 1e6)} MHz is supposed`);
  if (tdp === undefined) said.push("no tdp_w, so no power limit is reckoned with");
  else if (process === undefined)
    said.push(`no process_nm, so ${Math.round((processOf(device) ?? typicalProcess) * 1e9)} nm is supposed`);
  if (hasSupposedMatrixPeak(device, "FP32")) {
    said.push("no matrix_peak_tflops for FP32, so matrix cores of twice the vector units' rate are supposed");
  }
  if (computeCapability === undefined && capability(device) > 0) {
    said.push(`no compute_capability, so ${capability(device).toFixed(1)} is supposed`);
  }
  return said;
}

// FP16 and BF16 go through the same multipliers.
function measuredShare({ math }: DeviceSpec["sustained"], precision: Precision): number | undefined {
  if (precision === "FP16") return math.FP16 ?? math.BF16;
  return precision === "BF16" ? (math.BF16 ?? math.FP16) : math[precision];
}

/**
 * Seconds that these operations take at what the power limit allows. It is enforced on an average of milliseconds, so that longer
 * kernels are held down further than short ones.
 */
export function powerTime({ powerRate, constants }: Machine, operations: number): number {
  const { powerReserve, powerWindow } = constants;
  const short = operations / powerRate;
  return (short * (1 + powerReserve)) / (1 + powerReserve * Math.exp(-short / powerWindow));
}

/** Seconds of the DRAM for these bytes, drawn by so many blocks: few SMs draw less than it gives. */
export function drawTime({ constants, sms, dramRate }: Machine, bytes: number, blocks: number): number {
  return bytes / Math.min(dramRate, Math.min(blocks, sms) * constants.dramPerSm);
}

/** What the device's file leaves out, as a sentence behind a plan's; empty where that is nothing. */
export function suppositionsInWords({ device, supposed }: Machine): string {
  return supposed.length === 0 ? "" : ` The file of ${device.name} states ${supposed.join(", and ")}.`;
}

function supposedDramShare(device: DeviceSpec, { dramShare }: Constants): number {
  if (isAmd(device)) return dramShare.amd;
  return /HBM/i.test(device.dram.type) ? dramShare.stacked : dramShare.planar;
}

// FP32 and FP64 products are not rounded to fewer bits unasked, so that libraries keep FP32 off tensor cores that would round it.
function runsOnTensorCores(device: DeviceSpec, precision: Precision): boolean {
  if (device.matrixPeak[precision] !== undefined || hasSupposedMatrixPeak(device, precision)) return true;
  if (precision === "FP32" || precision === "FP64") return false;
  return capability(device) === 0 || capability(device) >= 7;
}

// Matrix cores of CDNA and CDNA 2 multiply in FP32 at twice the rate of the vector units: AMD, white papers of both.
function hasSupposedMatrixPeak(device: DeviceSpec, precision: Precision): boolean {
  return precision === "FP32" && isAmd(device) && typicalLanes(device) === 64 && device.matrixPeak.FP32 === undefined;
}

// Some state the rate of the matrix cores as the peak itself, which then takes twice the lanes that there are.
function tensorPeak(device: DeviceSpec, precision: Precision): number {
  const peak = matrixPeakOf(device, precision);
  if (!hasSupposedMatrixPeak(device, precision)) return peak;
  const lanes = peak / (2 * (device.sms ?? 1) * clockOf(device));
  return device.sms !== undefined && lanes > 96 ? peak : 2 * peak;
}

// Without tensor cores INT8 is done four multiply-adds at a time by the FP32 units (dp4a), from compute capability 6.1 on.
function scalarPeak(device: DeviceSpec, precision: Precision): number {
  if (precision === "INT8" && capability(device) >= 7) return 4 * peakOf(device, "FP32");
  return peakOf(device, precision);
}

/**
 * What an operation costs against one of a 16-bit tensor core: part of a multiplier's energy follows the width of its inputs, part
 * is for what comes after it. FP8 and FP4 from the rates of one product on a B200 at its power limit; integers spare the exponents
 * (M. Horowitz, "Computing's energy problem", ISSCC 2014).
 */
const widthFactor: Readonly<Record<Precision, number>> = {
  FP64: 4,
  FP32: 2,
  TF32: 2,
  BF16: 1,
  FP16: 1,
  FP8_E4M3: 0.54,
  FP8_E5M2: 0.54,
  MXFP8: 0.54,
  NVFP4: 0.4,
  MXFP4: 0.4,
  INT8: 0.3,
  INT4: 0.2,
};

function sustainedRate(device: DeviceSpec, precision: Precision, tensor: boolean, constants: Constants): number {
  const { tdp } = device;
  const process = processOf(device) ?? typicalProcess;
  if (tdp === undefined) return Number.POSITIVE_INFINITY;
  const scale = (process / 12e-9) ** constants.energyExponent;
  const paired = hasTensorMemory(device) ? constants.pairedEnergy : 1;
  // The measured multiple is that of FP32, whose width it includes.
  const price = tensor ? paired * widthFactor[precision] : (constants.scalarEnergyFactor * widthFactor[precision]) / 2;
  return tdp / (constants.tensorEnergy * scale * price);
}
