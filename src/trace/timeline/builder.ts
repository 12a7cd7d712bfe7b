// Puts a timeline together as its file is read: processes and tracks by what the file calls them, events in any order. Knows no format.
import type { ArgumentSource } from "./argument-source.js";
import { ArgumentTexts } from "./argument-texts.js";
import { float64Column, type GrowingColumn, int32Column, reordered, uint8Column } from "./columns.js";
import { eventOrder } from "./event-order.js";
import {
  type CopyDirection,
  copyDirections,
  type EventForm,
  type EventRole,
  formNumber,
  roleNumber,
  type TrackKind,
} from "./event-words.js";
import { TextIndex } from "./text-index.js";
import { timeOrder } from "./time-order.js";
import {
  type EventColumns,
  type FlowColumns,
  type ReadingNote,
  Timeline,
  type TimelineCounter,
  type TimelineProcess,
  type TimelineSource,
  type TimelineTrack,
} from "./timeline.js";

/** An event as it is added; times are whole nanoseconds since the builder's origin and may be negative. */
export interface NewEvent {
  readonly track: number;
  readonly start: number;
  /** 0 unless given. */
  readonly duration?: number;
  /** `slice` unless given. */
  readonly form?: EventForm;
  readonly role?: EventRole;
  readonly name: string;
  readonly category?: string;
  readonly correlation?: number | undefined;
  readonly bytes?: number | undefined;
  readonly direction?: CopyDirection | undefined;
  readonly stream?: number | undefined;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** The columns of the events as they are written. */
export interface EventColumnWriters {
  readonly track: GrowingColumn<Int32Array>;
  readonly start: GrowingColumn<Float64Array>;
  readonly duration: GrowingColumn<Float64Array>;
  readonly form: GrowingColumn<Uint8Array>;
  readonly role: GrowingColumn<Uint8Array>;
  readonly name: GrowingColumn<Int32Array>;
  readonly category: GrowingColumn<Int32Array>;
  readonly correlation: GrowingColumn<Float64Array>;
  readonly bytes: GrowingColumn<Float64Array>;
  readonly direction: GrowingColumn<Uint8Array>;
  readonly stream: GrowingColumn<Int32Array>;
  readonly argumentsAt: GrowingColumn<Float64Array>;
}

/** What may be said of a process or a track after it was first met; what is said last counts. */
interface Draft {
  name?: string;
  order?: number;
}

interface ProcessDraft extends Draft {
  readonly pid: number | string;
  device?: number;
}

interface TrackDraft extends Draft {
  readonly process: number;
  readonly tid: number | string;
  kind: TrackKind;
}

interface CounterDraft {
  readonly process: number;
  readonly name: string;
  readonly at: GrowingColumn<Float64Array>;
  readonly value: GrowingColumn<Float64Array>;
}

export interface BuildChoice {
  /** What 0 was, in nanoseconds of the recording's clock; 0 unless given. */
  readonly origin?: bigint;
  /** What the file says of the whole. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** Where the events' arguments are; the builder's own unless given. */
  readonly argumentTexts?: ArgumentSource;
}

export class TimelineBuilder {
  /** Names and categories. A reader in a hurry numbers its texts itself: `texts.ofBytes(...)`. */
  readonly texts: TextIndex = new TextIndex();
  readonly argumentTexts: ArgumentTexts = new ArgumentTexts();
  /** The columns, for a reader in a hurry; each has to get one value an event. */
  readonly columns: EventColumnWriters = {
    track: int32Column(),
    start: float64Column(),
    duration: float64Column(),
    form: uint8Column(),
    role: uint8Column(),
    name: int32Column(),
    category: int32Column(),
    correlation: float64Column(),
    bytes: float64Column(),
    direction: uint8Column(),
    stream: int32Column(),
    argumentsAt: float64Column(),
  };
  private readonly processes: ProcessDraft[] = [];
  private readonly processIndex = new Map<number | string, number>();
  private readonly tracks: TrackDraft[] = [];
  private readonly trackIndex = new Map<number, Map<number | string, number>>();
  private readonly counters = new Map<string, CounterDraft>();
  private readonly flows = {
    name: int32Column(),
    category: int32Column(),
    fromTrack: int32Column(),
    fromAt: float64Column(),
    toTrack: int32Column(),
    toAt: float64Column(),
  };
  private readonly notes = new Map<string, { count: number; readonly first: string }>();

  /** How many events there are so far. */
  get length(): number {
    return this.columns.track.length;
  }

