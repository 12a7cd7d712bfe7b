// The colours of the picture as a canvas takes them: read from the style around the canvas, so that it follows the notebook's theme.
import { colourOf } from "../stepper/colour.js";
import { fills } from "./colour.js";
import { densities, type PixelColours } from "./row-picture.js";

/** CSS colours. */
export interface Ink {
  readonly bg: string;
  readonly panel: string;
  readonly line: string;
  readonly ink: string;
  readonly soft: string;
  readonly accent: string;
  readonly hot: string;
  readonly words: string;
  /** How much is seen of ticks below the rows, and of the words of what a search did not hit. */
  readonly tickShare: number;
  readonly dimmedShare: number;
}

/** Whether the reader's system draws pages in a few colours of strong contrast. */
function forcedColours(): MediaQueryList {
  return matchMedia("(forced-colors: active)");
}

/** Calls back when that begins or ends; returns what ends it. */
export function followForcedColours(onChange: () => void): () => void {
  const forced = forcedColours();
  forced.addEventListener("change", onChange);
  return () => forced.removeEventListener("change", onChange);
}

/** What the engine's style declares on its element. */
export function readInk(element: Element): Ink {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  // Of the strong colours a hairline is a line, and every word is meant to be read.
  const isForced = forcedColours().matches;
  return {
    bg: of("--timeline-bg"),
    panel: of("--timeline-panel"),
    line: of("--timeline-line"),
    ink: of("--timeline-ink"),
    soft: of("--timeline-soft"),
    accent: of("--timeline-accent"),
    hot: of("--timeline-hot"),
    words: style.fontFamily,
    tickShare: isForced ? 0.35 : 1,
    dimmedShare: isForced ? 1 : 0.4,
  };
}

/** How much is seen of what fills the least part of a pixel, and of what a search did not hit. */
const faintest = 0.4;
const dimness = 0.2;

export function pixelColours(ink: Ink): PixelColours {
  const plain = new Uint32Array(fills.length * densities);
  const dimmed = new Uint32Array(fills.length * densities);
  const hit = new Uint32Array(densities);
  const hot = colourOf(ink.hot);
  for (let step = 0; step < densities; step++) {
    const seen = faintest + ((1 - faintest) * (step + 1)) / densities;
    for (const [number, { colour }] of fills.entries()) {
      const rgb = channelsOf(colour);
      plain[number * densities + step] = packed(rgb, seen);
      dimmed[number * densities + step] = packed(rgb, seen * dimness);
    }
    hit[step] = packed(hot, Math.max(0.75, seen));
  }
  return { plain, dimmed, hit };
}

/** Red, green and blue of `#rrggbb`. */
function channelsOf(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** As a pixel of image data read as a 32-bit number: every machine that browsers run on is little-endian. */
function packed(rgb: ArrayLike<number>, alpha: number): number {
  return ((Math.round(alpha * 255) << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]) >>> 0;
}
