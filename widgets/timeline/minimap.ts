// All of the time in one strip, a line for each track, and the shown part of it as a window that is dragged, or drawn anew. It is painted
// when the data or the colours change, never while one pans.
import { element } from "../stepper/dom.js";
import type { Ink } from "./ink.js";
import { type PixelColours, RowPainter } from "./row-picture.js";
import type { TimeRange } from "./shown.js";
import type { Sight } from "./sight.js";

/** Lines are drawn for so many tracks, the first ones; more would be thinner than can be seen. */
const mostLines = 20;
/** CSS pixels of the window, with its two edges. */
const leastWindow = 5;

export class Minimap {
  readonly element: HTMLElement;
  private readonly canvas = element("canvas", {});
  private readonly window = element("i", { class: "window" });
  private extent: TimeRange = { start: 0, end: 1 };
  private range: TimeRange = { start: 0, end: 1 };

  constructor(private readonly onRange: (range: TimeRange) => void) {
    // The keys of the picture move it too: for those who use no pointer it adds nothing, and it is not read out.
    this.element = element("div", { class: "minimap", "aria-hidden": "true" }, this.canvas, this.window);
    this.followPointer();
  }

  paint(
    { traces, layout, viewport, size }: Sight,
    { ink, colours }: { readonly ink: Ink; readonly colours: PixelColours },
  ): void {
    const { pixelRatio } = size;
    const { extent } = viewport;
    this.extent = extent;
    const { canvas } = this;
    const width = Math.max(1, Math.round(this.element.clientWidth * pixelRatio));
    const height = Math.max(1, Math.round(this.element.clientHeight * pixelRatio));
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no 2-D canvas");
    context.fillStyle = ink.panel;
    context.fillRect(0, 0, width, height);
    const painter = new RowPainter(colours);
    const lines = layout.items
      .filter(({ kind, isHidden }) => kind === "track" && !isHidden)
      .slice(0, mostLines)
      .map(({ trace, index }) => ({ trace: traces[trace], row: traces[trace].rows.trackSummary(index) }));
    const image = new ImageData(width, Math.max(1, lines.length));
    const pixels = new Uint32Array(image.data.buffer);
    const nanosecondsPerPixel = (extent.end - extent.start) / width;
    for (const [at, { trace, row }] of lines.entries()) {
      const line = { start: extent.start - trace.offset, nanosecondsPerPixel, width };
      painter.paint(row, line, { out: pixels, at: at * width, wide: undefined });
    }
    const picture = new OffscreenCanvas(width, Math.max(1, lines.length));
    picture.getContext("2d")?.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    const pad = 3 * pixelRatio;
    context.drawImage(picture, 0, pad, width, height - 2 * pad);
    this.show(this.range);
  }

  show(range: TimeRange): void {
    this.range = range;
    const { start, end } = this.extent;
    const left = Math.max(0, (range.start - start) / (end - start));
    const right = Math.min(1, (range.end - start) / (end - start));
    // However short, and at the end of all of the time too, it is seen.
    this.window.style.left = `min(${100 * left}%, 100% - ${leastWindow}px)`;
    this.window.style.width = `max(${leastWindow}px, ${100 * Math.max(0, right - left)}%)`;
  }

  /** A press inside of the window moves it, one outside draws a new one from there; a click brings its middle there. */
  private followPointer(): void {
    let from: { readonly time: number; readonly range: TimeRange | undefined; readonly x: number } | undefined;
    const timeAt = (event: PointerEvent): number => {
      const { left, width } = this.element.getBoundingClientRect();
      const { start, end } = this.extent;
      return start + Math.min(1, Math.max(0, (event.clientX - left) / width)) * (end - start);
    };
    this.element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.element.setPointerCapture(event.pointerId);
      const time = timeAt(event);
      const isInside = time >= this.range.start && time <= this.range.end && !this.isWhole();
      from = { time, range: isInside ? this.range : undefined, x: event.clientX };
    });
    this.element.addEventListener("pointermove", (event) => {
      if (from === undefined) return;
      const time = timeAt(event);
      const { range } = from;
      if (range !== undefined) {
        this.onRange({ start: range.start + time - from.time, end: range.end + time - from.time });
      } else if (Math.abs(event.clientX - from.x) > 3) {
        this.onRange({ start: Math.min(time, from.time), end: Math.max(time, from.time) });
      }
    });
    this.element.addEventListener("pointerup", (event) => {
      if (from !== undefined && from.range === undefined && Math.abs(event.clientX - from.x) <= 3) {
        const half = (this.range.end - this.range.start) / 2;
        this.onRange({ start: from.time - half, end: from.time + half });
      }
      from = undefined;
    });
    this.element.addEventListener("pointercancel", () => {
      from = undefined;
    });
  }

  private isWhole(): boolean {
    return this.range.end - this.range.start >= this.extent.end - this.extent.start;
  }
}
