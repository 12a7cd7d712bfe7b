// Two scenarios beside each other: A, which was pinned, and B, which is being changed; each figure with its difference and how sure
// it is. Knows nothing of how they were run.
import { element, setText } from "../stepper/dom.js";
import { type Difference, differences } from "./comparison.js";
import { signed } from "./figures.js";
import type { Telling } from "./task.js";

type Pair = Extract<Telling, { kind: "pair" }>["summaries"];

export class ComparisonPanel {
  readonly element: HTMLElement;
  readonly #caption: HTMLElement;
  readonly #body: HTMLElement;

  constructor() {
    this.#caption = element("p", { class: "caption", role: "status", "data-part": "compared" });
    this.#body = element("tbody");
    const head = (words: string, isFigure = true): HTMLElement =>
      element("th", { scope: "col", class: isFigure ? "number" : undefined }, words);
    this.element = element(
      "section",
      { class: "figure comparison", "aria-label": "Comparison" },
      element("h4", {}, "A and B"),
      this.#caption,
      element(
        "table",
        { "data-part": "comparison" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            head("", false),
            head("A"),
            head("B"),
            head("B \u2212 A"),
            head("95 % interval"),
            head("", false),
          ),
        ),
        this.#body,
      ),
    );
  }

  /** `changes` says what B has that A has not. */
  update(changes: string, pairs: readonly Pair[], replications: number): void {
    const found = differences(pairs);
    const isDone = pairs.length === replications;
    setText(
      this.#caption,
      changes === ""
        ? "B is A: change the scenario to see what comes of it."
        : `${changes}. ${isDone ? "" : `${pairs.length} of `}${replications} pairs of runs with the same random numbers each.`,
    );
    this.#body.replaceChildren(...(changes === "" ? [] : found.map(row)));
  }
}

function row({ name, a, b, difference, interval, isReal, better, format }: Difference): HTMLElement {
  const isBetter = better === "neither" ? undefined : difference > 0 === (better === "more");
  const verdict =
    isReal === undefined
      ? "\u2026"
      : !isReal
        ? "\u2248 no difference to be seen"
        : isBetter === undefined
          ? "\u2260 differs"
          : isBetter
            ? "\u2713 better"
            : "\u2717 worse";
  const kind = isReal !== true || isBetter === undefined ? "even" : isBetter ? "better" : "worse";
  const share =
    a === 0
      ? ""
      : ` (${signed(`${(100 * difference) / a > 999 ? "> 999" : ((100 * difference) / a).toFixed(1)} %`, difference)})`;
  return element(
    "tr",
    { "data-kind": kind },
    element("th", { scope: "row" }, name),
    ...[
      format(a),
      format(b),
      `${signed(format(difference), difference)}${share}`,
      interval === undefined
        ? ""
        : `${signed(format(interval[0]), interval[0])} to ${signed(format(interval[1]), interval[1])}`,
    ].map((figure) => element("td", { class: "number" }, figure)),
    element("td", { class: "verdict" }, verdict),
  );
}
