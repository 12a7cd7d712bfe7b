// Charts for the usual questions about a sweep: where in two parameters it is fast, what a narrower precision gains, what is worth its
// price, and how it scales. Each turns a table into a Vega-Lite specification to take and change; none predicts.
import { InputError } from "../../core/errors.js";
import type { Row, TableLike } from "../table.js";
import { chartTheme, colours } from "../theme.js";
import { type ChartSpec, vegaLiteSchema } from "./chart.js";
import { ChartColumns, isWide, leftOut, titleOf } from "./columns.js";

export interface SweepChartOptions {
  /** What stands above; made of the columns unless given. */
  readonly title?: string;
  /** Of the plot without axes, in pixels. */
  readonly width?: number;
  readonly height?: number;
}

export interface HeatMapChartOptions extends SweepChartOptions {
  readonly x: string;
  readonly y: string;
  /** The column that the colour shows; `predicted_tflops` unless given. */
  readonly value?: string;
}

/**
 * A column as colour over two others: `heatMapChart(table, { x: "M", y: "K" })`. Cells that several rows fall into show their mean.
 * Throws InputError for a column that is not there or holds no figures.
 */
export function heatMapChart(data: TableLike, options: HeatMapChartOptions): ChartSpec {
  const columns = new ChartColumns(data, "heatMapChart");
  const [x, y] = [columns.any(options.x, "x"), columns.any(options.y, "y")];
  const value = columns.figures(options.value ?? "predicted_tflops", "value");
  const { rows, left } = columns.complete(value);
  const ordinal = (field: string) => ({ field, type: "ordinal", title: titleOf(field), sort: inOrder(rows, field) });
  return frame(rows, [x, y, value], options, `${titleOf(value)} over ${titleOf(x)} and ${titleOf(y)}`, left, {
    mark: { type: "rect" },
    encoding: {
      x: { ...ordinal(x), axis: { labelAngle: 0, labelOverlap: true } },
      y: { ...ordinal(y), sort: [...inOrder(rows, y)].reverse() },
      color: {
        field: value,
        type: "quantitative",
        aggregate: "mean",
        title: titleOf(value),
        legend: { titleLimit: 400 },
        scale: { scheme: "viridis", ...(isWide(rows, value) && { type: "log" }) },
      },
      tooltip: [
        { field: x, type: "nominal", title: titleOf(x) },
        { field: y, type: "nominal", title: titleOf(y) },
        { field: value, type: "quantitative", aggregate: "mean", title: titleOf(value), format: ",.4~g" },
      ],
    },
  });
}

export interface SpeedUpChartOptions extends SweepChartOptions {
  /** The column that is compared; `precision` unless given. */
  readonly over?: string;
  /** Which of its values is 1; the first unless given. */
  readonly base?: string | number;
  /** What rows must have in common to be compared; `device` and `shape` unless given. */
  readonly by?: readonly string[];
  /** The column of times; `predicted_time_us` unless given. */
  readonly time?: string;
}

/**
 * How many times faster than `base` each value of a column is, as bars for each device and shape: `speedUpChart(table)` compares
 * precisions. Throws InputError for a column that is not there, and where no row of the base is left to compare with.
 */
export function speedUpChart(data: TableLike, options: SpeedUpChartOptions = {}): ChartSpec {
  const columns = new ChartColumns(data, "speedUpChart");
  const over = columns.any(options.over ?? "precision", "over");
  const by = (options.by ?? ["device", "shape"]).map((name) => columns.any(name, "by"));
  const time = columns.figures(options.time ?? "predicted_time_us", "time");
  const { rows, left } = columns.complete(time);
  const base = options.base ?? (rows[0][over] as string | number);
  const groupOf = (row: Row): string => by.map((name) => String(row[name])).join(", ");
  const baseTimes = new Map<string, number>();
  for (const row of rows) if (row[over] === base) baseTimes.set(groupOf(row), Number(row[time]));
  const compared = rows.flatMap((row) => {
    const before = baseTimes.get(groupOf(row));
    if (before === undefined) return [];
    return [{ group: groupOf(row), [over]: row[over], speed_up: before / Number(row[time]), [time]: row[time] }];
  });
  if (compared.length === 0) {
    throw new InputError(`no row has ${over} ${JSON.stringify(base)}`, {
      where: "speedUpChart: base",
      fix: `It has ${[...new Set(rows.map((row) => JSON.stringify(row[over])))].join(", ")}.`,
    });
  }
  return frame(
    compared,
    ["group", over, "speed_up", time],
    options,
    `Speed-up over ${over} ${String(base)}`,
    left + rows.length - compared.length,
    {
      mark: { type: "bar" },
      encoding: {
        y: { field: "group", type: "nominal", title: null, sort: null, axis: { labelLimit: 320 } },
        yOffset: { field: over, sort: null },
        x: { field: "speed_up", type: "quantitative", title: `times as fast as ${String(base)}` },
        color: { field: over, type: "nominal", sort: null, scale: { range: colours.series } },
        tooltip: [
          { field: "group", type: "nominal", title: by.map(titleOf).join(", ") },
          { field: over, type: "nominal" },
          { field: "speed_up", type: "quantitative", title: "speed-up", format: ".2f" },
          { field: time, type: "quantitative", title: titleOf(time), format: ",.4~g" },
        ],
      },
    },
  );
}

