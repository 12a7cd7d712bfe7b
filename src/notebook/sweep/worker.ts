// A thread that computes tasks of a sweep: it is given the question once, and then one task after the other.
import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../../core/errors.js";
import { typesOf } from "./columns.js";
import { answer, type Question, type Task } from "./question.js";
import { toArrow } from "./table-file.js";

/** What a thread answers to a task: its rows in Arrow's file format, or why there are none. */
export type TaskAnswer = { readonly bytes: Uint8Array } | { readonly refusal: string } | { readonly defect: string };

const question = workerData as Question;

parentPort?.on("message", (task: Task) => parentPort?.postMessage(compute(task)));

function compute(task: Task): TaskAnswer {
  try {
    const columns = answer(question, task);
    return { bytes: toArrow(columns, typesOf(columns)) };
  } catch (error) {
    if (error instanceof InputError) return { refusal: error.message };
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
