// The page's side: gives tasks to a worker, one at a time, so that the page goes on while one is done. Where a page may have no
// worker, the task is done in turns beside the page's own work. Knows no view.
import { perform } from "./labour.js";
import type { Envelope, Task, Telling } from "./task.js";

/** Starts a worker that runs `serve`; undefined where there is nothing to start it from. */
export type WorkerStart = () => Worker | undefined;

let startWorker: WorkerStart = () => undefined;

/** Says how workers are started here; without it there are none. */
export function useWorkers(start: WorkerStart): void {
  startWorker = start;
}

interface Job {
  readonly id: number;
  readonly task: Task;
  readonly tell: (telling: Telling) => void;
}

/** Does one task at a time: a new one takes the place of the one before. */
export class Workshop {
  #worker: Worker | undefined;
  #isReady = false;
  #withoutWorker = false;
  #job: Job | undefined;
  #ids = 0;

  /** What comes of it is told until another task is given. */
  give(task: Task, tell: (telling: Telling) => void): void {
    const before = this.#job;
    const job = { id: ++this.#ids, task, tell };
    this.#job = job;
    // A run cannot be interrupted: one that is still going on is ended with its worker. A sweep looks up between its points.
    if (before?.task.kind === "run") this.#end();
    const worker = this.#started();
    if (worker === undefined) this.#doHere(job);
    else worker.postMessage({ id: job.id, content: task } satisfies Envelope<Task>);
  }

  /** Whether a task is being done. */
  get isBusy(): boolean {
    return this.#job !== undefined;
  }

  /** Ends what is being done. */
  cancel(): void {
    if (this.#job === undefined) return;
    const { id, task } = this.#job;
    this.#job = undefined;
    if (task.kind === "run") this.#end();
    else this.#worker?.postMessage({ id, content: null } satisfies Envelope<Task | null>);
  }

  dispose(): void {
    this.#job = undefined;
    this.#end();
  }

  #started(): Worker | undefined {
    if (this.#withoutWorker || this.#worker !== undefined) return this.#worker;
    try {
      this.#worker = startWorker();
    } catch {
      // The page's policy has no workers.
    }
    const worker = this.#worker;
    if (worker === undefined) {
      this.#withoutWorker = true;
      return undefined;
    }
    worker.onmessage = ({ data }: MessageEvent<Envelope<Telling> | "ready">) => {
      if (data === "ready") this.#isReady = true;
      else this.#hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end();
      const job = this.#job;
      if (job === undefined) return;
      if (this.#isReady) job.tell({ kind: "failed", message: event.message, where: null, isInput: false });
      else {
        this.#withoutWorker = true;
        this.#doHere(job);
      }
    };
    return worker;
  }

  #hear({ id, content }: Envelope<Telling>): void {
    const job = this.#job;
    if (job === undefined || job.id !== id) return;
    if (content.kind === "done" || content.kind === "failed") this.#job = undefined;
    job.tell(content);
  }

  #doHere(job: Job): void {
    const isCancelled = (): boolean => this.#job !== job;
    // After the page has had its turn, so that it can show that something goes on.
    setTimeout(() => {
      if (isCancelled()) return;
      void perform(job.task, { tell: (content) => this.#hear({ id: job.id, content }), isCancelled });
    });
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
