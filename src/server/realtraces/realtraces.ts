// Traces that were recorded elsewhere, as a server has them: uploaded to the disk piece by piece, read by a thread, kept or removed
// whole. Knows no HTTP but the statuses of its refusals.
import { open, rm, stat } from "node:fs/promises";
import type { Piscina } from "piscina";
import { InputError } from "../../core/errors.js";
import { builtFile, installation } from "../../notebook/installation.js";
import { threadPool } from "../../notebook/thread-pool.js";
import { Refusal } from "../refusal.js";
import { newId } from "../runs/index.js";
import type { Page } from "../store/index.js";
import type { ChromeTask, ReadOutcome, ReadTask } from "./compute.js";
import { TraceFolder, type TraceRecord } from "./trace-folder.js";

/** Bytes of an uploaded trace, unless a server is told otherwise. */
export const defaultTraceBytes: number = 2 * 2 ** 30;

/** Traces that are uploaded or read at one time: each has a file, and in its turn a thread. */
const mostAtOnce = 16;

export class RealTraces {
  readonly #pool: Piscina;
  readonly #chrome = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  #atOnce = 0;

  private constructor(
    private readonly folder: TraceFolder,
    private readonly traceBytes: number,
  ) {
    const filename = builtFile("server", "realtraces", "compute.js");
    // One thread: a large trace takes gigabytes while it is read.
    this.#pool = threadPool(filename, { minThreads: 0, maxThreads: 1, idleTimeout: 10_000 });
  }

  static async open(data: string, traceBytes: number): Promise<RealTraces> {
    return new RealTraces(await TraceFolder.open(data), traceBytes);
  }

  /** Throws Refusal (413) for an upload that says beforehand that it is too large. */
  checkLength(bytes: number): void {
    if (bytes > this.traceBytes) throw this.#tooLarge();
  }

  /**
   * Writes a trace to the disk as it comes, reads it and keeps it. Throws InputError for what is no trace; Refusal where it is too large
   * (413, 422), too many come at once (503), the disk does not take it (507), and what `signal` was aborted with. Then nothing is left.
   */
  async add(body: AsyncIterable<Uint8Array>, name: string, signal: AbortSignal): Promise<TraceRecord> {
    if (this.#atOnce >= mostAtOnce) {
      throw new Refusal(503, `${mostAtOnce} traces are uploaded or read already, more are not taken`, {
        retryAfter: 5,
        fix: "Send it again later; the header Retry-After says when.",
      });
    }
    this.#atOnce++;
    const id = newId("trc");
    try {
      const bytes = await this.#receive(body, this.folder.uploadPath(id), signal);
      const task: ReadTask = { path: this.folder.uploadPath(id), name };
      const outcome = await this.#run<ReadOutcome>("read", task, signal);
      if ("refused" in outcome) throw new InputError(outcome.refused);
      const { version } = installation();
      const record = { id, created_ms: Date.now(), name, bytes, warplab: version, ...outcome.facts };
      signal.throwIfAborted();
      await this.folder.keep(record);
      return record;
    } catch (error) {
      await this.folder.drop(id);
      // A body that ends before its time.
      if ((error as NodeJS.ErrnoException).code === "ECONNRESET") throw new Refusal(499, "the client has gone");
      throw storageRefusal(error);
    } finally {
      this.#atOnce--;
    }
  }

  record(id: string): TraceRecord | undefined {
    return this.folder.record(id);
  }

  /** The youngest first. */
  list(page: Page): TraceRecord[] {
    return this.folder.list(page);
  }

  async remove(id: string): Promise<void> {
    await this.#chrome.get(id)?.catch(() => undefined);
    await this.folder.drop(id);
  }

  /** The file of a trace's Chrome trace, as gzip: written when it is asked for first. Throws Refusal as `add` does. */
  async chromeFile({ id, name }: TraceRecord): Promise<string> {
    const to = this.folder.chromePath(id);
    if ((await stat(to).catch(() => undefined)) !== undefined) return to;
    let writing = this.#chrome.get(id);
    if (writing === undefined) {
      const task: ChromeTask = { path: this.folder.uploadPath(id), name, to };
      // Whoever hangs up may not be the only one who waits for it.
      writing = this.#run<void>("chrome", task, this.#closing.signal).finally(() => this.#chrome.delete(id));
      this.#chrome.set(id, writing);
    }
    try {
      await writing;
    } catch (error) {
      throw storageRefusal(error);
    }
    return to;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Refusal(503, "the server stops"));
    await this.#pool.destroy();
    await this.folder.close();
  }

  async #receive(body: AsyncIterable<Uint8Array>, path: string, signal: AbortSignal): Promise<number> {
    const handle = await open(path, "wx");
    try {
      let bytes = 0;
      for await (const piece of body) {
        signal.throwIfAborted();
        bytes += piece.length;
        if (bytes > this.traceBytes) throw this.#tooLarge();
        await handle.writeFile(piece);
      }
      if (bytes === 0) {
        throw new InputError("there is no body", {
          fix: "Send the file itself: curl --data-binary @trace.sqlite 'http://.../v1/realtraces?name=trace.sqlite'",
        });
      }
      await handle.sync();
      return bytes;
    } finally {
      await handle.close();
    }
  }

  async #run<T>(name: "read" | "chrome", task: ReadTask | ChromeTask, signal: AbortSignal): Promise<T> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    try {
      return (await this.#pool.run(task, { name, signal: either })) as T;
    } catch (error) {
      if ("to" in task) await rm(`${task.to}.tmp`, { force: true });
      if (either.aborted) throw either.reason;
      if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") {
        throw new Refusal(422, "this trace takes more memory than a worker has", {
          fix: "Record a shorter time, or read it with `warplab trace`.",
        });
      }
      throw error;
    }
  }

  #tooLarge(): Refusal {
    const mib = (this.traceBytes / 2 ** 20).toLocaleString("en-US");
    return new Refusal(413, `the trace is larger than ${mib} MiB, which is what this server takes`, {
      fix: "Start the server with --max-trace, or read it with `warplab trace`, which has no such limit.",
    });
  }
}

function storageRefusal(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== "ENOSPC") return error;
  return new Refusal(507, "the disk is full: the trace was not kept", {
    fix: "Make room on the disk and send it again.",
  });
}
