// A drawing with axes that is also read by key: it is redrawn for its width, and its stops are walked through by arrows or pointer.
// Knows nothing of what it shows.
import { element, set, setText, svg } from "../stepper/dom.js";
import type { Scale } from "./scale.js";

/** The room between the axes, in pixels. */
export interface Frame {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A place in the drawing and what stands there. */
export interface Stop {
  readonly x: number;
  readonly words: string;
}

export interface Drawing {
  readonly nodes: readonly Node[];
  readonly stops: readonly Stop[];
  /** The stop that is read first. */
  readonly first?: number;
}

export interface FigureOptions {
  /** Over the drawing. */
  readonly title: string;
  /** What it is to somebody who does not see it, with how it is read. */
  readonly label: string;
  readonly height: number;
  readonly edges?: { readonly left?: number; readonly right?: number; readonly top?: number; readonly bottom?: number };
}

const noDrawing = (): Drawing => ({ nodes: [], stops: [] });

export class Figure {
  readonly element: HTMLElement;
  readonly #place: HTMLElement;
  readonly #picture: SVGSVGElement;
  readonly #cursor: SVGLineElement;
  readonly #reading: HTMLElement;
  readonly #caption: HTMLElement;
  readonly #title: HTMLElement;
  readonly #resize: ResizeObserver;
  readonly #options: FigureOptions;
  #draw: (frame: Frame) => Drawing = noDrawing;
  #stops: readonly Stop[] = [];
  #at: number | undefined;
  #width = 0;

