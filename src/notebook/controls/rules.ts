// What each property of a stock model may hold, read from its default, and how it is named in TypeScript. Knows no comm.
import { inspect } from "node:util";
import { listChoices } from "../../core/errors.js";
import { Widget } from "../widget.js";
import type { ControlModel } from "./models.js";

/** `readout_format` as a person writes it: `readoutFormat`. */
export function camelCase(property: string): string {
  return property.replace(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What the value should have been, in words; undefined when it is that. */
export function complaint(model: ControlModel, property: string, value: unknown): string | undefined {
  const choices = choicesOf[property];
  if (choices !== undefined) {
    return choices.includes(value as string) ? undefined : listChoices(choices);
  }
  const special = specials[property];
  if (special !== undefined) return special[1](value) ? undefined : special[0];
  const [words, holds] = byDefault(model, model.properties[property]);
  return holds(value) ? undefined : words;
}

/** A value as a message quotes it. */
export function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : inspect(value, { depth: 1, breakLength: Infinity });
}

/** Whether it is a day as it travels: its parts, months counted from 0. */
export function isDate(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { year, month, date } = value as { year?: unknown; month?: unknown; date?: unknown };
  if (![year, month, date].every(isWhole)) return false;
  const day = new Date(0);
  day.setUTCFullYear(year as number, month as number, date as number);
  return day.getUTCMonth() === month && day.getUTCDate() === date;
}

const orientations = ["horizontal", "vertical"];
const boxStyles = ["", "success", "info", "warning", "danger"];
const choicesOf: Readonly<Record<string, readonly string[] | undefined>> = {
  orientation: orientations,
  behavior: ["drag-tap", "drag-snap", "tap", "drag", "snap"],
  button_style: ["", "primary", ...boxStyles.slice(1)],
  box_style: boxStyles,
  bar_style: boxStyles,
};

type Check = readonly [words: string, holds: (value: unknown) => boolean];

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === "string";
const orNull = ([words, holds]: Check): Check => [
  `${words} or null`,
  (value: unknown) => value === null || holds(value),
];
const listOf = (words: string, holds: (value: unknown) => boolean): Check => [
  words,
  (value: unknown) => Array.isArray(value) && value.every(holds),
];

const whole: Check = ["a whole number", isWhole];
const number: Check = ["a number", isNumber];
const text: Check = ["text", isText];
const flag: Check = ["true or false", (value) => typeof value === "boolean"];
const texts = listOf("a list of texts", isText);
const widget: Check = ["a widget", (value) => value instanceof Widget];

/** Those whose default does not say it. */
const specials: Readonly<Record<string, Check | undefined>> = {
  _view_count: orNull(whole),
  _dom_classes: texts,
  tabbable: orNull(flag),
  tooltip: orNull(text),
  rows: orNull(whole),
  interval: whole,
  selected_index: orNull(whole),
  layout: widget,
  style: widget,
  children: listOf("a list of widgets", (value) => value instanceof Widget),
  outputs: listOf("a list of outputs", (value) => value !== null && typeof value === "object"),
  _options_labels: texts,
  options: texts,
  titles: texts,
  icons: texts,
  tooltips: texts,
};

function byDefault(model: ControlModel, usual: unknown): Check {
  const figure = model.whole ? whole : number;
  if (typeof usual === "boolean") return flag;
  if (typeof usual === "number") return "_options_labels" in model.properties ? whole : figure;
  if (typeof usual === "string") return text;
  if (Array.isArray(usual)) {
    if ("_options_labels" in model.properties) return listOf("a list of whole numbers", isWhole);
    const pair = listOf("two numbers", model.whole ? isWhole : isNumber);
    return [
      model.whole ? "two whole numbers" : pair[0],
      (value) => pair[1](value) && (value as unknown[]).length === 2,
    ];
  }
  // The step of a text for numbers, of which null is any, or a date that is not chosen yet.
  return orNull(model.dates ? ["a date", isDate] : number);
}
