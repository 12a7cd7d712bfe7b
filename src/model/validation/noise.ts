// How far measurements of the same thing differ: no model can be closer to them than that.
import { mean, median, oneDecimal } from "../../core/statistics.js";
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
  return {
    repeated: groups.length,
    mean_deviation_pct: deviations.length === 0 ? null : oneDecimal(100 * mean(deviations)),
  };
}
