// The whole picture of what is in sight: rows, what lies over them, ruler, names and minimap, in the colours of the style around. Knows no keys
// and no pointers.
import { formatNanoseconds } from "../../src/trace/timeline/index.js";
import { ticksBetween } from "../../src/view/timeline/time-axis.js";
import type { Box } from "./frame.js";
import { type Ink, pixelColours, readInk } from "./ink.js";
import type { Minimap } from "./minimap.js";
import type { Names } from "./names.js";
import { Overlay } from "./overlay.js";
import { Painter } from "./paint.js";
import type { PixelColours } from "./row-picture.js";
import { paintRuler } from "./ruler-canvas.js";
import type { Area, EventArrow, EventRef } from "./shown.js";
import type { Sight } from "./sight.js";
import type { Stage } from "./stage.js";

/** What is marked in the picture. */
export interface Marks {
  readonly selected: EventRef | undefined;
  readonly hovered: EventRef | undefined;
  /** Those of the selected event, and of the one under the pointer. */
  readonly arrows: readonly EventArrow[];
  readonly hoveredArrows: readonly EventArrow[];
  readonly area: Area | undefined;
  readonly isSearching: boolean;
}

/** Ticks of the ruler stand about so many pixels apart. */
const tickDistance = 110;

export class Picture {
  private readonly painter: Painter;
  private readonly overlay: Overlay;
  private ink: Ink;
  private colours: PixelColours;
  private isMapStale = true;

  constructor(
    private readonly stage: Stage,
    private readonly names: Names,
    private readonly minimap: Minimap,
  ) {
    this.ink = readInk(stage.root);
    this.colours = pixelColours(this.ink);
    this.painter = new Painter(stage.picture, this.ink, this.colours);
    this.overlay = new Overlay(stage.overlay, this.ink);
  }

  /** The style around has changed. */
  readColours(): void {
    this.ink = readInk(this.stage.root);
    this.colours = pixelColours(this.ink);
    this.painter.setColours(this.ink, this.colours);
    this.overlay.ink = this.ink;
    this.isMapStale = true;
  }

  /** Data, rows or sizes have changed. */
  renewMap(): void {
    this.isMapStale = true;
  }

  paint(sight: Sight, { selected, hovered, arrows, hoveredArrows, area, isSearching }: Marks): void {
    const { viewport, layout, traces, scrollTop, size } = sight;
    const { width, height, pixelRatio } = size;
    const range = { start: viewport.start, end: viewport.end };
    const ticks = ticksBetween(range.start, range.end, width / tickDistance);
    this.painter.paint({ traces, layout, range, width, height, pixelRatio, scrollTop, ticks, isSearching });
    const areaBox = area === undefined ? undefined : sight.areaBox(area);
    const boxesOf = (of: readonly EventArrow[]): (readonly [Box, Box])[] =>
      of.flatMap(([from, to]): (readonly [Box, Box])[] => {
        const [begin, end] = [sight.boxOf(from), sight.boxOf(to)];
        return begin === undefined || end === undefined ? [] : [[begin, end]];
      });
    this.overlay.paint({
      ...{ width, height, pixelRatio, area: areaBox },
      selected: selected === undefined ? undefined : sight.boxOf(selected),
      hovered: hovered === undefined ? undefined : sight.boxOf(hovered),
      arrows: boxesOf(arrows),
      hoveredArrows: boxesOf(hoveredArrows),
    });
    const pixelOf = (time: number): number => viewport.pixelOf(time);
    paintRuler(this.stage.rulerCanvas, { ticks, pixelOf, area: areaBox }, size, this.ink);
    this.names.update(layout, scrollTop, scrollTop + height);
    if (this.isMapStale) {
      this.isMapStale = false;
      this.minimap.paint(sight, { ink: this.ink, colours: this.colours });
    }
    this.minimap.show(range);
    // There is a little room at both ends of all of the time.
    const all = viewport.extent.end - viewport.extent.start;
    const shown =
      viewport.span < all
        ? `${formatNanoseconds(viewport.span)} of ${formatNanoseconds(all)}`
        : `all ${formatNanoseconds(all)}`;
    if (this.stage.corner.textContent !== shown) this.stage.corner.textContent = shown;
  }
}
