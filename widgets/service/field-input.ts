// One field of a form: its name, its box, its unit and what is wrong with it. Knows no scenario.
import { element, set, setText } from "../stepper/dom.js";
import { type Draft, numbersTyped, numberTyped, type Path, valueAt } from "./draft.js";
import type { Field } from "./fields.js";

export interface FieldEvents {
  onValue(path: Path, value: unknown): void;
}

let ids = 0;

/** A field at a path; `update` shows what the draft has there, and the fault where it is this field's. */
export class FieldInput {
  readonly element: HTMLElement;
  readonly box: HTMLInputElement | HTMLSelectElement;
  readonly #fault: HTMLElement;

  constructor(
    readonly field: Pick<Field, "label" | "kind" | "unit" | "fallback" | "hint" | "suggestions">,
    readonly path: Path,
    lists: Readonly<Record<string, string>>,
    { onValue }: FieldEvents,
  ) {
    const id = `field-${++ids}`;
    const { label, kind, unit, fallback, hint, suggestions } = field;
    if (typeof kind === "string") {
      const box = element("input", {
        id,
        type: "text",
        inputmode: kind === "number" ? "decimal" : undefined,
        placeholder: fallback === "" ? undefined : fallback,
        list: suggestions === undefined ? undefined : lists[suggestions],
        autocomplete: "off",
        spellcheck: "false",
        class: kind,
      });
      box.addEventListener("input", () => onValue(path, typed(kind, box.value)));
      this.box = box;
    } else {
      const box = element("select", { id }, element("option", { value: "" }, fallback === "" ? "\u2013" : fallback));
      for (const choice of kind) if (choice !== fallback) box.append(element("option", { value: choice }, choice));
      box.addEventListener("change", () => onValue(path, box.value === "" ? undefined : box.value));
      this.box = box;
    }
    set(this.box, { "data-path": path, title: hint });
    this.#fault = element("p", { class: "fault", id: `${id}-fault` });
    this.element = element(
      "div",
      { class: "field" },
      element("label", { for: id }, label),
      element("span", { class: "entry" }, this.box, element("span", { class: "unit" }, unit ?? "")),
      this.#fault,
    );
  }

  update(draft: Draft, fault: string | undefined): void {
    const value = valueAt(draft, this.path);
    const text = shown(value);
    const { kind } = this.field;
    // What is being typed stays as it is typed: "0." is 0 and yet not finished.
    if (typeof kind !== "string") {
      this.box.value = this.field.fallback === text ? "" : text;
    } else if (shown(typed(kind, this.box.value)) !== text) this.box.value = text;
    this.#fault.hidden = fault === undefined;
    setText(this.#fault, fault ?? "");
    set(this.box, {
      "aria-invalid": fault === undefined ? undefined : "true",
      "aria-describedby": fault === undefined ? undefined : this.#fault.id,
    });
  }
}

function typed(kind: string, text: string): unknown {
  if (kind === "number") return numberTyped(text);
  if (kind === "numbers") return numbersTyped(text);
  return text.trim() === "" ? undefined : text;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