export interface ParetoChartOptions extends SweepChartOptions {
  readonly x: string;
  readonly y: string;
  /** What is better of each; less unless said. */
  readonly better?: { readonly x?: "less" | "more"; readonly y?: "less" | "more" };
  /** The column that names a point; `device` unless given. */
  readonly label?: string;
}

/**
 * Points of two columns, with a line through those that no other point beats in both: `paretoChart(table, { x: "watts", y:
 * "predicted_time_us" })`. Throws InputError for a column that is not there or holds no figures.
 */
export function paretoChart(data: TableLike, options: ParetoChartOptions): ChartSpec {
  const columns = new ChartColumns(data, "paretoChart");
  const [x, y] = [columns.figures(options.x, "x"), columns.figures(options.y, "y")];
  const label = columns.any(options.label ?? "device", "label");
  const { rows, left } = columns.complete(x, y);
  const { x: betterX = "less", y: betterY = "less" } = options.better ?? {};
  const goodness = (row: Row): readonly [number, number] => [
    betterX === "less" ? -Number(row[x]) : Number(row[x]),
    betterY === "less" ? -Number(row[y]) : Number(row[y]),
  ];
  const best = paretoRows(rows, goodness);
  const marked = rows.map((row) => ({
    [x]: row[x],
    [y]: row[y],
    [label]: row[label],
    frontier: best.has(row) ? "yes" : "no",
  }));
  const axes = {
    x: {
      field: x,
      type: "quantitative",
      title: titleOf(x),
      scale: { zero: false, ...(isWide(rows, x) && { type: "log" }) },
    },
    y: {
      field: y,
      type: "quantitative",
      title: titleOf(y),
      scale: { zero: false, ...(isWide(rows, y) && { type: "log" }) },
    },
  };
  const wish =
    betterX === betterY ? `${betterX} of both is better` : `${betterY} of it and ${betterX} of the other are better`;
  const title = `${titleOf(y)} against ${titleOf(x)}: ${wish}`;
  return frame(marked, [x, y, label, "frontier"], options, title, left, {
    layer: [
      {
        transform: [{ filter: "datum.frontier === 'yes'" }],
        mark: { type: "line", interpolate: "linear", color: colours.ink, aria: false },
        encoding: { ...axes, order: { field: x, type: "quantitative" } },
      },
      {
        mark: { type: "point", size: 70 },
        encoding: {
          ...axes,
          color: { field: label, type: "nominal", scale: { range: colours.series } },
          shape: {
            field: "frontier",
            type: "nominal",
            title: "beaten by none",
            scale: { domain: ["yes", "no"], range: ["diamond", "circle"] },
          },
          tooltip: [
            { field: label, type: "nominal" },
            { field: x, type: "quantitative", title: titleOf(x), format: ",.4~g" },
            { field: y, type: "quantitative", title: titleOf(y), format: ",.4~g" },
            { field: "frontier", type: "nominal", title: "beaten by none" },
          ],
        },
      },
    ],
  });
}

export interface ScalingChartOptions extends SweepChartOptions {
  /** What grows: `devices`, `batch`, `M`. */
  readonly x: string;
  /** What becomes of it; `predicted_time_us` unless given. */
  readonly y?: string;
  /** The column that a line stands for; `device` unless given. */
  readonly line?: string;
  /** Draws what proportional scaling would be: `more` for a figure that should grow with x, `less` for a time that should fall. */
  readonly ideal?: "more" | "less";
}

