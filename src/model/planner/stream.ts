// What a kernel costs that goes through memory once, every element by itself: elementwise arithmetic, copies, conversions.
import type { StreamWork } from "../operator/index.js";
import type { Machine } from "./machine.js";
import type { Plan, Resources } from "./plan.js";

/** Bytes at the rate that the DRAM sustains, behind the start of the kernel. */
export function planStream({ constants, dramRate, device }: Machine, { read, written }: StreamWork): Plan {
  const resources: Resources = { dram: (read + written) / dramRate, overhead: constants.conversionKernel };
  return {
    resources,
    combine,
    time: combine(resources),
    inWords: () => `A pass over the memory of ${device.name}.`,
    traffic: () => ({ dram: read + written, l2: read + written, l1: read + written }),
  };
}

function combine({ dram = 0, overhead = 0 }: Resources): number {
  return dram + overhead;
}
