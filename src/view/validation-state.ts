// A validation as columns of plain JSON: what a live view of it reads. Knows no DOM and no widget.
import type { Precision } from "../core/precision.js";
import {
  acceptanceOf,
  describeCheck,
  describeMode,
  describeShape,
  describeSkipped,
  measuredBottlenecks,
  modeSummary,
  noiseFloor,
  operator,
  residualOf,
  skippedReasons,
  statusesOf,
  statusLimits,
  type ValidationMode,
  type ValidationReport,
  type ValidationStatus,
} from "../model/index.js";

/** A validation as a view of it reads it. Columns have one entry a row. */
export interface ValidationState {
  readonly summary: string;
  /** A sentence on each model, by its name. */
  readonly modes: Readonly<Record<ValidationMode, string>>;
  readonly accepted: boolean;
  /** `failing`: the rows beyond the bar by themselves. */
  readonly checks: readonly {
    readonly text: string;
    readonly holds: boolean | null;
    readonly failing: readonly number[];
  }[];
  /** What repeats say of the noise; null where nothing was repeated. */
  readonly noise_pct: number | null;
  /** What explains rows (an efficiency above 1, a plan in words), each sentence once; `columns.note` says whose. */
  readonly notes: readonly string[];
  readonly skipped: readonly { readonly text: string; readonly count: number }[];
  readonly columns: ValidationColumns;
  /** The errors, in percent, at which a row's status begins. */
  readonly limits: { readonly yellow: number; readonly red: number };
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
  readonly measured: readonly number[];
  /** (predicted - measured) / measured in percent. */
  readonly residual: readonly number[];
  readonly bottleneck: readonly string[];
  readonly status: readonly ValidationStatus[];
  /** The same four of the plain roofline. */
  readonly ideal: readonly number[];
  readonly idealResidual: readonly number[];
  readonly idealBottleneck: readonly string[];
  readonly idealStatus: readonly ValidationStatus[];
  /** What binds a row by its measured time; null where that cannot be told. */
  readonly measuredBottleneck: readonly ("compute" | "memory" | null)[];
  /** The place in `notes` of what explains a row; -1 where nothing does. */
  readonly note: readonly number[];
  /** Operations per byte. */
  readonly ai: readonly number[];
  readonly flops: readonly number[];
}

/** The state of a report. */
export function validationState(report: ValidationReport): ValidationState {
  const { checks, accepted } = acceptanceOf(report);
  const { results, predictions, ideal, device } = report;
  const { notes, note } = notesOf(report);
  const used = new Set(results.map(({ precision }) => precision));
  return {
    summary: String(report),
    modes: {
      realistic: describeMode(modeSummary(report, "realistic")),
      ideal: describeMode(modeSummary(report, "ideal")),
    },
    accepted,
    checks: checks.map((check) => ({
      text: describeCheck(check, results),
      holds: check.holds,
      failing: check.failing,
    })),
    noise_pct: noiseFloor(results).mean_deviation_pct,
    notes,
    skipped: skippedReasons(report.skipped).map((reason) => ({ text: describeSkipped(reason), count: reason.count })),
    columns: {
      kernel: results.map(({ kernel_type }) => kernel_type),
      shape: results.map(({ kernel_type, shape }) => describeShape(operator(kernel_type), shape)),
      precision: results.map(({ precision }) => precision),
      predicted: results.map(({ predicted_time_us }) => predicted_time_us),
      measured: results.map(({ measured_time_us }) => measured_time_us),
      residual: results.map(residualOf),
      bottleneck: results.map(({ bottleneck }) => bottleneck),
      status: results.map(({ status }) => status),
      ideal: ideal.map(({ predicted_time_us }) => predicted_time_us),
      idealResidual: ideal.map(({ predicted_time_us }, i) =>
        residualOf({ predicted_time_us, measured_time_us: results[i].measured_time_us }),
      ),
      idealBottleneck: ideal.map(({ bottleneck }) => bottleneck),
      idealStatus: statusesOf(report, "ideal"),
      measuredBottleneck: measuredBottlenecks(report).map((bottleneck) => bottleneck ?? null),
      note,
      ai: predictions.map(({ ai }) => ai),
      flops: predictions.map(({ flops }) => flops),
    },
    limits: statusLimits,
    bandwidth: device.dram.bandwidth,
    ceilings: [...new Set(Object.values(device.peak))].flatMap((peak) => {
      const precisions = Object.keys(device.peak).filter(
        (name) => used.has(name as Precision) && device.peak[name as Precision] === peak,
      );
      return precisions.length === 0 ? [] : [{ precisions, peak }];
    }),
  };
}

/** The sentences that explain rows, each once, and which belong to which row. */
function notesOf({
  predictions,
}: ValidationReport): Pick<ValidationState, "notes"> & { readonly note: readonly number[] } {
  const places = new Map<string, number>();
  const note = predictions.map(({ notes }) => {
    const text = notes.join(" ");
    if (text === "") return -1;
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  return { notes: [...places.keys()], note };
}
