// Where the time of a request goes, stage by stage, and how busy each resource is: two tables with bars in them.
import type { ServiceRun } from "../../src/serving/index.js";
import { element } from "../stepper/dom.js";
import { formatMean, formatMs, formatRate, formatShare } from "./figures.js";

export class ResourcesPanel {
  readonly element: HTMLElement;
  readonly #stages: HTMLElement;
  readonly #resources: HTMLElement;

  constructor() {
    this.#stages = element("tbody");
    this.#resources = element("tbody");
    this.element = element(
      "div",
      { class: "tables" },
      table("Where the time goes", ["stage", "", "mean", "share"], this.#stages, "stages"),
      table("How busy", ["resource", "", "busy", "waiting", "could serve"], this.#resources, "resources"),
    );
  }

  update({ stages, resources, bottleneck }: ServiceRun): void {
    const whole = stages.reduce((sum, { avg_ms }) => sum + avg_ms, 0);
    const longest = Math.max(...stages.map(({ avg_ms }) => avg_ms), 0) || 1;
    this.#stages.replaceChildren(
      ...stages.map(({ name, category, avg_ms }) =>
        row(
          [name, category === "queue" || category === "batch" ? "waiting" : category],
          { share: avg_ms / longest, kind: category === "queue" || category === "batch" ? "waiting" : "work" },
          [formatMs(avg_ms), formatShare(whole === 0 ? 0 : (100 * avg_ms) / whole)],
        ),
      ),
    );
    this.#resources.replaceChildren(
      ...resources.map(({ name, capacity, util_percent, mean_queue, max_queue, mean_wait_ms, capacity_rps }) => {
        const isTight = name === bottleneck.resource && bottleneck.kind !== "none";
        const line = row(
          [`${isTight ? "\u25b2 " : ""}${name}`, capacity === 1 ? "" : `\u00d7 ${capacity}`],
          { share: util_percent / 100, kind: isTight ? "tight" : "work" },
          [formatShare(util_percent), formatMean(mean_queue), formatRate(capacity_rps)],
        );
        line.title = `${formatMean(mean_queue)} requests wait on average, ${formatMean(max_queue)} at most; a request waits ${formatMs(mean_wait_ms)}${isTight ? "; it limits" : ""}`;
        return line;
      }),
    );
  }
}

function table(title: string, heads: readonly string[], body: HTMLElement, part: string): HTMLElement {
  return element(
    "section",
    { class: "figure", "aria-label": title },
    element("h4", {}, title),
    element(
      "table",
      { "data-part": part },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...heads.map((head, i) =>
            element(
              i === 1 ? "td" : "th",
              { scope: i === 1 ? undefined : "col", class: i > 1 ? "number" : undefined },
              head,
            ),
          ),
        ),
      ),
      body,
    ),
  );
}

function row(
  [name, note]: readonly [string, string],
  { share, kind }: { readonly share: number; readonly kind: string },
  figures: readonly string[],
): HTMLTableRowElement {
  const bar = element("i", {
    "data-kind": kind,
    style: `width: ${Math.min(100, Math.max(0, 100 * share)).toFixed(1)}%`,
  });
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, name, " ", element("small", {}, note)),
    element("td", { class: "bar", "aria-hidden": "true" }, bar),
    ...figures.map((figure) => element("td", { class: "number" }, figure)),
  );
}
