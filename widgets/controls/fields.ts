// Fields for text, numbers, dates and a colour. A field that nothing follows stays readable and can be copied from.
import { element } from "../stepper/dom.js";
import type { Control, Drawing } from "./control.js";
import { followUse, freshId, row } from "./row.js";

type Field = HTMLInputElement | HTMLTextAreaElement;

export const text: Control = (it) => textField(it, element("input", { type: "text", class: "wc-field" }));
export const password: Control = (it) => textField(it, element("input", { type: "password", class: "wc-field" }));

export const textarea: Control = (it) => {
  const field = element("textarea", { class: "wc-field" });
  it.follow(["rows"], () => {
    field.rows = it.number("rows", 3);
  });
  return textField(it, field);
};

export const combobox: Control = (it) => {
  const offers = element("datalist", { id: freshId() });
  const field = element("input", { type: "text", class: "wc-field", list: offers.id });
  it.follow(["options"], () => {
    offers.replaceChildren(...it.list("options").map((option) => element("option", { value: String(option) })));
  });
  return textField(it, field, offers);
};

function textField(it: Drawing, field: Field, ...more: HTMLElement[]): HTMLElement {
  const { element: whole } = row(it, field, ...more);
  it.follow(["placeholder"], () => {
    field.placeholder = it.text("placeholder").replace(/^\u200b$/, "");
  });
  it.follow(["value"], () => {
    if (field.value !== it.text("value")) field.value = it.text("value");
  });
  const send = (): void => it.set("value", field.value);
  field.addEventListener("input", () => it.flag("continuous_update", true) && send());
  field.addEventListener("change", send);
  followUse(it, whole, "value", ({ isUsable }) => {
    field.readOnly = !isUsable;
    field.disabled = it.flag("disabled");
  });
  return whole;
}

export const intText: Control = (it) => numberField(it, { isWhole: true });
export const floatText: Control = (it) => numberField(it, { isWhole: false });

function numberField(it: Drawing, { isWhole }: { readonly isWhole: boolean }): HTMLElement {
  const field = element("input", { type: "number", class: "wc-field wc-number" });
  const { element: whole } = row(it, field);
  it.follow(["min", "max", "step"], () => {
    const limit = (name: string): string => (typeof it.model.get(name) === "number" ? it.text(name) : "");
    field.min = limit("min");
    field.max = limit("max");
    field.step = limit("step") || (isWhole ? "1" : "any");
  });
  const draw = (): void => {
    if (field.value === "" || Number(field.value) !== it.number("value", 0))
      field.value = String(it.number("value", 0));
  };
  it.follow(["value"], draw);
  const send = (): boolean => {
    const typed = field.valueAsNumber;
    if (!Number.isFinite(typed)) return false;
    const low = field.min === "" ? typed : Math.max(Number(field.min), typed);
    const cut = field.max === "" ? low : Math.min(Number(field.max), low);
    it.set("value", isWhole ? Math.round(cut) : cut);
    return true;
  };
  field.addEventListener("input", () => it.flag("continuous_update") && send());
  field.addEventListener("change", () => {
    send();
    draw();
  });
  followUse(it, whole, "value", ({ isUsable }) => {
    field.readOnly = !isUsable;
    field.disabled = it.flag("disabled");
  });
  return whole;
}

export const colorPicker: Control = (it) => {
  const field = element("input", { type: "color", class: "wc-color" });
  const { element: whole } = row(it, field);
  it.follow(["value"], () => {
    // A colour may be a name or have three digits; the field knows only six, and a canvas writes every colour so.
    const canvas = document.createElement("canvas").getContext("2d");
    if (canvas === null) return;
    canvas.fillStyle = it.text("value");
    field.value = canvas.fillStyle;
  });
  field.addEventListener("input", () => it.set("value", field.value));
  followUse(it, whole, "value", ({ isUsable }) => {
    field.disabled = !isUsable;
  });
  return whole;
};

/** A date as ipywidgets sends it, months counted from 0. */
interface DateValue {
  readonly year: number;
  readonly month: number;
  readonly date: number;
}

export const datePicker: Control = (it) => {
  const field = element("input", { type: "date", class: "wc-field wc-number" });
  const { element: whole } = row(it, field);
  it.follow(["value", "min", "max"], () => {
    field.min = isoDate(it.model.get("min"));
    field.max = isoDate(it.model.get("max"));
    field.value = isoDate(it.model.get("value"));
  });
  field.addEventListener("change", () => {
    const [year, month, date] = field.value.split("-").map(Number);
    it.set("value", field.value === "" ? null : { year, month: month - 1, date });
  });
  followUse(it, whole, "value", ({ isUsable }) => {
    field.readOnly = !isUsable;
    field.disabled = it.flag("disabled");
  });
  return whole;
};

function isoDate(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  const { year, month, date } = value as DateValue;
  return [String(year).padStart(4, "0"), ...[month + 1, date].map((part) => String(part).padStart(2, "0"))].join("-");
}
