// Predictions over every combination of shapes, precisions, devices and modes, as a table.
import { type ColumnTable, table } from "arquero";
import { InputError } from "../../core/errors.js";
import { type Precision, type PrecisionName, parsePrecision } from "../../core/precision.js";
import { type ProgressReporter, withProgress } from "../../core/progress.js";
import { firstLine, orReason } from "../../core/reason.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { describeShape, type Operator, operator, readShape, type ShapeLike } from "../operator/index.js";
import { peakOf } from "../roofline/roofline.js";
import { readMode } from "./mode.js";
import type { ModeName, Prediction } from "./prediction.js";
import { Predictor, type PredictorOptions } from "./predictor.js";

export interface SweepOptions extends Omit<PredictorOptions, "precision" | "device" | "mode"> {
  readonly shapes: readonly ShapeLike[];
  /** `FP16`, `bfloat16`, `fp8`, ... */
  readonly precisions: readonly PrecisionName[];
  /** Devices by key or alias, or of your own. */
  readonly devices: readonly (DeviceName | DeviceSpec)[];
  /** `["realistic"]` unless given. */
  readonly modes?: readonly ModeName[];
  /**
   * What becomes of a combination that cannot be predicted: a precision that a device has no peak for, a device that cannot be
   * planned for, a shape that is none. `error` (unless given): an InputError. `keep`: its row stays, with null for each figure and
   * the reason in `note`.
   */
  readonly missing?: "error" | "keep";
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
}

/** A row of a sweep: a prediction's fields, with the shape as text, its extents as columns of their own, and its notes. */
export type SweepRow = Readonly<Record<string, string | number | null>>;

type Cell = string | number | null;

/**
 * Predicts every combination. One row each, the first of shape, precision, device, mode varying slowest; the columns are
 * those of a prediction, the operator's extents (`N`, `K`) and `note`.
 */
export function sweep(options: SweepOptions): ColumnTable {
  return table(sweepColumns(options));
}

/** The rows of `sweep`, for those who want no table. */
export function sweepRows(options: SweepOptions): SweepRow[] {
  const columns = Object.entries(sweepColumns(options));
  const [[, first]] = columns;
  return first.map((_, row) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[row]])));
}

/** The columns of `sweep`, for those who want neither table nor rows: hundreds of thousands of rows are then no objects. */
export function sweepColumns(options: SweepOptions): Readonly<Record<string, readonly Cell[]>> {
  const known = operator(options.kernel);
  const keeps = readMissing(options.missing ?? "error") === "keep";
  const shapes = given(options.shapes, "shapes").map((shape, i) => keptShape(known, shape, `shapes[${i}]`, keeps));
  const precisions = given(options.precisions, "precisions").map((text, i) => parsePrecision(text, `precisions[${i}]`));
  const devices = given(options.devices, "devices").map((name) => findDevice(name));
  const modes = given(options.modes ?? ["realistic"], "modes").map((mode, i) => readMode(mode, `modes[${i}]`));
  if (!keeps) for (const spec of devices) for (const precision of precisions) requirePeak(spec, precision);
  const { kernel, protocol, cache, quantise, interval, progress: reporter } = options;
  const stored = storedFormats(options);
  // What asks is made once for all shapes; where it cannot be made, the reason stands in its place.
  const asked = precisions.flatMap((precision) =>
    devices.flatMap((device) =>
      modes.map((mode) => {
        const question = { kernel, protocol, cache, quantise, interval, ...stored, precision, device, mode };
        return {
          heading: { precision, ...stored, mode },
          device: device.key,
          predictor: orSentence(keeps, () => new Predictor(question)),
        };
      }),
    ),
  );
  const extents = known.dimensions.map(({ name }) => name);
  const figures = figureNames.filter((name) => interval === true || !intervalNames.includes(name));
  const headings = Object.keys(asked[0].heading) as (keyof (typeof asked)[number]["heading"])[];
  const total = shapes.length * asked.length;
  const made: Record<string, Cell[]> = {};
  // Filled by place rather than grown, and found once rather than by name for each cell: a sweep has millions of them.
  const column = (name: string): Cell[] => {
    made[name] = new Array<Cell>(total);
    return made[name];
  };
  const [deviceCells, kernelCells, shapeCells] = ["device", "kernel_type", "shape"].map(column);
  const extentCells = extents.map(column);
  const headingCells = headings.map((name) => ({ name, cells: column(name) }));
  const figureCells = figures.map((name) => ({ name, cells: column(name) }));
  const notes = column("note");
  const task = { label: `sweep of ${known.type}`, total, unit: "predictions" };
  withProgress(task, reporter, (progress) => {
    let row = 0;
    for (const { text, read } of shapes) {
      for (const { device, heading, predictor } of asked) {
        const answer = isReason(read)
          ? read
          : isReason(predictor)
            ? predictor
            : orSentence(keeps, () => predictor.predictRead(read));
        deviceCells[row] = device;
        kernelCells[row] = known.type;
        shapeCells[row] = text;
        for (let i = 0; i < extentCells.length; i++) extentCells[i][row] = isReason(read) ? null : read[i];
        for (const { name, cells } of headingCells) cells[row] = heading[name] ?? null;
        for (const { name, cells } of figureCells) cells[row] = isReason(answer) ? null : (answer[name] ?? null);
        notes[row] = isReason(answer) ? answer : answer.notes.join(" ");
        row++;
        progress.advance();
      }
    }
  });
  return made;
}

