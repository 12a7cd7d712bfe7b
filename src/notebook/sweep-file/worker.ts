// A thread that computes parts of a sweep: it is given the question once, and then ranges of units.
import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../../core/errors.js";
import { toArrow, typesOf } from "./formats.js";
import { answer, type Question } from "./question.js";

/** What a thread answers to a range. */
export type PartAnswer =
  | { readonly part: number; readonly bytes: Uint8Array }
  | { readonly part: number; readonly refusal: string }
  | { readonly part: number; readonly defect: string };

const question = workerData as Question;

parentPort?.on("message", ({ part, from, to }: { part: number; from: number; to: number }) => {
  parentPort?.postMessage(compute(part, from, to));
});

function compute(part: number, from: number, to: number): PartAnswer {
  try {
    const columns = answer(question, from, to);
    return { part, bytes: toArrow(columns, typesOf(columns)) };
  } catch (error) {
    if (error instanceof InputError) return { part, refusal: error.message };
    return { part, defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
