// Reads a trace in whatever format it has, from bytes in pieces. Knows nothing of files; formats that need one (Nsight Systems) are
// opened above.
import { InputError } from "../../core/errors.js";
import { Progress, type ProgressReporter } from "../../core/progress.js";
import type { Timeline } from "../timeline/index.js";
import type { ByteSource } from "./byte-source.js";
import { ChromeReader } from "./chrome.js";
import { detectForm, enoughToDetect, type FileForm } from "./detect.js";
import { DriverCallReader } from "./driver-calls.js";
import { OldDialectReader } from "./old-dialects.js";
import type { TraceReader } from "./trace-reader.js";

/** Says that a reading is to stop, and why; an AbortSignal does. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

export interface ReadTraceOptions {
  /** What messages call it: `the trace` unless given. */
  readonly name?: string;
  /** Is told how far it has got. */
  readonly progress?: ProgressReporter | undefined;
  /** Stops the reading: its reason is thrown. */
  readonly signal?: StopSignal | undefined;
}

/**
 * The timeline of a trace: driver calls as JSON lines, those of the older tracers, a Chrome trace or PyTorch's profile. What of it has no
 * place on a timeline, or cannot be read, is counted in the timeline's notes. Throws InputError where nothing can be read.
 */
export async function readTrace(
  { pieces, size }: ByteSource,
  { name = "the trace", progress: reporter, signal }: ReadTraceOptions = {},
): Promise<Timeline> {
  const progress = new Progress({ label: `reading ${name}`, total: size, unit: "bytes" }, { reporter });
  try {
    let head: Uint8Array = new Uint8Array(0);
    let reader: TraceReader | undefined;
    let bytes = 0;
    for await (const piece of pieces) {
      if (signal?.aborted) throw signal.reason;
      bytes += piece.length;
      if (reader === undefined) {
        head = joined(head, piece);
        if (head.length < enoughToDetect) continue;
        reader = readerOf(head, name);
        reader.push(head);
      } else {
        reader.push(piece);
      }
      // The last piece is not the end: what is left is to be put in order.
      if (size === undefined || bytes < size) progress.moveTo(bytes);
    }
    if (signal?.aborted) throw signal.reason;
    if (reader === undefined) {
      reader = readerOf(head, name);
      reader.push(head);
    }
    const timeline = reader.finish();
    progress.finish();
    return timeline;
  } catch (error) {
    progress.end(signal?.aborted ? "interrupted" : "failed");
    throw error;
  }
}

function readerOf(head: Uint8Array, name: string): TraceReader {
  const form = detectForm(head);
  const make = readers[form];
  if (make !== undefined) return make(name);
  if (head.length === 0) throw new InputError("there is nothing in it", { where: name });
  throw new InputError(`this is ${words[form] ?? "no trace that warplab reads"}`, {
    where: name,
    fix:
      fixes[form] ??
      "It reads Chrome traces and PyTorch profiles (JSON), Nsight Systems exports (sqlite), and driver calls as JSON lines.",
  });
}

const readers: Partial<Record<FileForm, (name: string) => TraceReader>> = {
  chrome: (name) => new ChromeReader(name),
  "driver-calls": (name) => new DriverCallReader(name),
  "driver-calls-old": (name) => new OldDialectReader(name),
};

const words: Partial<Record<FileForm, string>> = { gzip: "compressed by gzip", sqlite: "a database of sqlite" };
const fixes: Partial<Record<FileForm, string>> = {
  gzip: "Unpack it first.",
  sqlite: "Give it as a file: a database is not read in pieces.",
};

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b.slice();
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
