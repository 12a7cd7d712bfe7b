// What taking rows of a table by index costs. Knows no operator.
import type { GatherWork } from "../../operator/index.js";
import type { Machine } from "../machine.js";
import type { Plan, Resources } from "../plan.js";

/** Bytes that the DRAM gives at least at a time: a sector of L2. */
const sector = 32;

/**
 * Every row that is taken for the first time comes from the DRAM, in whole sectors; taken again it is in L2. Of V rows, n that are
 * drawn by lot are V (1 - (1 - 1 / V)^n) different ones.
 */
export function planGather({ constants, dramRate, l2Rate, sms, device }: Machine, work: GatherWork): Plan {
  const { rows, tableRows, rowBytes, indexBytes } = work;
  const different = -tableRows * Math.expm1(rows * Math.log1p(-1 / tableRows));
  const sectors = sector * Math.ceil(rowBytes / sector);
  const resources: Resources = {
    dram: (different * sectors + rows * (rowBytes + indexBytes)) / dramRate,
    l2: ((rows - different) * sectors) / (sms * l2Rate),
    overhead: constants.pipelineFill,
  };
  const inWords = () => `${rows} rows of a table, about ${Math.round(different)} different ones, on ${device.name}.`;
  const ends = rows * (rowBytes + indexBytes);
  const traffic = () => ({ dram: different * sectors + ends, l2: rows * sectors + ends, l1: rows * sectors + ends });
  return { resources, combine, time: combine(resources), inWords, traffic };
}

function combine({ dram = 0, l2 = 0, overhead = 0 }: Resources): number {
  return dram + l2 + overhead;
}
