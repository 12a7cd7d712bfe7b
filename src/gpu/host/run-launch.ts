// Runs the image of a launch to its end with the analyses that a launch's answer needs, and tells what they found. Knows nothing of
// streams or logs.
import type { ProgressReporter } from "../../core/progress.js";
import type { Work } from "../../core/work.js";
import type { Counters } from "../analysis/counters.js";
import { FootprintObserver } from "../analysis/footprint.js";
import { LatencyModel, type SectorCache } from "../analysis/latency-model.js";
import { BlockObserver, DivergenceObserver } from "../analysis/launch-log.js";
import { workOf } from "../analysis/launch-work.js";
import { PrintedText } from "../analysis/printed.js";
import { runReporting } from "../analysis/reporting.js";
import type { Sanitizer } from "../analysis/sanitizer/index.js";
import { SmCounters } from "../analysis/sm-counters.js";
import { type Finding, LaunchFault, sourceLine } from "../simt/fault.js";
import type { LaunchImage } from "../simt/launch-image.js";
import { Machine } from "../simt/machine.js";
import type { GlobalMemory } from "../simt/memory-region.js";
import type { Observer } from "../simt/observer.js";
import type { CostFigures } from "./cost-model.js";
import { type BlockRecord, type DivergenceRecord, rowsKept, type SmRecord } from "./device-log.js";
import type { LaunchYardsticks } from "./launch.js";

export interface LaunchRun {
  readonly figures: CostFigures;
  /** The device's L2, as earlier launches have left it. */
  readonly l2: SectorCache;
  readonly observers: readonly Observer[];
  readonly sanitizer: Sanitizer | undefined;
  readonly progress: ProgressReporter | undefined;
  /** Whether divergences and blocks are recorded one by one. */
  readonly detail: "counters" | "log";
}

/** What a launch has done, also one that ended with a fault. */
export interface LaunchOutcome {
  readonly counters: Counters;
  readonly work: Work;
  readonly yardsticks: LaunchYardsticks;
  /** Cycles by the latency model. */
  readonly cycles: number;
  readonly steps: number;
  readonly sms: readonly SmRecord[];
  /** Without the launch's number, which is the log's affair. */
  readonly divergences: readonly Omit<DivergenceRecord, "launch">[];
  readonly blocks: readonly Omit<BlockRecord, "launch">[];
  readonly leftOut: { readonly divergences: number; readonly blocks: number };
  /** What the kernel printed. */
  readonly printed: string;
  /** Local memory of a thread in bytes: what did not fit its registers, and arrays that it indexes. */
  readonly localBytesPerThread: number;
  readonly fault: LaunchFault | undefined;
  /** What the sanitizer has found; empty without one. */
  readonly findings: readonly Finding[];
}

/** Throws InputError for a launch that cannot run; a fault while it runs is part of the outcome. */
export function runLaunch(image: LaunchImage, memory: GlobalMemory, run: LaunchRun): LaunchOutcome {
  const probe = new SmCounters();
  const model = new LatencyModel(run.figures, run.l2);
  const footprint = new FootprintObserver();
  const isLogged = run.detail === "log";
  const divergences = new DivergenceObserver(rowsKept);
  const blocks = new BlockObserver(rowsKept, () => machine.steps);
  const printed = new PrintedText(() => machine.steps);
  const machine: Machine = new Machine(
    image,
    [
      probe,
      printed,
      model,
      footprint,
      ...(isLogged ? [divergences, blocks] : []),
      ...run.observers,
      ...(run.sanitizer === undefined ? [] : [run.sanitizer]),
    ],
    memory,
  );
  if (run.sanitizer !== undefined) run.sanitizer.attach(machine);
  else countAsWritten(memory);
  const { operations } = machine.program;
  model.prepare(operations);
  let fault: LaunchFault | undefined;
  try {
    runReporting(machine, `launch of ${image.kernel}`, run.progress);
  } catch (error) {
    if (!(error instanceof LaunchFault)) throw error;
    fault = error;
  }
  const { kernel } = image;
  const cycles = model.cyclesPerSm;
  const { warpsPerBlock } = machine.blocks;
  const counters = probe.result(operations);
  return {
    counters,
    work: workOf(counters, footprint.footprint, probe.matrixOperations(operations)),
    yardsticks: { idealSectors: probe.ideal(), lanesPredicatedOff: probe.lanesPredicatedOff() },
    cycles: model.cycles,
    steps: machine.steps,
    sms: probe.perSm(operations).map(({ sm, blocks: count, counters, ideal }) => ({
      sm,
      blocks: count,
      warps: count * warpsPerBlock,
      warp_instructions: counters.warp_instructions,
      divergent_branches: counters.divergent_branches,
      global_requests: counters.global_load_requests + counters.global_store_requests,
      excess_sectors: counters.global_load_sectors + counters.global_store_sectors - ideal.load - ideal.store,
      bank_conflicts: counters.shared_load_conflicts + counters.shared_store_conflicts,
      barrier_waits: counters.barriers,
      cycles: cycles.get(sm) ?? 0,
    })),
    divergences: divergences.events.map(({ block, warp, pc, taken, notTaken }) => {
      const { instruction } = operations[pc].verified;
      return {
        kernel,
        block,
        warp,
        pc,
        line: sourceLine(instruction, image.debug) ?? instruction.ptxLine,
        mask_before: mask((taken | notTaken) >>> 0),
        mask_taken: mask(taken),
        mask_not_taken: mask(notTaken),
      };
    }),
    blocks: blocks.stays.map(({ block, sm, firstStep, endStep }) => ({
      kernel,
      block,
      sm,
      first_step: firstStep,
      end_step: endStep,
    })),
    leftOut: { divergences: divergences.leftOut, blocks: blocks.leftOut },
    printed: printed.text,
    localBytesPerThread: machine.plan.localBytes,
    fault,
    findings: run.sanitizer?.findings() ?? [],
  };
}

// What a launch writes that nobody watches, nobody knows: from then on nothing is taken for unwritten.
function countAsWritten(memory: GlobalMemory): void {
  for (const region of memory.allocations) region.written = undefined;
}

function mask(lanes: number): string {
  return `0x${lanes.toString(16).padStart(8, "0")}`;
}
