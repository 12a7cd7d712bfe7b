// One or several of a list of options: menus, lists, radio buttons and rows of buttons. What is chosen is its place in the list.
import { element, set } from "../stepper/dom.js";
import { buttonClass } from "./buttons.js";
import type { Control, Drawing } from "./control.js";
import { followUse, freshId, row } from "./row.js";

export const dropdown: Control = (it) => menu(it, { rows: false, several: false });
export const select: Control = (it) => menu(it, { rows: true, several: false });
export const selectMultiple: Control = (it) => menu(it, { rows: true, several: true });

function menu(it: Drawing, { rows, several }: { readonly rows: boolean; readonly several: boolean }): HTMLElement {
  const field = element("select", { class: rows ? "wc-field wc-list" : "wc-field" });
  field.multiple = several;
  const { element: whole } = row(it, field);
  if (rows) {
    it.follow(["rows"], () => {
      field.size = Math.max(2, it.number("rows", 5));
    });
  }
  it.follow(["_options_labels"], () => {
    field.replaceChildren(...labels(it).map((label) => element("option", {}, label)));
  });
  it.follow(["index", "_options_labels"], () => {
    const chosen = several ? it.list("index") : [it.model.get("index")];
    [...field.options].forEach((option, i) => {
      option.selected = chosen.includes(i);
    });
    if (!several && typeof chosen[0] !== "number") field.selectedIndex = -1;
  });
  field.addEventListener("change", () => {
    it.set("index", several ? [...field.selectedOptions].map((option) => option.index) : field.selectedIndex);
  });
  followUse(it, whole, "index", ({ isUsable }) => {
    field.disabled = !isUsable;
  });
  return whole;
}

export const radioButtons: Control = (it) =>
  choiceGroup(it, "wc-radios", (input, label) =>
    element("label", { class: "wc-radio" }, input, element("span", {}, label)),
  );

export const toggleButtons: Control = (it) =>
  choiceGroup(it, "wc-toggles", (input, label, i) => {
    const face = element("span", { class: buttonClass(it.text("button_style")) }, label);
    const tooltip = it.list("tooltips")[i];
    return element(
      "label",
      { class: "wc-toggle", title: typeof tooltip === "string" && tooltip !== "" ? tooltip : undefined },
      input,
      face,
    );
  });

/** Radio inputs, whatever they look like: arrows move the choice, as everywhere. */
function choiceGroup(
  it: Drawing,
  className: string,
  dress: (input: HTMLInputElement, label: string, index: number) => HTMLElement,
): HTMLElement {
  const group = element("div", { class: className, role: "radiogroup" });
  const name = freshId();
  const { element: whole } = row(it, group);
  let inputs: HTMLInputElement[] = [];
  let isUsable = true;
  const update = (): void => {
    inputs.forEach((input, i) => {
      input.checked = it.model.get("index") === i;
      input.disabled = !isUsable;
    });
  };
  it.follow(["_options_labels", "button_style", "tooltips"], () => {
    inputs = labels(it).map((_, i) => element("input", { type: "radio", name, value: i }));
    group.replaceChildren(...labels(it).map((label, i) => dress(inputs[i], label, i)));
    update();
  });
  it.follow(["index"], update);
  it.followPart("style", () => set(group, { style: buttonWidth(it) }));
  group.addEventListener("change", (event) => it.set("index", Number((event.target as HTMLInputElement).value)));
  followUse(it, whole, "index", (use) => {
    isUsable = use.isUsable;
    update();
  });
  return whole;
}

function buttonWidth(it: Drawing): string | undefined {
  const width = it.style("button_width");
  return /^[\d.]+(px|em|rem|%|ch|vw)$/.test(width) ? `--wc-button: ${width}` : undefined;
}

function labels(it: Drawing): string[] {
  return it.list("_options_labels").map(String);
}
