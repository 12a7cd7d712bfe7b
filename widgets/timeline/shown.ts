// What the timeline's engine and those around it say to each other: traces as they are shown, events, rows, areas. Knows no drawing.
import type { Timeline } from "../../src/trace/timeline/index.js";

/** The part of a timeline that is drawn; a `Timeline` is one, and so is what a widget's state is read into. */
export type TraceColumns = Pick<Timeline, "processes" | "tracks" | "events" | "texts" | "counters" | "flows" | "end">;

/** A trace on the common time axis: one alone, or two above each other. */
export interface ShownTrace {
  readonly columns: TraceColumns;
  /** What the rows of one of two traces stand under. */
  readonly label: string;
  /** Nanoseconds by which it is moved to the right on the axis; by this two traces are aligned. 0 unless given. */
  readonly offset?: number;
}

/** An event: the number of its trace among the shown ones, and its index in there. */
export interface EventRef {
  readonly trace: number;
  readonly event: number;
}

/** From event to event of one trace. */
export type EventArrow = readonly [from: EventRef, to: EventRef];

/** A part of the time axis, in nanoseconds. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** A selected part of the picture. */
export interface Area extends TimeRange {
  /** Keys (`LayoutItem.key`) of the tracks and counters that it reaches over, those of collapsed processes too; undefined for all. */
  readonly tracks?: readonly string[] | undefined;
}

/** What is under the pointer. */
export interface Hover {
  /** The event under it, or the nearest within three pixels; undefined over empty places. */
  readonly event: EventRef | undefined;
  /** How many events of this row touch this column of pixels: where it is more than one, they are too narrow to be told apart. */
  readonly count: number;
  /** The row that it is over: `LayoutItem.key`. */
  readonly key: string | undefined;
  /** On the time axis. */
  readonly time: number;
  /** The value of the counter there, where the row is one. */
  readonly value: number | undefined;
  /** In CSS pixels from the upper left corner of the engine's host. */
  readonly x: number;
  readonly y: number;
}

/** A row of the picture, or a heading over some. */
export interface LayoutItem {
  /** The same for the same data: `0`, `0/p2`, `0/p2/t7`, `0/p2/c1` for a trace, a process, a track (by its index), a counter. */
  readonly key: string;
  readonly kind: "trace" | "process" | "track" | "counter";
  readonly name: string;
  /** Said after the name, softer: `3 lanes`, `12,345 events`. */
  readonly detail: string;
  readonly trace: number;
  /** Index of the process; -1 for a trace's heading. */
  readonly process: number;
  /** Index of the track or of the counter; -1 for headings. */
  readonly index: number;
  readonly isCollapsed: boolean;
  readonly canCollapse: boolean;
  readonly isHidden: boolean;
  /** CSS pixels from the top of the first row, and its height; 0 where it is hidden or within something collapsed. */
  readonly top: number;
  readonly height: number;
}

/** What a person changed in the layout, by keys of items. */
export interface LayoutState {
  readonly collapsed: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  /** Those that stand first among their siblings, in this order; the others follow as they are. */
  readonly order: readonly string[];
}

/** A search's hits: a bit an event, `bits[event >> 3] & (1 << (event & 7))`, one array for each trace. */
export type Highlights = readonly Uint8Array[];

export interface EngineCallbacks {
  /** Also with undefined, when the pointer leaves. */
  readonly onHover?: (hover: Hover | undefined) => void;
  /** A person chose an event, or chose none. Not called for `select`. */
  readonly onSelect?: (event: EventRef | undefined) => void;
  /** While an area is dragged, and when it is done or goes. Not called for `setArea`. */
  readonly onArea?: (area: Area | undefined, state: "dragging" | "done") => void;
  /** After each frame in which the shown time or the scrolling changed. */
  readonly onView?: (range: TimeRange) => void;
  /** A person collapsed or opened something, or the rows changed otherwise. */
  readonly onLayout?: () => void;
  /** Something that would have needed another key or a click first: words to show for a moment. */
  readonly onHint?: (words: string) => void;
}
