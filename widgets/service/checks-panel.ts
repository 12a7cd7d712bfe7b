// The laws that a run was held against, each with a sign, its figures and words. Knows nothing of how they are computed.
import type { ServiceRun } from "../../src/serving/index.js";
import { element, setText } from "../stepper/dom.js";
import { formatMean } from "./figures.js";

export class ChecksPanel {
  readonly element: HTMLDetailsElement;
  readonly #summary: HTMLElement;
  readonly #list: HTMLElement;

  constructor() {
    this.#summary = element("summary", {});
    this.#list = element("ul", {});
    this.element = element("details", { class: "checks", "data-part": "checks" }, this.#summary, this.#list);
  }

  update({ checks }: ServiceRun): void {
    const failed = checks.filter(({ holds }) => !holds).length;
    this.element.hidden = checks.length === 0;
    setText(
      this.#summary,
      failed === 0
        ? `\u2713 The run holds against ${checks.length} laws: ${checks.map(({ name }) => name).join(", ")}`
        : `\u2717 ${failed} of ${checks.length} laws do not hold`,
    );
    if (failed > 0) this.element.open = true;
    this.#list.replaceChildren(
      ...checks.map(({ name, holds, expected, measured, interval, unit, detail }) => {
        const range = interval === undefined ? "" : ` (95 %: ${formatMean(interval[0])} to ${formatMean(interval[1])})`;
        return element(
          "li",
          { "data-holds": String(holds) },
          element("b", {}, `${holds ? "\u2713" : "\u2717"} ${name}`),
          ` expected ${formatMean(expected)}, measured ${formatMean(measured)}${range} ${unit}. `,
          element("span", { class: "soft" }, detail),
        );
      }),
    );
  }
}
