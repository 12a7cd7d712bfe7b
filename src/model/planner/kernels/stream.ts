// What a kernel costs that goes through memory once, every element by itself: elementwise arithmetic, copies. Knows no operator.
import type { StreamWork } from "../../operator/index.js";
import { keptInL2 } from "../l2.js";
import type { Machine } from "../machine.js";
import type { Plan, Resources } from "../plan.js";
import { issueRate } from "../threads.js";

/**
 * Bytes at the rate that the DRAM sustains, or the threads' instructions at the rate of the SMs, whichever takes longer, behind
 * the start of the kernel. What L2 still has, and what it takes in without writing it out, goes at L2's rate.
 */
export function planStream(machine: Machine, work: StreamWork): Plan {
  const { constants, device } = machine;
  const { read, written, elements, operationsPerElement, warm = 0 } = work;
  const { kept, ...levels } = traffic(machine, read, written, warm);
  const resources: Resources = {
    ...levels,
    compute: (elements * operationsPerElement) / issueRate(machine),
    overhead: constants.pipelineFill,
  };
  const moved = read + written;
  return {
    resources,
    combine,
    time: combine(resources),
    inWords: () => `A pass over the memory of ${device.name}.`,
    traffic: () => ({ dram: moved - kept, l2: moved, l1: moved }),
  };
}

/**
 * Seconds at the DRAM and at L2 for bytes that are each moved once, `warm` of those that are read having just been in use; `kept`
 * are the bytes that L2 spares the DRAM.
 */
export function traffic(
  { device, dramRate, l2Rate, sms }: Machine,
  read: number,
  written: number,
  warm: number,
): { readonly dram: number; readonly l2: number; readonly kept: number } {
  const kept = keptInL2(read + written, device) * (Math.min(warm, read) + written);
  return { dram: (read + written - kept) / dramRate, l2: kept / (sms * l2Rate), kept };
}

// L2 has one port to the SMs, at which hits and what comes from the DRAM take turns.
function combine({ dram = 0, l2 = 0, compute = 0, overhead = 0 }: Resources): number {
  return Math.max(dram + l2, compute) + overhead;
}