  constructor(options: FigureOptions) {
    this.#options = options;
    this.#picture = svg("svg", { "aria-hidden": "true", height: options.height });
    this.#cursor = svg("line", { class: "cursor" });
    this.#reading = element("p", { class: "reading", "aria-hidden": "true" });
    this.#caption = element("p", { class: "caption" });
    this.#place = element(
      "div",
      { class: "drawing", tabindex: 0, role: "slider", "aria-label": options.label },
      this.#picture,
    );
    this.#place.addEventListener("keydown", (event) => this.#onKey(event));
    this.#place.addEventListener("pointermove", (event) => this.#read(this.#nearest(event.offsetX)));
    this.#place.addEventListener("pointerleave", () => this.#leave());
    this.#place.addEventListener("focus", () => this.#read(this.#at ?? 0));
    this.#place.addEventListener("blur", () => this.#leave());
    this.#title = element("h4", {}, options.title);
    this.element = element(
      "section",
      { class: "figure", "aria-label": options.title },
      this.#title,
      this.#caption,
      this.#place,
      this.#reading,
    );
    this.#resize = new ResizeObserver(() => {
      // Asked for here alone: in the midst of drawing it would make the browser lay out the page.
      const width = this.#place.clientWidth;
      if (width === this.#width) return;
      this.#width = width;
      this.redraw();
    });
    this.#resize.observe(this.#place);
  }

  /** Draws something else; `caption` says in a sentence what is to be seen. */
  update(caption: string, draw: (frame: Frame) => Drawing): void {
    this.#draw = draw;
    setText(this.#caption, caption);
    this.redraw();
  }

  /** The same figure for something else. */
  rename(title: string, label: string): void {
    setText(this.#title, title);
    set(this.element, { "aria-label": title });
    set(this.#place, { "aria-label": label });
  }

  redraw(): void {
    const width = this.#width;
    if (width === 0) return;
    const { left = 56, right = 14, top = 16, bottom = 34 } = this.#options.edges ?? {};
    const { height } = this.#options;
    const frame = { width, left, right: width - right, top, bottom: height - bottom };
    const { nodes, stops, first = 0 } = this.#draw(frame);
    this.#stops = stops;
    set(this.#picture, { viewBox: `0 0 ${width} ${height}`, width });
    set(this.#cursor, { y1: frame.top, y2: frame.bottom });
    this.#picture.replaceChildren(...nodes, this.#cursor);
    if (this.#at !== undefined) this.#at = Math.min(this.#at, stops.length - 1);
    const shown = this.#at ?? first;
    set(this.#place, {
      "aria-valuemin": 0,
      "aria-valuemax": Math.max(0, stops.length - 1),
      "aria-valuenow": Math.max(0, shown),
      "aria-valuetext": stops[shown]?.words ?? "nothing to read yet",
    });
    if (this.#isRead) this.#read(shown);
    else this.#leave();
  }

  dispose(): void {
    this.#resize.disconnect();
  }

  get #isRead(): boolean {
    return this.#place.matches(":focus-visible, :hover") && this.#at !== undefined;
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#at ?? 0;
    const last = this.#stops.length - 1;
    const page = Math.max(1, Math.round(last / 10));
    const to = (
      {
        ArrowRight: at + 1,
        ArrowUp: at + 1,
        ArrowLeft: at - 1,
        ArrowDown: at - 1,
        PageUp: at + page,
        PageDown: at - page,
        Home: 0,
        End: last,
      } as Readonly<Record<string, number>>
    )[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.#read(Math.min(last, Math.max(0, to)));
  }

  #nearest(x: number): number {
    let best = 0;
    for (const [i, stop] of this.#stops.entries()) {
      if (Math.abs(stop.x - x) < Math.abs(this.#stops[best].x - x)) best = i;
    }
    return best;
  }

  #read(at: number): void {
    const stop = this.#stops[at];
    if (stop === undefined) return;
    this.#at = at;
    set(this.#cursor, { x1: stop.x, x2: stop.x, visibility: "visible" });
    setText(this.#reading, stop.words);
    set(this.#place, { "aria-valuenow": at, "aria-valuetext": stop.words });
  }

  #leave(): void {
    set(this.#cursor, { visibility: "hidden" });
    setText(this.#reading, "");
  }
}

/** The axis below, with its title at the end. */
export function axisBelow(frame: Frame, scale: Scale, title: string, format: (value: number) => string): Node[] {
  const y = frame.bottom;
  const ticks = thinned(scale, Math.max(2, Math.floor((frame.right - frame.left) / 62)));
  return [
    svg("line", { class: "axis", x1: frame.left, x2: frame.right, y1: y, y2: y }),
    ...ticks.flatMap((tick) => [
      svg("line", { class: "axis", x1: scale.at(tick), x2: scale.at(tick), y1: y, y2: y + 4 }),
      text(format(tick), { class: "tick", x: scale.at(tick), y: y + 15, "text-anchor": "middle" }),
    ]),
    text(title, { class: "title", x: frame.right, y: y + 29, "text-anchor": "end" }),
  ];
}

/** The axis at the left, with hairlines across, and its title above. */
export function axisLeft(frame: Frame, scale: Scale, title: string, format: (value: number) => string): Node[] {
  const ticks = thinned(scale, Math.max(2, Math.floor((frame.bottom - frame.top) / 22)));
  return [
    ...ticks.flatMap((tick) => [
      svg("line", { class: "grid", x1: frame.left, x2: frame.right, y1: scale.at(tick), y2: scale.at(tick) }),
      text(format(tick), { class: "tick", x: frame.left - 6, y: scale.at(tick) + 3.5, "text-anchor": "end" }),
    ]),
    text(title, { class: "title", x: frame.left - 6, y: frame.top - 6, "text-anchor": "start" }),
  ];
}

export function text(words: string, attributes: Readonly<Record<string, string | number>>): SVGTextElement {
  const node = svg("text", attributes);
  node.textContent = words;
  return node;
}

/** A line through points. */
export function line(points: readonly (readonly [number, number])[], style: string): SVGPathElement {
  return svg("path", {
    class: style,
    d: `M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join("L")}`,
    fill: "none",
  });
}

/** What is under a line, down to `base`. */
export function area(points: readonly (readonly [number, number])[], base: number, style: string): SVGPathElement {
  if (points.length === 0) return svg("path", { class: style });
  const path = points.map(([x, y]) => `${round(x)} ${round(y)}`).join("L");
  const [[first], [last]] = [points[0], points[points.length - 1]];
  return svg("path", { class: style, d: `M${round(first)} ${round(base)}L${path}L${round(last)} ${round(base)}Z` });
}

/** Labels of lines at their right ends, moved apart so that none covers another. */
export function endLabels(
  labels: readonly { readonly words: string; readonly y: number; readonly style: string }[],
  { x, top, bottom }: { readonly x: number; readonly top: number; readonly bottom: number },
): Node[] {
  const height = 13;
  const placed = labels.map((label) => ({ ...label })).sort((a, b) => a.y - b.y);
  for (const [i, label] of placed.entries()) {
    label.y = Math.max(label.y, i === 0 ? top + 4 : placed[i - 1].y + height);
  }
  for (let i = placed.length - 1; i >= 0; i--) {
    placed[i].y = Math.max(top + 4, Math.min(placed[i].y, (placed[i + 1]?.y ?? bottom + height) - height));
  }
  return placed.map(({ words, y, style }) => text(words, { class: `label ${style}`, x, y: y + 4 }));
}

function thinned({ ticks }: Scale, most: number): readonly number[] {
  const every = Math.ceil(ticks.length / most);
  return every <= 1 ? ticks : ticks.filter((_, i) => i % every === 0);
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
