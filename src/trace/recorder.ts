// Driver calls kept as they come, and written as JSON lines. Knows nothing of who makes them.
import { inspectAsText } from "../core/inspect.js";
import type { DriverCall, DriverCallSink, DriverTraceHeader } from "./driver-call.js";

/** Keeps every call; `toJsonl` is the file that the tools read. */
export class TraceRecorder implements DriverCallSink {
  static {
    inspectAsText(TraceRecorder);
  }

  /** The calls in the order in which they were made. */
  readonly calls: DriverCall[] = [];

  constructor(readonly header: DriverTraceHeader) {}

  call(event: DriverCall): void {
    this.calls.push(event);
  }

  /** The calls as a table: a record a call, its arguments beside the rest. */
  get table(): Record<string, unknown>[] {
    return this.calls.map(({ ts, name, cat, dur, stream, args }) => ({ ts, name, cat, dur, stream, ...args }));
  }

  /** The header and the calls, one JSON object a line, with a line break at the end. */
  toJsonl(): string {
    return formatTrace(this.header, this.calls);
  }

  toString(): string {
    // Ranges that the program marks are no calls.
    const { length } = this.calls.filter(({ args }) => args?.range === undefined);
    return `trace of ${this.header.device}: ${length.toLocaleString("en-US")} driver call${length === 1 ? "" : "s"}`;
  }
}

/** A trace as JSON lines: the header first, then every call. */
export function formatTrace(header: DriverTraceHeader, calls: Iterable<DriverCall>): string {
  return [...tracePieces(header, calls)].join("");
}

/** The same in pieces of some lines each, for what is too long for one text. */
export function* tracePieces(header: DriverTraceHeader, calls: Iterable<DriverCall>): Generator<string> {
  let piece = `${JSON.stringify(header)}\n`;
  for (const call of calls) {
    piece += `${JSON.stringify(call)}\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

const pieceLength = 1 << 16;
