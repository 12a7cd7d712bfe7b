// The elements that the engine is made of, and how large they are. Knows no events.
import { element } from "../stepper/dom.js";
import { engineStyle } from "./engine-style.js";

export interface Stage {
  readonly root: HTMLElement;
  readonly corner: HTMLElement;
  readonly ruler: HTMLElement;
  readonly rulerCanvas: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly spacer: HTMLElement;
  readonly sticky: HTMLElement;
  /** Takes the focus and the pointer. */
  readonly surface: HTMLElement;
  readonly picture: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
}

/** CSS pixels of minimap and ruler together, with their lines. */
export const headHeight = 52;

export function makeStage(names: HTMLElement, minimap: HTMLElement): Stage {
  const corner = element("div", { class: "corner", "aria-hidden": "true" });
  const rulerCanvas = element("canvas", {});
  const ruler = element("div", { class: "ruler", "aria-hidden": "true" }, rulerCanvas);
  const picture = element("canvas", { "aria-hidden": "true" });
  const overlay = element("canvas", { "aria-hidden": "true" });
  const surface = element(
    "div",
    {
      class: "surface",
      tabindex: 0,
      role: "application",
      "aria-roledescription": "timeline",
      "aria-label": "Timeline",
      "data-part": "surface",
      "data-lm-suppress-shortcuts": "true",
    },
    picture,
    overlay,
  );
  const sticky = element("div", { class: "stage" }, names, surface);
  const spacer = element("div", { class: "spacer" }, sticky);
  const scroller = element("div", { class: "scroller", tabindex: -1 }, spacer);
  const root = element(
    "div",
    { class: "timeline-engine" },
    element("style", {}, engineStyle),
    corner,
    minimap,
    ruler,
    scroller,
  );
  return { root, corner, ruler, rulerCanvas, scroller, spacer, sticky, surface, picture, overlay };
}

/** Sizes in CSS pixels, read once after each change and not in the midst of a frame. */
export interface StageSize {
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
  /** Where the surface begins in the engine's element. */
  readonly left: number;
}

/** Gives the parts their sizes; narrow pages have narrow names. */
export function measure({ root, scroller, sticky, surface }: Stage): StageSize {
  root.style.setProperty("--timeline-names", root.clientWidth < 640 ? "104px" : "190px");
  const height = scroller.clientHeight;
  sticky.style.height = `${height}px`;
  return { width: surface.clientWidth, height, pixelRatio: Math.max(1, devicePixelRatio), left: surface.offsetLeft };
}
