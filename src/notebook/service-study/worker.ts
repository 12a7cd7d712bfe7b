// A thread that makes the runs of a study, one after the other.
import { InputError } from "../../core/errors.js";
import type { RunFigures, StudyJob } from "../../serving/study/index.js";
import { makeRun } from "./make-run.js";

/** What a thread answers; an error of its own class would not come across. */
export type RunAnswer = { readonly figures: RunFigures } | { readonly refusal: string };

export default function answer(job: StudyJob): RunAnswer {
  try {
    return { figures: makeRun(job) };
  } catch (error) {
    if (error instanceof InputError) return { refusal: error.message };
    throw error;
  }
}
