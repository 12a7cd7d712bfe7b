// The lines of a roofline chart: what each device allows, by precision and by memory level. Knows no pixels.
import type { Precision } from "../../../core/precision.js";
import type { MemoryLevel } from "../../../core/work.js";
import type { DeviceSpec } from "../../../hardware/index.js";
import { levelNames, memoryCeilings } from "../../../model/index.js";
import { formatNumber } from "../../table.js";
import type { Point } from "./points.js";

/** A dense peak; precisions of one device with the same peak share it. */
export interface Flat {
  readonly spec: DeviceSpec;
  readonly precisions: readonly Precision[];
  /** Its matrix units alone reach it: other arithmetic has a lower ceiling. */
  readonly ofMatrices: boolean;
  /** 10^12 operations a second. */
  readonly tflops: number;
  /** The intensity of DRAM at which it is reached. */
  readonly ridge: number;
  /** The least intensity at which any drawn level allows it. */
  readonly farthestRidge: number;
}

/** The bandwidth of a memory level. */
export interface Slope {
  readonly spec: DeviceSpec;
  readonly level: MemoryLevel;
  /** 10^12 bytes a second. */
  readonly bandwidth: number;
  /** Nobody measured or stated it. */
  readonly isTaken: boolean;
  /** Whose figure it is. */
  readonly origin: string;
  /** The intensity at which it meets the device's highest ceiling. */
  readonly ridge: number;
}

export interface Ceilings {
  readonly flats: readonly Flat[];
  readonly slopes: readonly Slope[];
}

export function ceilingsOf(
  devices: readonly DeviceSpec[],
  points: readonly Point[],
  levels: readonly MemoryLevel[],
): Ceilings {
  const each = devices.map((spec) => ceilingsOfDevice(spec, points, levels));
  return { flats: each.flatMap(({ flats }) => flats), slopes: each.flatMap(({ slopes }) => slopes) };
}

function ceilingsOfDevice(spec: DeviceSpec, points: readonly Point[], levels: readonly MemoryLevel[]): Ceilings {
  const drawn = points.filter((point) => point.spec === spec).map(({ precision }) => precision);
  const stated = Object.keys(spec.peak) as Precision[];
  const used = stated.filter((precision) => drawn.includes(precision));
  // A device that no precision singles out (drawn by itself, or with mixed work only) shows all its ceilings.
  const shown = used.length > 0 ? used : stated;
  const memory = memoryCeilings(spec).filter(({ level }) => levels.includes(level));
  const fastest = Math.max(...memory.map(({ bandwidth }) => bandwidth));
  const flats = [spec.peak, spec.matrixPeak].flatMap((peaks, i) => {
    const byPeak = new Map<number, Precision[]>();
    for (const precision of shown) {
      const peak = peaks[precision];
      if (peak !== undefined) byPeak.set(peak, [...(byPeak.get(peak) ?? []), precision]);
    }
    return [...byPeak].map(([peak, precisions]) => ({
      spec,
      precisions,
      ofMatrices: i === 1,
      tflops: peak / 1e12,
      ridge: peak / spec.dram.bandwidth,
      farthestRidge: peak / fastest,
    }));
  });
  const top = Math.max(...flats.map(({ tflops }) => tflops));
  const slopes = memory.map(({ level, bandwidth, origin }) => ({
    spec,
    level,
    bandwidth: bandwidth / 1e12,
    isTaken: level === "l2" && origin !== "measured",
    origin,
    ridge: top / (bandwidth / 1e12),
  }));
  return { flats, slopes };
}

/** Where a slope enters a plot whose least intensity is this: in 10^12 operations a second. */
export function slopeStart({ bandwidth }: Slope, ai: number): number {
  return ai * bandwidth;
}

/** `BF16, FP16 \u00b7 312 TFLOP/s`, with the device's name in front where there are several. */
export function flatText({ spec, precisions, ofMatrices, tflops }: Flat, named: "with" | "without"): string {
  const whose = named === "with" ? `${spec.name} ` : "";
  return `${whose}${precisions.join(", ")}${ofMatrices ? " matrix" : ""} \u00b7 ${formatNumber(tflops)} TFLOP/s`;
}

/** `GB10 \u00b7 287 GB/s`, or with the level where several are drawn: `L2 \u00b7 about 3,786 GB/s`. */
export function slopeText({ spec, level, bandwidth, isTaken }: Slope, drawn: readonly MemoryLevel[]): string {
  const whose = drawn.length > 1 ? levelNames[level] : spec.name;
  return `${whose} \u00b7 ${isTaken ? "about " : ""}${formatNumber(1000 * bandwidth)} GB/s`;
}

/** Every ceiling in a sentence, for those who do not see the chart. */
export function ceilingsInWords({ flats, slopes }: Ceilings): string {
  const limits = flats.map(
    ({ spec, precisions, ofMatrices, tflops, ridge }) =>
      `${spec.name} ${precisions.join(", ")}${ofMatrices ? " matrix" : ""} ${formatNumber(tflops)} TFLOP/s above ${formatNumber(ridge, 3)} FLOP per byte`,
  );
  const caches = slopes
    .filter(({ level }) => level !== "dram")
    .map(
      ({ spec, level, bandwidth, origin }) =>
        `${levelNames[level]} of ${spec.name} ${formatNumber(1000 * bandwidth)} GB/s (${origin})`,
    );
  return [...limits, ...caches].join("; ");
}
