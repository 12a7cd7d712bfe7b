// A stock control without life: as words, and as HTML that needs neither scripts nor a network, for nbconvert and for sites that
// show notebooks. Reads a widget's properties; knows no kernel.
import { ansiToHtml } from "../../view/page/ansi.js";
import { escapeHtml, joinText, type Output } from "../../view/page/index.js";
import { surface } from "../../view/theme.js";
import { Widget } from "../widget.js";

/** One line: `IntSlider "n": 3 (0 to 10)`. */
export function words(widget: Widget): string {
  const name = nameOf(widget);
  const children = childrenOf(widget);
  if (children !== undefined) return `${name}: ${children.map(words).join(", ") || "empty"}`;
  if (name === "Output")
    return `Output: ${
      outputsText(widget)
        .trim()
        .replace(/\s*\n\s*/g, " / ") || "empty"
    }`;
  const description = widget.get("description");
  const title = typeof description === "string" && description !== "" ? ` "${description}"` : "";
  const value = valueText(widget);
  return value === undefined ? `${name}${title}` : `${name}${title}: ${value}${rangeText(widget)}`;
}

/** Its words, with what outputs hold in lines of their own. */
export function plainText(widget: Widget): string {
  const children = childrenOf(widget);
  if (children !== undefined) return children.map(plainText).join("\n");
  return nameOf(widget) === "Output" ? outputsText(widget).trimEnd() : words(widget);
}

/** What it shows now, to be looked at only. */
export function stillHtml(widget: Widget): string {
  return `<div class="warplab-still" style="${surface}">${still(widget)}</div>`;
}

function still(widget: Widget): string {
  const name = nameOf(widget);
  const children = childrenOf(widget);
  if (children !== undefined) return boxHtml(name, children, widget);
  if (name === "Output") return (widget.get("outputs") as Output[]).map(outputHtml).join("");
  if (name === "HTML") return `<div>${String(widget.get("value"))}</div>`;
  const description = String(widget.get("description") ?? "");
  if (name === "Button" || name === "ToggleButton") {
    const pressed = widget.get("value") === true ? ";font-weight:bold" : "";
    return `<span style="display:inline-block;padding:2px 12px;border:1px solid #8a8a90;border-radius:3px${pressed}">${escapeHtml(description)}</span>`;
  }
  const title = description === "" ? "" : `<span>${escapeHtml(description)}</span> `;
  const range = escapeHtml(rangeText(widget));
  return `<div>${title}<strong>${escapeHtml(valueText(widget) ?? name)}</strong>${range}</div>`;
}

function nameOf(widget: Widget): string {
  return String(widget.get("_model_name")).replace(/Model$/, "");
}

function childrenOf(widget: Widget): readonly Widget[] | undefined {
  const children = widget.get("children");
  return Array.isArray(children) ? children.filter((child) => child instanceof Widget) : undefined;
}

function valueText(widget: Widget): string | undefined {
  const labels = widget.get("_options_labels");
  if (Array.isArray(labels)) {
    const chosen = [widget.get("index")].flat().map((index) => String(labels[index as number]));
    return chosen.join(", ") || "none";
  }
  const value = widget.get("value");
  if (nameOf(widget) === "Password") return value === "" ? "" : "(hidden)";
  if (Array.isArray(value)) return value.join(" to ");
  if (nameOf(widget) === "DatePicker") return value === null ? "none" : dateText(value as DateValue);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === undefined ? undefined : String(value);
}

interface DateValue {
  readonly year: number;
  readonly month: number;
  readonly date: number;
}

/** A date as it travels, months counted from 0, as ISO 8601 writes it. */
export function dateText({ year, month, date }: DateValue): string {
  return `${String(year).padStart(4, "0")}-${String(month + 1).padStart(2, "0")}-${String(date).padStart(2, "0")}`;
}

function rangeText(widget: Widget): string {
  const [min, max, base] = ["min", "max", "base"].map((name) => widget.get(name));
  if (typeof min !== "number" || typeof max !== "number") return "";
  return typeof base === "number" ? ` (${base ** min} to ${base ** max})` : ` (${min} to ${max})`;
}

function boxHtml(name: string, children: readonly Widget[], widget: Widget): string {
  const titles = widget.get("titles");
  if (Array.isArray(titles)) {
    const shown = name === "Stack" ? children.filter((_, i) => i === widget.get("selected_index")) : children;
    return shown
      .map((child) => {
        const title = titles[children.indexOf(child)];
        const heading =
          title === undefined || name === "Stack" ? "" : `<p><strong>${escapeHtml(String(title))}</strong></p>`;
        return `<div style="border-left:2px solid #8a8a90;padding-left:10px;margin:6px 0">${heading}${still(child)}</div>`;
      })
      .join("");
  }
  const direction = name === "HBox" ? "flex-wrap:wrap" : "flex-direction:column";
  return `<div style="display:flex;${direction};gap:6px">${children.map(still).join("")}</div>`;
}

function outputsText(widget: Widget): string {
  return (widget.get("outputs") as Output[])
    .map((output) => {
      if (output.output_type === "stream") return joinText(output.text);
      if (output.output_type === "error") return `${output.ename}: ${output.evalue}\n`;
      return `${textOf(output.data["text/plain"])}\n`;
    })
    .join("");
}

function outputHtml(output: Output): string {
  if (output.output_type === "stream") return preformatted(joinText(output.text));
  if (output.output_type === "error") {
    return preformatted(output.traceback.join("\n") || `${output.ename}: ${output.evalue}`);
  }
  const { data } = output;
  if (data["image/svg+xml"] !== undefined) return `<div>${textOf(data["image/svg+xml"])}</div>`;
  const picture = ["image/png", "image/jpeg", "image/gif"].find((type) => data[type] !== undefined);
  if (picture !== undefined) {
    const alt = escapeHtml(textOf(data["text/plain"]));
    return `<img src="data:${picture};base64,${escapeHtml(textOf(data[picture]))}" alt="${alt}">`;
  }
  if (data["text/html"] !== undefined) return `<div>${textOf(data["text/html"])}</div>`;
  return preformatted(textOf(data["text/plain"]));
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" || Array.isArray(value)
    ? joinText(value as string | string[])
    : JSON.stringify(value);
}

function preformatted(text: string): string {
  return `<pre>${ansiToHtml(text.replace(/\n$/, ""))}</pre>`;
}
