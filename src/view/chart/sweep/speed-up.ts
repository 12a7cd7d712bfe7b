// How many times faster than a base each value of a column is. Turns a table into a Vega-Lite specification; predicts nothing.
import { InputError } from "../../../core/errors.js";
import type { Row, TableLike } from "../../table.js";
import { colours } from "../../theme.js";
import type { ChartSpec } from "../chart.js";
import { ChartColumns, titleOf } from "../columns.js";
import { labelSize } from "../text-layer.js";
import { colourOf, distinctIn, fieldOf, type SweepChartOptions, sweepChart, tip, usualSize } from "./sweep-chart.js";

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
  const values = distinctIn(compared, over);
  const groups = distinctIn(compared, "group").length;
  return sweepChart(
    {
      rows: compared,
      columns: ["group", over, "speed_up", time],
      title: `speed-up over ${titleOf(over)} ${String(base)}`,
      left: left + rows.length - compared.length,
      // A bar that can be seen for each, and air between the groups.
      size: { height: Math.max(usualSize.height / 2, groups * (values.length * barHeight + barHeight)) },
    },
    options,
    {
      encoding: {
        y: {
          field: "group",
          type: "nominal",
          title: null,
          sort: null,
          axis: { labelLimit: 320 },
          scale: { paddingInner: 1 / (values.length + 1) },
        },
      },
      layer: [
        {
          mark: { type: "bar" },
          encoding: {
            yOffset: { field: fieldOf(over), sort: values },
            x: {
              field: "speed_up",
              type: "quantitative",
              title: `times as fast as ${String(base)}`,
              axis: { tickCount: 8 },
            },
            color: colourOf(compared, over) ?? { value: colours.series[0] },
            tooltip: [
              { field: "group", type: "nominal", title: by.map(titleOf).join(", ") },
              tip(compared, over),
              { field: "speed_up", type: "quantitative", title: "speed-up", format: ".2f" },
              tip(compared, time),
            ],
          },
        },
        {
          mark: {
            type: "text",
            align: "left",
            baseline: "middle",
            dx: 4,
            fontSize: labelSize,
            color: colours.ink,
            aria: false,
          },
          encoding: {
            yOffset: { field: fieldOf(over), sort: values },
            x: { field: "speed_up", type: "quantitative" },
            text: { field: "speed_up", type: "quantitative", format: ".2~f" },
          },
        },
        // Once is neither faster nor slower.
        {
          data: { values: [{ speed_up: 1 }] },
          mark: { type: "rule", color: colours.ink, strokeDash: [3, 3], aria: false },
          encoding: { x: { field: "speed_up", type: "quantitative" }, y: null },
        },
      ],
    },
  );
}

const barHeight = 13;
