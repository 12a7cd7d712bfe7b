// What a thread does with an uploaded trace: it reads it, or writes it as a Chrome trace. Knows no HTTP.
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { InputError } from "../../core/errors.js";
import { silent } from "../../core/progress.js";
import { openTrace } from "../../notebook/open-trace.js";
import { traceMetrics } from "../../trace/analysis/index.js";
import { timelineToChrome } from "../../trace/chrome/index.js";
import type { TraceFacts } from "./trace-folder.js";

export interface ReadTask {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
}

export type ReadOutcome = { readonly facts: TraceFacts } | { readonly refused: string };

/** What is in a trace; what the input is to blame for is an outcome, anything else is thrown. */
export async function read({ path, name }: ReadTask): Promise<ReadOutcome> {
  try {
    const timeline = await openTrace(path, { name, progress: silent });
    const { source, events, tracks, notes } = timeline;
    const { format, device, host, clock } = source;
    const facts = { format, device, host, clock, events: events.length, tracks: tracks.length, notes };
    return { facts: { ...facts, metrics: traceMetrics(timeline) } };
  } catch (error) {
    if (error instanceof InputError) return { refused: error.message };
    throw error;
  }
}

export interface ChromeTask extends ReadTask {
  /** Where its Chrome trace is to be, as gzip; nothing is there until it is whole. */
  readonly to: string;
}

export async function chrome({ path, name, to }: ChromeTask): Promise<void> {
  const timeline = await openTrace(path, { name, progress: silent });
  const beside = `${to}.tmp`;
  try {
    await pipeline(
      Readable.from(timelineToChrome(timeline)),
      createGzip({ level: 1 }),
      createWriteStream(beside, { flush: true }),
    );
    await rename(beside, to);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
