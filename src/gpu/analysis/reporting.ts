// A launch that tells how far it is: the machine runs in stretches, and between them the clock is looked at. Where nobody
// listens it runs in one.
import { volume } from "../../core/dim3.js";
import { Progress, type ProgressReporter } from "../../core/progress.js";
import type { Machine } from "../simt/machine.js";

/** Steps between two looks at the clock: some hundredths of a second. */
const stretch = 1 << 16;

/** Runs to the end, or until this many steps have been taken in all, as `machine.run` does. Throws LaunchFault. */
export function runReporting(
  machine: Machine,
  label: string,
  reporter: ProgressReporter | undefined,
  until: number = Number.POSITIVE_INFINITY,
): void {
  const progress = Number.isFinite(until)
    ? progressOfSteps(machine, label, reporter, until)
    : progressOfBlocks(machine, label, reporter);
  if (!progress.progress.heard) {
    machine.run(until);
    return;
  }
  try {
    while (!machine.finished && machine.steps < until) {
      machine.run(Math.min(until, machine.steps + stretch));
      progress.look();
    }
    progress.progress.finish();
  } catch (error) {
    progress.progress.end("failed");
    throw error;
  }
}

/** The progress of a machine, and what brings it up to date. */
export interface MachineProgress {
  readonly progress: Progress;
  look(): void;
}

/** Blocks are counted: how many steps there are nobody knows. Of a single block its steps are, without a total. */
export function progressOfBlocks(
  machine: Machine,
  label: string,
  reporter: ProgressReporter | undefined,
): MachineProgress {
  const blocks = volume(machine.image.grid);
  if (blocks === 1) {
    const progress = new Progress({ label, unit: "steps" }, { reporter });
    return { progress, look: () => progress.moveTo(machine.steps) };
  }
  const progress = new Progress({ label, total: blocks, unit: "blocks" }, { reporter });
  progress.detail = () => `${machine.steps.toLocaleString("en-US")} steps`;
  return { progress, look: () => progress.moveTo(machine.blocks.ended) };
}

function progressOfSteps(
  machine: Machine,
  label: string,
  reporter: ProgressReporter | undefined,
  until: number,
): MachineProgress {
  const from = machine.steps;
  const progress = new Progress({ label, total: until - from, unit: "steps" }, { reporter });
  return { progress, look: () => progress.moveTo(machine.steps - from) };
}
