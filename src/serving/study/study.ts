// A study: runs to make, and what follows from their figures. Knows neither what a run costs nor where it is made, so that a page makes
// them one after the other and Node on many threads, with the same answer.
import { Progress, type ProgressReporter } from "../../core/progress.js";
import type { ServiceRun } from "../result/index.js";
import type { Scenario } from "../scenario/index.js";

/** A run without what happened in it. */
export type RunFigures = Omit<ServiceRun, "log">;

/** One run to make. */
export interface StudyJob {
  readonly scenario: Scenario;
  readonly seed: number;
}

export interface Study<Answer> {
  /** What it is, for whoever waits: `knee of demo`. */
  readonly label: string;
  readonly jobs: readonly StudyJob[];
  /** What follows from the runs, given in the order of the jobs. */
  conclude(runs: readonly RunFigures[]): Answer;
}

/** Makes one run; it need keep no log. */
export type MakeRun = (job: StudyJob) => RunFigures;

/** Makes the runs of a study, one after the other. Throws what `makeRun` throws. */
export function runStudy<Answer>(study: Study<Answer>, makeRun: MakeRun, reporter?: ProgressReporter): Answer {
  const progress = new Progress({ label: study.label, total: study.jobs.length, unit: "runs" }, { reporter });
  try {
    const runs = study.jobs.map((job) => {
      const run = makeRun(job);
      progress.advance();
      return run;
    });
    return study.conclude(runs);
  } catch (error) {
    progress.end("failed");
    throw error;
  }
}
