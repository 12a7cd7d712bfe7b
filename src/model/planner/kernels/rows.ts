// What a kernel costs whose blocks each reduce a row: softmax, norms. Knows no operator.
import type { RowsWork } from "../../operator/index.js";
import { keptInL2 } from "../l2.js";
import type { Machine } from "../machine.js";
import type { Plan, Resources } from "../plan.js";
import { issueRate, residentBlocks } from "../threads.js";
import { traffic as firstPass } from "./stream.js";

/**
 * Clocks from an arithmetic instruction to one that needs its result: Volta and later. Z. Jia and others, "Dissecting the NVIDIA
 * Volta GPU architecture via microbenchmarking", 2018, table 4.1.
 */
const dependentIssue = 4;

/**
 * Whichever takes longer, behind the start of the kernel: traffic with the DRAM, traffic with L2, or the rows themselves. Rows
 * that an SM has no room for at once come one after another; each time a thread loads from its row it waits for L2 or the DRAM,
 * and all threads of an SM share its issue slots, while those of one thread depend on each other.
 */
export function planRows(machine: Machine, work: RowsWork): Plan {
  const { constants, device, sms, clock, l2Rate } = machine;
  const { rows, columns, rowRead, rowWritten, passes, threads, vector, warm = 0 } = work;
  const [read, written] = [rows * rowRead, rows * rowWritten];
  const resident = residentBlocks(device, threads);
  const inFlight = Math.min(rows, sms * resident) * (rowRead + rowWritten);
  const keptOfAll = keptInL2(read + written, device);
  const missed = (1 - keptInL2(inFlight, device)) * (1 - keptOfAll);
  const first = firstPass(machine, read, written, warm);
  const again = (passes - 1) * read;
  const waves = Math.ceil(rows / (sms * resident));

  const { l2, dram } = constants.loadClocks;
  const firstWait = l2 + (dram - l2) * (1 - keptOfAll * Math.min(1, warm / read));
  const laterWaits = (passes - 1) * (l2 + (dram - l2) * missed);
  const steps = Math.ceil(columns / vector / threads);
  const perRow = threads * work.operationsPerThread + columns * work.operationsPerElement;
  const perThread = work.operationsPerThread + Math.ceil(columns / threads) * work.operationsPerElement;
  const issue = (Math.ceil(rows / sms) * perRow * sms) / issueRate(machine);
  const chain = (waves * perThread * dependentIssue) / clock;

  const resources: Resources = {
    dram: first.dram + (again * missed) / machine.dramRate,
    l2: (read + written + again) / (sms * l2Rate),
    // Waits for loads: not a matter of bytes, but they pass with the SM's loads.
    l1: (waves * steps * (firstWait + laterWaits)) / clock,
    compute: Math.max(issue, chain),
    overhead: constants.pipelineFill,
  };
  const inWords = () =>
    `${rows} rows on ${device.name}, ${Math.min(rows, sms * resident)} at a time, ${threads} threads each; ` +
    `${passes === 1 ? "each is read once" : `each is read ${passes} times, of which L2 misses ${Math.round(100 * missed)} %`}.`;
  const all = read + written + again;
  const traffic = () => ({ dram: read + written - first.kept + again * missed, l2: all, l1: all });
  return { resources, combine, time: combine(resources), inWords, traffic };
}

function combine({ dram = 0, l2 = 0, l1 = 0, compute = 0, overhead = 0 }: Resources): number {
  return Math.max(dram, l2, l1 + compute) + overhead;
}
