// Reads the three dialects of JSON lines that an older tracer of CUDA's driver wrote, one by bpftrace (milliseconds), one by BCC and one by a
// preloaded library (seconds). None has a number that joins a beginning and an end, so they are joined by thread and order; a line of a hook in
// the system's kernel is no sound JSON and is mended; categories are ours, by name. Knows nothing of newer forms.
import { InputError } from "../../core/errors.js";
import { driverCallCategory } from "../driver-call.js";
import { type EventRole, type NewEvent, type Timeline, TimelineBuilder } from "../timeline/index.js";
import { BeginEndPairs } from "./begin-end-pairs.js";
import { ByteWindow, usualBlock } from "./byte-window.js";
import { copyDirectionOf } from "./copy-direction.js";
import { ExactTime } from "./exact-time.js";
import { mendedLine } from "./mended-line.js";
import { TimeBase } from "./time-base.js";
import type { TraceReader } from "./trace-reader.js";

type Line = Readonly<Record<string, unknown>>;

interface OldLine {
  /** `detail`: more of a call that has lines of its own. */
  readonly kind: "begin" | "end" | "instant" | "detail";
  /** Undefined where the dialect does not say it. */
  readonly name: string | undefined;
  readonly role: EventRole;
  /** Which calls a detail is of. */
  readonly about?: RegExp | undefined;
  /** The call that a detail announces, where it comes before it. */
  readonly opens?: string | undefined;
  readonly object: Line;
}

export class OldDialectReader implements TraceReader {
  private readonly builder = new TimelineBuilder();
  private readonly window: ByteWindow;
  private readonly pairs = new BeginEndPairs(this.builder);
  private readonly times = new TimeBase();
  private readonly time = new ExactTime();
  private readonly decoder = new TextDecoder();
  private readonly encoder = new TextEncoder();
  /** By track: the call that was begun last, to which lines with its details belong. */
  private readonly lastCall = new Map<number, number>();
  /** By track: the details of a call that is still to begin. */
  private readonly coming = new Map<number, OldLine>();
  private line = 0;
  private dialect: "bpftrace" | "bcc" | "preload" | undefined;

  /** `block` is how many bytes are read at once: what lies across their borders is whole all the same. */
  constructor(
    private readonly name: string,
    block: number = usualBlock,
  ) {
    this.window = new ByteWindow(block);
  }

  push(piece: Uint8Array): void {
    this.window.append(piece, this.readLines);
  }

  finish(): Timeline {
    const { window, builder } = this;
    window.advance(this.readLines);
    if (window.start < window.end) this.readLine(window.bytes.subarray(window.start, window.end));
    if (builder.length === 0) {
      const [note] = builder.noted();
      throw new InputError(`there is no call in it${note === undefined ? "" : `: ${note.what} (${note.first})`}`, {
        where: this.name,
      });
    }
    this.pairs.close();
    return builder.build(
      { name: this.name, format: "driver-calls-old", simulated: false },
      { origin: this.times.base.exact, about: { dialect: this.dialect } },
    );
  }

  private readonly readLines = (): number => {
    const { window } = this;
    return window.eachLine((from, to) => this.readLine(window.bytes.subarray(from, to)));
  };

  private readLine(bytes: Uint8Array): void {
    this.line++;
    const text = this.decoder.decode(bytes).trim();
    // Its own words, and its heartbeat.
    if (text === "") return;
    if (!text.startsWith("{")) {
      this.note("a line of words between the calls", text);
      return;
    }
    let object: unknown;
    try {
      object = JSON.parse(text);
    } catch {
      object = mendedLine(text);
      if (object === undefined) {
        this.note("a line that is no JSON", text);
        return;
      }
      this.note("a line that is no JSON and was mended", text);
    }
    this.readObject(object as Line, text);
  }

  private readObject(object: Line, text: string): void {
    const dialect = dialectOf(object);
    if (dialect === undefined) {
      this.note("a line of an unknown kind", text);
      return;
    }
    this.dialect ??= dialect;
    // The text and not the number: a double would round an epoch in seconds.
    const [, moment = ""] = /"ts"\s*:\s*"?([-+.\deE]+)/.exec(text) ?? [];
    const bytes = this.encoder.encode(moment);
    if (!this.time.read(bytes, 0, bytes.length, dialect === "bpftrace" ? milliseconds : seconds)) {
      this.note("a line without a time", text);
      return;
    }
    const at = this.times.since(this.time);
    if (at === undefined) {
      this.note("an event more than 104 days from the first", text);
      return;
    }
    const line = dialect === "bcc" ? namedByType(object) : named(object);
    this.place(line, at, this.trackOf(object));
  }

  private place(line: OldLine, at: number, track: number): void {
    const { builder, pairs } = this;
    const { name, kind, object } = line;
    if (kind === "end") {
      pairs.end(track, at, name === undefined ? 0 : builder.texts.of(name));
      this.addDetails(line, track);
      return;
    }
    if (kind === "detail") {
      if (this.addDetails(line, track)) return;
      if (line.opens !== undefined) {
        // It comes before the call that it is about.
        this.coming.set(track, line);
        return;
      }
    }
    const announced = kind === "begin" ? this.coming.get(track) : undefined;
    if (announced !== undefined) this.coming.delete(track);
    const called = name ?? announced?.opens ?? unnamed;
    if (called === unnamed) this.note("a call whose name was not recorded", JSON.stringify(object));
    const row = builder.event({
      track,
      start: at,
      form: kind === "begin" ? "unfinished" : "instant",
      role: line.role,
      name: called,
      category: line.role === "hook" ? "other" : driverCallCategory(called),
      ...detailsOf({ ...announced?.object, ...object }, called),
    });
    if (kind !== "begin") return;
    pairs.begin(track, at, row);
    if (line.role === "call") this.lastCall.set(track, row);
  }

