// What it costs to convert rows to a narrower format in software. Knows no operator.
import { bytesOf, type ConversionWork } from "../../operator/index.js";
import type { Machine } from "../machine.js";
import type { Plan, Resources } from "../plan.js";
import { issueLanes } from "../threads.js";

/** Threads of a block, and elements that one of them takes at a time: 16 bytes of a 16-bit format. */
const chunk = 256 * 8;

/**
 * Blocks of one SM share its lanes, so that its rows take what their instructions take; before them the kernel starts. The DRAM
 * works meanwhile.
 */
export function planConversion(machine: Machine, work: ConversionWork): Plan {
  const { constants, sms, clock, dramRate, device } = machine;
  const { rows, columns, from, to } = work;
  const chunks = Math.ceil(columns / chunk);
  const row = (constants.rowClocks + (chunks * chunk * constants.roundingInstructions) / issueLanes(machine)) / clock;
  const moved = bytesOf(rows * columns, from) + bytesOf(rows * columns, to);
  const resources: Resources = {
    compute: (rows / sms + constants.exposedRows) * row,
    dram: moved / dramRate,
    overhead: constants.pipelineFill,
  };
  return {
    resources,
    combine,
    time: combine(resources),
    inWords: () =>
      `Planned: a conversion from ${from} to ${to} in software, a block for each of ${rows} rows on ${device.name}.`,
    traffic: () => ({ dram: moved, l2: moved, l1: moved }),
  };
}

function combine({ compute = 0, dram = 0, overhead = 0 }: Resources): number {
  return Math.max(compute, dram) + overhead;
}
