// The shown part of the time axis: nanoseconds to pixels and back, zooming about a place, gliding to another. Knows no events.
import type { TimeRange } from "./shown.js";

/** Less than this, in nanoseconds, is not shown: times are whole nanoseconds. */
const leastSpan = 10;
/** What stays free at both ends of all of the time, as a part of it. */
const margin = 0.02;

export class Viewport {
  private from = 0;
  private length = 1;
  private all: TimeRange = { start: 0, end: 1 };
  private pixels = 1;

  /** Nanoseconds at the left edge. */
  get start(): number {
    return this.from;
  }

  get end(): number {
    return this.from + this.length;
  }

  get span(): number {
    return this.length;
  }

  /** CSS pixels across. */
  get width(): number {
    return this.pixels;
  }

  /** What there is to be shown. */
  get extent(): TimeRange {
    return this.all;
  }

  get nanosecondsPerPixel(): number {
    return this.length / this.pixels;
  }

  pixelOf(time: number): number {
    return ((time - this.from) / this.length) * this.pixels;
  }

  timeOf(pixel: number): number {
    return this.from + (pixel / this.pixels) * this.length;
  }

  setWidth(pixels: number): void {
    this.pixels = Math.max(1, pixels);
  }

  setExtent(extent: TimeRange): void {
    this.all = extent.end > extent.start ? extent : { start: extent.start, end: extent.start + leastSpan };
    this.set(this.from, this.length);
  }

  setRange({ start, end }: TimeRange): void {
    this.set(start, end - start);
  }

  showAll(): void {
    const { from, most } = this.limits();
    this.set(from, most);
  }

  panBy(pixels: number): void {
    this.set(this.from + pixels * this.nanosecondsPerPixel, this.length);
  }

  /** Shows `factor` times as much time; what is at this pixel stays there, unless the end of time comes to sight. */
  zoomAt(pixel: number, factor: number): void {
    const time = this.timeOf(pixel);
    const { most } = this.limits();
    const span = Math.min(most, Math.max(leastSpan, this.length * factor));
    this.set(time - (pixel / this.pixels) * span, span);
  }

  /** The range as it would be kept within what there is. */
  within({ start, end }: TimeRange): TimeRange {
    const { from, most } = this.limits();
    const span = Math.min(most, Math.max(leastSpan, end - start));
    const middle = (start + end) / 2;
    // One that is longer or shorter than it may be keeps its middle.
    const wanted = span === end - start ? start : middle - span / 2;
    const kept = Math.min(from + most - span, Math.max(from, wanted));
    return { start: kept, end: kept + span };
  }

  private set(start: number, span: number): void {
    const range = this.within({ start, end: start + span });
    this.from = range.start;
    this.length = range.end - range.start;
  }

  private limits(): { readonly from: number; readonly most: number } {
    const { start, end } = this.all;
    const free = Math.max(1, margin * (end - start));
    return { from: start - free, most: Math.max(leastSpan, end - start + 2 * free) };
  }
}

/** A way from one range to another that begins fast and ends slowly; zooming is even in the logarithm. */
export class Glide {
  constructor(
    private readonly from: TimeRange,
    private readonly to: TimeRange,
    /** Milliseconds, as `performance.now` counts. */
    private readonly began: number,
    private readonly takes: number = 220,
  ) {}

  isOver(now: number): boolean {
    return now >= this.began + this.takes;
  }

  at(now: number): TimeRange {
    if (this.isOver(now)) return this.to;
    const part = Math.max(0, (now - this.began) / this.takes);
    const eased = 1 - (1 - part) ** 3;
    const spanFrom = this.from.end - this.from.start;
    const spanTo = this.to.end - this.to.start;
    const span = spanFrom * (spanTo / spanFrom) ** eased;
    // The middle moves as the span does, so that zooming in does not run past its aim.
    const share = spanFrom === spanTo ? eased : (span - spanFrom) / (spanTo - spanFrom);
    const middleFrom = (this.from.start + this.from.end) / 2;
    const middleTo = (this.to.start + this.to.end) / 2;
    const middle = middleFrom + (middleTo - middleFrom) * share;
    return { start: middle - span / 2, end: middle + span / 2 };
  }
}
