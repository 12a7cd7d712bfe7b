// Sliders: over numbers, over a logarithmic scale, over a list of options, with one thumb or two. Each is the browser's own range
// input, so that arrows, Page Up and Down, Home and End are those that its reader knows.
import { element, set, setText } from "../stepper/dom.js";
import type { Control, Drawing } from "./control.js";
import { formatNumber } from "./number-format.js";
import { followUse, row } from "./row.js";

/** What a thumb's place, a number on a linear scale, stands for. */
interface Scale {
  readonly names: readonly string[];
  readonly property: string;
  range(it: Drawing): { readonly min: number; readonly max: number; readonly step: number };
  toPlace(value: unknown, it: Drawing): number;
  toValue(place: number, it: Drawing): unknown;
  words(value: unknown, it: Drawing): string;
}

function numbers(format: string, step: number, max: number): Scale {
  return {
    names: ["min", "max", "step", "readout_format"],
    property: "value",
    range: (it) => ({ min: it.number("min", 0), max: it.number("max", max), step: it.number("step", step) }),
    toPlace: (value) => Number(value ?? 0),
    toValue: (place) => place,
    words: (value, it) => formatNumber(Number(value ?? 0), it.text("readout_format") || format),
  };
}

const logarithmic: Scale = {
  names: ["min", "max", "step", "base", "readout_format"],
  property: "value",
  range: (it) => ({ min: it.number("min", 0), max: it.number("max", 4), step: it.number("step", 0.1) }),
  toPlace: (value, it) => Math.log(Number(value ?? 1)) / Math.log(it.number("base", 10)),
  toValue: (place, it) => it.number("base", 10) ** place,
  words: (value, it) => formatNumber(Number(value ?? 1), it.text("readout_format") || ".3g"),
};

const options: Scale = {
  names: ["_options_labels"],
  property: "index",
  range: (it) => ({ min: 0, max: Math.max(0, it.list("_options_labels").length - 1), step: 1 }),
  toPlace: (value) => Number(value ?? 0),
  toValue: (place) => place,
  words: (value, it) => String(it.list("_options_labels")[Number(value ?? 0)] ?? ""),
};

export const intSlider: Control = (it) => slider(it, numbers("d", 1, 100));
export const floatSlider: Control = (it) => slider(it, numbers(".2f", 0.1, 10));
export const floatLogSlider: Control = (it) => slider(it, logarithmic);
export const selectionSlider: Control = (it) => slider(it, options);
export const intRangeSlider: Control = (it) => rangeSlider(it, numbers("d", 1, 100));
export const floatRangeSlider: Control = (it) => rangeSlider(it, numbers(".2f", 0.1, 10));
export const selectionRangeSlider: Control = (it) => rangeSlider(it, options);

function slider(it: Drawing, scale: Scale): HTMLElement {
  const thumb = element("input", { type: "range", class: "wc-range" });
  const readout = element("span", { class: "wc-readout", "aria-hidden": "true" });
  const { element: whole } = row(it, thumb, readout);
  const now = (): unknown => scale.toValue(Number(thumb.value), it);
  const draw = (value: unknown): void => {
    const words = scale.words(value, it);
    set(thumb, { "aria-valuetext": words });
    setText(readout, words);
    paint(thumb, thumb);
  };
  it.follow([scale.property, ...scale.names], () => {
    place(thumb, scale.range(it), scale.toPlace(it.model.get(scale.property), it));
    draw(it.model.get(scale.property));
  });
  thumb.addEventListener("input", () => {
    draw(now());
    if (it.flag("continuous_update", true)) it.set(scale.property, now());
  });
  thumb.addEventListener("change", () => it.set(scale.property, now()));
  finish(it, whole, readout, [thumb], scale);
  return whole;
}

function rangeSlider(it: Drawing, scale: Scale): HTMLElement {
  const low = element("input", { type: "range", class: "wc-range", "aria-label": "from" });
  const high = element("input", { type: "range", class: "wc-range", "aria-label": "to" });
  const pair = element("div", { class: "wc-pair", role: "group" }, low, high);
  const readout = element("span", { class: "wc-readout", "aria-hidden": "true" });
  const { element: whole, labelId } = row(it, pair, readout);
  for (const thumb of [low, high]) {
    thumb.id = `${labelId}-${thumb.ariaLabel}`;
    thumb.setAttribute("aria-labelledby", `${labelId} ${thumb.id}`);
  }
  const now = (): [unknown, unknown] => [scale.toValue(Number(low.value), it), scale.toValue(Number(high.value), it)];
  const draw = ([from, to]: readonly [unknown, unknown]): void => {
    const [first, last] = [scale.words(from, it), scale.words(to, it)];
    set(low, { "aria-valuetext": first });
    set(high, { "aria-valuetext": last });
    setText(readout, `${first} – ${last}`);
    paint(low, pair, high);
  };
  it.follow([scale.property, ...scale.names], () => {
    const [from, to] = it.list(scale.property);
    place(low, scale.range(it), scale.toPlace(from, it));
    place(high, scale.range(it), scale.toPlace(to, it));
    draw([from, to]);
  });
  for (const thumb of [low, high]) {
    thumb.addEventListener("input", () => {
      // Neither thumb passes the other.
      if (Number(low.value) > Number(high.value)) thumb.value = (thumb === low ? high : low).value;
      draw(now());
      if (it.flag("continuous_update", true)) it.set(scale.property, now());
    });
    thumb.addEventListener("change", () => it.set(scale.property, now()));
  }
  finish(it, whole, readout, [low, high], scale);
  return whole;
}

function finish(
  it: Drawing,
  whole: HTMLElement,
  readout: HTMLElement,
  thumbs: readonly HTMLInputElement[],
  scale: Scale,
): void {
  it.follow(["readout", "orientation"], () => {
    readout.hidden = !it.flag("readout", true);
    const isVertical = it.text("orientation") === "vertical";
    whole.classList.toggle("wc-vertical", isVertical);
    for (const thumb of thumbs) set(thumb, { "aria-orientation": isVertical ? "vertical" : undefined });
  });
  it.followPart("style", () => whole.style.setProperty("--wc-handle", it.style("handle_color")));
  followUse(it, whole, scale.property, ({ isUsable }) => {
    for (const thumb of thumbs) thumb.disabled = !isUsable;
  });
}

// The limits first: a value outside those that hold would be cut.
function place(thumb: HTMLInputElement, range: ReturnType<Scale["range"]>, value: number): void {
  thumb.min = String(range.min);
  thumb.max = String(range.max);
  thumb.step = range.step > 0 ? String(range.step) : "any";
  thumb.value = String(value);
  // The value is what holds, also where it lies between two steps.
  if (Number(thumb.value) !== value && value >= range.min && value <= range.max) {
    thumb.step = "any";
    thumb.value = String(value);
    thumb.addEventListener("pointerdown", () => restep(thumb, range.step), { once: true });
    thumb.addEventListener("keydown", () => restep(thumb, range.step), { once: true });
  }
}

function restep(thumb: HTMLInputElement, step: number): void {
  thumb.step = step > 0 ? String(step) : "any";
}

/** The part of the track that is filled, for the style to draw. */
function paint(from: HTMLInputElement, on: HTMLElement, to?: HTMLInputElement): void {
  const share = (thumb: HTMLInputElement): string => {
    const [min, max] = [Number(thumb.min), Number(thumb.max)];
    return `${max > min ? ((Number(thumb.value) - min) / (max - min)) * 100 : 0}%`;
  };
  on.style.setProperty("--wc-from", to === undefined ? "0%" : share(from));
  on.style.setProperty("--wc-to", share(to ?? from));
}
