// A run played over time: requests go through queues and servers, played, paused, moved to and stepped from event to event. Drawn on
// a canvas, and said in words.
import type { ServiceRun } from "../../src/serving/index.js";
import { element, set, setText, svg } from "../stepper/dom.js";
import { area, line } from "./figure.js";
import { Floor, floorHeight, type Station } from "./floor.js";
import { Moments } from "./moment.js";
import { Player } from "./player.js";
import { linearScale } from "./scale.js";
import { endOf, insideSeries, type Series } from "./series.js";
import { momentWords } from "./words.js";

const stripHeight = 44;
const spans = 300;
/** Seconds of a whole run at the speed that it begins with. */
const firstLength = 20;
const speeds = [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];

export class PlaybackPanel {
  readonly element: HTMLElement;
  readonly #play: HTMLButtonElement;
  readonly #speed: HTMLSelectElement;
  readonly #strip: HTMLElement;
  readonly #picture: SVGSVGElement;
  readonly #mark: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #words: HTMLElement;
  readonly #nothing: HTMLElement;
  readonly #body: HTMLElement;
  readonly #player: Player;
  readonly #resize: ResizeObserver;
  readonly #still: MediaQueryList = matchMedia("(prefers-reduced-motion: reduce)");
  #floor = new Floor();
  #moments: Moments | undefined;
  #stations: readonly Station[] = [];
  #inside: Series | undefined;
  #time = 0;
  #colours = new Map<string, string>();

