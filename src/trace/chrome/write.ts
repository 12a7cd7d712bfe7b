// Chrome's trace format (the JSON that Perfetto, chrome://tracing and speedscope read) as text, piece by piece. Knows nothing of what
// the events are of. The form is that of Google's "Trace Event Format"; how Perfetto reads it was tried with its trace processor.
import {
  type AsyncEdgeEvent,
  type AsyncEvent,
  type EventOrigin,
  type FlowEndEvent,
  RecordedArguments,
  type TraceArguments,
  type TraceEvent,
  type TraceTime,
  type TraceTrack,
} from "./events.js";

export interface ChromeTraceOptions {
  /** The moment that becomes 0: what lies far from it, as an epoch does, would lose nanoseconds in readers. 0 unless given. */
  readonly origin?: TraceTime;
  /** Facts about the whole trace. */
  readonly about?: Readonly<Record<string, unknown>>;
}

/**
 * A trace as text in pieces of some ten thousand characters, so that it can be written without ever being one string. Times become
 * microseconds with the nanoseconds exact. Throws RangeError for what readers would drop: a moment that is negative, no whole number or
 * beyond 2^53, an end before its start, a counter that is no finite number; it is a mistake of whoever made the events.
 */
export function* formatChromeTrace(
  events: Iterable<TraceEvent>,
  { origin = 0, about = {} }: ChromeTraceOptions = {},
): Generator<string, void, undefined> {
  const writer = new EventWriter(origin);
  let piece = `{"displayTimeUnit":"ns","otherData":${jsonOf(about)},"traceEvents":[`;
  let separator = "\n";
  for (const event of events) {
    for (const line of writer.lines(event)) {
      piece += separator + line;
      separator = ",\n";
    }
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}\n]}\n`;
}

const pieceLength = 1 << 16;

class EventWriter {
  constructor(private readonly origin: TraceTime) {}

  lines(event: TraceEvent): string[] {
    switch (event.kind) {
      case "process":
        return metadata("process", processOf(event.pid), event);
      case "thread":
        return metadata("thread", track(event), event);
      case "slice": {
        const { start, end } = this.span(event);
        const time = `"ts":${microseconds(start)},"dur":${microseconds(end - start)}`;
        return [`{"ph":"X",${track(event)},${time},${described(event)}}`];
      }
      case "begin":
        return [`{"ph":"B",${track(event)},${this.at(event.at)},${described(event)}}`];
      case "instant":
        return [`{"ph":"i","s":"t",${track(event)},${this.at(event.at)},${described(event)}}`];
      case "counter":
        for (const [name, value] of Object.entries(event.values)) {
          if (!Number.isFinite(value)) throw new RangeError(`the counter ${event.name} has ${value} for ${name}`);
        }
        // biome-ignore format: one event, one line
        return [`{"ph":"C",${processOf(event.pid)},${this.at(event.at)},${named(event)}${argumentsOf(event.values)}}`];
      case "flow": {
        const { name, category, id, from, to } = event;
        return [
          this.flowEnd({ kind: "flow start", ...from, name, category, id }),
          this.flowEnd({ kind: "flow end", ...to, name, category, id }),
        ];
      }
      case "flow start":
      case "flow end":
        return [this.flowEnd(event)];
      case "async":
        return this.async(event);
      case "async begin":
      case "async end":
      case "async instant":
        return [this.asyncEdge(event)];
    }
  }

  private flowEnd(event: FlowEndEvent): string {
    // "e": it binds to the slice around it, where the older reading is the next to begin.
    const phase = event.kind === "flow start" ? '"s"' : '"f","bp":"e"';
    return `{"ph":${phase},${track(event)},${this.at(event.at)},${named(event)},"id":${whole(event.id)}}`;
  }

  private asyncEdge(event: AsyncEdgeEvent): string {
    const { kind, pid, id, at } = event;
    return `{"ph":"${asyncPhases[kind]}",${processOf(pid)},"id":${whole(id)},${this.at(at)},${described(event)}}`;
  }

  /** Begins and ends in the order in which they nest, since readers keep the order of one moment. */
  private async(event: AsyncEvent): string[] {
    const { pid, category, id, parts = [] } = event;
    const same = `${processOf(pid)},"cat":${jsonOf(category)},"id":${whole(id)}`;
    const { start, end } = this.span(event);
    const line = (phase: "b" | "e", time: number, name: string, args?: TraceArguments): string =>
      `{"ph":"${phase}",${same},"ts":${microseconds(time)},"name":${jsonOf(name)}${argumentsOf(args)}}`;
    const lines = [line("b", start, event.name, event.args)];
    let reached = start;
    for (const part of parts) {
      const inner = this.span(part);
      if (inner.start < reached || inner.end > end) throw new RangeError(`${part.name} is not within ${event.name}`);
      reached = inner.end;
      lines.push(line("b", inner.start, part.name, part.args), line("e", inner.end, part.name));
    }
    lines.push(line("e", end, event.name));
    return lines;
  }

  private span({ start, end, name }: { readonly start: TraceTime; readonly end: TraceTime; readonly name: string }): {
    readonly start: number;
    readonly end: number;
  } {
    const [from, to] = [this.rebased(start), this.rebased(end)];
    if (to < from) throw new RangeError(`${name} ends at ${end}, before it starts at ${start}`);
    return { start: from, end: to };
  }

  private at(time: TraceTime): string {
    return `"ts":${microseconds(this.rebased(time))}`;
  }

  private rebased(time: TraceTime): number {
    const { origin } = this;
    const plain = typeof time === "number" && typeof origin === "number";
    // A number that is not whole has no bigint; it is refused below.
    const isWhole = typeof time === "bigint" || Number.isInteger(time);
    const since = plain || !isWhole ? Number(time) - Number(origin) : Number(BigInt(time) - BigInt(origin));
    if (Number.isSafeInteger(since) && since >= 0) return since;
    throw new RangeError(`${time} is no moment in whole nanoseconds at or after ${origin}`);
  }
}

const asyncPhases = { "async begin": "b", "async end": "e", "async instant": "n" } as const;

interface Described {
  readonly name: string;
  readonly category?: string;
  readonly args?: TraceArguments | RecordedArguments;
  readonly origin?: EventOrigin;
}

function metadata(
  what: "process" | "thread",
  place: string,
  { name, order, origin }: { readonly name: string; readonly order?: number; readonly origin?: TraceArguments },
): string[] {
  const line = (fact: string, args: object): string =>
    `{"ph":"M",${place},"name":"${what}_${fact}","args":${jsonOf(args)}}`;
  return [
    line("name", { name, ...(origin && { origin }) }),
    ...(order === undefined ? [] : [line("sort_index", { sort_index: order })]),
  ];
}

/** Whole nanoseconds as microseconds, exactly. */
function microseconds(nanoseconds: number): string {
  const rest = nanoseconds % 1000;
  const before = String((nanoseconds - rest) / 1000);
  return rest === 0 ? before : `${before}.${String(rest).padStart(3, "0")}`;
}

function processOf(pid: number): string {
  return `"pid":${whole(pid)}`;
}

function track({ pid, tid }: TraceTrack): string {
  return `"pid":${whole(pid)},"tid":${whole(tid)}`;
}

function named({ name, category }: { readonly name: string; readonly category?: string }): string {
  return `"name":${jsonOf(name)}${category === undefined ? "" : `,"cat":${jsonOf(category)}`}`;
}

function described(event: Described): string {
  const { role, corr, stream } = event.origin ?? {};
  return (
    named(event) +
    argumentsOf(event.args) +
    (role === undefined ? "" : `,"role":${jsonOf(role)}`) +
    (corr === undefined ? "" : `,"corr":${corr}`) +
    (stream === undefined ? "" : `,"stream":${stream}`)
  );
}

function argumentsOf(args: TraceArguments | RecordedArguments | undefined): string {
  if (args === undefined) return "";
  return `,"args":${args instanceof RecordedArguments ? wellFormed(args.json) : jsonOf(args)}`;
}

function jsonOf(value: unknown): string {
  if (typeof value === "string") return wellFormed(JSON.stringify(value));
  return wellFormed(JSON.stringify(value, wordsForNumbers));
}

/** JSON text without escapes for halves of surrogate pairs, for which some readers refuse the whole trace: U+FFFD stands there. */
function wellFormed(json: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(json)) return json;
  return json.replace(
    /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs,
    (written: string, half: string | undefined) => (half === undefined ? written : "\\ufffd"),
  );
}

function wordsForNumbers(_key: string, value: unknown): unknown {
  return typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)) ? String(value) : value;
}

function whole(number: number): number {
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new RangeError(`${number} is no number of a process, a thread or an arrow`);
}
