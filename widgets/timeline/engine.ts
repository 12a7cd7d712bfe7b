// The timeline's picture: canvas, track names, ruler and minimap in one element, with what moves them. It draws what it is given, and says
// what a person points at; knows nothing of panels, searches and hosts.

import { formatNanoseconds } from "../../src/trace/timeline/index.js";
import { set } from "../stepper/dom.js";
import { fills } from "./colour.js";
import { bandAt, countBetween, eventOfBand, reach } from "./hit.js";
import { type Ink, pixelColours, readInk } from "./ink.js";
import { type Commands, type DragPoint, Input, type KeyCommand } from "./input.js";
import { type Band, bandsBetween, type Layout, layOut } from "./layout.js";
import { LoadedTrace } from "./loaded-trace.js";
import { Minimap } from "./minimap.js";
import { Names } from "./names.js";
import { Overlay } from "./overlay.js";
import { type Box, Painter } from "./paint.js";
import { ticksBetween } from "./ruler.js";
import { paintRuler } from "./ruler-canvas.js";
import type {
  Area,
  EngineCallbacks,
  EventRef,
  Highlights,
  Hover,
  LayoutItem,
  LayoutState,
  ShownTrace,
  TimeRange,
} from "./shown.js";
import { headHeight, makeStage, measure, type Stage, type StageSize } from "./stage.js";
import { type Step, stepFrom } from "./steps.js";
import { Glide, Viewport } from "./viewport.js";

export { engineKeys } from "./input.js";
export type { Step } from "./steps.js";

export interface EngineOptions extends EngineCallbacks {
  /** Moves at once instead of gliding, as for people who asked their system for less motion. */
  readonly isStill?: boolean;
}

/**
 * The engine. Its element fills `host`, whose height somebody else sets (or `naturalHeight` says). It brings its own style into the
 * host, reads its colours from `--bg --panel --line --ink --soft --accent --hot` there, and those from `--jp-*` with fallbacks for light
 * and dark. Its surface takes the focus and the keys of `engineKeys`; the names of tracks are a tree of HTML.
 */
export class TimelineEngine {
  /** What has the focus for keys; its aria-label is for the view to set. */
  readonly focusElement: HTMLElement;
  readonly #options: EngineOptions;
  readonly #stage: Stage;
  readonly #names: Names;
  readonly #minimap: Minimap;
  readonly #viewport = new Viewport();
  readonly #input: Input;
  readonly #painter: Painter;
  readonly #overlay: Overlay;
  readonly #resize: ResizeObserver;
  #ink: Ink;
  #colours: ReturnType<typeof pixelColours>;
  #shown: readonly ShownTrace[] = [];
  #traces: readonly LoadedTrace[] = [];
  #state: LayoutState = { collapsed: new Set(), hidden: new Set(), order: [] };
  #layout: Layout = { items: [], bands: [], height: 0, byKey: new Map() };
  #size: StageSize = { width: 0, height: 0, pixelRatio: 1 };
  #scrollTop = 0;
  #glide: Glide | undefined;
  #frame: number | undefined;
  #isMapStale = true;
  #selected: EventRef | undefined;
  #arrows: readonly (readonly [EventRef, EventRef])[] = [];
  #hovered: EventRef | undefined;
  #pointer: { readonly x: number; readonly y: number } | undefined;
  #area: Area | undefined;
  #isSearching = false;
  #said = "";