  /** Adds what a line says to the call that was begun last on its thread. False where that is another one. */
  private addDetails({ about, object }: OldLine, track: number): boolean {
    const { builder, lastCall } = this;
    const row = lastCall.get(track);
    if (row === undefined || about === undefined) return false;
    const { columns, texts } = builder;
    const name = texts.text(columns.name.at(row));
    const isUnnamed = name === unnamed;
    if (!isUnnamed && !about.test(name)) return false;
    const details = detailsOf(object, name);
    if (details.bytes !== undefined) columns.bytes.set(row, details.bytes);
    builder.addArguments(row, details.args ?? {});
    return true;
  }

  /** Of the lines of one dialect only some name the process; those that do not stand with one that is called so. */
  private trackOf({ pid, tid }: Line): number {
    const { builder } = this;
    if (!isName(pid)) this.note("a line that does not name its process", "");
    if (!isName(tid)) this.note("a line that does not name its thread", "");
    const process = isName(pid)
      ? builder.process(pid)
      : builder.process("not recorded", { name: "a process that was not recorded" });
    return isName(tid)
      ? builder.track(process, tid)
      : builder.track(process, "not recorded", { name: "a thread that was not recorded" });
  }

  private note(what: string, text: string): void {
    const quoted = text.length > 80 ? `${text.slice(0, 80)}...` : text;
    this.builder.note(what, quoted === "" ? `line ${this.line}` : `line ${this.line}: ${quoted}`);
  }
}

const unnamed = "a call without a name";
const milliseconds = 6;
const seconds = 9;

function isName(value: unknown): value is number | string {
  return typeof value === "number" || typeof value === "string";
}

function dialectOf({ op_id, type, event_id, func, phase, name }: Line): "bpftrace" | "bcc" | "preload" | undefined {
  if (op_id !== undefined) return "preload";
  if (typeof type === "number") return "bcc";
  if (typeof type === "string" || event_id !== undefined) return "bpftrace";
  return (name !== undefined || func !== undefined) && phase !== undefined ? "preload" : undefined;
}

/** A line of the dialects that name what happened. */
function named(object: Line): OldLine {
  const { type, phase } = object;
  const role: EventRole = typeof type === "string" && hookTypes.has(type) && !isLaunch(object) ? "hook" : "call";
  const name = nameOf(object);
  if (phase === "B" || phase === "entry") return { kind: "begin", name, role, object };
  if (phase === "E" || phase === "exit" || phase === "return")
    return { kind: "end", name, role, about: exactly(name), object };
  if (type === "memory") return { kind: "detail", name: name ?? "memory", role, about: /MemAlloc/, object };
  if (type === "transfer") return { kind: "detail", name: name ?? "transfer", role, about: /Memcpy/, object };
  if (isLaunch(object)) return { kind: "detail", name: "cuLaunchKernel", role, about: /Launch/, object };
  return { kind: "instant", name: name ?? String(object["op"] ?? type ?? unnamed), role, object };
}

/** A launch is filed under the same type as the hooks in the system's kernel. */
function isLaunch({ type, op }: Line): boolean {
  return type === "kernel" && op === "launch";
}

const hookTypes = new Set(["kernel", "kernel_memory", "kernel_mem", "scheduler", "syscall", "ioctl"]);

/** bpftrace's name of a probe has the library in front: `uprobe:/lib/libcuda.so.1:cuInit`. */
function nameOf({ name, func }: Line): string | undefined {
  const said = name ?? func;
  return typeof said === "string" && said !== "" ? said.slice(said.lastIndexOf(":") + 1) : undefined;
}

function exactly(name: string | undefined): RegExp | undefined {
  return name === undefined ? undefined : new RegExp(`^${name.replace(/\W/g, "\\$&")}$`);
}

/** A line of the dialect that numbers its types and names nothing but what a type is about. */
function namedByType(object: Line): OldLine {
  const said = typeof object["func_name"] === "string" ? object["func_name"] : nameOf(object);
  switch (object["type"]) {
    case 1:
      return { kind: "begin", name: said, role: "call", object };
    case 2:
      return { kind: "end", name: said, role: "call", object };
    case 3:
      return { kind: "detail", name: "cuLaunchKernel", role: "call", opens: "cuLaunchKernel", object };
    case 4:
      return { kind: "detail", name: "cuMemAlloc", role: "call", about: /MemAlloc/, object };
    case 5:
      return { kind: "detail", name: "cuMemcpy", role: "call", about: /Memcpy/, object };
    case 6:
      return { kind: "begin", name: "nvidia_ioctl", role: "hook", object };
    case 7:
      return { kind: "end", name: "nvidia_ioctl", role: "hook", object };
    default:
      return { kind: "instant", name: said ?? `type ${String(object["type"])}`, role: "other", object };
  }
}

function detailsOf(object: Line, name: string): Pick<NewEvent, "bytes" | "direction" | "args"> {
  const { size, direction } = object;
  const { ts: _ts, pid: _pid, tid: _tid, name: _name, func: _func, phase: _phase, ...args } = object;
  return {
    bytes: typeof size === "number" ? size : undefined,
    direction: copyDirectionOf(typeof direction === "string" ? direction : name),
    args,
  };
}
