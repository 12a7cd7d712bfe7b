// What was built for browsers, as text, read once: the runtimes of pages and charts, and the views with scripts of their own.
import { readFileSync } from "node:fs";
import type { PageAssets } from "../view/page/index.js";
import { builtFile } from "./installation.js";

const read = new Map<string, string>();

export function asset(
  name: "page.js" | "frame.js" | "chart.js" | "service.js" | "stepper.js" | "timeline.js" | "validation.js",
): string {
  let text = read.get(name);
  if (text === undefined) {
    text = readFileSync(builtFile("assets", name), "utf8");
    read.set(name, text);
  }
  return text;
}

export function pageAssets(): PageAssets {
  return {
    page: asset("page.js"),
    chart: asset("chart.js"),
    service: asset("service.js"),
    validation: asset("validation.js"),
    timeline: asset("timeline.js"),
  };
}