/**
 * Lines of one column over another on log axes: `scalingChart(table, { x: "M" })`. Throws InputError for a column that is not there or
 * holds no positive figures.
 */
export function scalingChart(data: TableLike, options: ScalingChartOptions): ChartSpec {
  const columns = new ChartColumns(data, "scalingChart");
  const x = columns.figures(options.x, "x");
  const y = columns.figures(options.y ?? "predicted_time_us", "y");
  const line = columns.any(options.line ?? "device", "line");
  const { rows, left } = columns.complete(x, y);
  const kept = rows.filter((row) => Number(row[x]) > 0 && Number(row[y]) > 0);
  if (kept.length === 0)
    throw new InputError(`no row has positive figures for ${x} and ${y}`, { where: "scalingChart" });
  const drawn = kept.map((row) => ({ [x]: row[x], [y]: row[y], [line]: row[line], kind: "swept" }));
  const ideal = options.ideal === undefined ? [] : idealLines(drawn, x, y, line, options.ideal);
  const log = (field: string) => ({ field, type: "quantitative", title: titleOf(field), scale: { type: "log" } });
  return frame(
    [...drawn, ...ideal],
    [x, y, line, "kind"],
    options,
    `${titleOf(y)} over ${titleOf(x)}`,
    left + rows.length - kept.length,
    {
      mark: { type: "line", point: true },
      encoding: {
        x: log(x),
        y: log(y),
        color: { field: line, type: "nominal", scale: { range: colours.series } },
        ...(ideal.length > 0 && {
          strokeDash: {
            field: "kind",
            type: "nominal",
            scale: {
              domain: ["swept", "proportional"],
              range: [
                [1, 0],
                [4, 4],
              ],
            },
          },
        }),
        tooltip: [
          { field: line, type: "nominal" },
          { field: x, type: "quantitative", title: titleOf(x), format: ",.4~g" },
          { field: y, type: "quantitative", title: titleOf(y), format: ",.4~g" },
          ...(ideal.length > 0 ? [{ field: "kind", type: "nominal" }] : []),
        ],
      },
    },
  );
}

/** From the first point of each line on, as if twice as much of x gave twice, or half, of y. */
function idealLines(rows: readonly Row[], x: string, y: string, line: string, ideal: "more" | "less"): Row[] {
  return [...new Set(rows.map((row) => row[line]))].flatMap((name) => {
    const own = rows.filter((row) => row[line] === name).sort((a, b) => Number(a[x]) - Number(b[x]));
    const [first, last] = [own[0], own[own.length - 1]];
    return [first, last].map((row) => {
      const times = Number(row[x]) / Number(first[x]);
      return {
        [x]: row[x],
        [y]: ideal === "more" ? Number(first[y]) * times : Number(first[y]) / times,
        [line]: name,
        kind: "proportional",
      };
    });
  });
}

/** Those that no other row beats in one figure without being worse in the other. */
function paretoRows(rows: readonly Row[], goodness: (row: Row) => readonly [number, number]): ReadonlySet<Row> {
  const ordered = rows
    .map((row) => ({ row, at: goodness(row) }))
    .sort((a, b) => b.at[0] - a.at[0] || b.at[1] - a.at[1]);
  const best = new Set<Row>();
  let reached = Number.NEGATIVE_INFINITY;
  for (const { row, at } of ordered) {
    if (at[1] <= reached) continue;
    reached = at[1];
    best.add(row);
  }
  return best;
}

/** The values of a column in their order: figures by size, words as they come. */
function inOrder(rows: readonly Row[], field: string): unknown[] {
  const values = [...new Set(rows.map((row) => row[field]))];
  return values.every((value) => typeof value === "number") ? (values as number[]).sort((a, b) => a - b) : values;
}

/** A chart of rows, of which only the columns that it draws go along. */
function frame(
  rows: readonly Row[],
  fields: readonly string[],
  { title, width = 560, height = 320 }: SweepChartOptions,
  usual: string,
  left: number,
  drawing: object,
): ChartSpec {
  const values = rows.map((row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null])));
  const text = title ?? `${usual.charAt(0).toUpperCase()}${usual.slice(1)}`;
  return {
    $schema: vegaLiteSchema,
    title: left === 0 ? text : { text, subtitle: leftOut(left) },
    description: `${text}. ${values.length} points.`,
    width,
    height,
    config: chartTheme,
    data: { values },
    ...drawing,
  };
}
