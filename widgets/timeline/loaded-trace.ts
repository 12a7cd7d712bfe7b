// A trace made ready to be drawn: its rows, colours, arrows and curves, with its place on the common axis, and what a search hit of it.
import type { TimelineCounter } from "../../src/trace/timeline/index.js";
import { colourNumbers } from "./colour.js";
import { CounterCurve } from "./counters.js";
import { Arrows } from "./flows.js";
import type { PaintedTrace } from "./frame.js";
import type { Band } from "./layout.js";
import type { Row } from "./levels.js";
import type { RowSearch } from "./row-picture.js";
import { TraceRows } from "./rows.js";
import { SearchHits } from "./search-hits.js";
import type { ShownTrace } from "./shown.js";

export class LoadedTrace implements PaintedTrace {
  readonly label: string;
  readonly rows: TraceRows;
  readonly arrows: Arrows;
  hits: SearchHits | undefined;
  /** Nanoseconds that its times are moved by. */
  readonly offset: number;
  private readonly curves: Map<TimelineCounter, CounterCurve>;

  /** `before` is what was shown until now: a trace that is only moved, or renamed, is not made ready again. */
  constructor(shown: ShownTrace, before: readonly LoadedTrace[] = []) {
    const known = before.find(({ rows }) => rows.columns === shown.columns);
    this.label = shown.label;
    this.offset = shown.offset ?? 0;
    this.rows = known?.rows ?? new TraceRows(shown.columns, colourNumbers(shown.columns));
    this.arrows = known?.arrows ?? new Arrows(this.rows);
    this.curves = known?.curves ?? new Map();
  }

  setHits(bits: Uint8Array | undefined): void {
    this.hits = bits === undefined ? undefined : new SearchHits(bits);
  }

  searchOf(row: Row): RowSearch | undefined {
    return this.hits?.of(row);
  }

  curveOf({ counter }: Band): CounterCurve {
    if (counter === undefined) throw new RangeError("the band shows no counter");
    let curve = this.curves.get(counter);
    if (curve === undefined) {
      curve = new CounterCurve(counter);
      this.curves.set(counter, curve);
    }
    return curve;
  }

  /** Where an event begins and ends on the axis. */
  startOf(event: number): number {
    return this.rows.columns.events.start[event] + this.offset;
  }

  endOf(event: number): number {
    return this.startOf(event) + this.rows.columns.events.duration[event];
  }
}
