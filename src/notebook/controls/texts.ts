// Controls of words: texts that are typed, words that are shown, a date and a colour.
import { InputError, WarplabError } from "../../core/errors.js";
import { kernelBridge } from "../bridge.js";
import { htmlTemplate, type Markup } from "../markup.js";
import { type Control, type Described, type Input, makeControl, type Options, type PropertyForm } from "./control.js";
import { isDate } from "./rules.js";
import { dateText } from "./still.js";

export interface TextProperties extends Input {
  value: string;
  /** What stands there while nothing is typed. */
  placeholder: string;
  /** Whether the value follows each key, or waits for Enter. */
  continuousUpdate: boolean;
}

export interface TextareaProperties extends TextProperties {
  rows: number | null;
}

export interface ComboboxProperties extends TextProperties {
  /** What is proposed. */
  options: readonly string[];
  /** Whether only what is proposed may be typed. */
  ensureOption: boolean;
}

export interface WordsProperties extends Described {
  value: string;
  placeholder: string;
}

export interface DateProperties extends Input {
  /** As ISO 8601 writes it, `"2026-11-21"`; null while none is chosen. */
  value: string | null;
  min: string | null;
  max: string | null;
}

export interface ColorProperties extends Input {
  /** As CSS writes it: `"teal"`, `"#3b7dd8"`. */
  value: string;
  /** Whether only the colour is shown, without its name. */
  concise: boolean;
}

/** One line to type in. */
export function text(options: Options<TextProperties> = {}): Control<TextProperties> {
  return makeControl("Text", options, { where: "text" });
}

/** Several lines to type in. */
export function textarea(options: Options<TextareaProperties> = {}): Control<TextareaProperties> {
  return makeControl("Textarea", options, { where: "textarea" });
}

/** One line that is not seen. It is part of what a notebook saves all the same. */
export function password(options: Options<TextProperties> = {}): Control<TextProperties> {
  return makeControl("Password", options, { where: "password" });
}

/** One line to type in, with proposals. Throws InputError for a value that `ensureOption` forbids. */
export function combobox(options: Options<ComboboxProperties> = {}): Control<ComboboxProperties> {
  return makeControl("Combobox", options, {
    where: "combobox",
    reconcile: (changes, next, refuse) => {
      const { value, options, ensure_option } = next as { value: string; options: string[]; ensure_option: boolean };
      if (ensure_option && value !== "" && !options.includes(value)) refuse(`value is none of the options: "${value}"`);
      return changes;
    },
  });
}

/**
 * HTML to show, as a template: what is put in is escaped, lists are joined, other `Markup` stays what it is. Called with a text it
 * is the control whose `value` can be changed later, which needs the kernel; there the text is HTML as it is.
 */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): Markup;
export function html(value?: string, options?: Options<WordsProperties>): Control<WordsProperties>;
export function html(
  value: string | TemplateStringsArray = "",
  ...rest: readonly unknown[]
): Markup | Control<WordsProperties> {
  if (Array.isArray(value)) return htmlTemplate(value as unknown as TemplateStringsArray, ...rest);
  if (kernelBridge() === undefined) {
    throw new WarplabError("html(text) is a control, which needs warplab's own Jupyter kernel.", {
      fix: "Write html`<b>...</b>` or rawHtml(text), which any program can show.",
    });
  }
  return makeControl("HTML", { value, ...(rest[0] as Options<WordsProperties> | undefined) }, { where: "html" });
}

/** Words that are shown. */
export function label(value = "", options: Options<WordsProperties> = {}): Control<WordsProperties> {
  return makeControl("Label", { value, ...options }, { where: "label" });
}

/** A day. Throws InputError for what is none, and for one outside `min` and `max`. */
export function datePicker(options: Options<DateProperties> = {}): Control<DateProperties> {
  return makeControl("DatePicker", options, {
    where: "datePicker",
    forms: { value: dateForm("value"), min: dateForm("min"), max: dateForm("max") },
    reconcile: (changes, next, refuse) => {
      const [value, min, max] = ["value", "min", "max"].map((name) => {
        return next[name] === null ? null : dateText(next[name] as never);
      });
      if (min !== null && max !== null && min > max) refuse(`min (${min}) is later than max (${max})`);
      if (value !== null && ((min !== null && value < min) || (max !== null && value > max))) {
        refuse(`value must lie between ${min ?? "any"} and ${max ?? "any"}, got ${value}`);
      }
      return changes;
    },
  });
}

/** A colour. Throws InputError for what is no colour of CSS that a page could show: an empty text. */
export function colorPicker(options: Options<ColorProperties> = {}): Control<ColorProperties> {
  return makeControl("ColorPicker", options, {
    where: "colorPicker",
    reconcile: (changes, { value }, refuse) => {
      if (!/^(#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})|[a-z]+)$/i.test(value as string)) {
        refuse(`value must be a colour's name or #rrggbb, got ${JSON.stringify(value)}`);
      }
      return changes;
    },
  });
}

/** A date travels as its parts, months counted from 0. */
function dateForm(property: string): PropertyForm {
  return {
    property,
    read: (raw) => (raw === null ? null : dateText(raw as never)),
    write: (value) => {
      if (value === null) return { [property]: null };
      const [year, month, date] = /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? String(value).split("-").map(Number) : [];
      const parts = { year, month: month - 1, date };
      if (isDate(parts)) return { [property]: parts };
      throw new InputError(
        `${property} must be a date as ISO 8601 writes it, "2026-11-21", got ${JSON.stringify(value)}`,
        {
          where: "datePicker",
        },
      );
    },
  };
}
