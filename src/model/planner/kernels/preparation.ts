// What a small kernel costs that prepares a larger one: activations into a narrow format, a rotary embedding, keys and values into
// their cache. Knows nothing of what it prepares.
import type { PreparationWork } from "../../operator/index.js";
import type { Machine } from "../machine.js";
import type { Plan, Resources } from "../plan.js";

/** Bytes at the rate that the DRAM sustains, behind the start of the kernel. */
export function planPreparation({ constants, dramRate, device }: Machine, { read, written }: PreparationWork): Plan {
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
