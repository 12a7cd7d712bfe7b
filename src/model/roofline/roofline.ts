// The roofline model: work takes as long as the slowest of its resources, arithmetic and the interfaces of the memory levels whose
// bytes are known, each at its peak and all at once. Simplified on purpose: no latency, no launch overhead.
// S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance model", CACM 52(4), 2009.
import { InputError, listChoices } from "../../core/errors.js";
import type { Precision } from "../../core/precision.js";
import { type MemoryLevel, totalFlop, type Work } from "../../core/work.js";
import type { DeviceSpec } from "../../hardware/index.js";
import { levelsOnRoofline } from "./levels.js";

export type Bottleneck = "memory" | "compute" | "overhead";

/** Where work stands under a device's roofline. Seconds, operations a second, operations per byte. */
export interface RooflinePlace {
  readonly computeTime: number;
  /** Of the slowest memory level. */
  readonly memoryTime: number;
  /** The memory level that takes longest: DRAM unless bytes of others are known. */
  readonly level: MemoryLevel;
  /** The greater of the two. */
  readonly time: number;
  readonly bottleneck: Exclude<Bottleneck, "overhead">;
  /** The compute ceiling over this work: the device's peak, or that of its mixture of precisions. */
  readonly peak: number;
  /** What the roofline allows at this intensity of each level. */
  readonly attainable: number;
  readonly intensity: number;
  /** The intensity of the ridge point, below which memory binds: peak / bandwidth. */
  readonly criticalIntensity: number;
}

/**
 * Places work under a device's roofline. Operations of several precisions are done one after another, each at its own
 * peak. Throws InputError for work that touches no memory, and for a precision of which the device states no peak.
 */
export function placeOnRoofline(work: Work, device: DeviceSpec): RooflinePlace {
  const flop = totalFlop(work);
  const { dram } = work.bytes;
  if (!(dram > 0 && Number.isFinite(dram))) {
    throw new InputError(`work that moves ${dram} bytes of device memory has no place on a roofline`, {
      fix: "Place work that reads or writes device memory.",
    });
  }
  const peakFor = work.units === "matrix" ? matrixPeakOf : peakOf;
  let computeTime = 0;
  for (const precision in work.flop) {
    const count = work.flop[precision as Precision] ?? 0;
    if (count > 0) computeTime += count / peakFor(device, precision as Precision);
  }
  let level: MemoryLevel = "dram";
  let memoryTime = dram / device.dram.bandwidth;
  // Most work is an operator's, which knows no caches: nothing more is asked for it.
  if (work.bytes.l2 !== undefined || work.bytes.l1 !== undefined) {
    for (const place of levelsOnRoofline(work, device)) {
      if (place.time > memoryTime) [level, memoryTime] = [place.level, place.time];
    }
  }
  // Without operations there is no peak to speak of: a copy lies at intensity 0, under any compute ceiling.
  const peak = computeTime > 0 ? flop / computeTime : Math.max(...Object.values(device.peak));
  const intensity = flop / dram;
  return {
    computeTime,
    memoryTime,
    level,
    time: Math.max(computeTime, memoryTime),
    bottleneck: memoryTime > computeTime ? "memory" : "compute",
    peak,
    attainable: Math.min(peak, flop / memoryTime),
    intensity,
    criticalIntensity: peak / device.dram.bandwidth,
  };
}

/** The device's dense peak of matrix products in operations a second. Throws as `peakOf` does. */
export function matrixPeakOf(device: DeviceSpec, precision: Precision, field = "precision"): number {
  return device.matrixPeak[precision] ?? peakOf(device, precision, field);
}

/** The device's dense peak in operations a second. Throws InputError, at `field`, when it states none. */
export function peakOf(device: DeviceSpec, precision: Precision, field = "precision"): number {
  const peak = device.peak[precision];
  if (peak !== undefined) return peak;
  throw new InputError(`${device.name} has no peak for ${precision}`, {
    where: field,
    fix: `It has ${listChoices(Object.keys(device.peak), false)}.`,
  });
}
