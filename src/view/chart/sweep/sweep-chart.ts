// What the charts of a sweep have in common: options, axes of figures, colours and shapes of what is compared, tooltips and the frame
// around it all. Draws none of them.

import { extent } from "../../../core/statistics.js";
import type { Row } from "../../table.js";
import { chartTheme, colours } from "../../theme.js";
import { type ChartSpec, vegaLiteSchema } from "../chart.js";
import { isWide, leftOut, titleOf } from "../columns.js";

export interface SweepChartOptions {
  /** What stands above; made of the columns unless given. */
  readonly title?: string;
  /** Of the plot without axes, in pixels. */
  readonly width?: number;
  readonly height?: number;
}

/** The size of a plot unless given. */
export const usualSize: { readonly width: number; readonly height: number } = { width: 560, height: 320 };

/** A column as Vega-Lite names it: without the backslash `args.n` would be the field n of args. */
export function fieldOf(column: string): string {
  return column.replace(/[\\.[\]'"]/g, "\\$&");
}

/** A figure's axis: its channel, and where a figure lies on it. */
export interface FigureAxis {
  readonly channel: Readonly<Record<string, unknown>>;
  /** From 0 to 1. */
  share(value: number): number;
}

/** A linear axis about the figures of a column, or a log one where they are so wide that a linear one shows few of them. */
export function figureAxis(rows: readonly Row[], column: string): FigureAxis {
  return isWide(rows, column) ? logAxis(rows, column, "round") : linearAxis(rows, column);
}

function linearAxis(rows: readonly Row[], column: string): FigureAxis {
  const [least, most] = extent(rows.map((row) => Number(row[column])));
  const margin = 0.06 * (most - least || Math.abs(most) || 1);
  const domain = [least - margin, most + margin];
  return {
    channel: { ...named(column), scale: { domain, zero: false, nice: false } },
    share: (value) => (value - domain[0]) / (domain[1] - domain[0]),
  };
}

/** A log axis. Its ticks are at round figures, or at each figure that was swept where these are few. All are above 0. */
export function logAxis(rows: readonly Row[], column: string, ticks: "round" | "swept"): FigureAxis {
  const figures = rows.map((row) => Number(row[column]));
  const [least, most] = extent(figures);
  const margin = Math.max(most / least, 2) ** 0.05;
  const domain = [least / margin, most * margin];
  const distinct = [...new Set(figures)].sort((a, b) => a - b);
  const values = ticks === "swept" && distinct.length <= 12 ? distinct : roundFigures(domain);
  return {
    channel: {
      ...named(column),
      scale: { type: "log", domain, nice: false },
      axis: { values, format: Math.max(...values) < 1e6 ? ",~r" : "~s", labelOverlap: "greedy" },
    },
    share: (value) => Math.log(value / domain[0]) / Math.log(domain[1] / domain[0]),
  };
}

/** 1, 10, 100, ... within a range, with 2 and 5 between them where it spans less than two decades. */
export function roundFigures([least, most]: readonly number[]): number[] {
  const steps = most / least < 100 ? [1, 2, 5] : [1];
  const figures: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.log10(most); power++) {
    for (const step of steps) figures.push(Number(`${step}e${power}`));
  }
  return figures.filter((figure) => figure >= least && figure <= most);
}

function named(column: string): { readonly field: string; readonly type: "quantitative"; readonly title: string } {
  return { field: fieldOf(column), type: "quantitative", title: titleOf(column) };
}

/** The colours of what is compared, as far as there are enough to tell it apart; undefined beyond. */
export function colourOf(rows: readonly Row[], column: string): object | undefined {
  const values = distinctIn(rows, column);
  if (values.length > colours.series.length) return undefined;
  return {
    field: fieldOf(column),
    type: "nominal",
    title: titleOf(column),
    scale: { domain: values, range: colours.series },
  };
}

/** The shapes of what is compared, beside the colours, for those who do not see these. */
export function shapeOf(rows: readonly Row[], column: string): object | undefined {
  const values = distinctIn(rows, column);
  if (values.length > shapes.length) return undefined;
  return { field: fieldOf(column), type: "nominal", title: titleOf(column), scale: { domain: values, range: shapes } };
}

const shapes = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "triangle-down",
  "cross",
  "triangle-left",
  "triangle-right",
];

/** The values of a column in their order: figures by size, words as they come. */
export function distinctIn(rows: readonly Row[], column: string): unknown[] {
  const values = [...new Set(rows.map((row) => row[column]))];
  return values.every((value) => typeof value === "number") ? (values as number[]).sort((a, b) => a - b) : values;
}

/** What a tooltip says of a column: whole figures whole, others to five digits. */
export function tip(rows: readonly Row[], column: string, title: string = titleOf(column)): object {
  const cells = rows.map((row) => row[column]).filter((cell) => cell !== null && cell !== undefined);
  if (!cells.every((cell) => typeof cell === "number")) return { field: fieldOf(column), type: "nominal", title };
  const format = cells.every((cell) => Number.isInteger(cell)) ? ",d" : ",.5~r";
  return { field: fieldOf(column), type: "quantitative", title, format };
}

export interface SweepDrawing {
  readonly rows: readonly Row[];
  /** The columns that it draws; no others go along. */
  readonly columns: readonly string[];
  /** The title unless another is given. */
  readonly title: string;
  /** Said below it. */
  readonly remarks?: readonly string[];
  /** Rows that have no figure. */
  readonly left: number;
  readonly size?: { readonly width?: number; readonly height?: number };
}

/** A chart of rows: the frame, the data, the words above and for those who do not see it. */
export function sweepChart(drawing: SweepDrawing, options: SweepChartOptions, marks: object): ChartSpec {
  const { rows, columns, remarks = [], left, size = {} } = drawing;
  const values = rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
  const text = options.title ?? `${drawing.title.charAt(0).toUpperCase()}${drawing.title.slice(1)}`;
  const said = [...remarks, ...(left === 0 ? [] : [leftOut(left)])];
  return {
    $schema: vegaLiteSchema,
    title: said.length === 0 ? text : { text, subtitle: said.length === 1 ? said[0] : said },
    description: [...said, `${values.length} points`].map((words) => `${words}.`).join(" "),
    width: options.width ?? size.width ?? usualSize.width,
    height: options.height ?? size.height ?? usualSize.height,
    config: chartTheme,
    data: { values },
    ...marks,
  };
}