  /** Makes room for so many events, for a reader that knows about how many are to come. */
  reserve(events: number): void {
    for (const column of Object.values(this.columns)) column.reserve(events);
  }

  /** The index of the process that the file calls so; a new one at first. */
  process(pid: number | string, said: { name?: string; order?: number; device?: number } = {}): number {
    let index = this.processIndex.get(pid);
    if (index === undefined) {
      index = this.processes.push({ pid }) - 1;
      this.processIndex.set(pid, index);
    }
    Object.assign(this.processes[index], said);
    return index;
  }

  /** The index of the track of a process that the file calls so; a new one, a thread unless a kind is said, at first. */
  track(process: number, tid: number | string, said: { name?: string; order?: number; kind?: TrackKind } = {}): number {
    let ofProcess = this.trackIndex.get(process);
    if (ofProcess === undefined) {
      ofProcess = new Map();
      this.trackIndex.set(process, ofProcess);
    }
    let index = ofProcess.get(tid);
    if (index === undefined) {
      index = this.tracks.push({ process, tid, kind: "thread" }) - 1;
      ofProcess.set(tid, index);
    }
    Object.assign(this.tracks[index], said);
    return index;
  }

  /** Says of a process that is known by its index what `process` says of one that is known by its name. */
  describeProcess(index: number, said: { name?: string; order?: number; device?: number }): void {
    Object.assign(this.processes[index], said);
  }

  describeTrack(index: number, said: { name?: string; order?: number; kind?: TrackKind }): void {
    Object.assign(this.tracks[index], said);
  }

  /** The index of a track's process. */
  processOf(track: number): number {
    return this.tracks[track].process;
  }

  /** What the file calls a track's thread or stream. */
  tidOf(track: number): number | string {
    return this.tracks[track].tid;
  }

  /** What the file calls a process. */
  pidOf(process: number): number | string {
    return this.processes[process].pid;
  }

  /** Adds an event. Returns its number until `build`, which puts the events in order. */
  event(event: NewEvent): number {
    const { columns, texts } = this;
    columns.track.push(event.track);
    columns.start.push(event.start);
    columns.duration.push(event.duration ?? 0);
    columns.form.push(formNumber[event.form ?? "slice"]);
    columns.role.push(roleNumber[event.role ?? "other"]);
    columns.name.push(texts.of(event.name));
    columns.category.push(texts.of(event.category ?? ""));
    columns.correlation.push(event.correlation ?? -1);
    columns.bytes.push(event.bytes ?? Number.NaN);
    columns.direction.push(copyDirections.indexOf(event.direction ?? ""));
    columns.stream.push(event.stream ?? -1);
    const hasArguments = event.args !== undefined && Object.keys(event.args).length > 0;
    columns.argumentsAt.push(hasArguments ? this.argumentTexts.addText(JSON.stringify(event.args)) : 0);
    return this.length - 1;
  }

  /** Adds arguments to those of an event; where both say something the added ones count. */
  addArguments(event: number, args: Readonly<Record<string, unknown>>): void {
    const { argumentsAt } = this.columns;
    const at = argumentsAt.at(event);
    const known = at === 0 ? {} : JSON.parse(this.argumentTexts.text(at));
    argumentsAt.set(event, this.argumentTexts.addText(JSON.stringify({ ...known, ...args })));
  }

  /** A value of a process from this moment on. */
  counter(process: number, name: string, at: number, value: number): void {
    const key = `${process} ${name}`;
    let counter = this.counters.get(key);
    if (counter === undefined) {
      counter = { process, name, at: float64Column(), value: float64Column() };
      this.counters.set(key, counter);
    }
    counter.at.push(at);
    counter.value.push(value);
  }

  /** An arrow from a moment on a track to one on another. */
  flow(arrow: {
    readonly name: string;
    readonly category: string;
    readonly fromTrack: number;
    readonly fromAt: number;
    readonly toTrack: number;
    readonly toAt: number;
  }): void {
    const { name, category, fromTrack, fromAt, toTrack, toAt } = arrow;
    this.arrow(this.texts.of(name), this.texts.of(category), fromTrack, fromAt, toTrack, toAt);
  }

  /** The same for a reader in a hurry: name and category by the numbers of their texts. */
  arrow(name: number, category: number, fromTrack: number, fromAt: number, toTrack: number, toAt: number): void {
    const { flows } = this;
    flows.name.push(name);
    flows.category.push(category);
    flows.fromTrack.push(fromTrack);
    flows.fromAt.push(fromAt);
    flows.toTrack.push(toTrack);
    flows.toAt.push(toAt);
  }

