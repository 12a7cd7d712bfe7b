// A timeline: what happened in a run, simulated or recorded, whatever format it came in. It is written once by `TimelineBuilder` and then
// only read. Columns and not objects, since a real trace has millions of events. Knows no format and no analysis.
import { inspectAsText } from "../../core/inspect.js";
import type { ArgumentReader, ArgumentSource } from "./argument-source.js";
import {
  type CopyDirection,
  copyDirections,
  type EventForm,
  type EventRole,
  eventForms,
  eventRoles,
  type TrackKind,
} from "./event-words.js";

/** A process of the host, or a device: what tracks belong to. */
export interface TimelineProcess {
  readonly index: number;
  /** As it was recorded: a number or a word. */
  readonly pid: number | string;
  readonly name: string;
  /** Its place among the others, the lowest first, where the format says one. */
  readonly order: number | undefined;
  /** The number of the device, where it is one. */
  readonly device: number | undefined;
}

/** A row of the timeline: a thread, a stream, spans of one name. */
export interface TimelineTrack {
  readonly index: number;
  /** Index of its process. */
  readonly process: number;
  readonly tid: number | string;
  readonly name: string;
  readonly kind: TrackKind;
  readonly order: number | undefined;
}

/**
 * The events, a column a fact. They stand by their start; of those that start together the longer comes first, so that what
 * encloses another comes before it. Only a call that took no time comes before a longer call that it was over for.
 */
export interface EventColumns {
  readonly length: number;
  /** Index of the track. */
  readonly track: Int32Array;
  /** Nanoseconds since the timeline's origin, whole, at least 0. */
  readonly start: Float64Array;
  /** Nanoseconds, whole; 0 for an instant. */
  readonly duration: Float64Array;
  /** Index into `eventForms`. */
  readonly form: Uint8Array;
  /** Index into `eventRoles`. */
  readonly role: Uint8Array;
  /** Numbers of texts. */
  readonly name: Int32Array;
  /** Numbers of texts: the category as it was recorded; 0 for none. */
  readonly category: Int32Array;
  /** The same for a call and what the device did for it; -1 for none. */
  readonly correlation: Float64Array;
  /** Bytes moved, allocated (freed ones negative for the role `allocation`); NaN where none are known. */
  readonly bytes: Float64Array;
  /** Index into `copyDirections`. */
  readonly direction: Uint8Array;
  /** The stream that a call names or work ran in; -1 where none is known. */
  readonly stream: Int32Array;
  /** Where `argumentTexts` has the arguments; 0 for none. */
  readonly argumentsAt: Float64Array;
}

/** Values of one thing over time: bytes allocated, a queue's length. Each holds until the next. */
export interface TimelineCounter {
  readonly process: number;
  readonly name: string;
  /** Nanoseconds since the origin, in order. */
  readonly at: Float64Array;
  readonly value: Float64Array;
}

/** Arrows that were recorded, from a moment on a track to one on another: columns of one length. */
export interface FlowColumns {
  readonly length: number;
  readonly name: Int32Array;
  readonly category: Int32Array;
  readonly fromTrack: Int32Array;
  readonly fromAt: Float64Array;
  readonly toTrack: Int32Array;
  readonly toAt: Float64Array;
}

/** Something of the file that is not on the timeline: how often, and where first. */
export interface ReadingNote {
  /** `an end without a beginning`, `a line that is no JSON`. */
  readonly what: string;
  readonly count: number;
  /** `line 17`, `event 4,711`. */
  readonly first: string;
}

/** Where it comes from. */
export interface TimelineSource {
  /** What messages call it: the file's name. */
  readonly name: string;
  readonly format: TraceFormat;
  /** The file that was read, where warplab had written it as a Chrome trace of the source. */
  readonly file?: string | undefined;
  readonly device?: string | undefined;
  readonly host?: string | undefined;
  /** What times count from: `simulated`, `CLOCK_MONOTONIC`, `epoch`. */
  readonly clock?: string | undefined;
  /** Whether a simulator made it; undefined where the format does not say. */
  readonly simulated?: boolean | undefined;
}

export const traceFormats = {
  "driver-calls": "driver calls as JSON lines",
  "driver-calls-old": "an older dialect of driver calls as JSON lines",
  chrome: "Chrome trace",
  pytorch: "PyTorch profiler",
  nsight: "Nsight Systems",
} as const;
export type TraceFormat = keyof typeof traceFormats;

/** `run.jsonl (driver calls as JSON lines, H100)`, and of a copy `out.json (Chrome trace of run.jsonl, driver calls as JSON lines, H100)`. */
export function sourceWords({ name, format, file }: TimelineSource, further: readonly string[] = []): string {
  const words = [traceFormats[format], ...further];
  if (file === undefined) return `${name} (${words.join(", ")})`;
  return `${file} (${[`${traceFormats.chrome} of ${name}`, ...words].join(", ")})`;
}

