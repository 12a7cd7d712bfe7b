// Paints a frame. Fills go into an image with one line of pixels for each band, which the canvas then stretches: what a frame costs depends on
// how many pixels there are and not on how many events. Only what is wide enough gets words, hatching and outlines, within a budget.
import { formNumber } from "../../src/trace/timeline/index.js";
import { fills, labelInk } from "./colour.js";
import { type CurveColumns, curveColumns, fillCurve } from "./counters.js";
import type { Frame, PaintedTrace } from "./frame.js";
import { hatches } from "./hatches.js";
import type { Ink } from "./ink.js";
import { LabelCutter } from "./labels.js";
import { type Band, bandsBetween } from "./layout.js";
import type { Row } from "./levels.js";
import { type Line, type PixelColours, RowPainter, Wide } from "./row-picture.js";

/** Most labels of a frame: the wider come first. In CSS pixels: the least width of a labelled event. */
const mostLabels = 500;
const leastLabel = 26;
const mostMarks = 2000;
const fontSize = 11;

export class Painter {
  private readonly context: CanvasRenderingContext2D;
  private readonly lines: OffscreenCanvas = new OffscreenCanvas(1, 1);
  private readonly linesContext: OffscreenCanvasRenderingContext2D;
  private image: ImageData = new ImageData(1, 1);
  private pixels: Uint32Array = new Uint32Array(1);
  private readonly rowPainter: RowPainter;
  private readonly wide = new Wide();
  /** Per band of the frame: where its wide events end. */
  private wideEnds: Int32Array = new Int32Array(256);
  private readonly widths = new Int32Array(512);
  private columns: CurveColumns = curveColumns(1);
  private cutter: LabelCutter;
  private font = "";
  private patterns: readonly (CanvasPattern | undefined)[] = [];

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private ink: Ink,
    colours: PixelColours,
  ) {
    this.context = contextOf(canvas);
    this.linesContext = contextOf(this.lines);
    this.rowPainter = new RowPainter(colours);
    this.cutter = this.newCutter();
    this.patterns = hatches(this.context);
  }

  setColours(ink: Ink, colours: PixelColours): void {
    this.ink = ink;
    this.rowPainter.colours = colours;
    this.font = "";
  }

  paint(frame: Frame): void {
    const { context } = this;
    const { pixelRatio: ratio } = frame;
    const width = Math.max(1, Math.round(frame.width * ratio));
    const height = Math.max(1, Math.round(frame.height * ratio));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.font = "";
    }
    const font = `${fontSize * ratio}px ${this.ink.words}`;
    if (this.font !== font) {
      this.font = font;
      context.font = font;
      context.fontKerning = "none";
      context.textBaseline = "alphabetic";
      this.cutter = this.newCutter();
    }
    context.globalAlpha = 1;
    context.fillStyle = this.ink.bg;
    context.fillRect(0, 0, width, height);
    const [first, end] = bandsBetween(frame.layout, frame.scrollTop, frame.scrollTop + frame.height);
    this.paintGround(frame, first, end, width, height);
    this.paintRows(frame, first, end, width);
    this.paintDetails(frame, first, width);
  }

  /** Headings, hairlines under items, and a hairline down from each tick. */
  private paintGround(frame: Frame, first: number, end: number, width: number, height: number): void {
    const { context, ink } = this;
    const { pixelRatio: ratio, scrollTop, range } = frame;
    const { bands } = frame.layout;
    const hair = Math.max(1, Math.floor(ratio));
    context.fillStyle = ink.panel;
    for (let at = first; at < end; at++) {
      const { item, top, height } = bands[at];
      if (item.kind !== "process" && item.kind !== "trace") continue;
      context.fillRect(0, Math.round((top - scrollTop) * ratio), width, Math.round(height * ratio));
    }
    context.fillStyle = ink.line;
    context.globalAlpha = ink.tickShare;
    for (const { at } of frame.ticks) {
      context.fillRect(Math.round(((at - range.start) / (range.end - range.start)) * width), 0, hair, height);
    }
    context.globalAlpha = 1;
    for (let at = first; at < end; at++) {
      const { item } = bands[at];
      if (at + 1 < end && bands[at + 1].item === item) continue;
      context.fillRect(0, Math.round((item.top + item.height - scrollTop) * ratio) - hair, width, hair);
    }
  }

  private paintRows(frame: Frame, first: number, end: number, width: number): void {
    const { context, wide, rowPainter } = this;
    const { pixelRatio: ratio, scrollTop, range, traces } = frame;
    const { bands } = frame.layout;
    const nanosecondsPerPixel = (range.end - range.start) / width;
    this.makeRoom(width, end - first);
    this.pixels.fill(0, 0, width * (end - first));
    wide.length = 0;
    for (let at = first; at < end; at++) {
      const { row, item } = bands[at];
      if (row !== undefined) {
        const trace = traces[item.trace];
        const line = { start: range.start - trace.offset, nanosecondsPerPixel, width };
        const into = bands[at].kind === "slices" ? wide : undefined;
        const place = (at - first) * width;
        const { parts } = bands[at];
        const search = trace.searchOf(row);
        const isSummary = parts !== undefined && search !== undefined;
        const target = { out: this.pixels, at: place, wide: into };
        rowPainter.paint(row, line, target, isSummary ? { ...search, paints: "all as missed" } : search);
        // In a summary a run may be long and its hits few: they are painted upon it, row by row.
        if (isSummary) this.paintHits(parts, trace, line, place);
      }
      this.wideEnds[at - first] = wide.length;
    }
    if (end === first) return;
    this.linesContext.putImageData(this.image, 0, 0, 0, 0, width, end - first);
    context.imageSmoothingEnabled = false;
    for (let at = first; at < end; at++) {
      const band = bands[at];
      const top = (band.top - scrollTop) * ratio;
      if (band.counter !== undefined) this.paintCounter(frame, band, width);
      if (band.row === undefined) continue;
      // A pixel stays free below each row; a heading's summary lies within it.
      const inset = band.item.kind === "process" ? 6 * ratio : 0;
      const from = Math.round(top + inset);
      const to = Math.round(top + band.height * ratio - Math.max(inset, ratio));
      context.drawImage(this.lines, 0, at - first, width, 1, 0, from, width, to - from);
    }
  }

  /** The hits within a summary, on what is dimmed. */
  private paintHits(parts: readonly Row[], trace: PaintedTrace, line: Line, at: number): void {
    for (const row of parts) {
      const hitsBefore = trace.searchOf(row)?.hitsBefore;
      if (hitsBefore === undefined || hitsBefore[row.events.length] === 0) continue;
      this.rowPainter.paint(row, line, { out: this.pixels, at, wide: undefined }, { hitsBefore, paints: "hits alone" });
    }
  }

  private paintCounter(frame: Frame, band: Band, width: number): void {
    const { context, ink } = this;
    const { pixelRatio: ratio, range } = frame;
    const trace = frame.traces[band.item.trace];
    const curve = trace.curveOf(band);
    if (this.columns.first.length < width) this.columns = curveColumns(width);
    const { first, last, low, high } = this.columns;
    const nanosecondsPerPixel = (range.end - range.start) / width;
    fillCurve(curve, { start: range.start - trace.offset, nanosecondsPerPixel, width }, this.columns);
    const top = (band.top - frame.scrollTop + 4) * ratio;
    const room = (band.height - 8) * ratio;
    const scale = curve.greatest === curve.least ? 0 : room / (curve.greatest - curve.least);
    const yOf = (value: number): number => top + room - (value - curve.least) * scale;
    const zero = yOf(0);
    context.beginPath();
    let isOpen = false;
    for (let column = 0; column < width; column++) {
      if (Number.isNaN(last[column])) continue;
      const isFlat = low[column] === high[column] && column > 0 && first[column] === last[column - 1];
      if (isOpen && isFlat && column + 1 < width) continue;
      const start = Number.isNaN(first[column]) ? low[column] : first[column];
      if (!isOpen) context.moveTo(column, zero);
      isOpen = true;
      context.lineTo(column, yOf(start));
      if (low[column] !== high[column]) {
        context.lineTo(column + 0.5, yOf(high[column]));
        context.lineTo(column + 0.5, yOf(low[column]));
      }
      context.lineTo(column + 1, yOf(last[column]));
    }
    if (!isOpen) return;
    context.strokeStyle = ink.accent;
    context.lineWidth = Math.max(1, ratio);
    context.stroke();
    context.lineTo(width, zero);
    context.globalAlpha = 0.22;
    context.fillStyle = ink.accent;
    context.fill();
    context.globalAlpha = 1;
  }

  /** What wide events get beyond a fill. */
  private paintDetails(frame: Frame, first: number, width: number): void {
    const { wide } = this;
    if (wide.length === 0) return;
    this.paintHatching(frame, first, width);
    this.paintTornEnds(frame, first, width);
    if (frame.isSearching) this.paintHitOutlines(frame, first, width);
    this.paintMarks(frame, first);
    this.paintLabels(frame, first, width);
  }

  private paintHatching(frame: Frame, first: number, width: number): void {
    const { context, wide, patterns } = this;
    for (const [pattern, hatch] of patterns.entries()) {
      if (hatch === undefined) continue;
      context.beginPath();
      let isEmpty = true;
      this.eachWide(frame, first, (at, top, height, colour) => {
        const left = Math.max(0, wide.left[at]);
        const right = Math.min(width, wide.right[at]);
        if (fillPatterns[colour] !== pattern || right - left < 6 || (frame.isSearching && wide.isHit[at] === 0)) return;
        context.rect(left, top, right - left, height);
        isEmpty = false;
      });
      if (isEmpty) continue;
      context.fillStyle = hatch;
      context.fill();
    }
  }

  /** What never ended is torn off where the trace ends. */
  private paintTornEnds(frame: Frame, first: number, width: number): void {
    const { context, wide, ink } = this;
    const size = 3 * frame.pixelRatio;
    let isEmpty = true;
    context.beginPath();
    this.eachWide(frame, first, (at, top, height, _colour, form) => {
      const right = wide.right[at];
      if (form !== unfinished || right - wide.left[at] < 2 * size || right - size > width) return;
      isEmpty = false;
      context.moveTo(right + 1, top);
      context.lineTo(right, top);
      const teeth = Math.max(2, Math.round(height / (2 * size)));
      for (let tooth = 0; tooth < teeth; tooth++) {
        context.lineTo(right - size, top + (height * (tooth + 0.5)) / teeth);
        context.lineTo(right, top + (height * (tooth + 1)) / teeth);
      }
      context.lineTo(right + 1, top + height);
    });
    if (isEmpty) return;
    context.fillStyle = ink.bg;
    context.fill();
  }

  private paintHitOutlines(frame: Frame, first: number, width: number): void {
    const { context, wide, ink } = this;
    const line = 1.5 * frame.pixelRatio;
    context.beginPath();
    this.eachWide(frame, first, (at, top, height) => {
      if (wide.isHit[at] === 0 || wide.right[at] === wide.left[at]) return;
      const left = Math.max(-line, wide.left[at]);
      const right = Math.min(width + line, wide.right[at]);
      context.rect(left + line / 2, top + line / 2, right - left - line, height - line);
    });
    context.strokeStyle = ink.hot;
    context.lineWidth = line;
    context.stroke();
  }

  /** Instants are small diamonds. */
  private paintMarks(frame: Frame, first: number): void {
    const { context, wide, ink } = this;
    const size = 3.5 * frame.pixelRatio;
    let count = 0;
    context.beginPath();
    this.eachWide(frame, first, (at, top, height) => {
      const left = wide.left[at];
      if (left !== wide.right[at] || count === mostMarks) return;
      if (frame.isSearching && wide.isHit[at] === 0) return;
      count++;
      const middle = top + height / 2;
      context.moveTo(left, middle - size);
      context.lineTo(left + size, middle);
      context.lineTo(left, middle + size);
      context.lineTo(left - size, middle);
      context.closePath();
    });
    if (count === 0) return;
    context.fillStyle = ink.ink;
    context.fill();
  }

  private paintLabels(frame: Frame, first: number, width: number): void {
    const { context, wide, cutter } = this;
    const { pixelRatio: ratio, traces } = frame;
    const least = this.leastLabelled(ratio, width);
    const pad = 4 * ratio;
    const { bands } = frame.layout;
    context.fillStyle = labelInk;
    this.eachWide(frame, first, (at, top, height, _colour, _form, band) => {
      const left = Math.max(0, wide.left[at]);
      const room = Math.min(width, wide.right[at]) - left;
      if (room < least) return;
      const { columns } = traces[bands[band].item.trace].rows;
      const text = cutter.fit(columns.texts[columns.events.name[wide.event[at]]], room - 2 * pad);
      if (text === "") return;
      const isDimmed = frame.isSearching && wide.isHit[at] === 0;
      context.globalAlpha = isDimmed ? this.ink.dimmedShare : 1;
      if (isDimmed) context.fillStyle = this.ink.ink;
      context.fillText(text, left + pad, top + height / 2 + 0.36 * fontSize * ratio);
      if (isDimmed) context.fillStyle = labelInk;
    });
    context.globalAlpha = 1;
  }

  /** The width from which on events are labelled, so that there are no more labels than the budget has. */
  private leastLabelled(ratio: number, width: number): number {
    const { wide, widths } = this;
    const unit = 2 * ratio;
    widths.fill(0);
    for (let at = 0; at < wide.length; at++) {
      const room = Math.min(width, wide.right[at]) - Math.max(0, wide.left[at]);
      if (room >= leastLabel * ratio) widths[Math.min(widths.length - 1, Math.floor(room / unit))]++;
    }
    let count = 0;
    for (let at = widths.length - 1; at >= 0; at--) {
      count += widths[at];
      if (count > mostLabels) return (at + 1) * unit;
    }
    return leastLabel * ratio;
  }

  private eachWide(
    { layout, scrollTop, pixelRatio: ratio, traces }: Frame,
    first: number,
    draw: (at: number, top: number, height: number, colour: number, form: number, band: number) => void,
  ): void {
    const { wide, wideEnds } = this;
    let at = 0;
    for (let band = 0; at < wide.length; band++) {
      const end = wideEnds[band];
      if (at === end) continue;
      const { top, height, item } = layout.bands[first + band];
      const from = Math.round((top - scrollTop) * ratio);
      const to = Math.round((top - scrollTop + height - 1) * ratio);
      const { colours, columns } = traces[item.trace].rows;
      for (; at < end; at++) {
        const event = wide.event[at];
        draw(at, from, to - from, colours[event], columns.events.form[event], first + band);
      }
    }
  }

  private makeRoom(width: number, bands: number): void {
    if (this.wideEnds.length < bands) this.wideEnds = new Int32Array(2 * bands);
    if (this.image.width === width && this.image.height >= bands) return;
    const height = Math.max(16, this.image.width === width ? 2 * bands : bands);
    this.lines.width = width;
    this.lines.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  private newCutter(): LabelCutter {
    return new LabelCutter((text) => this.context.measureText(text).width);
  }
}

const { unfinished } = formNumber;
const patternNumbers = { none: -1, rising: 0, falling: 1, dots: 2 } as const;
const fillPatterns = fills.map(({ pattern }) => patternNumbers[pattern]);

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D;
function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D;
function contextOf(canvas: HTMLCanvasElement | OffscreenCanvas): unknown {
  const context = canvas.getContext("2d") as unknown;
  if (context === null) throw new Error("this browser draws no 2-D canvas");
  return context;
}
