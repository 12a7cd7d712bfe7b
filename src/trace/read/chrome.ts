// Reads Chrome traces, and PyTorch's profiles, which have their form: an object with `traceEvents`, or the bare array, whose end may be
// missing. The file is passed through once, in pieces. Knows nothing of what the events mean.
import { InputError } from "../../core/errors.js";
import { type Timeline, TimelineBuilder } from "../timeline/index.js";
import { ByteWindow, usualBlock } from "./byte-window.js";
import { chromeAbout } from "./chrome-about.js";
import { ChromeEvents } from "./chrome-events.js";
import type { TraceReader } from "./trace-reader.js";

/** Longer ones are none: a quote that is missing would else take in all that follows. */
const longestEvent = 1 << 26;

export class ChromeReader implements TraceReader {
  private readonly builder = new TimelineBuilder();
  private readonly window: ByteWindow;
  private readonly events = new ChromeEvents(this.builder);
  private readonly scanner = this.events.values.scanner;
  /** What the file says beside its events. */
  private readonly said: Record<string, unknown> = {};
  /** Reads on from where the scanner is. False where it needs more bytes, with the scanner at the place to go on. */
  private step: () => boolean = this.start;
  /** Whether the file is the array alone. */
  private isBare = false;
  /** Where it is lost: how much of `},{` was seen. */
  private seen = 0;

  /** `block` is how many bytes are read at once: what lies across their borders is whole all the same. */
  constructor(
    private readonly name: string,
    block: number = usualBlock,
  ) {
    this.window = new ByteWindow(block);
  }

  push(piece: Uint8Array): void {
    this.window.append(piece, this.read);
  }

  finish(): Timeline {
    const { window, builder, events } = this;
    window.advance(this.read);
    while (this.step === this.event && window.start < window.end) {
      builder.note("an event that is broken off", `after event ${events.count.toLocaleString("en-US")}`);
      window.passTo(window.start + 1);
      this.lose();
      window.advance(this.read);
    }
    const ended = this.step === this.rest || this.step === this.ignore || (this.isBare && this.step === this.event);
    if (!ended && this.step !== this.start) builder.note("the file ends before its JSON does", `byte ${window.passed}`);
    if (events.count === 0) throw this.nothingRead();
    const { source, origin, about, notes, unfinished } = chromeAbout(this.said, events.about, events.fromPytorch);
    for (const { what, first, count } of notes) builder.note(what, first, count);
    events.finish(unfinished);
    if (builder.isEmpty && builder.noted().length > 0) throw this.nothingRead();
    return builder.build(
      { ...source, ...(source.name === undefined ? { name: this.name } : { name: source.name, file: this.name }) },
      { origin: events.values.times.base.exact + origin, about },
    );
  }

  private nothingRead(): InputError {
    const [note] = this.builder.noted();
    return new InputError(`there is no event in it${note === undefined ? "" : `: ${note.what} (${note.first})`}`, {
      where: this.name,
      fix: 'A Chrome trace is {"traceEvents": [...]} or the array alone.',
    });
  }

  private readonly read = (): number => {
    const { window, scanner } = this;
    scanner.bytes = window.bytes;
    scanner.at = window.start;
    scanner.end = window.end;
    while (this.step());
    return scanner.at;
  };

  private start(): boolean {
    const { scanner } = this;
    const { bytes } = scanner;
    // What editors of Windows put before a file's first character.
    if (scanner.end - scanner.at >= 3 && bytes[scanner.at] === 0xef && bytes[scanner.at + 1] === 0xbb) scanner.at += 3;
    if (!scanner.skipSpace()) return false;
    const byte = bytes[scanner.at];
    if (byte !== 0x7b && byte !== 0x5b) {
      throw new InputError("this is no JSON", { where: this.name, fix: "A Chrome trace begins with { or [." });
    }
    this.isBare = byte === 0x5b;
    this.step = this.isBare ? this.event : this.member;
    scanner.at++;
    return true;
  }

  private member(): boolean {
    const { scanner, events } = this;
    const { bytes } = scanner;
    if (!scanner.skipSpace()) return false;
    const from = scanner.at;
    if (bytes[from] === 0x2c || bytes[from] === 0x7d) {
      if (bytes[from] === 0x7d) this.step = this.rest;
      scanner.at++;
      return true;
    }
    if (!scanner.skipKey()) return this.failed(from);
    const key = events.values.json(from, scanner.keyEnd) as string;
    const valueFrom = scanner.at;
    if (key === "traceEvents" && bytes[valueFrom] === 0x5b) {
      this.step = this.event;
      scanner.at++;
      return true;
    }
    if (!scanner.skipValue()) return this.failed(from);
    // A number that a double would round, as an epoch in nanoseconds, stays a text.
    const value = events.values.json(valueFrom, scanner.at);
    this.said[key] =
      Number.isInteger(value) && !Number.isSafeInteger(value) ? events.values.written(valueFrom, scanner.at) : value;
    return true;
  }

  private failed(from: number): boolean {
    const { scanner, window } = this;
    if (scanner.failure === "incomplete") {
      scanner.at = from;
      return false;
    }
    this.builder.note("a part beside the events that is no JSON", `byte ${window.passed + scanner.at - window.start}`);
    this.lose();
    return true;
  }

  private event(): boolean {
    const { events, scanner } = this;
    const { bytes } = scanner;
    if (!scanner.skipSpace()) return false;
    const from = scanner.at;
    if (bytes[from] === 0x2c || bytes[from] === 0x5d) {
      if (bytes[from] === 0x5d) this.step = this.isBare ? this.rest : this.member;
      scanner.at++;
      return true;
    }
    if (scanner.event()) {
      events.add();
      return true;
    }
    if (scanner.failure === "incomplete" && scanner.end - from < longestEvent) {
      scanner.at = from;
      return false;
    }
    this.builder.note("an event that is no JSON object", `after event ${events.count.toLocaleString("en-US")}`);
    if (scanner.failure === "incomplete") scanner.at = from + 1;
    this.lose();
    return true;
  }

  /** Goes on at the next place that looks like the beginning of an event after another. */
  private lose(): void {
    this.step = this.find;
    this.seen = 0;
  }

  private find(): boolean {
    const { scanner } = this;
    const { bytes, end } = scanner;
    let { at } = scanner;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte === 0x7d) this.seen = 1;
      else if (byte === 0x2c && this.seen === 1) this.seen = 2;
      else if (byte === 0x7b && this.seen === 2) break;
      else if (byte > 0x20) this.seen = 0;
    }
    scanner.at = at;
    if (at < end) this.step = this.event;
    return at < end;
  }

  private rest(): boolean {
    const { scanner, window } = this;
    if (!scanner.skipSpace()) return false;
    this.builder.note("something after the end of the trace", `byte ${window.passed + scanner.at - window.start}`);
    this.step = this.ignore;
    return true;
  }

  private ignore(): boolean {
    this.scanner.at = this.scanner.end;
    return false;
  }
}
