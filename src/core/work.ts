// What a computation asks of a machine, whoever measured or derived it: the virtual GPU's counters or an operator's shape.
import type { Precision } from "./precision.js";

/** The levels of a device's memory, from the chip's edge inwards. */
export type MemoryLevel = "dram" | "l2" | "l1";

/** Bytes that cross each level's interface: from DRAM to L2, from L2 to the SMs, from L1 or shared memory to the registers. */
export type Traffic = { readonly dram: number } & Readonly<Partial<Record<Exclude<MemoryLevel, "dram">, number>>>;

/** Floating-point (or integer) operations by precision, and bytes by memory level. */
export interface Work {
  /** Operations by precision; a fused multiply-add is 2. */
  readonly flop: Readonly<Partial<Record<Precision, number>>>;
  /** The operations are those of matrix products, for which a device may have faster units. */
  readonly units?: "matrix";
  /** DRAM's are always known; those of a level that nobody has counted or planned are absent. */
  readonly bytes: Traffic;
  /** Distinct bytes that are touched; absent where DRAM moves each once, and it is `bytes.dram`. */
  readonly workingSet?: number;
}

/** All operations, whatever their precision. */
export function totalFlop(work: Work): number {
  let sum = 0;
  for (const precision in work.flop) sum += work.flop[precision as Precision] ?? 0;
  return sum;
}

/** Arithmetic intensity: operations per byte that crosses this level's interface, DRAM's unless given; NaN where it is unknown. */
export function arithmeticIntensity(work: Work, level: MemoryLevel = "dram"): number {
  return totalFlop(work) / (work.bytes[level] ?? Number.NaN);
}

/** Bytes that a cache would have to hold so that DRAM moves each of them once. */
export function workingSetOf({ workingSet, bytes }: Work): number {
  return workingSet ?? bytes.dram;
}
