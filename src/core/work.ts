// What a computation asks of a machine, whoever measured or derived it: the virtual GPU's counters or an operator's shape.
import type { Precision } from "./precision.js";

/** Floating-point (or integer) operations by precision, and bytes that cross the device's memory interface. */
export interface Work {
  /** Operations by precision; a fused multiply-add is 2. */
  readonly flop: Readonly<Partial<Record<Precision, number>>>;
  /** The operations are those of matrix products, for which a device may have faster units. */
  readonly units?: "matrix";
  /** Bytes by memory level. */
  readonly bytes: { readonly dram: number };
}

/** All operations, whatever their precision. */
export function totalFlop(work: Work): number {
  let sum = 0;
  for (const precision in work.flop) sum += work.flop[precision as Precision] ?? 0;
  return sum;
}

/** Arithmetic intensity: operations per byte of device memory. */
export function arithmeticIntensity(work: Work): number {
  return totalFlop(work) / work.bytes.dram;
}
