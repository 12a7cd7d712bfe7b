// The runs of a study over threads, so that a cell goes on showing how far it is. Knows nothing of what is studied.
import { availableParallelism } from "node:os";
import { InputError, WarplabError } from "../../core/errors.js";
import { Progress, type ProgressReporter } from "../../core/progress.js";
import { type RunFigures, runStudy, type Study } from "../../serving/study/index.js";
import { cellInterruption } from "../cell-interruption.js";
import { builtFile } from "../installation.js";
import { threadPool } from "../thread-pool.js";
import { makeRun } from "./make-run.js";
import type { RunAnswer } from "./worker.js";

export interface StudyOptions {
  /** Threads that make the runs; as many as the machine runs at once unless given. 1 makes them in this thread. */
  readonly workers?: number;
  readonly progress?: ProgressReporter;
}

/** Requests in all below which threads are not worth their start. */
const fewRequests = 100_000;

/**
 * Makes the runs of a study, over threads where there is much to do; the answer is the same whichever. Throws InputError for a scenario
 * that cannot be run, and WarplabError when the cell that awaits it is interrupted.
 */
export async function runStudyOverThreads<Answer>(study: Study<Answer>, options: StudyOptions): Promise<Answer> {
  const { workers = availableParallelism(), progress: reporter } = options;
  if (!(Number.isInteger(workers) && workers >= 1)) {
    throw new InputError(`${String(workers)} is no number of threads`, {
      where: "workers",
      fix: "Write a whole number of at least 1.",
    });
  }
  const { jobs, label } = study;
  if (workers === 1 || jobs.length === 1 || isSmall(study)) return runStudy(study, makeRun, reporter);
  const progress = new Progress({ label, total: jobs.length, unit: "runs" }, { reporter });
  const signal = cellInterruption();
  const threads = Math.min(workers, jobs.length);
  const filename = builtFile("notebook", "service-study", "worker.js");
  const pool = threadPool<unknown, RunAnswer>(filename, { minThreads: threads, maxThreads: threads });
  // What waits or runs then ends with an error.
  signal.addEventListener("abort", () => void pool.destroy(), { once: true });
  try {
    const runs = await Promise.all(
      jobs.map(async (job): Promise<RunFigures> => {
        const answer = await pool.run(job);
        if ("refusal" in answer) throw new InputError(answer.refusal);
        progress.advance();
        return answer.figures;
      }),
    );
    return study.conclude(runs);
  } catch (error) {
    progress.end(signal.aborted ? "interrupted" : "failed");
    throw signal.aborted ? new WarplabError("The study was interrupted.") : error;
  } finally {
    await pool.destroy();
  }
}

/** Steps of a language model are many for each request. */
function isSmall({ jobs }: Study<unknown>): boolean {
  const requests = jobs.reduce((sum, { scenario: { workload, serving } }) => {
    return sum + workload.rps * workload.duration_s * (serving === undefined ? 1 : 100);
  }, 0);
  return requests < fewRequests;
}
