// The timeline's picture: canvas, track names, ruler and minimap in one element, with what moves them. It draws what it is given, and says
// what a person points at; knows nothing of panels, searches and hosts.

import { set } from "../stepper/dom.js";
import { fills } from "./colour.js";
import { followForcedColours } from "./ink.js";
import { type Commands, type DragPoint, Input, type KeyCommand } from "./input.js";
import { layOut } from "./layout.js";
import { LoadedTrace } from "./loaded-trace.js";
import { Minimap } from "./minimap.js";
import { Names } from "./names.js";
import { Picture } from "./picture.js";
import { Pointing } from "./pointing.js";
import type {
  Area,
  EngineCallbacks,
  EventArrow,
  EventRef,
  Highlights,
  LayoutItem,
  LayoutState,
  ShownTrace,
  TimeRange,
} from "./shown.js";
import { Sight } from "./sight.js";
import { headHeight, makeStage, measure, type Stage } from "./stage.js";
import { type Step, stepFrom } from "./steps.js";
import { Glide } from "./viewport.js";

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
  readonly #sight = new Sight();
  readonly #input: Input;
  readonly #picture: Picture;
  readonly #pointing: Pointing;
  readonly #resize: ResizeObserver;
  readonly #unfollow: () => void;
  #shown: readonly ShownTrace[] = [];
  #state: LayoutState = { collapsed: new Set(), hidden: new Set(), order: [] };
  #glide: Glide | undefined;
  #frame: number | undefined;
  #selected: EventRef | undefined;
  #arrows: readonly EventArrow[] = [];
  #area: Area | undefined;
  #isSearching = false;
  /** What was last told of what is shown. */
  #told = "";

  constructor(host: HTMLElement, traces: readonly ShownTrace[], options: EngineOptions = {}) {
    this.#options = options;
    this.#pointing = new Pointing(options.onHover);
    const names = new Names({
      onToggle: (key) => this.#toggle(key),
      onReach: (item) => this.#scrollToRow(item.top, item.height),
    });
    const minimap = new Minimap((range) => this.setRange(range));
    this.#stage = makeStage(names.element, minimap.element);
    const { root, surface, ruler, scroller } = this.#stage;
    host.append(root);
    this.focusElement = surface;
    this.#picture = new Picture(this.#stage, names, minimap);
    this.#input = new Input(surface, ruler, this.#commands(), options.isStill ?? false);
    scroller.addEventListener("scroll", () => {
      this.#sight.scrollTop = scroller.scrollTop;
      this.#ask();
    });
    this.#resize = new ResizeObserver(() => this.#measure());
    this.#resize.observe(root);
    this.#unfollow = followForcedColours(() => this.#readColours());
    this.setData(traces);
  }

  /** Shows other traces, all of their time. Selection, area and highlights go; the layout's state stays where its keys do. */
  setData(traces: readonly ShownTrace[]): void {
    this.#shown = traces;
    this.#sight.traces = traces.map((trace) => new LoadedTrace(trace, this.#sight.traces));
    this.#selected = this.#area = undefined;
    this.#arrows = [];
    this.#pointing.forget();
    this.#isSearching = false;
    this.#sight.fitExtent();
    this.#glide = undefined;
    this.#layAgain();
  }

  get traces(): readonly ShownTrace[] {
    return this.#shown;
  }

  /** The time from the first event to the last end of all traces, as offsets have it. */
  get extent(): TimeRange {
    return this.#sight.viewport.extent;
  }

  /** The time that is shown. */
  get range(): TimeRange {
    return { start: this.#sight.viewport.start, end: this.#sight.viewport.end };
  }

  /** Shows a part of time, at once. It is kept within the extent and above ten nanoseconds. */
  setRange(range: TimeRange): void {
    this.#glide = undefined;
    this.#sight.viewport.setRange(range);
    this.#ask();
  }

  /** Glides there; at once where `isStill`, and before anything was drawn. Returns what is then shown. */
  glideTo(range: TimeRange): TimeRange {
    const to = this.#sight.viewport.within(range);
    if (this.#options.isStill === true || this.#told === "") this.setRange(to);
    else {
      this.#glide = new Glide(this.range, to, performance.now());
      this.#ask();
    }
    return to;
  }

  /** All of the time. */
  showAll(): void {
    this.glideTo({ start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER });
  }

  /** Brings an event to sight, opening and scrolling to its row; `zoom` also makes it fill a good part of the width. */
  reveal(event: EventRef, how: "move" | "zoom" = "move"): void {
    this.#open(event);
    const trace = this.#sight.traces[event.trace];
    const [start, end] = [trace.startOf(event.event), trace.endOf(event.event)];
    const { span } = this.#sight.viewport;
    const length = how === "zoom" ? Math.max(end - start, 1) * 2.5 : Math.max(span, (end - start) * 1.1);
    const isSeen = start >= this.#sight.viewport.start && end <= this.#sight.viewport.end;
    if (how === "zoom" || !isSeen) {
      const middle = (start + end) / 2;
      this.glideTo({ start: middle - length / 2, end: middle + length / 2 });
    }
    const band = this.#sight.bandOf(event);
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
    return this.#sight.layout.items;
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
    return headHeight + this.#sight.layout.height;
  }

  get selected(): EventRef | undefined {
    return this.#selected;
  }

  /** Marks an event and draws its arrows; does not move the picture (`reveal` does). */
  select(event: EventRef | undefined): void {
    this.#selected = event;
    this.#arrows = event === undefined ? [] : this.#sight.arrowsOf(event);
    this.#ask();
  }

  /** The event that one gets to from the selected one; undefined where there is none. */
  neighbour(step: Step): EventRef | undefined {
    if (this.#selected === undefined) return undefined;
    const { trace, event } = this.#selected;
    const to = stepFrom(this.#sight.traces[trace].rows, event, step);
    return to === undefined ? undefined : { trace, event: to };
  }

  /** What belongs together with an event by correlation or arrows: a call and its kernel. */
  related(event: EventRef): readonly EventRef[] {
    return this.#sight.arrowsOf(event).map(([from, to]) => (from.event === event.event ? to : from));
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
    for (const [index, trace] of this.#sight.traces.entries()) trace.setHits(highlights?.[index]);
    this.#ask();
  }

  /** Draws in the colours of this theme; call it after the style around has changed too. */
  setTheme(theme: "light" | "dark"): void {
    set(this.#stage.root, { "data-theme": theme });
    this.#readColours();
  }

  /** What colour an event is drawn in, for legends and tables: a CSS colour, the same in both themes. */
  colourOf({ trace, event }: EventRef): string {
    return fills[this.#sight.traces[trace].rows.colours[event]].colour;
  }

  dispose(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#resize.disconnect();
    this.#unfollow();
    this.#input.dispose();
    this.#stage.root.remove();
  }

  #commands(): Commands {
    const viewport = this.#sight.viewport;
    const moved = (change: () => void) => {
      this.#glide = undefined;
      change();
      this.#ask();
    };
    return {
      zoomAt: (x, factor) => moved(() => viewport.zoomAt(x, factor)),
      panBy: (pixels) => moved(() => viewport.panBy(pixels)),
      scrollBy: (pixels) => this.#scrollTo(this.#sight.scrollTop + pixels),
      point: (at) => {
        this.#pointing.at = at;
        this.#ask();
      },
      click: (x, y) => this.#choose(this.#sight.eventAt(x, y)),
      doubleClick: (x, y) => {
        const event = this.#sight.eventAt(x, y);
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
    else if (command === "page up") this.#scrollTo(this.#sight.scrollTop - 0.9 * this.#sight.size.height);
    else if (command === "page down") this.#scrollTo(this.#sight.scrollTop + 0.9 * this.#sight.size.height);
    else if (command === "zoom to event") {
      if (this.#selected !== undefined) this.reveal(this.#selected, "zoom");
    } else if (command === "escape") {
      if (this.#area === undefined) this.#choose(undefined);
      else {
        this.setArea(undefined);
        this.#options.onArea?.(undefined, "done");
      }
    } else {
      const to = this.#selected === undefined ? this.#sight.firstEvent() : this.neighbour(command);
      if (to === undefined) return;
      this.#choose(to);
      this.reveal(to);
    }
  }

  #choose(event: EventRef | undefined): void {
    this.select(event);
    this.#options.onSelect?.(event);
  }

  #dragArea(from: DragPoint, to: DragPoint, state: "dragging" | "done"): void {
    const [a, b] = [this.#sight.viewport.timeOf(from.x), this.#sight.viewport.timeOf(to.x)];
    this.#area = { start: Math.min(a, b), end: Math.max(a, b), tracks: this.#sight.keysBetween(from.y, to.y) };
    this.#ask();
    this.#options.onArea?.(this.#area, state);
  }

  #toggle(key: string): void {
    this.toggleCollapsed(key);
    this.#options.onLayout?.();
  }

  /** Opens and shows whatever an event lies in. */
  #open(event: EventRef): void {
    const within = this.#sight.keysAround(event);
    const { collapsed, hidden } = this.#state;
    if (!within.some((key) => collapsed.has(key) || hidden.has(key))) return;
    const without = (keys: ReadonlySet<string>) => new Set([...keys].filter((key) => !within.includes(key)));
    this.setLayout({ collapsed: without(collapsed), hidden: without(hidden) });
    this.#options.onLayout?.();
  }

  #layAgain(): void {
    this.#sight.layout = layOut(this.#sight.traces, this.#state);
    this.#stage.spacer.style.height = `${this.#sight.layout.height}px`;
    this.#measure();
  }

  #measure(): void {
    this.#sight.size = measure(this.#stage);
    this.#sight.viewport.setWidth(this.#sight.size.width);
    this.#sight.scrollTop = this.#stage.scroller.scrollTop;
    this.#picture.renewMap();
    this.#ask();
  }

  #scrollTo(top: number): void {
    const most = Math.max(0, this.#sight.layout.height - this.#sight.size.height);
    this.#sight.scrollTop = Math.min(most, Math.max(0, top));
    this.#stage.scroller.scrollTop = this.#sight.scrollTop;
    this.#ask();
  }

  #scrollToRow(top: number, height: number): void {
    const bottom = this.#sight.scrollTop + this.#sight.size.height;
    if (top < this.#sight.scrollTop) this.#scrollTo(top - 20);
    else if (top + height > bottom)
      this.#scrollTo(top + Math.min(height, this.#sight.size.height) - this.#sight.size.height + 20);
  }

  #readColours(): void {
    this.#picture.readColours();
    this.#ask();
  }

  #ask(): void {
    this.#frame ??= requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now: number): void {
    this.#frame = undefined;
    if (this.#sight.size.width === 0 || this.#sight.size.height === 0) return;
    if (this.#glide !== undefined) {
      this.#sight.viewport.setRange(this.#glide.at(now));
      if (this.#glide.isOver(now)) this.#glide = undefined;
      else this.#ask();
    }
    if (this.#input.step(now)) this.#ask();
    this.#pointing.look(this.#sight);
    this.#picture.paint(this.#sight, {
      selected: this.#selected,
      hovered: this.#pointing.hovered,
      arrows: this.#arrows,
      hoveredArrows: this.#pointing.arrows,
      area: this.#area,
      isSearching: this.#isSearching,
    });
    const view = `${this.#sight.viewport.start} ${this.#sight.viewport.end} ${this.#sight.scrollTop}`;
    if (view === this.#told) return;
    this.#told = view;
    this.#options.onView?.(this.range);
  }
}
