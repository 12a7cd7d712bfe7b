// What the columns of the table of a validation say, by whose predictions are shown. Knows no DOM.
import type { ValidationStatus } from "../../src/model/validation/residual.js";
import { statusSigns } from "../../src/view/theme.js";
import type { ShownModes } from "../../src/view/validation-modes.js";
import type { ValidationColumns } from "../../src/view/validation-state.js";
import { formatFigure } from "./figures.js";
import type { SortKey } from "./rows.js";

export interface Column {
  readonly key: SortKey;
  readonly title: string;
  readonly hint: string;
  readonly isFigure: boolean;
  /** The width, as a track of a CSS grid. */
  readonly track: string;
  text(columns: ValidationColumns, row: number): string;
  /** The verdict that colours the cell. */
  status?(columns: ValidationColumns, row: number): ValidationStatus;
}

/** The columns of one model, or of both side by side. `columns` of the rows are those of `columnsIn`. */
export function tableColumns(mode: ShownModes): readonly Column[] {
  return mode === "both" ? [...what, measured, ...sideBySide] : [...what, measured, ...ofOne(mode)];
}

const word = { hint: "", isFigure: false, track: "6.2em" } as const;
const figure = { isFigure: true, track: "6.5em" } as const;
const offBy = "predicted minus measured, percent of measured; ordered by how far";

const what: readonly Column[] = [
  { ...word, key: "kernel", title: "kernel", text: (c, row) => c.kernel[row] },
  { ...word, key: "shape", title: "shape", track: "minmax(13em, 1.5fr)", text: (c, row) => c.shape[row] },
  { ...word, key: "precision", title: "precision", track: "6.8em", text: (c, row) => c.precision[row] },
];

const measured: Column = {
  ...figure,
  key: "measured",
  title: "measured",
  hint: "microseconds",
  text: (c, row) => formatFigure(c.measured[row]),
};

function ofOne(mode: "realistic" | "ideal"): readonly Column[] {
  const hint = mode === "ideal" ? "microseconds, the plain roofline" : "microseconds, by table or planner";
  return [
    { ...figure, key: "predicted", title: mode, hint, text: (c, row) => formatFigure(c.predicted[row]) },
    { ...figure, key: "residual", title: "off by", hint: offBy, text: (c, row) => signed(c.residual[row]) },
    { ...word, key: "bottleneck", title: "bound by", hint: "as predicted", text: (c, row) => c.bottleneck[row] },
    {
      ...word,
      key: "status",
      title: "verdict",
      text: (c, row) => `${statusSigns[c.status[row]]} ${c.status[row]}`,
      status: (c, row) => c.status[row],
    },
  ];
}

const sideBySide: readonly Column[] = [
  {
    ...figure,
    key: "predicted",
    title: "realistic",
    hint: "microseconds, by table or planner",
    text: (c, row) => formatFigure(c.predicted[row]),
  },
  {
    ...figure,
    key: "residual",
    title: "off by",
    hint: `realistic: ${offBy}`,
    track: "8.2em",
    text: (c, row) => `${statusSigns[c.status[row]]} ${signed(c.residual[row])}`,
    status: (c, row) => c.status[row],
  },
  {
    ...figure,
    key: "ideal",
    title: "ideal",
    hint: "microseconds, the plain roofline",
    text: (c, row) => formatFigure(c.ideal[row]),
  },
  {
    ...figure,
    key: "idealResidual",
    title: "off by",
    hint: `ideal: ${offBy}`,
    track: "8.2em",
    text: (c, row) => `${statusSigns[c.idealStatus[row]]} ${signed(c.idealResidual[row])}`,
    status: (c, row) => c.idealStatus[row],
  },
  {
    ...word,
    key: "bottleneck",
    title: "bound by",
    hint: "as the realistic model says, then the ideal one where it says something else",
    track: "minmax(11.5em, 1fr)",
    text: (c, row) =>
      c.bottleneck[row] === c.idealBottleneck[row]
        ? c.bottleneck[row]
        : `${c.bottleneck[row]} / ${c.idealBottleneck[row]}`,
  },
];

function signed(percent: number): string {
  return `${percent < 0 ? "\u2212" : "+"}${Math.abs(percent).toFixed(1)} %`;
}
