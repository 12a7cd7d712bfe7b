// What is said of a validation in words: the verdict, how far each model is off, the bars, the noise, and why a row is what it is.
import type { ShownModes } from "../../src/view/validation-modes.js";
import type { ValidationState } from "../../src/view/validation-state.js";
import { element } from "../stepper/dom.js";
import { modeSigns } from "./plot.js";

/** The verdict and what it rests on. */
export function verdict(
  report: ValidationState,
  mode: ShownModes,
  onFailing: (rows: readonly number[]) => void,
): readonly HTMLElement[] {
  const shown = mode === "both" ? (["realistic", "ideal"] as const) : [mode];
  const modes = shown.map((name) => element("li", {}, `${modeSigns[name]} ${report.modes[name]}`));
  const bars = report.checks.map(({ text, holds, failing }) => {
    const bar = element("li", { "data-holds": String(holds) }, `${sign(holds)} ${text} `);
    if (failing.length > 0) {
      const show = element("button", { type: "button", class: "beyond" }, `show ${failing.length} beyond it`);
      show.addEventListener("click", () => onFailing(failing));
      bar.append(show);
    }
    return bar;
  });
  const noise =
    report.noise_pct === null
      ? "\u2013 nothing was measured twice: the noise floor is unknown"
      : `\u2013 noise floor: repeats differ by ${report.noise_pct} % from their median`;
  return [
    element("b", { "data-holds": String(report.accepted) }, `${sign(report.accepted)} ${report.summary}`),
    element("ul", { "data-part": "modes" }, ...modes),
    element("ul", {}, ...(mode === "ideal" ? [element("li", {}, whose)] : []), ...bars, element("li", {}, noise)),
  ];
}

const whose = "Verdict and bars go by the realistic model:";

/** As many sentences as stand below the table without one being asked for. */
const fewNotes = 3;

/** What explains the row that is chosen; of a report with few explanations all of them while none is. */
export function explanation({ columns, notes }: ValidationState, row: number | undefined): string {
  if (row === undefined) {
    if (notes.length > fewNotes) return "Choose a row to read how its time was predicted.";
    return notes.join("\n");
  }
  const note = notes[columns.note[row]] ?? "Nothing is to be added to this row.";
  const [predicted, measured] = [columns.bottleneck[row], columns.measuredBottleneck[row]];
  const binds =
    measured === null || measured === predicted ? "" : ` Predicted ${predicted}-bound, by its time ${measured}-bound.`;
  return `${columns.kernel[row]} ${columns.shape[row]} ${columns.precision[row]}: ${note}${binds}`;
}

function sign(holds: boolean | null): string {
  return holds === null ? "\u2013" : holds ? "\u2713" : "\u2717";
}
