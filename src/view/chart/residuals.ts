// Residuals: how far predictions are from what was measured, with their sign, over what may explain it. Turns a validation into a
// Vega-Lite specification; compares nothing itself.
import { InputError } from "../../core/errors.js";
import { describeShape, operator, residualOf, statusLimits, type ValidationReport } from "../../model/index.js";
import { chartTheme, colours } from "../theme.js";
import { type ChartSpec, vegaLiteSchema } from "./chart.js";

export interface ResidualOptions {
  /** `intensity` unless given: operations per byte; `work`: operations. */
  readonly over?: "intensity" | "work";
  /** "Residuals on GB10, by size" unless given. */
  readonly title?: string;
  /** Of the plot without axes, in pixels: 620 x 220 unless given. */
  readonly width?: number;
  readonly height?: number;
}

const overs = {
  intensity: {
    field: "ai",
    title: "arithmetic intensity, FLOP per byte of DRAM traffic",
    words: "by arithmetic intensity",
    format: ",.4~g",
  },
  work: { field: "flops", title: "operations", words: "by size", format: "~s" },
} as const;

/**
 * (predicted - measured) / measured of each row, in percent, over its arithmetic intensity or its size on a log axis: what lies above
 * the line was predicted too slow. Bands show where green and yellow end. Throws InputError for a report without rows.
 */
export function residuals(report: ValidationReport, options: ResidualOptions = {}): ChartSpec {
  const { over = "intensity", width = 620, height = 220 } = options;
  if (!Object.hasOwn(overs, over)) {
    throw new InputError(`residuals are drawn over "intensity" or "work", got ${JSON.stringify(over)}`, {
      where: "over",
    });
  }
  const { words } = overs[over];
  const title = options.title ?? `Residuals on ${report.device.name}, ${words}`;
  if (report.results.length === 0) throw new InputError("there is nothing to draw: no benchmark was compared");
  const values = report.results.map((result, i) => ({
    kernel: result.kernel_type,
    shape: describeShape(operator(result.kernel_type), result.shape),
    precision: result.precision,
    ai: report.predictions[i].ai,
    flops: report.predictions[i].flops,
    residual: residualOf(result),
    predicted: result.predicted_time_us,
    measured: result.measured_time_us,
    bottleneck: result.bottleneck,
    status: result.status,
  }));
  const edges = [-statusLimits.red, -statusLimits.yellow, 0, statusLimits.yellow, statusLimits.red];
  const statuses = ["green", "yellow", "red"] as const;
  const y = {
    field: "residual",
    type: "quantitative",
    title: "predicted minus measured, % of measured",
    // An error of a factor of ten must not flatten all others.
    scale: { type: "symlog", constant: statusLimits.red },
  };
  return {
    $schema: vegaLiteSchema,
    title: {
      text: title,
      subtitle: `Above the line: predicted too slow. Lines at ${statusLimits.yellow} % and ${statusLimits.red} %.`,
    },
    description: `Residuals of ${values.length} predictions on ${report.device.name} over ${overs[over].title}.`,
    width,
    height,
    config: chartTheme,
    layer: [
      {
        data: { values: edges.map((residual) => ({ residual, line: residual === 0 ? "zero" : "limit" })) },
        mark: { type: "rule", color: colours.ink, opacity: 0.6, aria: false },
        encoding: {
          y: { ...y },
          strokeDash: {
            field: "line",
            type: "nominal",
            scale: {
              domain: ["zero", "limit"],
              range: [
                [1, 0],
                [4, 4],
              ],
            },
            legend: null,
          },
        },
      },
      {
        data: { values },
        mark: { type: "point", filled: true, size: 60, opacity: 0.9 },
        encoding: {
          x: {
            field: overs[over].field,
            type: "quantitative",
            title: overs[over].title,
            scale: { type: "log" },
            axis: { format: overs[over].format, tickCount: 8 },
          },
          y,
          color: {
            field: "status",
            type: "nominal",
            title: "verdict",
            scale: { domain: statuses, range: statuses.map((status) => colours.status[status]) },
          },
          shape: {
            field: "status",
            type: "nominal",
            title: "verdict",
            scale: { domain: statuses, range: ["circle", "triangle-up", "square"] },
          },
          tooltip: [
            ...(["kernel", "shape", "precision"] as const).map((field) => ({ field, type: "nominal" })),
            { field: "predicted", type: "quantitative", title: "predicted, us", format: ",.4~g" },
            { field: "measured", type: "quantitative", title: "measured, us", format: ",.4~g" },
            { field: "residual", type: "quantitative", title: "residual, %", format: "+.1f" },
            { field: "bottleneck", type: "nominal", title: "bound by" },
          ],
        },
      },
    ],
  };
}