/** What a row has of a prediction, in the order of the columns. */
const figureNames = [
  "model",
  "protocol",
  "predicted_time_us",
  "predicted_time_low_us",
  "predicted_time_high_us",
  "predicted_tflops",
  "effective_tflops",
  "ai",
  "critical_ai",
  "bottleneck",
  "limiter",
  "efficiency_factor",
  "flops",
  "bytes",
] as const satisfies readonly (keyof Prediction)[];
/** Those that are there when they are asked for. */
const intervalNames: readonly string[] = ["predicted_time_low_us", "predicted_time_high_us"];

/** The formats that differ from the arithmetic's, each a column of its own. */
function storedFormats({
  input,
  weight,
  output,
}: SweepOptions): Partial<Record<"input" | "weight" | "output", Precision>> {
  return Object.fromEntries(
    Object.entries({ input, weight, output })
      .filter(([, name]) => name !== undefined)
      .map(([field, name]) => [field, parsePrecision(name as PrecisionName, field)]),
  );
}

/** A shape, or why it is none. */
interface KeptShape {
  readonly text: string;
  readonly read: readonly number[] | string;
}

function keptShape(known: Operator, shape: ShapeLike, field: string, keeps: boolean): KeptShape {
  const read = orSentence(keeps, () => readShape(known, shape, field));
  return { text: isReason(read) ? JSON.stringify(shape) : describeShape(known, read), read };
}

/** What `ask` gives; where it throws InputError and rows are kept, what is wrong as a sentence. */
function orSentence<T>(keeps: boolean, ask: () => T): T | string {
  return keeps ? orReason(ask, sentence) : ask();
}

/** The first line of an error's message, without where it is: its row says that. */
function sentence(error: InputError): string {
  const first = firstLine(error);
  const where = typeof error.where === "string" ? `${error.where}: ` : "";
  return `${first.startsWith(where) ? first.slice(where.length) : first}.`;
}

function isReason(read: unknown): read is string {
  return typeof read === "string";
}

function readMissing(missing: unknown): "error" | "keep" {
  if (missing === "error" || missing === "keep") return missing;
  throw new InputError(`missing must be "error" or "keep", got ${JSON.stringify(missing)}`, {
    fix: 'Write missing: "keep" to have rows without figures.',
  });
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
