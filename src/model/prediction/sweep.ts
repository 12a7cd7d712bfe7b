// Predictions over every combination of shapes, precisions, devices and modes, as a table.
import { type ColumnTable, table } from "arquero";
import { InputError } from "../../core/errors.js";
import { type Precision, type PrecisionName, parsePrecision } from "../../core/precision.js";
import { type ProgressReporter, withProgress } from "../../core/progress.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { formatShape, type OperatorType, operator, readShape, type ShapeLike } from "../operator/index.js";
import { peakOf } from "../roofline/roofline.js";
import { predict, readMode } from "./predict.js";
import type { ModeName, Prediction } from "./prediction.js";

export interface SweepOptions {
  readonly kernel: OperatorType;
  readonly shapes: readonly ShapeLike[];
  /** `FP16`, `bfloat16`, `fp8`, ... */
  readonly precisions: readonly PrecisionName[];
  /** Devices by key or alias, or of your own. */
  readonly devices: readonly (DeviceName | DeviceSpec)[];
  /** `["realistic"]` unless given. */
  readonly modes?: readonly ModeName[];
  /**
   * What becomes of a precision that a device has no peak for. `error` (unless given): an InputError, before anything is
   * predicted. `keep`: its row stays, with null for each figure and the reason in `note`.
   */
  readonly missing?: "error" | "keep";
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
}

/** A row of a sweep: a prediction's fields, with the shape as text, its extents as columns of their own, and its notes. */
export type SweepRow = Readonly<Record<string, string | number | null>>;

/**
 * Predicts every combination. One row each, the first of shape, precision, device, mode varying slowest; the columns are
 * those of a prediction, the operator's extents (`N`, `K`) and `note`.
 */
export function sweep(options: SweepOptions): ColumnTable {
  const rows = sweepRows(options);
  const columns: Record<string, (string | number | null)[]> = {};
  for (const name of Object.keys(rows[0])) columns[name] = rows.map((row) => row[name]);
  return table(columns);
}

/** The rows of `sweep`, for those who want no table. */
export function sweepRows(options: SweepOptions): SweepRow[] {
  const known = operator(options.kernel);
  const shapes = given(options.shapes, "shapes").map((shape, i) => readShape(known, shape, `shapes[${i}]`));
  const precisions = given(options.precisions, "precisions").map((text, i) => parsePrecision(text, `precisions[${i}]`));
  const devices = given(options.devices, "devices").map((name) => findDevice(name));
  const modes = given(options.modes ?? ["realistic"], "modes").map((mode, i) => readMode(mode, `modes[${i}]`));
  const missing = options.missing ?? "error";
  if (missing !== "error" && missing !== "keep") {
    throw new InputError(`missing must be "error" or "keep", got ${JSON.stringify(missing)}`);
  }
  if (missing === "error") for (const spec of devices) for (const precision of precisions) requirePeak(spec, precision);

  const rows: SweepRow[] = [];
  const total = shapes.length * precisions.length * devices.length * modes.length;
  withProgress({ label: `sweep of ${known.type}`, total, unit: "predictions" }, options.progress, (progress) => {
    for (const shape of shapes) {
      const extents = Object.fromEntries(known.dimensions.map(({ name }, i) => [name, shape[i]]));
      for (const precision of precisions) {
        for (const spec of devices) {
          for (const mode of modes) {
            const asked = {
              device: spec.key,
              kernel_type: known.type,
              shape: formatShape(shape),
              ...extents,
              precision,
              mode,
            };
            const answered =
              spec.peak[precision] === undefined
                ? undefined
                : predict({ kernel: known.type, shape, precision, device: spec, mode });
            rows.push({ ...asked, ...figuresOf(answered, `${spec.name} has no peak for ${precision}.`) });
            progress.advance();
          }
        }
      }
    }
  });
  return rows;
}

function figuresOf(prediction: Prediction | undefined, reason: string): SweepRow {
  return {
    model: prediction?.model ?? null,
    predicted_time_us: prediction?.predicted_time_us ?? null,
    predicted_tflops: prediction?.predicted_tflops ?? null,
    effective_tflops: prediction?.effective_tflops ?? null,
    ai: prediction?.ai ?? null,
    critical_ai: prediction?.critical_ai ?? null,
    bottleneck: prediction?.bottleneck ?? null,
    efficiency_factor: prediction?.efficiency_factor ?? null,
    flops: prediction?.flops ?? null,
    bytes: prediction?.bytes ?? null,
    note: prediction === undefined ? reason : prediction.notes.join(" "),
  };
}

function requirePeak(spec: DeviceSpec, precision: Precision): void {
  try {
    peakOf(spec, precision, "precisions");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${spec.name} has no peak for ${precision}`, {
      where: "precisions",
      fix: `${error.fix} Leave one of them out, or write missing: "keep" to have its rows without figures.`,
    });
  }
}

function given<T>(list: readonly T[], field: string): readonly T[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw new InputError(`${field} must be a list with something in it, got ${JSON.stringify(list) ?? "nothing"}`, {
      fix: 'Write sweep({ kernel: "gemm", shapes: [[1024, 1024, 1024]], precisions: ["FP16"], devices: ["h100"] }).',
    });
  }
  return list;
}
