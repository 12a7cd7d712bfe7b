// A column as colour over two others: where in two parameters it is fast. Turns a table into a Vega-Lite specification; predicts nothing.

import { extent } from "../../../core/statistics.js";
import { formatNumber, type Row, type TableLike } from "../../table.js";
import type { ChartSpec } from "../chart.js";
import { ChartColumns, isWide, titleOf } from "../columns.js";
import { labelSize } from "../text-layer.js";
import {
  distinctIn,
  fieldOf,
  roundFigures,
  type SweepChartOptions,
  sweepChart,
  tip,
  usualSize,
} from "./sweep-chart.js";

export interface HeatMapChartOptions extends SweepChartOptions {
  readonly x: string;
  readonly y: string;
  /** The column that the colour shows; `predicted_tflops` unless given. */
  readonly value?: string;
}

/**
 * A column as colour over two others: `heatMapChart(table, { x: "M", y: "K" })`. Cells that several rows fall into show their mean, and
 * a line below the title says so; where there is room the figures stand in their cells. Throws InputError for a column that is not
 * there or holds no figures.
 */
export function heatMapChart(data: TableLike, options: HeatMapChartOptions): ChartSpec {
  const columns = new ChartColumns(data, "heatMapChart");
  const [x, y] = [columns.any(options.x, "x"), columns.any(options.y, "y")];
  const value = columns.figures(options.value ?? "predicted_tflops", "value");
  const { rows, left } = columns.complete(value);
  const cells = meanCells(rows, x, y, value);
  const [acrossX, downY] = [distinctIn(rows, x), distinctIn(rows, y)];
  const room = {
    width: (options.width ?? usualSize.width) / acrossX.length - 8,
    height: (options.height ?? usualSize.height) / downY.length,
  };
  const hasRoom = cells.every(({ label }) => label.length * labelSize * 0.56 < room.width) && room.height > 16;
  const most = Math.max(...cells.map(({ count }) => count));
  const means = { field: "count", type: "quantitative", title: "rows of this mean" };
  const isLog = isWide(cells, value);
  const range = extent(cells.map((cell) => Number(cell[value])));
  const ordinal = (column: string) => ({ field: fieldOf(column), type: "ordinal", title: titleOf(column) });
  const encoding = {
    x: { ...ordinal(x), sort: acrossX, axis: { labelAngle: 0, labelOverlap: true } },
    y: { ...ordinal(y), sort: [...downY].reverse() },
  };
  const tooltip = [tip(rows, x), tip(rows, y), tip(cells, value), ...(most > 1 ? [means] : [])];
  return sweepChart(
    {
      rows: cells,
      columns: [x, y, value, ...(most > 1 ? ["count"] : []), ...(hasRoom ? ["label"] : [])],
      title: `${titleOf(value)} over ${titleOf(x)} and ${titleOf(y)}`,
      remarks: most > 1 ? [`A cell is the mean of up to ${most} rows`] : [],
      left,
    },
    options,
    {
      encoding,
      layer: [
        {
          mark: { type: "rect" },
          encoding: {
            color: {
              field: fieldOf(value),
              type: "quantitative",
              title: titleOf(value),
              legend: { titleLimit: 400, format: "~s", ...(isLog && { values: roundFigures(range) }) },
              scale: { scheme: "viridis", ...(isLog && { type: "log" }) },
            },
            tooltip,
          },
        },
        ...(hasRoom ? [figures(range, value, isLog ? Math.log : Number)] : []),
      ],
    },
  );
}

/** The figures in their cells: dark on the bright half of the colours, bright on the dark one. */
function figures(range: readonly [number, number], value: string, scale: (figure: number) => number): object {
  const [least, most] = range.map(scale);
  const middle = least + 0.55 * (most - least);
  const threshold = scale === Number ? middle : Math.exp(middle);
  return {
    mark: { type: "text", fontSize: labelSize, aria: false, tooltip: null },
    encoding: {
      text: { field: "label", type: "nominal" },
      color: {
        condition: { test: `datum[${JSON.stringify(value)}] > ${threshold}`, value: "#111319" },
        value: "#ffffff",
      },
    },
  };
}

interface Cell extends Row {
  readonly count: number;
  readonly label: string;
}

function meanCells(rows: readonly Row[], x: string, y: string, value: string): Cell[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row[x], row[y]]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group) => {
    const mean = group.reduce((sum, row) => sum + Number(row[value]), 0) / group.length;
    return { [x]: group[0][x], [y]: group[0][y], [value]: mean, count: group.length, label: formatNumber(mean, 3) };
  });
}
