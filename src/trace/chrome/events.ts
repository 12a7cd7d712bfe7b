// What a Chrome trace can say, as data: processes and threads, slices, instants, counters, arrows and spans of things that overlap.
// Knows nothing of who made it, nor of the text that it becomes.

/** A moment, in whole nanoseconds of one clock; a bigint where a double would lose some. */
export type TraceTime = number | bigint;

/** Shown when the event is chosen. A number that JSON has no word for becomes a text, a bigint too. */
export type TraceArguments = Readonly<Record<string, unknown>>;

/** The same as JSON text, where they were recorded so: no digit of theirs is lost. */
export class RecordedArguments {
  constructor(readonly json: string) {}
}

/** A row of the timeline: a thread of a process. Readers take a thread's number for one thread of the whole machine. */
export interface TraceTrack {
  /** Whole numbers, at least 0; 0 is the machine's own idle thread to some readers. */
  readonly pid: number;
  readonly tid: number;
}

/** A process's name, and its place among the others. */
export interface ProcessEvent {
  readonly kind: "process";
  readonly pid: number;
  readonly name: string;
  readonly order?: number;
  /** What it was called where it was recorded, for who reads the trace back; other readers pass over it. */
  readonly origin?: TraceArguments;
}

export interface ThreadEvent extends TraceTrack {
  readonly kind: "thread";
  readonly name: string;
  readonly order?: number;
  readonly origin?: TraceArguments;
}

/** What a timeline knows of an event beside its arguments, for who reads the trace back; other readers pass over it. */
export interface EventOrigin {
  readonly role?: string;
  /** Of the call and of what the device did for it. */
  readonly corr?: number;
  readonly stream?: number;
}

/** Something that took its time on a track. The slices of one track must nest or keep apart; `TraceLanes` spreads those that do not. */
export interface SliceEvent extends TraceTrack {
  readonly kind: "slice";
  readonly name: string;
  readonly category?: string;
  readonly start: TraceTime;
  readonly end: TraceTime;
  readonly args?: TraceArguments | RecordedArguments;
  readonly origin?: EventOrigin;
}

/** A slice whose end nobody knows: all that begins later on its track lies within it. */
export interface BeginEvent extends TraceTrack {
  readonly kind: "begin";
  readonly name: string;
  readonly category?: string;
  readonly at: TraceTime;
  readonly args?: TraceArguments | RecordedArguments;
  readonly origin?: EventOrigin;
}

export interface InstantEvent extends TraceTrack {
  readonly kind: "instant";
  readonly name: string;
  readonly category?: string;
  readonly at: TraceTime;
  readonly args?: TraceArguments | RecordedArguments;
  readonly origin?: EventOrigin;
}

/** Values of a process from this moment on, each a curve of its own. Finite. */
export interface CounterEvent {
  readonly kind: "counter";
  readonly pid: number;
  readonly name: string;
  readonly at: TraceTime;
  readonly values: Readonly<Record<string, number>>;
}

/** A place where a slice is: its track and a moment at which it has begun and not ended, best its start. */
export interface SlicePlace extends TraceTrack {
  readonly at: TraceTime;
}

/** An arrow from a slice to the one that it leads to. */
export interface FlowEvent {
  readonly kind: "flow";
  readonly name: string;
  readonly category: string;
  /** Another number for each arrow of a name and category. */
  readonly id: number;
  readonly from: SlicePlace;
  readonly to: SlicePlace;
}

/** One end of an arrow, for who writes it beside its slice: of slices that begin at one moment it binds to the last before it. */
export interface FlowEndEvent extends SlicePlace {
  readonly kind: "flow start" | "flow end";
  readonly name: string;
  readonly category: string;
  /** The same at both ends, and another number for each arrow of a name and category; the start comes first. */
  readonly id: number;
}

/** A span that may overlap any other: each has a row of its own, found by category and id, in which its parts lie. */
export interface AsyncEvent {
  readonly kind: "async";
  readonly pid: number;
  readonly name: string;
  readonly category: string;
  readonly id: number;
  readonly start: TraceTime;
  readonly end: TraceTime;
  readonly args?: TraceArguments;
  /** Within it, in order, one after the other. */
  readonly parts?: readonly AsyncPart[];
}

export interface AsyncPart {
  readonly name: string;
  readonly start: TraceTime;
  readonly end: TraceTime;
  readonly args?: TraceArguments;
}

/**
 * One edge of spans that nest: those of one category and id do, each beginning after and ending before what is around it. Of one
 * moment they stand in the order in which they happen.
 */
export interface AsyncEdgeEvent {
  readonly kind: "async begin" | "async end" | "async instant";
  readonly pid: number;
  readonly name: string;
  readonly category: string;
  readonly id: number;
  readonly at: TraceTime;
  readonly args?: TraceArguments | RecordedArguments;
  readonly origin?: EventOrigin;
}

/** In any order, but that a track's slices which begin at one moment come with the outer first. */
export type TraceEvent =
  | ProcessEvent
  | ThreadEvent
  | SliceEvent
  | BeginEvent
  | InstantEvent
  | CounterEvent
  | FlowEvent
  | FlowEndEvent
  | AsyncEvent
  | AsyncEdgeEvent;
