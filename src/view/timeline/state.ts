// What the view of a timeline reads from its widget, and writes there: traces as packed bytes, and what is chosen. Both sides of it, the
// notebook's and the browser's, take it from here. Knows neither.

/** One trace of the view. */
export interface TraceState {
  /** What tells it from the other: the file's name, or what the caller said. */
  readonly title: string;
  /** What happened in it, in a sentence or two. */
  readonly sentence: string;
  /** `packTimeline`'s bytes, as zlib's deflate leaves them. */
  readonly bytes: Uint8Array;
  /** What of it is not here: arguments beyond the limit. Empty where all is. */
  readonly leftOut: string;
}

/** How two traces stand to each other: both from their starts, or so that the first events of one name begin together. */
export type AlignBy = "start" | { readonly first: string };

/** The event that is chosen: the number of its trace, and its own. */
export interface ChosenEvent {
  readonly trace: number;
  readonly event: number;
}

/** A part of the axis that is shown, in nanoseconds. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** A part that the notebook asks for; the number makes asking for it again a change. */
export interface AskedRange extends TimeRange {
  readonly asked: number;
}

/** The properties of the widget. */
export interface TimelineViewState {
  readonly view: "timeline";
  /** One, or two to compare. */
  readonly traces: readonly TraceState[];
  readonly align: AlignBy;
  /**
   * What the notebook wants to be shown; null where it asks for nothing: a view then opens at `openingStage`, and at all of the time where
   * there is none. A reader who moves on does not change it.
   */
  readonly range: AskedRange | null;
  readonly chosen: ChosenEvent | null;
  /** The area whose sums are shown. */
  readonly area: TimeRange | null;
}