  constructor(host: HTMLElement, traces: readonly ShownTrace[], options: EngineOptions = {}) {
    this.#options = options;
    this.#names = new Names({
      onToggle: (key) => this.#toggle(key),
      onReach: (item) => this.#scrollToRow(item.top, item.height),
    });
    this.#minimap = new Minimap((range) => this.setRange(range));
    this.#stage = makeStage(this.#names.element, this.#minimap.element);
    const { root, surface, ruler, scroller } = this.#stage;
    host.append(root);
    this.focusElement = surface;
    this.#ink = readInk(root);
    this.#colours = pixelColours(this.#ink);
    this.#painter = new Painter(this.#stage.picture, this.#ink, this.#colours);
    this.#overlay = new Overlay(this.#stage.overlay, this.#ink);
    this.#input = new Input(surface, ruler, this.#commands(), options.isStill ?? false);
    scroller.addEventListener("scroll", () => {
      this.#scrollTop = scroller.scrollTop;
      this.#ask();
    });
    this.#resize = new ResizeObserver(() => this.#measure());
    this.#resize.observe(root);
    this.setData(traces);
  }

  /** Shows other traces, all of their time. Selection, area and highlights go; the layout's state stays where its keys do. */
  setData(traces: readonly ShownTrace[]): void {
    this.#shown = traces;
    this.#traces = traces.map((trace) => new LoadedTrace(trace));
    this.#selected = this.#hovered = this.#area = undefined;
    this.#arrows = [];
    this.#isSearching = false;
    let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { offset, rows } of this.#traces) {
      start = Math.min(start, offset);
      end = Math.max(end, offset + rows.columns.end);
    }
    this.#viewport.setExtent(start <= end ? { start, end } : { start: 0, end: 1 });
    this.#viewport.showAll();
    this.#glide = undefined;
    this.#layAgain();
  }

  get traces(): readonly ShownTrace[] {
    return this.#shown;
  }

  /** The time from the first event to the last end of all traces, as offsets have it. */
  get extent(): TimeRange {
    return this.#viewport.extent;
  }

  /** The time that is shown. */
  get range(): TimeRange {
    return { start: this.#viewport.start, end: this.#viewport.end };
  }

  /** Shows a part of time, at once. It is kept within the extent and above ten nanoseconds. */
  setRange(range: TimeRange): void {
    this.#glide = undefined;
    this.#viewport.setRange(range);
    this.#ask();
  }

  /** Glides there; at once where `isStill`. */
  glideTo(range: TimeRange): void {
    if (this.#options.isStill === true) this.setRange(range);
    else {
      this.#glide = new Glide(this.range, this.#viewport.within(range), performance.now());
      this.#ask();
    }
  }

  /** All of the time. */
  showAll(): void {
    this.glideTo({ start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER });
  }

  /** Brings an event to sight, opening and scrolling to its row; `zoom` also makes it fill a good part of the width. */
  reveal(event: EventRef, how: "move" | "zoom" = "move"): void {
    this.#open(event);
    const trace = this.#traces[event.trace];
    const [start, end] = [trace.startOf(event.event), trace.endOf(event.event)];
    const { span } = this.#viewport;
    const length = how === "zoom" ? Math.max(end - start, 1) * 2.5 : Math.max(span, (end - start) * 1.1);
    const isSeen = start >= this.#viewport.start && end <= this.#viewport.end;
    if (how === "zoom" || !isSeen) {
      const middle = (start + end) / 2;
      this.glideTo({ start: middle - length / 2, end: middle + length / 2 });
    }
    const band = this.#bandOf(event);
    if (band !== undefined) this.#scrollToRow(band.top, band.height);
    this.#ask();
  }

  /** Zooms to the area, else to the selected event. */
  fitSelection(): void {
    if (this.#area !== undefined) {
      const { start, end } = this.#area;
      const free = (end - start) * 0.05;
      this.glideTo({ start: start - free, end: end + free });
    } else if (this.#selected !== undefined) this.reveal(this.#selected, "zoom");
  }

  /** All rows and headings in their order, hidden ones too. */
  get items(): readonly LayoutItem[] {
    return this.#layout.items;
  }

  get layout(): LayoutState {
    return this.#state;
  }

  setLayout(layout: Partial<LayoutState>): void {
    this.#state = { ...this.#state, ...layout };
    this.#layAgain();
  }

  toggleCollapsed(key: string): void {
    const collapsed = new Set(this.#state.collapsed);
    if (!collapsed.delete(key)) collapsed.add(key);
    this.setLayout({ collapsed });
  }

  /** The height at which nothing needs scrolling, with ruler and minimap, in CSS pixels. */
  get naturalHeight(): number {
    return headHeight + this.#layout.height;
  }

  /** Keys of the tracks and counters that are in sight now. */
  get visibleKeys(): readonly string[] {
    const [first, end] = bandsBetween(this.#layout, this.#scrollTop, this.#scrollTop + this.#size.height);
    const keys = this.#layout.bands.slice(first, end).map(({ item }) => item);
    return [...new Set(keys.filter(({ index }) => index >= 0).map(({ key }) => key))];
  }

  get selected(): EventRef | undefined {
    return this.#selected;
  }

  /** Marks an event and draws its arrows; does not move the picture (`reveal` does). */
  select(event: EventRef | undefined): void {
    this.#selected = event;
    this.#arrows = event === undefined ? [] : this.#arrowsOf(event);
    this.#ask();
  }

  /** The event that one gets to from the selected one; undefined where there is none. */
  neighbour(step: Step): EventRef | undefined {
    if (this.#selected === undefined) return undefined;
    const { trace, event } = this.#selected;
    const to = stepFrom(this.#traces[trace].rows, event, step);
    return to === undefined ? undefined : { trace, event: to };
  }

  /** What belongs together with an event by correlation or arrows: a call and its kernel. */
  related(event: EventRef): readonly EventRef[] {
    return this.#arrowsOf(event).map(([from, to]) => (from.event === event.event ? to : from));
  }

  get area(): Area | undefined {
    return this.#area;
  }

  setArea(area: Area | undefined): void {
    this.#area = area;
    this.#ask();
  }

  /** Marks hits and dims everything else; undefined ends it. */
  setHighlights(highlights: Highlights | undefined): void {
    this.#isSearching = highlights !== undefined;
    for (const [index, trace] of this.#traces.entries()) trace.setHits(highlights?.[index]);
    this.#ask();
  }

  /** Draws in the colours of this theme; call it after the style around has changed too. */
  setTheme(theme: "light" | "dark"): void {
    set(this.#stage.root, { "data-theme": theme });
    this.#readColours();
  }

  /** What colour an event is drawn in, for legends and tables: a CSS colour, the same in both themes. */
  colourOf({ trace, event }: EventRef): string {
    return fills[this.#traces[trace].rows.colours[event]].colour;
  }

  /** Draws at the next frame, with the colours and fonts that are there now. */
  redraw(): void {
    this.#readColours();
  }

  dispose(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#resize.disconnect();
    this.#input.dispose();
    this.#stage.root.remove();
  }

  #commands(): Commands {
    const viewport = this.#viewport;
    const moved = (change: () => void) => {
      this.#glide = undefined;
      change();
      this.#ask();
    };
    return {
      zoomAt: (x, factor) => moved(() => viewport.zoomAt(x, factor)),
      panBy: (pixels) => moved(() => viewport.panBy(pixels)),
      scrollBy: (pixels) => this.#scrollTo(this.#scrollTop + pixels),
      point: (at) => {
        this.#pointer = at;
        this.#ask();
      },
      click: (x, y) => this.#choose(this.#eventAt(x, y)),
      doubleClick: (x, y) => {
        const event = this.#eventAt(x, y);
        if (event === undefined) return;
        this.#choose(event);
        this.reveal(event, "zoom");
      },
      dragArea: (from, to, state) => this.#dragArea(from, to, state),
      key: (command) => this.#key(command),
      hint: (words) => this.#options.onHint?.(words),
      wake: () => this.#ask(),
    };
  }

  #key(command: KeyCommand): void {
    if (command === "all") this.showAll();
    else if (command === "fit") this.fitSelection();
    else if (command === "page up") this.#scrollTo(this.#scrollTop - 0.9 * this.#size.height);
    else if (command === "page down") this.#scrollTo(this.#scrollTop + 0.9 * this.#size.height);
    else if (command === "zoom to event") {
      if (this.#selected !== undefined) this.reveal(this.#selected, "zoom");
    } else if (command === "escape") {
      if (this.#area === undefined) this.#choose(undefined);
      else {
        this.setArea(undefined);
        this.#options.onArea?.(undefined, "done");
      }
    } else {
      const to = this.#selected === undefined ? this.#firstInSight() : this.neighbour(command);
      if (to === undefined) return;
      this.#choose(to);
      this.reveal(to);
    }
  }

  /** Where the keys begin that go from event to event. */
  #firstInSight(): EventRef | undefined {
    const [first, end] = bandsBetween(this.#layout, this.#scrollTop, this.#scrollTop + this.#size.height);
    for (const band of this.#layout.bands.slice(first, end)) {
      const { trace } = band.item;
      const { rows, offset } = this.#traces[trace];
      const middle = (this.#viewport.start + this.#viewport.end) / 2 - offset;
      const event = eventOfBand(band, rows, middle, this.#viewport.span / 2);
      if (event !== undefined) return { trace, event };
    }
    return undefined;
  }

  #choose(event: EventRef | undefined): void {
    this.select(event);
    this.#options.onSelect?.(event);
  }

  #dragArea(from: DragPoint, to: DragPoint, state: "dragging" | "done"): void {
    const [a, b] = [this.#viewport.timeOf(from.x), this.#viewport.timeOf(to.x)];
    this.#area = { start: Math.min(a, b), end: Math.max(a, b), tracks: this.#tracksBetween(from.y, to.y) };
    this.#ask();
    this.#options.onArea?.(this.#area, state);
  }

  #tracksBetween(a: number | undefined, b: number | undefined): string[] | undefined {
    if (a === undefined || b === undefined) return undefined;
    const top = Math.min(a, b) + this.#scrollTop;
    const bottom = Math.max(a, b) + this.#scrollTop;
    return this.#layout.items
      .filter((item) => item.height > 0 && item.top < bottom && item.top + item.height > top)
      .map(({ key }) => key);
  }

  #arrowsOf({ trace, event }: EventRef): (readonly [EventRef, EventRef])[] {
    return this.#traces[trace].arrows.of(event).map(({ from, to }): readonly [EventRef, EventRef] => [
      { trace, event: from },
      { trace, event: to },
    ]);
  }

  #toggle(key: string): void {
    this.toggleCollapsed(key);
    this.#options.onLayout?.();
  }

  /** Opens and shows whatever an event lies in. */
  #open({ trace, event }: EventRef): void {
    const { tracks, events } = this.#traces[trace].rows.columns;
    const track = events.track[event];
    const process = `${trace}/p${tracks[track].process}`;
    const within = [String(trace), process, `${process}/t${track}`];
    const { collapsed, hidden } = this.#state;
    if (!within.some((key) => collapsed.has(key) || hidden.has(key))) return;
    const without = (keys: ReadonlySet<string>) => new Set([...keys].filter((key) => !within.includes(key)));
    this.setLayout({ collapsed: without(collapsed), hidden: without(hidden) });
    this.#options.onLayout?.();
  }

  #layAgain(): void {
    this.#layout = layOut(this.#traces, this.#state);
    this.#stage.spacer.style.height = `${this.#layout.height}px`;
    this.#isMapStale = true;
    this.#measure();
  }

  #measure(): void {
    this.#size = measure(this.#stage);
    this.#viewport.setWidth(this.#size.width);
    this.#scrollTop = this.#stage.scroller.scrollTop;
    this.#isMapStale = true;
    this.#ask();
  }

  #readColours(): void {
    this.#ink = readInk(this.#stage.root);
    this.#colours = pixelColours(this.#ink);
    this.#painter.setColours(this.#ink, this.#colours);
    this.#overlay.ink = this.#ink;
    this.#isMapStale = true;
    this.#ask();
  }

  #scrollTo(top: number): void {
    const most = Math.max(0, this.#layout.height - this.#size.height);
    this.#scrollTop = Math.min(most, Math.max(0, top));
    this.#stage.scroller.scrollTop = this.#scrollTop;
    this.#ask();
  }

  #scrollToRow(top: number, height: number): void {
    const bottom = this.#scrollTop + this.#size.height;
    if (top < this.#scrollTop) this.#scrollTo(top - 20);
    else if (top + height > bottom) this.#scrollTo(top + Math.min(height, this.#size.height) - this.#size.height + 20);
  }

  #eventAt(x: number, y: number): EventRef | undefined {
    const band = bandAt(this.#layout, y + this.#scrollTop);
    if (band === undefined) return undefined;
    const { trace } = band.item;
    const { rows, offset } = this.#traces[trace];
    const time = this.#viewport.timeOf(x) - offset;
    const event = eventOfBand(band, rows, time, reach * this.#viewport.nanosecondsPerPixel);
    return event === undefined ? undefined : { trace, event };
  }

  #hover(): void {
    if (this.#pointer === undefined) {
      if (this.#hovered !== undefined || this.#said !== "") this.#options.onHover?.(undefined);
      this.#hovered = undefined;
      this.#said = "";
      return;
    }
    const { x, y } = this.#pointer;
    const band = bandAt(this.#layout, y + this.#scrollTop);
    const event = this.#eventAt(x, y);
    const time = this.#viewport.timeOf(x);
    this.#hovered = event;
    // Said once, however many frames there are.
    const said = `${x} ${y} ${time} ${event?.trace} ${event?.event}`;
    if (said === this.#said) return;
    this.#said = said;
    const trace = band === undefined ? undefined : this.#traces[band.item.trace];
    const own = time - (trace?.offset ?? 0);
    const half = this.#viewport.nanosecondsPerPixel / 2;
    const hover: Hover = {
      event,
      count: band?.row === undefined ? 0 : countBetween(band.row, own - half, own + half),
      key: band?.item.key,
      time,
      value: band?.counter === undefined ? undefined : trace?.curveOf(band).valueAt(own),
      x: x + this.#stage.surface.offsetLeft,
      y: y + headHeight,
    };
    this.#options.onHover?.(hover);
  }

  #bandOf({ trace, event }: EventRef): Band | undefined {
    const { rows } = this.#traces[trace];
    const { tracks, events } = rows.columns;
    const track = events.track[event];
    const process = `${trace}/p${tracks[track].process}`;
    const row = rows.rows[rows.rowOf[event]];
    const { bands } = this.#layout;
    return (
      bands.find((band) => band.row === row) ??
      [`${process}/t${track}`, process, String(trace)]
        .map((key) => bands.find(({ item }) => item.key === key))
        .find((band) => band !== undefined)
    );
  }

  #boxOf(ref: EventRef | undefined): Box | undefined {
    const band = ref === undefined ? undefined : this.#bandOf(ref);
    if (ref === undefined || band === undefined) return undefined;
    const trace = this.#traces[ref.trace];
    return {
      left: this.#viewport.pixelOf(trace.startOf(ref.event)),
      right: this.#viewport.pixelOf(trace.endOf(ref.event)),
      top: band.top - this.#scrollTop,
      height: band.height - 1,
    };
  }

  #ask(): void {
    this.#frame ??= requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now: number): void {
    this.#frame = undefined;
    if (this.#size.width === 0 || this.#size.height === 0) return;
    if (this.#glide !== undefined) {
      this.#viewport.setRange(this.#glide.at(now));
      if (this.#glide.isOver(now)) this.#glide = undefined;
      else this.#ask();
    }
    if (this.#input.step(now)) this.#ask();
    const { width, height, pixelRatio } = this.#size;
    const viewport = this.#viewport;
    const { range } = this;
    const ticks = ticksBetween(range.start, range.end, width / 110);
    const layout = this.#layout;
    this.#hover();
    this.#painter.paint({
      traces: this.#traces,
      ...{ layout, range, width, height, pixelRatio, ticks },
      scrollTop: this.#scrollTop,
      selected: this.#selected,
      isSearching: this.#isSearching,
    });
    const area = this.#areaBox();
    const boxes = this.#arrows.flatMap(([from, to]): (readonly [Box, Box])[] => {
      const [begin, end] = [this.#boxOf(from), this.#boxOf(to)];
      return begin === undefined || end === undefined ? [] : [[begin, end]];
    });
    this.#overlay.paint({
      ...{ width, height, pixelRatio, area, arrows: boxes },
      selected: this.#boxOf(this.#selected),
      hovered: this.#boxOf(this.#hovered),
    });
    const pixelOf = (time: number): number => viewport.pixelOf(time);
    paintRuler(this.#stage.rulerCanvas, { ticks, pixelOf, area }, this.#size, this.#ink);
    this.#names.update(layout, this.#scrollTop, this.#scrollTop + height);
    if (this.#isMapStale) {
      this.#isMapStale = false;
      this.#minimap.paint(this.#traces, viewport.extent, { ink: this.#ink, colours: this.#colours, pixelRatio });
    }
    this.#minimap.show(range);
    const shown = `${formatNanoseconds(viewport.span)} shown`;
    if (this.#stage.corner.textContent !== shown) this.#stage.corner.textContent = shown;
    this.#options.onView?.(range);
  }

  #areaBox() {
    if (this.#area === undefined) return undefined;
    const { start, end, tracks } = this.#area;
    const bands =
      tracks === undefined
        ? [[0, this.#size.height] as const]
        : tracks.flatMap((key) => {
            const item = this.#layout.byKey.get(key);
            return item === undefined ? [] : [[item.top - this.#scrollTop, item.height] as const];
          });
    const [left, right] = [this.#viewport.pixelOf(start), this.#viewport.pixelOf(end)];
    return { left, right, bands, length: end - start };
  }
}
