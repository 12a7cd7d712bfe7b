// Points of two columns and those that none beats in both. Turns a table into a Vega-Lite specification; predicts nothing.
import type { Row, TableLike } from "../../table.js";
import { colours } from "../../theme.js";
import type { ChartSpec } from "../chart.js";
import { ChartColumns, quantityOf, titleOf } from "../columns.js";
import { around, LabelPlacer } from "../labels.js";
import { label, labelSize, textLayer } from "../text-layer.js";
import {
  colourOf,
  type FigureAxis,
  figureAxis,
  type SweepChartOptions,
  sweepChart,
  tip,
  usualSize,
} from "./sweep-chart.js";

export interface ParetoChartOptions extends SweepChartOptions {
  readonly x: string;
  readonly y: string;
  /** What is better of each; less unless said. */
  readonly better?: { readonly x?: "less" | "more"; readonly y?: "less" | "more" };
  /** The column that names a point; `device` unless given. */
  readonly label?: string;
}

/**
 * Points of two columns, with a line along those that no other point beats in both: `paretoChart(table, { x: "watts", y:
 * "predicted_time_us" })`. The line is stepped, since nothing is known of what lies between two points. Throws InputError for a
 * column that is not there or holds no figures.
 */
export function paretoChart(data: TableLike, options: ParetoChartOptions): ChartSpec {
  const columns = new ChartColumns(data, "paretoChart");
  const [x, y] = [columns.figures(options.x, "x"), columns.figures(options.y, "y")];
  const name = columns.any(options.label ?? "device", "label");
  const { rows, left } = columns.complete(x, y);
  const { x: betterX = "less", y: betterY = "less" } = options.better ?? {};
  const best = paretoRows(rows, (row) => [
    betterX === "less" ? -Number(row[x]) : Number(row[x]),
    betterY === "less" ? -Number(row[y]) : Number(row[y]),
  ]);
  // Those of the frontier are drawn last, above the others.
  const marked = [...rows.filter((row) => !best.has(row)), ...rows.filter((row) => best.has(row))].map((row) => ({
    [x]: row[x],
    [y]: row[y],
    [name]: row[name],
    frontier: best.has(row) ? "yes" : "no",
  }));
  const [xAxis, yAxis] = [figureAxis(rows, x), figureAxis(rows, y)];
  const axes = { x: xAxis.channel, y: yAxis.channel };
  const named = isFew(rows);
  const shape = {
    field: "frontier",
    type: "nominal",
    title: "beaten by none",
    scale: { domain: ["yes", "no"], range: ["diamond", "circle"] },
  };
  const colour = colourOf(rows, name);
  return sweepChart(
    {
      rows: marked,
      columns: [x, y, name, "frontier"],
      title: `${titleOf(y)} against ${titleOf(x)}`,
      remarks: [`Better: ${betterY} ${quantityOf(y)}, ${betterX} ${quantityOf(x)}`],
      left,
    },
    options,
    {
      layer: [
        {
          transform: [{ filter: "datum.frontier === 'yes'" }],
          mark: {
            type: "line",
            interpolate: betterX === "less" ? "step-after" : "step-before",
            color: colours.ink,
            strokeDash: [4, 3],
            aria: false,
          },
          encoding: { ...axes, order: { ...xAxis.channel, scale: undefined, axis: undefined } },
        },
        {
          mark: { type: "point", size: 80, filled: true, opacity: 1 },
          encoding: {
            ...axes,
            // What is named beside its point needs no legend; the words on the page and the shapes do without colours.
            color: colour === undefined ? { value: colours.series[0] } : named ? { ...colour, legend: null } : colour,
            shape,
            tooltip: [
              tip(rows, name),
              tip(rows, x),
              tip(rows, y),
              { field: "frontier", type: "nominal", title: "beaten by none" },
            ],
          },
        },
        ...(named ? [names(rows, best, name, [x, y], [xAxis, yAxis], { ...options, better: { x: betterX } })] : []),
      ],
    },
  );
}

/** Whether each point can be named beside it. */
function isFew(rows: readonly Row[]): boolean {
  return rows.length <= 16;
}

function names(
  rows: readonly Row[],
  best: ReadonlySet<Row>,
  name: string,
  [x, y]: readonly string[],
  [xAxis, yAxis]: readonly FigureAxis[],
  {
    width = usualSize.width,
    height = usualSize.height,
    better,
  }: SweepChartOptions & Pick<ParetoChartOptions, "better">,
): object {
  // Words may leave the plot to the right and above, where nothing else is.
  const placer = new LabelPlacer({ left: 0, top: -12, right: width + 100, bottom: height }, labelSize);
  const places = rows.map((row) => ({
    x: xAxis.share(Number(row[x])) * width,
    y: (1 - yAxis.share(Number(row[y]))) * height,
  }));
  const block = (a: Pixels, b: Pixels, gap: number): void =>
    placer.block({
      left: Math.min(a.x, b.x) - gap,
      top: Math.min(a.y, b.y) - gap,
      right: Math.max(a.x, b.x) + gap,
      bottom: Math.max(a.y, b.y) + gap,
    });
  for (const place of places) block(place, place, 6);
  const line = places.filter((_, i) => best.has(rows[i])).sort((a, b) => a.x - b.x);
  for (const [i, to] of line.slice(1).entries()) {
    const from = line[i];
    const corner = better?.x === "less" ? { x: to.x, y: from.y } : { x: from.x, y: to.y };
    block(from, corner, 2);
    block(corner, to, 2);
  }
  return textLayer(
    rows.flatMap((row, i) => {
      const text = String(row[name]);
      const place = placer.place(text, around(places[i].x, places[i].y, 9));
      return place === undefined ? [] : [label(text, place, colours.ink)];
    }),
    0,
  );
}

interface Pixels {
  readonly x: number;
  readonly y: number;
}

/** Those that no other row beats in one figure without being worse in the other. */
function paretoRows(rows: readonly Row[], goodness: (row: Row) => readonly [number, number]): ReadonlySet<Row> {
  const ordered = rows
    .map((row) => ({ row, at: goodness(row) }))
    .sort((a, b) => b.at[0] - a.at[0] || b.at[1] - a.at[1]);
  const best = new Set<Row>();
  let last: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { row, at } of ordered) {
    // What equals one that none beats is beaten by none either.
    if (at[1] <= last[1] && !(at[0] === last[0] && at[1] === last[1])) continue;
    last = at;
    best.add(row);
  }
  return best;
}
