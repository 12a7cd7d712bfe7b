// What is in sight: which part of time and which rows, at which size; and with it where an event is drawn, and what lies at a place. Knows no
// canvas and no keys.

import type { Box } from "./frame.js";
import { bandAt, countBetween, eventOfBand, reach } from "./hit.js";
import { type Band, bandsBetween, type Layout } from "./layout.js";
import type { LoadedTrace } from "./loaded-trace.js";
import type { Area, EventArrow, EventRef, Hover, LayoutItem } from "./shown.js";
import { headHeight, type StageSize } from "./stage.js";
import { Viewport } from "./viewport.js";

/** An area as it is drawn, in pixels, with its length in nanoseconds. */
export interface AreaBox {
  readonly left: number;
  readonly right: number;
  readonly length: number;
  readonly bands: readonly (readonly [top: number, height: number])[];
}

export class Sight {
  readonly viewport: Viewport = new Viewport();
  traces: readonly LoadedTrace[] = [];
  layout: Layout = { items: [], bands: [], height: 0, byKey: new Map(), byRow: new Map(), firstBand: new Map() };
  size: StageSize = { width: 0, height: 0, pixelRatio: 1, left: 0 };
  /** CSS pixels by which the rows are scrolled up. */
  scrollTop = 0;

  /** The time from the first event to the last end of all traces. */
  fitExtent(): void {
    let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { offset, rows } of this.traces) {
      start = Math.min(start, offset);
      end = Math.max(end, offset + rows.columns.end);
    }
    this.viewport.setExtent(start <= end ? { start, end } : { start: 0, end: 1 });
    this.viewport.showAll();
  }

  /** The bands in sight. */
  bands(): readonly Band[] {
    return this.layout.bands.slice(...bandsBetween(this.layout, this.scrollTop, this.scrollTop + this.size.height));
  }

  /** The keys of what an event lies in, the innermost first. */
  keysAround({ trace, event }: EventRef): readonly string[] {
    const { tracks, events } = this.traces[trace].rows.columns;
    const track = events.track[event];
    const process = `${trace}/p${tracks[track].process}`;
    return [`${process}/t${track}`, process, String(trace)];
  }

  /** The band that shows an event: its row, else the heading of what is collapsed; undefined where it is hidden. */
  bandOf(ref: EventRef): Band | undefined {
    const { rows } = this.traces[ref.trace];
    const own = this.layout.byRow.get(rows.rows[rows.rowOf[ref.event]]);
    if (own !== undefined) return own;
    for (const key of this.keysAround(ref)) {
      const band = this.layout.firstBand.get(key);
      if (band !== undefined) return band;
    }
    return undefined;
  }

  boxOf(ref: EventRef): Box | undefined {
    const band = this.bandOf(ref);
    if (band === undefined) return undefined;
    const trace = this.traces[ref.trace];
    return {
      left: this.viewport.pixelOf(trace.startOf(ref.event)),
      right: this.viewport.pixelOf(trace.endOf(ref.event)),
      top: band.top - this.scrollTop,
      height: band.height - 1,
    };
  }

  /** The arrows that begin or end at an event: by correlation, and as they were recorded. */
  arrowsOf({ trace, event }: EventRef): EventArrow[] {
    const arrows = this.traces[trace].arrows.of(event);
    return arrows.map(
      ({ from, to }): EventArrow => [
        { trace, event: from },
        { trace, event: to },
      ],
    );
  }

  areaBox({ start, end, tracks }: Area): AreaBox {
    const bands =
      tracks === undefined
        ? [[0, this.size.height] as const]
        : [...new Set(tracks.map((key) => this.shownItem(key)))].flatMap((item) =>
            item === undefined ? [] : [[item.top - this.scrollTop, item.height] as const],
          );
    return {
      left: this.viewport.pixelOf(start),
      right: this.viewport.pixelOf(end),
      length: end - start,
      bands,
    };
  }

  /** The event at a place of the surface, or the nearest one in its row. */
  eventAt(x: number, y: number): EventRef | undefined {
    const band = bandAt(this.layout, y + this.scrollTop);
    if (band === undefined) return undefined;
    const { trace } = band.item;
    const { rows, offset } = this.traces[trace];
    const time = this.viewport.timeOf(x) - offset;
    const event = eventOfBand(band, rows, time, reach * this.viewport.nanosecondsPerPixel);
    return event === undefined ? undefined : { trace, event };
  }

  hoverAt(x: number, y: number): Hover {
    const band = bandAt(this.layout, y + this.scrollTop);
    const trace = band === undefined ? undefined : this.traces[band.item.trace];
    const time = this.viewport.timeOf(x);
    const own = time - (trace?.offset ?? 0);
    const half = this.viewport.nanosecondsPerPixel / 2;
    return {
      event: this.eventAt(x, y),
      count: band?.row === undefined ? 0 : countBetween(band.row, own - half, own + half),
      key: band?.item.key,
      time,
      value: band?.counter === undefined ? undefined : trace?.curveOf(band).valueAt(own),
      x: x + this.size.left,
      y: y + headHeight,
    };
  }

  /** Where the keys begin that go from event to event: in the first row that has one, what is nearest to the middle. */
  firstEvent(): EventRef | undefined {
    for (const band of this.bands()) {
      const { trace } = band.item;
      const { rows, offset } = this.traces[trace];
      const middle = (this.viewport.start + this.viewport.end) / 2 - offset;
      const event = eventOfBand(band, rows, middle, this.viewport.span / 2);
      if (event !== undefined) return { trace, event };
    }
    return undefined;
  }

  /**
   * The keys of the tracks and counters between two heights of the surface, those within a collapsed heading too; undefined, for all,
   * where it was dragged in the ruler.
   */
  keysBetween(a: number | undefined, b: number | undefined): string[] | undefined {
    if (a === undefined || b === undefined) return undefined;
    const top = Math.min(a, b) + this.scrollTop;
    const bottom = Math.max(a, b) + this.scrollTop;
    const isReached = (item: LayoutItem): boolean => item.top < bottom && item.top + item.height > top;
    return this.layout.items.flatMap(({ key, index, isHidden }) => {
      if (index < 0 || isHidden) return [];
      const shown = this.shownItem(key);
      return shown !== undefined && isReached(shown) ? [key] : [];
    });
  }

  /** The item itself, else the collapsed heading that stands for it; undefined where it is hidden. */
  private shownItem(key: string): LayoutItem | undefined {
    const item = this.layout.byKey.get(key);
    if (item === undefined || item.height > 0) return item;
    const up = key.lastIndexOf("/");
    return item.isHidden || up < 0 ? undefined : this.shownItem(key.slice(0, up));
  }
}
