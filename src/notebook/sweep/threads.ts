// Threads that share the tasks of a sweep. Knows nothing of what a task is, nor of what becomes of its answer.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { InputError, WarplabError } from "../../core/errors.js";
import type { StopSignal } from "../cell-interruption.js";
import { builtFile } from "../installation.js";
import type { Question, Task } from "./question.js";
import type { TaskAnswer } from "./worker.js";

/** A task by its number among all. */
export interface NumberedTask {
  readonly number: number;
  /** Called when a thread comes to it: what all tasks together would take need not be there at once. */
  readonly make: () => Task;
}

export interface ThreadedSweep {
  readonly question: Question;
  readonly tasks: readonly NumberedTask[];
  /** As many threads at most; as many as the machine runs at once unless given. */
  readonly workers: number | undefined;
  /** Ends the threads. */
  readonly signal: StopSignal;
  readonly onAnswer: (number: number, bytes: Uint8Array) => void;
}

/** Has every task computed, in whatever order they end. Throws what a thread refuses, and WarplabError when it is ended. */
export async function computeInThreads(sweep: ThreadedSweep): Promise<void> {
  const { workers: wanted = availableParallelism(), tasks, signal } = sweep;
  if (!(Number.isInteger(wanted) && wanted >= 1)) {
    throw new InputError(`${String(wanted)} is no number of threads`, {
      where: "workers",
      fix: "Write a whole number of at least 1.",
    });
  }
  const queue = tasks.values();
  const workers: Worker[] = [];
  if (signal.aborted) throw interrupted();
  try {
    await Promise.all(
      Array.from({ length: Math.min(wanted, tasks.length) }, () => {
        const worker = new Worker(builtFile("notebook", "sweep", "worker.js"), {
          workerData: sweep.question,
          execArgv: [],
        });
        workers.push(worker);
        return worked(worker, queue, sweep);
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives one thread task after task until there is none. */
function worked(worker: Worker, queue: Iterator<NumberedTask>, { signal, onAnswer }: ThreadedSweep): Promise<void> {
  return new Promise<void>((done, fail) => {
    let number = 0;
    const next = (): void => {
      const { value, done: none } = queue.next();
      if (none === true) {
        done();
        return;
      }
      number = value.number;
      worker.postMessage(value.make());
    };
    // What goes wrong here must end the sweep, and not the process.
    const trying = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        fail(error as Error);
      }
    };
    worker.on("message", (reply: TaskAnswer) => {
      if ("refusal" in reply) fail(new InputError(reply.refusal));
      else if ("defect" in reply) fail(new Error(reply.defect));
      else {
        trying(() => {
          onAnswer(number, reply.bytes);
          next();
        });
      }
    });
    worker.on("error", fail);
    worker.on("exit", (code) => fail(new WarplabError(`A thread of the sweep ended with ${code}.`)));
    signal.addEventListener("abort", () => fail(interrupted()), { once: true });
    trying(next);
  });
}

function interrupted(): WarplabError {
  return new WarplabError("The sweep was interrupted.");
}
