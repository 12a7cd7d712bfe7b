// Two shares of a device's peaks from two measurements: of the DRAM's bandwidth from a GEMV, of the peak from a large GEMM.
// Everything else stays as the planner has it for all devices. Knows no files.
import { InputError } from "../../core/errors.js";
import { type Precision, type PrecisionName, parsePrecision } from "../../core/precision.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import {
  formatShape,
  type Operator,
  type OperatorType,
  operator,
  readShape,
  type ShapeLike,
  uniform,
} from "../operator/index.js";
import { Planner, type Protocol, planningMachine, readProtocol, timeKernels } from "../planner/index.js";

/** One operator that was timed on the device. */
export interface CalibrationMeasurement {
  /** gemv: [N, K]; gemm: [M, N, K]. */
  readonly shape: ShapeLike;
  readonly precision: PrecisionName;
  readonly measured_time_us: number;
  /** How it was timed; `graph` unless given. */
  readonly protocol?: Protocol | (string & Record<never, never>);
}

export interface CalibrationMeasurements {
  /** Of a matrix several times as large as L2, so that the DRAM binds. */
  readonly gemv: CalibrationMeasurement;
  /**
   * Large in every extent, so that arithmetic binds, and of about a millisecond: one of many runs into the power limit, which
   * products of common sizes do not.
   */
  readonly gemm: CalibrationMeasurement;
}

/** What two measurements say of a device. */
export interface Calibration {
  /** The device with the shares that were measured. */
  readonly device: DeviceSpec;
  readonly precision: Precision;
  /** Of the DRAM's bandwidth. */
  readonly dram_share: number;
  /** Of the peak in this precision, by a product of very large tiles on all SMs. */
  readonly math_share: number;
  /** The two of them as supposed before. */
  readonly supposed: { readonly dram_share: number; readonly math_share: number };
  /** Where the shares come from, in words. */
  readonly sources: { readonly dram_share: string; readonly math_share: string };
}

/**
 * Finds the shares of its peaks that make the planner's times of both measurements those that were measured. Throws InputError
 * for a device that cannot be planned for, for measurements that say nothing of a share (a matrix that stays in L2, a product
 * that the DRAM binds), and for times that not even the peaks allow.
 */
export function calibrate(deviceOrName: DeviceName | DeviceSpec, { gemv, gemm }: CalibrationMeasurements): Calibration {
  const spec = findDevice(deviceOrName);
  const vector = readMeasurement("gemv", gemv);
  const product = readMeasurement("gemm", gemm);
  checkSize(vector, spec);
  const { precision } = product;
  const before = sharesOf(spec, precision);
  let shares = before;
  // Each of the two times depends a little on the other share.
  for (let round = 0; round < 12; round++) {
    const dram = shareThatGives(vector, (share) => withShares(spec, precision, { ...shares, dram: share }));
    shares = { ...shares, dram };
    const math = shareThatGives(product, (share) => withShares(spec, precision, { ...shares, math: share }));
    shares = { ...shares, math };
  }
  return Object.freeze({
    device: withShares(spec, precision, shares),
    precision,
    dram_share: shares.dram,
    math_share: shares.math,
    supposed: { dram_share: before.dram, math_share: before.math },
    sources: { dram_share: inWords(vector), math_share: inWords(product) },
  });
}

/** A device's file with the shares and their sources in it. */
export function calibratedFile(
  file: Readonly<Record<string, unknown>>,
  { device, precision, dram_share, math_share, sources }: Calibration,
): Record<string, unknown> {
  const known = (file["sources"] ?? {}) as Readonly<Record<string, string>>;
  return {
    ...file,
    sustained: { dram_share, math_share: { ...device.sustained.math, [precision]: math_share } },
    sources: {
      ...known,
      "sustained.dram_share": sources.dram_share,
      [`sustained.math_share.${precision}`]: sources.math_share,
    },
  };
}

interface Shares {
  readonly dram: number;
  readonly math: number;
}

interface Timed {
  readonly operator: Operator;
  readonly shape: readonly number[];
  readonly precision: Precision;
  readonly protocol: Protocol;
  /** Seconds. */
  readonly time: number;
}

function readMeasurement(type: OperatorType, measurement: CalibrationMeasurement): Timed {
  const { shape, precision, measured_time_us, protocol = "graph" } = measurement;
  if (!(measured_time_us > 0 && Number.isFinite(measured_time_us))) {
    throw new InputError(`a measured time is a number of microseconds above 0, got ${measured_time_us}`, {
      where: `${type}.measured_time_us`,
    });
  }
  const known = operator(type);
  return {
    operator: known,
    shape: readShape(known, shape, `${type}.shape`),
    precision: parsePrecision(precision, `${type}.precision`),
    protocol: readProtocol(protocol, `${type}.protocol`),
    time: measured_time_us * 1e-6,
  };
}

function checkSize({ operator, shape, precision }: Timed, { cache, name }: DeviceSpec): void {
  const { dram } = operator.work(shape, uniform(precision)).bytes;
  if (cache.l2 === undefined || dram >= 2 * cache.l2) return;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  throw new InputError(
    `the ${megabytes(dram)} of a gemv ${formatShape(shape)} stay in the ${megabytes(cache.l2)} of L2 of ${name}, at least in part`,
    { where: "gemv.shape", fix: "Measure one of several times the size of L2: its time is to be the DRAM's." },
  );
}

function sharesOf(spec: DeviceSpec, precision: Precision): Shares {
  const { dramRate, sustainedShare } = planningMachine(spec, precision);
  return { dram: dramRate / spec.dram.bandwidth, math: sustainedShare };
}

function withShares(spec: DeviceSpec, precision: Precision, { dram, math }: Shares): DeviceSpec {
  return Object.freeze({
    ...spec,
    sustained: Object.freeze({ dram, math: Object.freeze({ ...spec.sustained.math, [precision]: math }) }),
  });
}

/** Bisects: the more of its peak a device sustains, the less time it takes. */
function shareThatGives(timed: Timed, deviceWith: (share: number) => DeviceSpec): number {
  let [low, high] = [0.001, 1];
  const atPeak = timeOn(deviceWith(high), timed);
  if (timed.time < atPeak) {
    throw new InputError(`${inWords(timed)}, but at its whole peak it would take ${(atPeak * 1e6).toPrecision(4)} us`, {
      where: timed.operator.type,
      fix: "Check shape, precision and unit of the time, and the peaks of the device's file.",
    });
  }
  const atHalf = timeOn(deviceWith(high / 2), timed);
  if (atHalf < 1.5 * atPeak) {
    throw new InputError(`${inWords(timed)} says little of ${limits[timed.operator.type]}: something else binds it`, {
      where: `${timed.operator.type}.shape`,
      fix: "Measure a larger one: a gemv of [16384, 16384], a gemm of [8192, 8192, 8192].",
    });
  }
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (timeOn(deviceWith(middle), timed) > timed.time) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const limits: Readonly<Partial<Record<OperatorType, string>>> = {
  gemv: "the DRAM",
  gemm: "the arithmetic",
};

function timeOn(spec: DeviceSpec, { operator, shape, precision, protocol }: Timed): number {
  return timeKernels(new Planner(spec), operator.kernels(shape, uniform(precision)), protocol, operator.hostSteps).time;
}

function inWords({ operator, shape, precision, time, protocol }: Timed): string {
  return `Measured: ${operator.type} ${formatShape(shape)} ${precision} in ${(time * 1e6).toPrecision(6).replace(/\.?0+$/, "")} us (${protocol})`;
}
