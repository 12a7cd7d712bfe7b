// The store as the server sees it: promises that are kept when the disk has it. The work is a thread's, since waiting for the disk
// would stop every other answer. Knows no HTTP but the status of a full disk.
import { Worker } from "node:worker_threads";
import { InputError } from "../../core/errors.js";
import { builtFile } from "../../notebook/installation.js";
import { Refusal } from "../refusal.js";
import type { Page, RunEnd, RunLine, RunPart, RunParts, RunRow, ScenarioLine, ScenarioRow, Write } from "./rows.js";
import type { Reading, StoreReply, StoreRequest } from "./thread.js";

export class Store {
  readonly #tickets = new Map<number, { done(value: unknown): void; fail(error: unknown): void }>();
  #next = 1;
  #gone: Error | undefined;

  private constructor(private readonly worker: Worker) {
    worker.on("message", ({ ticket, value, problem }: StoreReply) => {
      const asker = this.#tickets.get(ticket);
      this.#tickets.delete(ticket);
      if (problem === undefined) asker?.done(value);
      else asker?.fail(errorOf(problem));
    });
    const end = (error: Error): void => {
      this.#gone = error;
      for (const { fail } of this.#tickets.values()) fail(error);
      this.#tickets.clear();
    };
    worker.on("error", end);
    worker.on("exit", () => end(new Error("the store is closed")));
  }

  /** Opens a folder's data, or begins it; `:memory:` keeps nothing. Throws InputError as StoreDatabase.open does. */
  static async open(folder: string): Promise<Store> {
    const worker = new Worker(builtFile("server", "store", "thread.js"), { workerData: folder, execArgv: [] });
    const store = new Store(worker);
    try {
      await new Promise((done, fail) => store.#tickets.set(0, { done, fail }));
      return store;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  /** Each resolves when it is on the disk; rejects with a Refusal (507) where the disk does not take it. */
  addScenario(row: ScenarioRow): Promise<void> {
    return this.#write({ kind: "scenario", row });
  }

  addRun(row: RunRow, parts: RunParts | null): Promise<void> {
    return this.#write({ kind: "run", row, parts });
  }

  endRun(end: RunEnd): Promise<void> {
    return this.#write({ kind: "end", end });
  }

  scenario(id: string): Promise<ScenarioRow | undefined> {
    return this.#read("scenario", id);
  }

  scenarios(page: Page): Promise<ScenarioLine[]> {
    return this.#read("scenarios", page);
  }

  run(id: string): Promise<RunRow | undefined> {
    return this.#read("run", id);
  }

  runs(page: Page): Promise<RunLine[]> {
    return this.#read("runs", page);
  }

  queuedRuns(): Promise<RunRow[]> {
    return this.#read("queuedRuns");
  }

  part(id: string, part: RunPart): Promise<Uint8Array | undefined> {
    return this.#read("part", id, part);
  }

  async close(): Promise<void> {
    await this.#ask((ticket) => ({ ticket, close: true }));
    await this.worker.terminate();
  }

  #read<T>(read: Reading, ...words: readonly unknown[]): Promise<T> {
    return this.#ask((ticket) => ({ ticket, read, words })) as Promise<T>;
  }

  async #write(write: Write): Promise<void> {
    await this.#ask((ticket) => ({ ticket, write }));
  }

  #ask(request: (ticket: number) => StoreRequest): Promise<unknown> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    const ticket = this.#next++;
    return new Promise((done, fail) => {
      this.#tickets.set(ticket, { done, fail });
      this.worker.postMessage(request(ticket));
    });
  }
}

function errorOf({ kind, message }: NonNullable<StoreReply["problem"]>): Error {
  if (kind === "input") return new InputError(message);
  if (kind === "storage") return new Refusal(507, message, { fix: "Make room on the disk and send it again." });
  return new Error(message);
}