/** One event as an object, for those who want a few. */
export interface TimelineEvent {
  readonly index: number;
  readonly name: string;
  readonly category: string;
  readonly role: EventRole;
  readonly form: EventForm;
  readonly track: TimelineTrack;
  readonly process: TimelineProcess;
  /** Nanoseconds since the origin. */
  readonly start: number;
  readonly duration: number;
  readonly correlation: number | undefined;
  readonly bytes: number | undefined;
  readonly direction: CopyDirection;
  readonly stream: number | undefined;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface TimelineParts {
  readonly source: TimelineSource;
  readonly origin: bigint;
  readonly processes: readonly TimelineProcess[];
  readonly tracks: readonly TimelineTrack[];
  readonly events: EventColumns;
  readonly texts: readonly string[];
  readonly argumentTexts: ArgumentSource;
  readonly counters: readonly TimelineCounter[];
  readonly flows: FlowColumns;
  readonly about: Readonly<Record<string, unknown>>;
  readonly notes: readonly ReadingNote[];
}

export class Timeline implements TimelineParts {
  readonly source: TimelineSource;
  /** What 0 is, in nanoseconds of the recording's clock. */
  readonly origin: bigint;
  readonly processes: readonly TimelineProcess[];
  readonly tracks: readonly TimelineTrack[];
  readonly events: EventColumns;
  /** By number: names and categories. */
  readonly texts: readonly string[];
  readonly argumentTexts: ArgumentSource;
  readonly counters: readonly TimelineCounter[];
  readonly flows: FlowColumns;
  /** What the file says of the whole: the header, the profiler's version, the devices' properties. */
  readonly about: Readonly<Record<string, unknown>>;
  /** What of the file is not on the timeline. */
  readonly notes: readonly ReadingNote[];
  /** Nanoseconds from the origin to the end of the last event or counter. */
  readonly end: number;

  constructor(parts: TimelineParts) {
    this.source = parts.source;
    this.origin = parts.origin;
    this.processes = parts.processes;
    this.tracks = parts.tracks;
    this.events = parts.events;
    this.texts = parts.texts;
    this.argumentTexts = parts.argumentTexts;
    this.counters = parts.counters;
    this.flows = parts.flows;
    this.about = parts.about;
    this.notes = parts.notes;
    this.end = endOf(parts);
  }

  nameOf(index: number): string {
    return this.texts[this.events.name[index]];
  }

  categoryOf(index: number): string {
    return this.texts[this.events.category[index]];
  }

  roleOf(index: number): EventRole {
    return eventRoles[this.events.role[index]];
  }

  /** The arguments as the recorded JSON text; empty for none. */
  argumentTextOf(index: number): string {
    const at = this.events.argumentsAt[index];
    return at === 0 ? "" : this.argumentTexts.text(at);
  }

  /** The arguments. Numbers beyond 2^53 lose digits here, and none in the text. */
  argumentsOf(index: number): Readonly<Record<string, unknown>> {
    const text = this.argumentTextOf(index);
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  /** Reads some arguments of events, by their names; undefined for events that do not say the first of them. */
  argumentReader(...names: readonly [string, ...string[]]): (index: number) => ReturnType<ArgumentReader> {
    const { argumentsAt } = this.events;
    const read = this.argumentTexts.reader(names);
    return (index) => (argumentsAt[index] === 0 ? undefined : read(argumentsAt[index]));
  }

  event(index: number): TimelineEvent {
    const { events, tracks, processes } = this;
    const track = tracks[events.track[index]];
    const known = (value: number, absent: number): number | undefined =>
      value === absent || Number.isNaN(value) ? undefined : value;
    return {
      index,
      name: this.nameOf(index),
      category: this.categoryOf(index),
      role: this.roleOf(index),
      form: eventForms[events.form[index]],
      track,
      process: processes[track.process],
      start: events.start[index],
      duration: events.duration[index],
      correlation: known(events.correlation[index], -1),
      bytes: known(events.bytes[index], Number.NaN),
      direction: copyDirections[events.direction[index]],
      stream: known(events.stream[index], -1),
      args: this.argumentsOf(index),
    };
  }

  /** One line: `run.json (PyTorch profiler): 12,345 events on 7 tracks, 1.23 s; 3 not read`. */
  toString(): string {
    const left = this.notes.reduce((sum, { count }) => sum + count, 0);
    const count = (number: number, word: string): string =>
      `${number.toLocaleString("en-US")} ${word}${number === 1 ? "" : "s"}`;
    return (
      `${sourceWords(this.source)}: ${count(this.events.length, "event")} on ` +
      `${count(this.tracks.length, "track")}, ${formatNanoseconds(this.end)}${left === 0 ? "" : `; ${count(left, "note")} on the reading`}`
    );
  }

  static {
    inspectAsText(Timeline);
  }
}

/** `1.234 ms`: four digits unless more are asked for, with the unit that fits. */
export function formatNanoseconds(nanoseconds: number, digits = 4): string {
  const [factor, unit] = units.find(([size]) => Math.abs(nanoseconds) >= size) ?? [1, "ns"];
  return `${Number((nanoseconds / factor).toPrecision(digits))} ${unit}`;
}

const units: readonly (readonly [number, string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "\u00b5s"],
];

function endOf({ events, counters, flows }: TimelineParts): number {
  let end = 0;
  for (let index = 0; index < events.length; index++) end = Math.max(end, events.start[index] + events.duration[index]);
  for (const { at } of counters) if (at.length > 0) end = Math.max(end, at[at.length - 1]);
  for (let index = 0; index < flows.length; index++) end = Math.max(end, flows.toAt[index]);
  return end;
}
