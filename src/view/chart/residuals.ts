// Residuals: how far predictions are from what was measured, with their sign, over what may explain it. Turns a validation into a
// Vega-Lite specification; compares nothing itself.
import { InputError } from "../../core/errors.js";
import {
  describeShape,
  operator,
  predictionsOf,
  residualOf,
  statusesOf,
  statusLimits,
  type ValidationMode,
  type ValidationReport,
  validationModes,
} from "../../model/index.js";
import { chartTheme, colours } from "../theme.js";
import { readShownModes, type ShownModes } from "../validation-modes.js";
import { type ChartSpec, vegaLiteSchema } from "./chart.js";

export interface ResidualOptions {
  /** `intensity` unless given: operations per byte; `work`: operations. */
  readonly over?: "intensity" | "work";
  /** Whose predictions: `realistic` unless given, `ideal`, or `both`, the one filled and the other hollow. */
  readonly mode?: ShownModes | (string & Record<never, never>);
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
    format: ",.4~r",
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
  const modes = readShownModes(options.mode);
  const values = modes.flatMap((mode) => pointsOf(report, mode));
  const edges = [-statusLimits.red, -statusLimits.yellow, 0, statusLimits.yellow, statusLimits.red];
  const statuses = ["green", "yellow", "red"] as const;
  const y = {
    field: "residual",
    type: "quantitative",
    title: "predicted minus measured, % of measured",
    // An error of a factor of ten must not flatten all others.
    scale: { type: "symlog", constant: statusLimits.red },
  };
  const x = {
    field: overs[over].field,
    type: "quantitative",
    title: overs[over].title,
    scale: { type: "log" },
    axis: { format: overs[over].format, tickCount: 8 },
  };
  return {
    $schema: vegaLiteSchema,
    title: {
      text: title,
      subtitle: `Above the line: predicted too slow. Lines at ${statusLimits.yellow} % and ${statusLimits.red} %.${modes.length < 2 ? "" : " Filled: realistic; hollow: ideal."}`,
    },
    description: `Residuals of ${report.results.length} ${modes.join(" and ")} predictions on ${report.device.name} over ${overs[over].title}.`,
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
      ...(modes.length < 2 ? [] : [pairsOf(report, overs[over].field, x, y)]),
      ...modes.map((mode) => ({
        data: { values: values.filter((value) => value.mode === mode) },
        // Told apart by being filled or not, since form and colour are the verdict's.
        mark: { type: "point", filled: mode === "realistic", size: 60, opacity: 0.9, strokeWidth: 1.5 },
        encoding: {
          x,
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
            ...(["kernel", "shape", "precision", "mode"] as const).map((field) => ({ field, type: "nominal" })),
            { field: "predicted", type: "quantitative", title: "predicted, us", format: ",.4~r" },
            { field: "measured", type: "quantitative", title: "measured, us", format: ",.4~r" },
            { field: "residual", type: "quantitative", title: "residual, %", format: "+.1f" },
            { field: "bottleneck", type: "nominal", title: "bound by" },
          ],
        },
      })),
    ],
  };
}

interface ResidualPoint {
  readonly mode: ValidationMode;
  readonly kernel: string;
  readonly shape: string;
  readonly precision: string;
  readonly ai: number;
  readonly flops: number;
  readonly residual: number;
  readonly predicted: number;
  readonly measured: number;
  readonly bottleneck: string;
  readonly status: string;
}

function pointsOf(report: ValidationReport, mode: ValidationMode): ResidualPoint[] {
  const statuses = statusesOf(report, mode);
  return predictionsOf(report, mode).map(({ predicted_time_us, ai, flops, bottleneck }, i) => {
    const { kernel_type, shape, precision, measured_time_us } = report.results[i];
    return {
      mode,
      kernel: kernel_type,
      shape: describeShape(operator(kernel_type), shape),
      precision,
      ai,
      flops,
      residual: residualOf({ predicted_time_us, measured_time_us }),
      predicted: predicted_time_us,
      measured: measured_time_us,
      bottleneck,
      status: statuses[i],
    };
  });
}

/** A thin line between what both models say of one row. */
function pairsOf(report: ValidationReport, field: "ai" | "flops", x: object, y: object): object {
  const [realistic, ideal] = validationModes.map((mode) => pointsOf(report, mode));
  return {
    data: {
      values: realistic.map((point, i) => ({
        [field]: point[field],
        residual: point.residual,
        ideal: ideal[i].residual,
      })),
    },
    mark: { type: "rule", color: colours.ink, opacity: 0.4, strokeWidth: 1, aria: false },
    encoding: { x, y, y2: { field: "ideal" } },
  };
}