  constructor() {
    this.#player = new Player(
      (seconds) => this.#advance(seconds),
      () => this.#said(),
    );
    this.#play = element("button", { type: "button", "data-action": "play" }, "\u25b6 play");
    this.#play.addEventListener("click", () => this.#toggle());
    const step = (words: string, action: string, onClick: () => void): HTMLButtonElement => {
      const button = element("button", { type: "button", class: "quiet", "data-action": action, title: words }, words);
      button.addEventListener("click", onClick);
      return button;
    };
    this.#speed = element("select", { "aria-label": "Speed" });
    for (const speed of speeds) this.#speed.append(element("option", { value: speed }, `\u00d7 ${speed}`));
    this.#speed.addEventListener("change", () => {
      this.#player.speed = Number(this.#speed.value);
    });
    this.#picture = svg("svg", { "aria-hidden": "true", height: stripHeight });
    this.#mark = element("div", { class: "mark" });
    this.#strip = element(
      "div",
      { class: "strip", role: "slider", tabindex: 0, "aria-label": "Time of the run", "data-part": "strip" },
      this.#picture,
      this.#mark,
    );
    this.#strip.addEventListener("pointerdown", (event) => {
      this.#strip.setPointerCapture(event.pointerId);
      this.#player.pause();
      this.#seekTo(event);
    });
    this.#strip.addEventListener("pointermove", (event) => {
      if (this.#strip.hasPointerCapture(event.pointerId)) this.#seekTo(event);
    });
    this.#canvas = element("canvas", {
      role: "img",
      "aria-label": "Requests in queues and servers; the words below say the same",
    });
    this.#words = element("p", { class: "caption", "data-part": "moment" });
    this.#nothing = element(
      "p",
      { class: "caption" },
      "What happened in so long a run is not kept, so that it cannot be played.",
    );
    this.#body = element(
      "div",
      {},
      element(
        "div",
        { class: "bar-of-buttons" },
        this.#play,
        step("\u2190 event", "event-back", () => this.#step("back")),
        step("event \u2192", "event-forth", () => this.#step("forth")),
        element("label", { class: "soft" }, "speed ", this.#speed),
        element(
          "span",
          { class: "soft keys" },
          "space plays, arrows step from event to event, Shift + arrows by a hundredth",
        ),
      ),
      this.#strip,
      this.#canvas,
      this.#words,
    );
    this.element = element(
      "section",
      { class: "playback figure", "aria-label": "Playback" },
      element("h4", {}, "Playback"),
      this.#nothing,
      this.#body,
    );
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.#resize = new ResizeObserver(() => this.redraw());
    this.#resize.observe(this.#body);
  }

  /** Seconds of the run. */
  get time(): number {
    return this.#time;
  }

  update({ log, resources, scenario }: ServiceRun): void {
    this.#player.pause();
    this.#body.hidden = log === undefined;
    this.#nothing.hidden = log !== undefined;
    this.#floor = new Floor();
    if (log === undefined) {
      this.#moments = undefined;
      return;
    }
    const until = Math.max(endOf(log), scenario.workload.duration_s) || 1;
    this.#moments = new Moments(log, until);
    this.#inside = insideSeries(log, until, spans);
    this.#stations = log.stages.map(({ name, resource }) => ({
      name,
      resource,
      capacity: capacityOf(resource, resources),
    }));
    const speed = speeds.reduce((a, b) =>
      Math.abs(Math.log(b / (until / firstLength))) < Math.abs(Math.log(a / (until / firstLength))) ? b : a,
    );
    this.#speed.value = String(speed);
    this.#player.speed = speed;
    this.#time = Math.min(this.#time, until);
    this.redraw();
    this.#said();
  }

  /** Sizes or colours changed. */
  redraw(): void {
    this.#colours = new Map();
    this.#strips();
    this.#draw(1);
  }

  dispose(): void {
    this.#player.pause();
    this.#resize.disconnect();
  }

  #toggle(): void {
    const moments = this.#moments;
    if (moments === undefined) return;
    if (!this.#player.isPlaying && this.#time >= moments.until) this.#time = 0;
    this.#player.toggle();
  }

  #advance(seconds: number): boolean {
    const until = this.#moments?.until ?? 0;
    this.#time = Math.min(until, this.#time + seconds);
    // Who wants no motion sees each moment as it is, without anything gliding.
    this.#draw(this.#still.matches ? 1 : 0.35);
    return this.#time < until;
  }

  #step(direction: "back" | "forth"): void {
    const moments = this.#moments;
    if (moments === undefined) return;
    this.#player.pause();
    this.#seek(direction === "forth" ? moments.next(this.#time) : moments.previous(this.#time));
  }

  #seek(time: number): void {
    this.#time = Math.min(this.#moments?.until ?? 0, Math.max(0, time));
    this.#draw(1);
    this.#said();
  }

  #seekTo(event: PointerEvent): void {
    const { left, width } = this.#strip.getBoundingClientRect();
    this.#seek(((event.clientX - left) / width) * (this.#moments?.until ?? 0));
  }

  #onKey(event: KeyboardEvent): void {
    const until = this.#moments?.until;
    const target = event.composedPath()[0];
    if (until === undefined || event.ctrlKey || event.metaKey || event.altKey || target === this.#speed) return;
    const isButton = target instanceof HTMLButtonElement;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowRight: () => (event.shiftKey ? this.#seek(this.#time + until / 100) : this.#step("forth")),
      ArrowLeft: () => (event.shiftKey ? this.#seek(this.#time - until / 100) : this.#step("back")),
      Home: () => this.#seek(0),
      End: () => this.#seek(until),
      ...(isButton ? {} : { " ": () => this.#toggle() }),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  /** Says where everybody is; while it plays nobody is talked over. */
  #said(): void {
    const isPlaying = this.#player.isPlaying;
    setText(this.#play, isPlaying ? "\u2016 pause" : "\u25b6 play");
    set(this.#words, { "aria-live": isPlaying ? "off" : "polite" });
    this.#tell();
  }

  #tell(): void {
    const moments = this.#moments;
    if (moments === undefined) return;
    const words = momentWords(
      moments.at(this.#time),
      this.#stations.map(({ name }) => name),
    );
    setText(this.#words, words);
    set(this.#strip, {
      "aria-valuemin": 0,
      "aria-valuemax": Number(moments.until.toPrecision(6)),
      "aria-valuenow": Number(this.#time.toPrecision(6)),
      "aria-valuetext": words,
    });
  }

  #strips(): void {
    const width = this.#strip.clientWidth;
    if (width === 0 || this.#inside === undefined) return;
    const { most, mean, until } = this.#inside;
    const x = linearScale(0, until, 0, width);
    const y = linearScale(0, Math.max(1, ...most), stripHeight - 1, 2);
    const points = (values: Float64Array): [number, number][] =>
      [...values].map((value, span) => [x.at(((span + 0.5) / spans) * until), y.at(value)]);
    set(this.#picture, { viewBox: `0 0 ${width} ${stripHeight}`, width });
    this.#picture.replaceChildren(
      area(points(most), stripHeight, "envelope series-0"),
      line(points(mean), "series series-0"),
    );
  }

  #draw(glide: number): void {
    const moments = this.#moments;
    const width = this.#body.clientWidth;
    const context = this.#canvas.getContext("2d");
    if (moments === undefined || width === 0 || context === null) return;
    const density = globalThis.devicePixelRatio || 1;
    if (this.#canvas.width !== Math.round(width * density)) {
      this.#canvas.width = Math.round(width * density);
      this.#canvas.height = Math.round(floorHeight * density);
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${floorHeight}px`;
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    if (this.#colours.size === 0) this.#look();
    context.font = this.#colours.get("font") ?? "11px sans-serif";
    const colour = (name: string): string => this.#colours.get(name) ?? "";
    const moment = moments.at(this.#time);
    this.#floor.draw({ context, width, colour }, this.#stations, moment, glide);
    this.#mark.style.left = `${(100 * this.#time) / moments.until}%`;
    if (this.#player.isPlaying) this.#tell();
  }

  /** Colours are asked for once, since that makes the browser compute the styles of the page. */
  #look(): void {
    const look = getComputedStyle(this.#body);
    for (const name of ["ink", "soft", "line", "accent", "accent-soft", "hot"]) {
      this.#colours.set(name, look.getPropertyValue(`--${name}`).trim());
    }
    this.#colours.set("font", `11px ${look.fontFamily}`);
  }
}

/** Of a resource, or of all that go by its name: `replica 0`, `replica 1`. */
function capacityOf(name: string, resources: ServiceRun["resources"]): number {
  const known = resources.find((each) => each.name === name);
  if (known !== undefined) return known.capacity;
  const together = resources.filter((each) => each.name.startsWith(`${name} `));
  return together.reduce((sum, { capacity }) => sum + capacity, 0) || 1;
}
