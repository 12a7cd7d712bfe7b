// Takes what a cell writes to stdout and stderr and publishes it in pieces, in the context that wrote it, within its limit. Knows
// nothing of sockets or of cells.
// The kernel's own Buffer and timers, whatever a cell makes of the globals.
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import { clearTimeout, setTimeout } from "node:timers";
import type { MimeBundle } from "../../bridge.js";
import type { ExecutionContext } from "../execution-context.js";
import { BoundedText, type OutputLimit } from "./limit.js";
import { omissionBundle } from "./omission-note.js";

export type StreamName = "stdout" | "stderr";

/** Text waits at most this long for more, in milliseconds: fifty messages a second are enough for an eye. */
const patience = 20;
/** Nor longer than this many characters. */
const pieceLength = 1 << 16;
/** How often a note of what is left out is brought up to date, in milliseconds. */
const noteInterval = 500;

export interface OutputStreamsParts {
  publish(context: ExecutionContext, name: StreamName, text: string): void;
  /** Shows a bundle that is changed later, or changes it. */
  display(context: ExecutionContext, bundle: MimeBundle, place: { displayId: string; update: boolean }): void;
  context(): ExecutionContext;
  readonly limit: OutputLimit;
}

/** One stream of one cell, or of one sink. */
interface Bounded {
  readonly text: BoundedText;
  /** The display id of the note that counts what is left out, once there is one. */
  noteId: string | undefined;
  noted: number;
  timer: NodeJS.Timeout | undefined;
}

export class OutputStreams {
  private waiting: { context: ExecutionContext; name: StreamName; pieces: string[]; length: number } | undefined;
  private since = 0;
  private timer: NodeJS.Timeout | undefined;

  /** By what the output appears in: a request's header, or a sink. */
  private readonly bounded = new WeakMap<object, Partial<Record<StreamName, Bounded>>>();

  constructor(private readonly parts: OutputStreamsParts) {}

  /** From now on all that this process writes with process.stdout and process.stderr, console included. */
  install(): void {
    for (const name of ["stdout", "stderr"] as const) {
      const decoder = new StringDecoder("utf8");
      const write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
        const text =
          typeof chunk === "string"
            ? chunk
            : chunk instanceof Uint8Array
              ? decoder.write(Buffer.from(chunk))
              : undefined;
        if (text === undefined) throw new TypeError(`process.${name}.write takes a string or bytes`);
        this.write(name, text);
        const callback = typeof encoding === "function" ? encoding : done;
        if (typeof callback === "function" && callback !== ofConsole(name)) process.nextTick(callback as () => void);
        return true;
      };
      process[name].write = write as typeof process.stdout.write;
    }
  }

  write(name: StreamName, text: string, context: ExecutionContext = this.parts.context()): void {
    if (text === "") return;
    const bounded = this.boundedFor(context, name);
    this.collect(name, bounded.text.take(text), context);
    if (bounded.text.isOver) this.noteSoon(name, bounded, context);
  }

  /** Publishes what waits: before any other message whose place among the output matters. */
  flush(): void {
    clearTimeout(this.timer);
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting !== undefined) this.parts.publish(waiting.context, waiting.name, waiting.pieces.join(""));
  }

  /** The end of a cell, or of what is captured: publishes what waits, and the end of a text whose middle is left out. */
  finish(context: ExecutionContext): void {
    this.flush();
    for (const name of ["stdout", "stderr"] as const) {
      const bounded = this.bounded.get(placeOf(context))?.[name];
      if (!bounded?.text.isOver) continue;
      clearTimeout(bounded.timer);
      bounded.timer = undefined;
      if (context.sink !== undefined) {
        // More may be captured there, again and again: its note goes on.
        this.display(name, bounded, context, omissionBundle(name, bounded.text.omission()));
        continue;
      }
      const { omission, tail } = bounded.text.finish();
      if (bounded.noteId !== undefined || omission.characters > 0) {
        this.display(name, bounded, context, omissionBundle(name, omission));
      }
      if (tail !== "") this.parts.publish(context, name, tail);
      // What comes later is counted in a note of its own.
      bounded.noteId = undefined;
      bounded.noted = 0;
    }
  }

  /** What was shown there has been taken away: there is room again. */
  forget(context: ExecutionContext): void {
    for (const bounded of Object.values(this.bounded.get(placeOf(context)) ?? {})) clearTimeout(bounded.timer);
    this.bounded.delete(placeOf(context));
  }

  private collect(name: StreamName, text: string, context: ExecutionContext): void {
    if (text === "") return;
    const same = this.waiting;
    if (same === undefined || same.name !== name || same.context !== context) {
      this.flush();
      this.waiting = { context, name, pieces: [text], length: text.length };
      this.since = Date.now();
      this.timer = setTimeout(() => this.flush(), patience);
    } else {
      same.pieces.push(text);
      same.length += text.length;
    }
    // A synchronous loop never lets the timer fire.
    if (this.waiting!.length >= pieceLength || Date.now() - this.since >= 5 * patience) this.flush();
  }

  private boundedFor(context: ExecutionContext, name: StreamName): Bounded {
    const place = placeOf(context);
    const streams = this.bounded.get(place) ?? {};
    this.bounded.set(place, streams);
    streams[name] ??= { text: new BoundedText(this.parts.limit), noteId: undefined, noted: 0, timer: undefined };
    return streams[name];
  }

  /** A cell that goes on shows how much it leaves out, and its last lines. */
  private noteSoon(name: StreamName, bounded: Bounded, context: ExecutionContext): void {
    const now = Date.now();
    if (bounded.noted === 0) bounded.noted = now;
    const show = (): void => {
      bounded.timer = undefined;
      bounded.noted = Date.now();
      this.flush();
      this.display(name, bounded, context, omissionBundle(name, bounded.text.omission()));
    };
    // A synchronous loop never lets the timer fire.
    if (now - bounded.noted >= noteInterval) {
      clearTimeout(bounded.timer);
      show();
    } else {
      bounded.timer ??= setTimeout(show, noteInterval);
    }
  }

  private display(name: StreamName, bounded: Bounded, context: ExecutionContext, bundle: MimeBundle): void {
    const update = bounded.noteId !== undefined;
    bounded.noteId ??= `left-out-${name}-${randomUUID()}`;
    this.parts.display(context, bundle, { displayId: bounded.noteId, update });
  }
}

/** What the console wants to be told of a failed write: of millions of good ones in a loop, the calls would fill the memory. */
function ofConsole(name: StreamName): unknown {
  return (console as unknown as Record<string, unknown>)[`_${name}ErrorHandler`];
}

function placeOf({ sink, parent }: ExecutionContext): object {
  return sink ?? parent;
}
