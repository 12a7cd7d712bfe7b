// A region of memory as a picture, a pixel for each element: what a kernel writes shows as it grows. Knows nothing of lanes.
import { dtypes } from "../../src/core/dtype.js";
import { colourOf } from "./colour.js";
import { element, set, setText } from "./dom.js";
import { brief, count, readElement } from "./numbers.js";
import type { Region } from "./regions.js";

/** Below this, the values themselves are picture enough. */
const fewest = 128;
/** Beyond this, only every so many-th element is drawn. */
const mostPixels = 65_536;

export interface MemoryMap {
  readonly element: HTMLElement;
  update(region: Region, places: MapPlaces): void;
  redraw(): void;
}

export interface MapPlaces {
  /** The address to mark. */
  readonly focus: number | undefined;
  /** The first and the last element of those that are shown as values. */
  readonly top: number;
  readonly bottom: number;
}

/** `onPick` hears the address of an element that is clicked. */
export function memoryMap(onPick: (address: number) => void): MemoryMap {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const mark = element("i", { class: "focus" });
  const width = element("input", { type: "number", min: 1, "aria-label": "Elements in a row of the picture" });
  const scale = element("span");
  const node = element(
    "div",
    { class: "map", "data-part": "map" },
    element("div", { class: "picture-frame" }, canvas, mark),
    element("label", { class: "caption" }, element("span", {}, "row of ", width), scale),
  );
  let last: { region: Region; places: MapPlaces } | undefined;
  const rowLengths = new Map<string, number>();

  const draw = (): void => {
    if (last === undefined) return;
    const { region, places } = last;
    const size = dtypes[region.dtype].bytes;
    const length = Math.floor(region.bytes.length / size);
    node.hidden = length < fewest;
    if (node.hidden) return;
    const step = Math.ceil(length / mostPixels);
    const columns = Math.min(length, rowLengths.get(region.label) ?? squareSide(length));
    if (document.activeElement !== width) width.value = String(columns);
    const across = Math.max(1, Math.ceil(columns / step));
    const down = Math.ceil(length / step / across);
    const range = paint(canvas, region, { step, across, down });
    setText(scale, `${range}${step === 1 ? "" : `, every ${count(step)}th`}`);
    const at = places.focus === undefined ? -1 : (places.focus - region.address) / size / step;
    const inside = at >= 0 && at < length / step;
    set(mark, {
      hidden: inside ? undefined : "",
      style: inside
        ? `left:${(100 * ((at % across) + 0.5)) / across}%;top:${(100 * (Math.floor(at / across) + 0.5)) / down}%`
        : "",
    });
  };
  width.addEventListener("change", () => {
    const columns = Math.trunc(Number(width.value));
    if (last === undefined || !(columns >= 1)) return;
    rowLengths.set(last.region.label, columns);
    draw();
  });
  canvas.addEventListener("click", (event) => {
    if (last === undefined) return;
    const { region } = last;
    const size = dtypes[region.dtype].bytes;
    const length = Math.floor(region.bytes.length / size);
    const box = canvas.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
    const index = (y * canvas.width + x) * Math.ceil(length / mostPixels);
    if (index < length) onPick(region.address + index * size);
  });
  return {
    element: node,
    update(region, places) {
      last = { region, places };
      draw();
    },
    redraw: draw,
  };
}

/** The side of a square picture where there is one, else the next power of two: a guess that the reader can correct. */
export function squareSide(length: number): number {
  const side = Math.sqrt(length);
  return Number.isInteger(side) ? side : 2 ** Math.ceil(Math.log2(side));
}

/** Paints from pale (the least value) to the accent colour (the greatest) and says which those are. */
function paint(
  canvas: HTMLCanvasElement,
  { bytes, dtype }: Region,
  { step, across, down }: { step: number; across: number; down: number },
): string {
  const size = dtypes[dtype].bytes;
  const length = Math.floor(bytes.length / size);
  const values = new Float64Array(Math.ceil(length / step));
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let pixel = 0; pixel < values.length; pixel++) {
    const value = Number(readElement(bytes, pixel * step * size, dtype));
    values[pixel] = value;
    if (value < low && value !== Number.NEGATIVE_INFINITY) low = value;
    if (value > high && value !== Number.POSITIVE_INFINITY) high = value;
  }
  canvas.width = across;
  canvas.height = down;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no 2-D canvas");
  const [red, green, blue] = colourOf(getComputedStyle(canvas).getPropertyValue("--accent"));
  const picture = new ImageData(across, down);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const share = high > low ? (values[pixel] - low) / (high - low) : 0;
    picture.data.set(
      [red, green, blue, Number.isNaN(share) ? 0 : 20 + 235 * Math.min(1, Math.max(0, share))],
      4 * pixel,
    );
  }
  context.putImageData(picture, 0, 0);
  return high >= low ? `${brief(low, 3)} to ${brief(high, 3)}` : "no number in it";
}