  /** Something of the file could not be put on the timeline: what it is, in words that are the same each time, where, and how often. */
  note(what: string, where: string, count = 1): void {
    const known = this.notes.get(what);
    if (known === undefined) this.notes.set(what, { count, first: where });
    else known.count += count;
  }

  /** Whether nothing lies on the timeline so far: no event, no counter's value, no arrow. */
  get isEmpty(): boolean {
    return this.length === 0 && this.counters.size === 0 && this.flows.name.length === 0;
  }

  /** What was noted so far. */
  noted(): ReadingNote[] {
    return [...this.notes].map(([what, note]): ReadingNote => ({ what, ...note }));
  }

  /** The timeline; nothing can be added after it. */
  build(
    source: TimelineSource,
    { origin = 0n, about = {}, argumentTexts = this.argumentTexts }: BuildChoice = {},
  ): Timeline {
    const earliest = this.earliest();
    return new Timeline({
      source,
      origin: origin + BigInt(earliest),
      processes: this.processes.map((draft, index): TimelineProcess => {
        const { pid, name = called("process", pid), order, device } = draft;
        return { index, pid, name, order, device };
      }),
      tracks: this.tracks.map((draft, index): TimelineTrack => {
        const { process, tid, kind, name = called(kind, tid), order } = draft;
        return { index, process, tid, name, kind, order };
      }),
      events: this.eventsFrom(earliest),
      texts: this.texts.all(),
      argumentTexts,
      counters: this.countersFrom(earliest),
      flows: this.flowsFrom(earliest),
      about,
      notes: this.noted(),
    });
  }

  private earliest(): number {
    const start = this.columns.start.done();
    let earliest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < start.length; index++) if (start[index] < earliest) earliest = start[index];
    for (const counter of this.counters.values()) {
      const moments = counter.at.done();
      for (let index = 0; index < moments.length; index++) if (moments[index] < earliest) earliest = moments[index];
    }
    const from = this.flows.fromAt.done();
    for (let index = 0; index < from.length; index++) if (from[index] < earliest) earliest = from[index];
    return Number.isFinite(earliest) ? earliest : 0;
  }

  private eventsFrom(earliest: number): EventColumns {
    const { columns } = this;
    const start = columns.start.done();
    if (earliest !== 0) for (let index = 0; index < start.length; index++) start[index] -= earliest;
    const order = eventOrder({
      start,
      duration: columns.duration.done(),
      track: columns.track.done(),
      role: columns.role.done(),
    });
    if (order !== undefined) reorder(columns, order);
    return {
      length: start.length,
      ...(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.done()])) as unknown as Omit<
        EventColumns,
        "length"
      >),
    };
  }

  private countersFrom(earliest: number): TimelineCounter[] {
    return [...this.counters.values()].map((counter) => {
      const { process, name } = counter;
      const order = timeOrder(counter.at.done());
      const [at, value] = [counter.at.done(), counter.value.done()].map((column) =>
        order === undefined ? column.slice() : reordered(column, order),
      );
      for (let index = 0; index < at.length; index++) at[index] -= earliest;
      return { process, name, at, value };
    });
  }

  private flowsFrom(earliest: number): FlowColumns {
    const columns = Object.fromEntries(
      Object.entries(this.flows).map(([name, column]) => [name, column.done()]),
    ) as unknown as Omit<FlowColumns, "length">;
    for (const times of [columns.fromAt, columns.toAt]) {
      for (let index = 0; index < times.length; index++) times[index] -= earliest;
    }
    return { length: columns.name.length, ...columns };
  }
}

/** What has no name is called by its number, `thread 4711`, or by the word that it has for one. */
function called(what: string, number: number | string): string {
  return typeof number === "number" ? `${what} ${number}` : number;
}

/** Puts all columns in another order, each where the one before it of its type was. */
function reorder(columns: EventColumnWriters, order: Int32Array): void {
  const { track, start, duration, form, role, name, category, correlation, bytes, direction, stream, argumentsAt } =
    columns;
  let times: Float64Array | undefined;
  for (const column of [start, duration, correlation, bytes, argumentsAt]) times = column.reorder(order, times);
  let numbers: Int32Array | undefined;
  for (const column of [track, name, category, stream]) numbers = column.reorder(order, numbers);
  let words: Uint8Array | undefined;
  for (const column of [form, role, direction]) words = column.reorder(order, words);
}
