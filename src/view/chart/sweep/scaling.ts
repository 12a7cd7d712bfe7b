// Lines of one column over another on log axes, with what proportional scaling would be. Turns a table into a Vega-Lite specification;
// predicts nothing.
import { InputError } from "../../../core/errors.js";
import type { Row, TableLike } from "../../table.js";
import { colours } from "../../theme.js";
import type { ChartSpec } from "../chart.js";
import { ChartColumns, quantityOf, titleOf } from "../columns.js";
import { colourOf, fieldOf, logAxis, type SweepChartOptions, shapeOf, sweepChart, tip } from "./sweep-chart.js";

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
  const all = [...drawn, ...ideal];
  const colour = colourOf(kept, line);
  const shape = shapeOf(kept, line);
  const axes = { x: logAxis(kept, x, "swept").channel, y: logAxis(all, y, "round").channel };
  const lines = {
    ...axes,
    color: colour ?? { value: colours.series[0] },
    ...(colour === undefined && { detail: { field: fieldOf(line), type: "nominal" } }),
  };
  const isSwept = "datum.kind === 'swept'";
  return sweepChart(
    {
      rows: all,
      columns: [x, y, line, "kind"],
      title: `${titleOf(y)} over ${titleOf(x)}`,
      remarks:
        ideal.length === 0
          ? []
          : [`Dashed: ${quantityOf(y)} in proportion to ${quantityOf(x)}, from the first point on`],
      left: left + rows.length - kept.length,
    },
    options,
    {
      layer: [
        ...(ideal.length === 0
          ? []
          : [
              {
                transform: [{ filter: `!(${isSwept})` }],
                mark: { type: "line", strokeDash: [4, 4], aria: false },
                encoding: lines,
              },
            ]),
        { transform: [{ filter: isSwept }], mark: { type: "line", aria: false }, encoding: lines },
        {
          transform: [{ filter: isSwept }],
          mark: { type: "point", size: 50, filled: true, opacity: 1 },
          encoding: {
            ...lines,
            ...(shape !== undefined && { shape }),
            tooltip: [tip(kept, line), tip(kept, x), tip(kept, y)],
          },
        },
      ],
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
