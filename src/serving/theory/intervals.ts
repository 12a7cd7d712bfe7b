// Confidence intervals of means. Knows nothing of queues.
import { studentQuantile } from "./student.js";

export interface MeanInterval {
  readonly mean: number;
  /** Bounds between which the true mean lies with the asked probability. */
  readonly interval: readonly [number, number];
}

/**
 * The mean of independent values, as of replications of a run, by Student's t; undefined of fewer than two. `confidence` is 0.95 unless
 * given.
 */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): MeanInterval | undefined {
  const count = values.length;
  if (count < 2) return undefined;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i] - mean) ** 2;
  const half = studentQuantile((1 + confidence) / 2, count - 1) * Math.sqrt(squares / (count - 1) / count);
  return { mean, interval: [mean - half, mean + half] };
}
