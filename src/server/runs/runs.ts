// Runs as a server has them: queued, computed by a pool of threads, kept. Knows no HTTP but the statuses of its refusals.
import { randomBytes } from "node:crypto";
import type { Piscina } from "piscina";
import { InputError } from "../../core/errors.js";
import { builtFile, installation } from "../../notebook/installation.js";
import { threadPool } from "../../notebook/thread-pool.js";
import { Refusal } from "../refusal.js";
import type { KeptStatus, RunLine, RunPart, RunRow, Store } from "../store/index.js";
import {
  type CostsTask,
  type costs,
  progressSlots,
  type RunOutcome,
  type RunTask,
  steadySeconds,
  type TraceTask,
} from "./compute.js";
import { type RunLimits, waitingBytes } from "./limits.js";

export interface RunRequest {
  /** JSON. */
  readonly scenario: string;
  readonly scenarioId: string | null;
  /** The scenario's. */
  readonly name: string;
  /** null: the scenario's own. */
  readonly seed: number | null;
}

/** A run that was computed at once, and is on the disk. */
export interface ComputedRun {
  readonly id: string;
  readonly result: string;
  /** JSON. */
  readonly breakdown: Uint8Array;
}

export type RunStatus = KeptStatus | "running";

/** A run that the server keeps, as it stands. */
export interface RunView<Row extends RunRow | RunLine = RunRow> {
  readonly row: Row;
  readonly status: RunStatus;
  readonly error: string | null;
  /** While it runs: units done, and of how many where that is known. */
  readonly progress: { readonly done: number; readonly total: number | null } | null;
}

/** A name that nobody guesses and that a URL takes as it is. */
export const newId = (kind: "run" | "scn" | "trc"): string => `${kind}_${randomBytes(16).toString("base64url")}`;

interface Active {
  readonly request: RunRequest;
  readonly cancel: AbortController;
  readonly progress: Float64Array;
  /** Settles when it is over and the store knows. */
  ended: Promise<unknown>;
}

export class Runs {
  readonly #active = new Map<string, Active>();
  /** Runs whose end the disk did not take; the store has them as queued. */
  readonly #unkept = new Map<string, string>();
  readonly #pool: Piscina<RunTask, RunOutcome>;
  /** Apart, so that reading what is there does not wait for what is computed. */
  readonly #aside: Piscina;
  readonly #watch: NodeJS.Timeout;
  #closing = false;

  private constructor(
    private readonly store: Store,
    readonly workers: number,
    private readonly limits: RunLimits,
  ) {
    const filename = builtFile("server", "runs", "compute.js");
    const shared = { minThreads: 0, idleTimeout: 60_000 };
    this.#pool = threadPool(filename, { ...shared, name: "run", maxThreads: workers });
    this.#aside = threadPool(filename, { ...shared, maxThreads: 1 });
    this.#watch = setInterval(() => this.#stopLate(), 1000).unref();
  }

  /** Goes on with the runs that were promised before. */
  static async open(store: Store, workers: number, limits: RunLimits): Promise<Runs> {
    const runs = new Runs(store, workers, limits);
    for (const { id, scenario, scenario_id, name, seed } of await store.queuedRuns()) {
      runs.#begin(id, runs.#activate(id, { scenario, scenarioId: scenario_id, name, seed }));
    }
    return runs;
  }

  /**
   * Computes a run and keeps it. Throws InputError for its scenario; Refusal where too many wait (503), it takes too long (422), the
   * disk does not take it (507), and what `signal` was aborted with.
   */
  async compute(request: RunRequest, signal: AbortSignal): Promise<ComputedRun> {
    this.#admit(request);
    const id = newId("run");
    const created_ms = Date.now();
    const active = this.#activate(id, request);
    const onAbort = (): void => active.cancel.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const work = async (): Promise<ComputedRun> => {
      const outcome = await this.#simulate(active);
      if ("refused" in outcome) throw new InputError(outcome.refused);
      const { result, breakdown, packedBreakdown, log } = outcome;
      const row = {
        ...this.#rowOf(id, request, created_ms),
        status: "done" as const,
        ended_ms: Date.now(),
        result,
      };
      await this.store.addRun(row, { breakdown: packedBreakdown, log });
      return { id, result, breakdown };
    };
    const ended = work();
    active.ended = ended;
    try {
      return await ended;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#active.delete(id);
    }
  }

