// A launch as work for a roofline: its operations by precision and its bytes by memory level. Knows no device.
import type { Precision } from "../../core/precision.js";
import type { Work } from "../../core/work.js";
import { sectorBytes } from "./coalescing.js";
import type { Counters } from "./counters.js";
import type { Footprint } from "./footprint.js";

/**
 * What a launch asks of each level. L1: the bytes that lanes ask of global, shared and local memory. L2: the sectors of every request
 * to global memory, each time, as if L1 kept nothing. DRAM: the sectors that were read before they were written and those that
 * were written, each once, as if L2 were empty at first and then kept everything. The working set: the sectors that were
 * touched. `matrix` are operations by the elements multiplied; those on single bits have no precision of their own and are left out.
 * Half precision outside of matrix instructions counts as FP16, whose peak devices reach on Tensor Cores alone.
 */
export function workOf(counters: Counters, footprint: Footprint, matrix: ReadonlyMap<string, number>): Work {
  const flop: Partial<Record<Precision, number>> = {};
  const add = (precision: Precision | undefined, count: number): void => {
    if (precision !== undefined && count > 0) flop[precision] = (flop[precision] ?? 0) + count;
  };
  add("FP16", counters.flop_f16);
  add("FP32", counters.flop_f32);
  add("FP64", counters.flop_f64);
  for (const [element, count] of matrix) add(precisionOf[element], count);
  const {
    global_load_sectors: loaded,
    global_store_sectors: stored,
    bytes_shared: shared,
    local_bytes: local,
  } = counters;
  return {
    flop,
    bytes: {
      dram: sectorBytes * (footprint.fetched + footprint.written),
      l2: sectorBytes * (loaded + stored + footprint.atomic),
      l1: counters.bytes_global_read + counters.bytes_global_written + shared + local,
    },
    workingSet: sectorBytes * footprint.distinct,
  };
}

const precisionOf: Readonly<Record<string, Precision>> = {
  f16: "FP16",
  bf16: "BF16",
  tf32: "TF32",
  f64: "FP64",
  e4m3: "FP8_E4M3",
  e5m2: "FP8_E5M2",
  s8: "INT8",
  u8: "INT8",
  s4: "INT4",
  u4: "INT4",
};
