// Buttons, and what is on or off: toggle button, checkbox, the mark of validity.
import { element, set, setText } from "../stepper/dom.js";
import type { Control, Drawing } from "./control.js";
import { followTooltip, followUse, freshId, inertMark } from "./row.js";
import { showText } from "./safe-html.js";

const styles = ["primary", "success", "info", "warning", "danger"];

export function buttonClass(style: string): string {
  return styles.includes(style) ? `wc-button wc-${style}` : "wc-button";
}

/** A click is a message to the kernel: without one there is nobody to hear it. */
export const button: Control = (it) => {
  const whole = element("button", { type: "button", disabled: "" });
  whole.toggleAttribute(inertMark, !it.flag("disabled"));
  face(it, whole);
  return whole;
};

export const toggleButton: Control = (it) => {
  const whole = element("button", { type: "button" });
  face(it, whole);
  it.follow(["value"], () => set(whole, { "aria-pressed": String(it.flag("value")) }));
  whole.addEventListener("click", () => it.set("value", !it.flag("value")));
  followUse(it, whole, "value", ({ isUsable }) => {
    whole.disabled = !isUsable;
  });
  return whole;
};

function face(it: Drawing, whole: HTMLElement): void {
  it.follow(["description", "icon", "tooltip"], () => {
    // Icons are names in a font that the page does not carry; a button that is only an icon says its name.
    const words = it.text("description") || it.text("tooltip") || it.text("icon");
    setText(whole, words);
  });
  it.follow(["button_style"], () => {
    whole.className = buttonClass(it.text("button_style"));
  });
  it.followPart("style", () => {
    whole.style.background = it.style("button_color");
    whole.style.color = it.style("text_color");
    whole.style.fontWeight = it.style("font_weight");
  });
  followTooltip(it, whole);
}

export const checkbox: Control = (it) => {
  const input = element("input", { type: "checkbox", id: freshId() });
  const words = element("span");
  const label = element("label", { class: "wc-check" }, input, words);
  const whole = element("div", { class: "wc-row" }, element("span", { class: "wc-label" }), label);
  it.follow(["indent"], () => whole.classList.toggle("wc-flush", !it.flag("indent", true)));
  it.follow(["description", "description_allow_html"], () => {
    showText(words, it.text("description"), { html: it.flag("description_allow_html") });
    if (it.text("description") === "") set(input, { "aria-label": it.text("tooltip") || "Checkbox" });
    else input.removeAttribute("aria-label");
  });
  it.follow(["value"], () => {
    input.checked = it.flag("value");
  });
  input.addEventListener("change", () => it.set("value", input.checked));
  followTooltip(it, label);
  followUse(it, whole, "value", ({ isUsable }) => {
    input.disabled = !isUsable;
  });
  return whole;
};

export const valid: Control = (it) => {
  const words = element("span", { class: "wc-label" });
  const mark = element("span", { role: "status" });
  it.follow(["description"], () => setText(words, it.text("description")));
  it.follow(["value", "readout"], () => {
    mark.className = it.flag("value") ? "wc-valid" : "wc-invalid";
    setText(mark, it.flag("value") ? "✓ valid" : `✗ ${it.text("readout") || "Invalid"}`);
  });
  return element("div", { class: "wc-row" }, words, mark);
};