  /** Promises a run: resolves with its id when the promise is on the disk. Throws Refusal as `compute` does. */
  async promise(request: RunRequest): Promise<string> {
    this.#admit(request);
    const id = newId("run");
    // From now on it counts: whoever comes while the disk is waited for finds the line so much longer.
    const active = this.#activate(id, request);
    try {
      await this.store.addRun(this.#rowOf(id, request, Date.now()), null);
    } catch (error) {
      this.#active.delete(id);
      throw error;
    }
    this.#begin(id, active);
    return id;
  }

  async view(id: string): Promise<RunView | undefined> {
    const row = await this.store.run(id);
    return row && this.#viewOf(row);
  }

  /** The youngest first. */
  async list(page: { readonly limit: number; readonly before?: string | undefined }): Promise<RunView<RunLine>[]> {
    return (await this.store.runs(page)).map((row) => this.#viewOf(row));
  }

  /** Stops a run that was promised; answers where it stands then. Throws Refusal (409) for one that had ended. */
  async cancel(id: string): Promise<RunStatus | undefined> {
    const active = this.#active.get(id);
    if (active !== undefined) {
      active.cancel.abort(new Cancelled(409, "the run was cancelled"));
      await active.ended.catch(() => undefined);
    }
    const status = (await this.view(id))?.status;
    if (status === undefined || status === "cancelled") return status;
    throw new Refusal(409, `this run has ended already: it is ${status}`);
  }

  /** gzip. */
  part(id: string, part: RunPart): Promise<Uint8Array | undefined> {
    return this.store.part(id, part);
  }

  /** The Chrome trace of a packed run, in pieces. */
  trace(log: Uint8Array, encoding: TraceTask["encoding"], signal: AbortSignal): Promise<readonly Uint8Array[]> {
    return this.#beside("trace", { log, encoding } satisfies TraceTask, signal);
  }

  /** JSON of what computing takes, by the model of the scenario's device. Throws InputError for its scenario. */
  async costs(scenario: string, signal: AbortSignal): Promise<string> {
    const outcome = await this.#beside<CostsOutcome>("costs", { scenario } satisfies CostsTask, signal);
    if ("refused" in outcome) throw new InputError(outcome.refused);
    return outcome.costs;
  }

  /** Ends what runs; what was promised is computed when the store is opened again. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#watch);
    const active = [...this.#active.values()];
    for (const { cancel } of active) cancel.abort(new Refusal(503, "the server stops"));
    await Promise.allSettled(active.map(({ ended }) => ended));
    await Promise.all([this.#pool.destroy(), this.#aside.destroy()]);
  }

  /** How many runs are computed, and how many wait for a worker. */
  load(): { readonly computing: number; readonly waiting: number } {
    const computing = Math.min(this.#active.size, this.workers);
    return { computing, waiting: this.#active.size - computing };
  }

  #admit({ scenario }: RunRequest): void {
    if (this.#closing) throw new Refusal(503, "the server stops");
    const { waiting } = this.load();
    let bytes = scenario.length;
    for (const { request } of this.#active.values()) bytes += request.scenario.length;
    const isBusy = this.#active.size >= this.workers;
    if (!isBusy || (waiting < this.limits.waiting && bytes <= waitingBytes)) return;
    throw new Refusal(503, `${waiting} ${waiting === 1 ? "run waits" : "runs wait"} already, more are not taken`, {
      retryAfter: 5,
      fix: "Send it again later; the header Retry-After says when.",
    });
  }

  #activate(id: string, request: RunRequest): Active {
    const progress = new Float64Array(new SharedArrayBuffer(8 * progressSlots.count));
    const active: Active = { request, cancel: new AbortController(), progress, ended: Promise.resolve() };
    this.#active.set(id, active);
    return active;
  }

  #begin(id: string, active: Active): void {
    active.ended = this.#keepEnd(id, active).finally(() => this.#active.delete(id));
  }

  /** Computes a promised run, and has the store know how it ended. */
  async #keepEnd(id: string, active: Active): Promise<void> {
    const end = { id, warplab: installation().version, result: null, error: null, parts: null };
    try {
      const outcome = await this.#simulate(active);
      if ("refused" in outcome) throw new InputError(outcome.refused);
      const { result, packedBreakdown, log } = outcome;
      const parts = { breakdown: packedBreakdown, log };
      await this.#end({ ...end, status: "done", ended_ms: Date.now(), result, parts });
    } catch (error) {
      const isCancelled = error instanceof Cancelled;
      // It stays queued.
      if (this.#closing && !isCancelled) return;
      const status = isCancelled ? "cancelled" : "failed";
      await this.#end({ ...end, status, ended_ms: Date.now(), error: wordsOf(error) });
    }
  }

  async #end(end: Parameters<Store["endRun"]>[0]): Promise<void> {
    try {
      await this.store.endRun(end);
    } catch (error) {
      this.#unkept.set(end.id, `${wordsOf(error)}\nIt is computed again when the server starts anew.`);
    }
  }

  async #simulate({ request, cancel, progress }: Active): Promise<RunOutcome> {
    try {
      return await this.#pool.run(
        { scenario: request.scenario, seed: request.seed, progress },
        { signal: cancel.signal },
      );
    } catch (error) {
      if (cancel.signal.aborted) throw cancel.signal.reason;
      if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") {
        throw new Refusal(422, "this run takes more memory than a worker has", { fix: "Shorten it." });
      }
      throw error;
    }
  }

  async #beside<T>(name: "trace" | "costs", task: TraceTask | CostsTask, signal: AbortSignal): Promise<T> {
    try {
      return await this.#aside.run(task, { name, signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error;
    }
  }

  #stopLate(): void {
    const { seconds } = this.limits;
    for (const { progress, cancel } of this.#active.values()) {
      const started = progress[progressSlots.started];
      if (started === 0 || steadySeconds() - started < seconds) continue;
      cancel.abort(
        new Refusal(422, `this run was computed for ${seconds} s and was not done`, {
          fix: "Shorten it, or start the server with --max-seconds.",
        }),
      );
    }
  }

  #viewOf<Row extends RunRow | RunLine>(row: Row): RunView<Row> {
    const active = this.#active.get(row.id);
    const unkept = this.#unkept.get(row.id);
    if (row.status !== "queued") return { row, status: row.status, error: row.error, progress: null };
    if (unkept !== undefined) return { row, status: "failed", error: unkept, progress: null };
    const [started, done, total] = active?.progress ?? [0, 0, 0];
    if (started === 0) return { row, status: "queued", error: null, progress: null };
    return { row, status: "running", error: null, progress: { done, total: total === 0 ? null : total } };
  }

  #rowOf(id: string, { scenario, scenarioId, name, seed }: RunRequest, created_ms: number): RunRow {
    return {
      id,
      created_ms,
      ended_ms: null,
      status: "queued",
      scenario_id: scenarioId,
      name,
      scenario,
      seed,
      warplab: installation().version,
      result: null,
      error: null,
    };
  }
}

type CostsOutcome = ReturnType<typeof costs>;

class Cancelled extends Refusal {
  override readonly name = "Cancelled";
}

/** What is said of it; a defect's trace goes to the log. */
function wordsOf(error: unknown): string {
  if (error instanceof InputError || error instanceof Refusal) return error.message;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return "a fault of warplab's own; its log says more";
}
