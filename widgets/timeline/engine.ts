// The timeline's picture: canvas, track names, ruler and minimap in one element, with what moves them. It draws what it is given, and says
// what a person points at; knows nothing of panels, searches and hosts.
import type {
  Area,
  EngineCallbacks,
  EventRef,
  Highlights,
  LayoutItem,
  LayoutState,
  ShownTrace,
  TimeRange,
} from "./shown.js";

export interface EngineOptions extends EngineCallbacks {
  /** Moves at once instead of gliding, as for people who asked their system for less motion. */
  readonly isStill?: boolean;
}

/** Ways from the selected event to another. */
export type Step = "next" | "previous" | "parent" | "child" | "same name" | "same name before";

/**
 * The engine. Its element fills `host`, whose height somebody else sets (or `naturalHeight` says). It brings its own style into the
 * host, reads its colours from `--bg --panel --line --ink --soft --accent --on-accent --hot --bad` there, and those from `--jp-*` with
 * fallbacks for light and dark. Its canvas takes the focus and the keys of `engineKeys`; the names of tracks are HTML buttons.
 */
export class TimelineEngine {
  /** What has the focus for keys and the aria-label that `describe` sets. */
  readonly focusElement: HTMLElement = document.createElement("canvas");
  traces: readonly ShownTrace[];
  extent: TimeRange = { start: 0, end: 1 };
  range: TimeRange = { start: 0, end: 1 };
  items: readonly LayoutItem[] = [];
  layout: LayoutState = { collapsed: new Set(), hidden: new Set(), order: [] };
  naturalHeight = 320;
  visibleKeys: readonly string[] = [];
  selected: EventRef | undefined;
  area: Area | undefined;

  constructor(host: HTMLElement, traces: readonly ShownTrace[], _options: EngineOptions = {}) {
    this.traces = traces;
    host.append(this.focusElement);
  }

  /** Shows other traces. Selection, area and highlights go; the layout's state stays where its keys do. Shows all of the time. */
  setData(_traces: readonly ShownTrace[]): void {}

  /** The time from the first event to the last end of all traces, as offsets have it. */

  /** The time that is shown. */
  /** Shows a part of time, at once. It is kept within the extent and above a nanosecond for each pixel or so. */
  setRange(_range: TimeRange): void {}
  /** Glides there; at once where `isStill`. */
  glideTo(_range: TimeRange): void {}
  /** All of the time. */
  showAll(): void {}
  /** Brings an event to sight, opening and scrolling to its row; `zoom` also makes it fill a good part of the width. */
  reveal(_event: EventRef, _how?: "move" | "zoom"): void {}
  /** Zooms to the area, else the selected event. */
  fitSelection(): void {}

  /** All rows and headings in their order, hidden ones too. */
  setLayout(_layout: Partial<LayoutState>): void {}
  toggleCollapsed(_key: string): void {}
  /** The height at which nothing needs scrolling, with ruler and minimap, in CSS pixels. */
  /** Keys of the tracks and counters that are in sight now. */

  /** Marks an event and draws its arrows; does not move the picture (`reveal` does). */
  select(_event: EventRef | undefined): void {}
  /** The event that one gets to from the selected one; undefined where there is none. */
  neighbour(_step: Step): EventRef | undefined {
    return undefined;
  }
  /** What belongs together with an event by correlation or arrows: a call and its kernel. */
  related(_event: EventRef): readonly EventRef[] {
    return [];
  }

  setArea(_area: Area | undefined): void {}

  /** Marks hits and dims everything else; undefined ends it. */
  setHighlights(_highlights: Highlights | undefined): void {}

  /** Draws in the colours of this theme; call it after the style around has changed too. */
  setTheme(_theme: "light" | "dark"): void {}
  /** What colour an event is drawn in, for legends and tables: a CSS colour of the current theme. */
  colourOf(_event: EventRef): string {
    return "#2861cc";
  }

  /** Draws at the next frame; needed only after the host's fonts or variables changed. */
  redraw(): void {}
  dispose(): void {}
}

/** The keys that the engine itself understands while it has the focus, for a list of help. */
export const engineKeys: readonly (readonly [keys: string, what: string])[] = [];
