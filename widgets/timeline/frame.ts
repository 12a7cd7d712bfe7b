// What a frame of the picture is made of: traces, rows and ticks, the part of time and of the height that is shown. Knows no canvas.
import type { Tick } from "../../src/view/timeline/time-axis.js";
import type { CounterCurve } from "./counters.js";
import type { Band, Layout } from "./layout.js";
import type { Row } from "./levels.js";
import type { RowSearch } from "./row-picture.js";
import type { TraceRows } from "./rows.js";
import type { TimeRange } from "./shown.js";

/** A trace as a frame needs it. */
export interface PaintedTrace {
  readonly rows: TraceRows;
  readonly offset: number;
  /** What a search hit of a row; undefined while nothing is searched. */
  searchOf(row: Row): RowSearch | undefined;
  curveOf(band: Band): CounterCurve;
}

/** Where an event is drawn, in CSS pixels of the canvas. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
}

export interface Frame {
  readonly traces: readonly PaintedTrace[];
  readonly layout: Layout;
  readonly range: TimeRange;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly pixelRatio: number;
  readonly ticks: readonly Tick[];
  readonly isSearching: boolean;
}
