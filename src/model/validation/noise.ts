// How far measurements of the same thing differ: no model can be closer to them than that.
import type { ValidationResult } from "./validate.js";

export interface NoiseFloor {
  /** Kernels that were measured more than once: the same shape and precision. */
  readonly repeated: number;
  /** The mean of |time - median of its repeats| / median, in percent to one decimal; null where nothing was repeated. */
  readonly mean_deviation_pct: number | null;
}

/** The noise floor of measured rows. */
export function noiseFloor(results: readonly ValidationResult[]): NoiseFloor {
  const repeats = new Map<string, number[]>();
  for (const { kernel_type, shape, precision, measured_time_us } of results) {
    const key = `${kernel_type} ${shape.join(",")} ${precision}`;
    repeats.set(key, [...(repeats.get(key) ?? []), measured_time_us]);
  }
  const groups = [...repeats.values()].filter(({ length }) => length > 1);
  const deviations = groups.flatMap((times) => {
    const middle = median(times);
    return times.map((time) => Math.abs(time - middle) / middle);
  });
  const mean = (100 * deviations.reduce((sum, deviation) => sum + deviation, 0)) / deviations.length;
  return {
    repeated: groups.length,
    mean_deviation_pct: deviations.length === 0 ? null : Math.round(mean * 10) / 10,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
