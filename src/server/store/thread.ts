// The thread of the store: what waits is written together, so that one wait for the disk serves all who came during the last one.
// Knows no HTTP.
import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../../core/errors.js";
import { StorageError, StoreDatabase } from "./database.js";
import type { Write } from "./rows.js";

/** What can be asked, by name; its arguments and answer are StoreDatabase's. */
export type Reading = "scenario" | "scenarios" | "run" | "runs" | "queuedRuns" | "part";

export type StoreRequest =
  | { readonly ticket: number; readonly read: Reading; readonly words: readonly unknown[] }
  | { readonly ticket: number; readonly write: Write }
  | { readonly ticket: number; readonly close: true };

export interface StoreReply {
  readonly ticket: number;
  readonly value?: unknown;
  readonly problem?: { readonly kind: "input" | "storage" | "defect"; readonly message: string };
}

const port = parentPort!;
let waiting: { readonly ticket: number; readonly write: Write }[] = [];

/** Ticket 0 is the opening. */
const database = attempt(0, () => {
  const opened = StoreDatabase.open(workerData as string);
  reply({ ticket: 0 });
  return opened;
});

port.on("message", (request: StoreRequest) => {
  const { ticket } = request;
  if (database === undefined) return;
  if ("write" in request) {
    // After the messages that are here already.
    if (waiting.length === 0) setImmediate(writeAll);
    waiting.push({ ticket, write: request.write });
  } else if ("read" in request) {
    const ask = database[request.read] as (...words: unknown[]) => unknown;
    attempt(ticket, () => reply({ ticket, value: ask.apply(database, [...request.words]) }));
  } else {
    writeAll();
    attempt(ticket, () => {
      database.close();
      reply({ ticket });
      port.close();
    });
  }
});

function writeAll(): void {
  const batch = waiting;
  waiting = [];
  if (batch.length === 0 || database === undefined) return;
  try {
    database.write(batch.map(({ write }) => write));
    for (const { ticket } of batch) reply({ ticket });
  } catch {
    // One that does not fit is no reason against the others.
    for (const { ticket, write } of batch) {
      attempt(ticket, () => {
        database.write([write]);
        reply({ ticket });
      });
    }
  }
}

function reply(message: StoreReply): void {
  port.postMessage(message);
}

function attempt<T>(ticket: number, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    reply({ ticket, problem: problemOf(error) });
    return undefined;
  }
}

function problemOf(error: unknown): NonNullable<StoreReply["problem"]> {
  if (error instanceof InputError) return { kind: "input", message: error.message };
  if (error instanceof StorageError) return { kind: "storage", message: error.message };
  return { kind: "defect", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
