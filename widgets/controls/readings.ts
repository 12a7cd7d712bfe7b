// What shows a value and takes none: progress, label, HTML, a picture.
import { element, set } from "../stepper/dom.js";
import type { Control, Drawing } from "./control.js";
import { row } from "./row.js";
import { showText } from "./safe-html.js";

const barStyles = ["success", "info", "warning", "danger"];

export const progress: Control = (it) => {
  const bar = element("div", { class: "wc-bar", role: "progressbar" }, element("div", { class: "wc-filled" }));
  const filled = bar.firstElementChild as HTMLElement;
  const { element: whole } = row(it, bar);
  it.follow(["value", "min", "max"], () => {
    const [min, max, value] = [it.number("min", 0), it.number("max", 100), it.number("value", 0)];
    set(bar, { "aria-valuemin": min, "aria-valuemax": max, "aria-valuenow": value });
    const share = max > min ? Math.max(0, Math.min(1, (value - min) / (max - min))) : 0;
    filled.style.setProperty("--wc-share", `${share * 100}%`);
  });
  it.follow(["bar_style"], () => {
    const style = it.text("bar_style");
    filled.className = barStyles.includes(style) ? `wc-filled wc-${style}` : "wc-filled";
  });
  it.follow(["orientation"], () => whole.classList.toggle("wc-vertical", it.text("orientation") === "vertical"));
  it.followPart("style", () => {
    filled.style.background = it.style("bar_color");
  });
  return whole;
};

export const label: Control = (it) => textRow(it, { html: false });
export const html: Control = (it) => textRow(it, { html: true });

function textRow(it: Drawing, as: { readonly html: boolean }): HTMLElement {
  const content = element("div", { class: as.html ? "wc-html" : "wc-text" });
  const { element: whole } = row(it, content);
  // A text is no group that has a name; the description stands before it and is read before it.
  content.removeAttribute("aria-labelledby");
  whole.classList.add("wc-reading");
  it.follow(["value"], () => showText(content, it.text("value"), as));
  it.followPart("style", () => {
    content.style.fontSize = it.style("font_size");
    content.style.color = it.style("text_color");
    content.style.background = it.style("background");
    content.style.fontWeight = it.style("font_weight");
  });
  return whole;
}

export const image: Control = (it) => {
  const picture = element("img", { class: "wc-image" });
  it.follow(["value", "format", "width", "height", "tooltip"], () => {
    const bytes = it.model.get("value");
    const type = /^[a-z0-9+.-]+$/i.test(it.text("format")) ? it.text("format") : "png";
    const encoded =
      bytes instanceof Uint8Array ? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) : "";
    set(picture, { src: encoded === "" ? undefined : `data:image/${type};base64,${encoded}`, alt: it.text("tooltip") });
    set(picture, { width: it.text("width") || undefined, height: it.text("height") || undefined });
  });
  return picture;
};
