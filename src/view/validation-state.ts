// A validation as columns of plain JSON: what a live view of it reads. Knows no DOM and no widget.
import type { Precision } from "../core/precision.js";
import {
  acceptanceOf,
  describeCheck,
  describeShape,
  describeSkipped,
  noiseFloor,
  operator,
  predict,
  residualOf,
  skippedReasons,
  type ValidationReport,
  type ValidationStatus,
} from "../model/index.js";

/** A validation as a view of it reads it. Columns have one entry a row. */
export interface ValidationState {
  readonly summary: string;
  readonly accepted: boolean;
  readonly checks: readonly { readonly text: string; readonly holds: boolean | null }[];
  /** What repeats say of the noise; null where nothing was repeated. */
  readonly noise_pct: number | null;
  readonly skipped: readonly { readonly text: string; readonly count: number }[];
  readonly columns: ValidationColumns;
  /** Of the device: the slope of its roofline in bytes a second, and its ceilings in operations a second. */
  readonly bandwidth: number;
  readonly ceilings: readonly { readonly precisions: readonly string[]; readonly peak: number }[];
}

export interface ValidationColumns {
  readonly kernel: readonly string[];
  readonly shape: readonly string[];
  readonly precision: readonly string[];
  /** Microseconds, as are `ideal` and `measured`. */
  readonly predicted: readonly number[];
  readonly ideal: readonly number[];
  readonly measured: readonly number[];
  /** (predicted - measured) / measured in percent. */
  readonly residual: readonly number[];
  readonly bottleneck: readonly string[];
  readonly status: readonly ValidationStatus[];
  /** Operations per byte. */
  readonly ai: readonly number[];
  readonly flops: readonly number[];
}

/** The state of a report. */
export function validationState(report: ValidationReport): ValidationState {
  const { checks, accepted } = acceptanceOf(report);
  const { results, predictions, device } = report;
  const used = new Set(results.map(({ precision }) => precision));
  return {
    summary: String(report),
    accepted,
    checks: checks.map((check) => ({ text: describeCheck(check, results), holds: check.holds })),
    noise_pct: noiseFloor(results).mean_deviation_pct,
    skipped: skippedReasons(report.skipped).map((reason) => ({ text: describeSkipped(reason), count: reason.count })),
    columns: {
      kernel: results.map(({ kernel_type }) => kernel_type),
      shape: results.map(({ kernel_type, shape }) => describeShape(operator(kernel_type), shape)),
      precision: results.map(({ precision }) => precision),
      predicted: results.map(({ predicted_time_us }) => predicted_time_us),
      ideal: results.map((_, i) => idealTime(report, i)),
      measured: results.map(({ measured_time_us }) => measured_time_us),
      residual: results.map(residualOf),
      bottleneck: results.map(({ bottleneck }) => bottleneck),
      status: results.map(({ status }) => status),
      ai: predictions.map(({ ai }) => ai),
      flops: predictions.map(({ flops }) => flops),
    },
    bandwidth: device.dram.bandwidth,
    ceilings: [...new Set(Object.values(device.peak))].flatMap((peak) => {
      const precisions = Object.keys(device.peak).filter(
        (name) => used.has(name as Precision) && device.peak[name as Precision] === peak,
      );
      return precisions.length === 0 ? [] : [{ precisions, peak }];
    }),
  };
}

/** What the plain roofline says of a row, in microseconds. */
export function idealTime({ results, predictions, device }: ValidationReport, row: number): number {
  const { kernel_type, shape, precision } = results[row];
  const { input, weight, output } = predictions[row];
  return predict({
    kernel: operator(kernel_type).type,
    shape,
    precision,
    device,
    mode: "ideal",
    ...(input !== undefined && { input }),
    ...(weight !== undefined && { weight }),
    ...(output !== undefined && { output }),
  }).predicted_time_us;
}
