// The points of a roofline chart, read from whatever has the columns. Knows nothing of how they are drawn.
import { InputError } from "../../../core/errors.js";
import { oneDecimal } from "../../../core/statistics.js";
import { arithmeticIntensity, type MemoryLevel, type Work } from "../../../core/work.js";
import { type DeviceSpec, device as findDevice } from "../../../hardware/index.js";
import { errorOf, predictionsOf, type ValidationMode, ValidationReport } from "../../../model/index.js";
import { formatCell, type Row, rowsOf, type TableLike } from "../../table.js";

/** What `roofline` draws: rows with `device`, `precision`, `ai` and `predicted_tflops` or `measured_tflops`. */
export type RooflineData = TableLike | ValidationReport | object;

/** `launch`: counted by the virtual GPU and placed ideally. */
export type PointKind = "predicted" | "predicted, ideal" | "launch" | "measured";

/** One value of one row. */
export interface Point {
  readonly spec: DeviceSpec;
  readonly kind: PointKind;
  readonly kernel: string;
  readonly shape: string;
  readonly precision: string;
  /** Operations per byte of DRAM. */
  readonly ai: number;
  /** The same for the inner levels whose bytes are known. */
  readonly levels: readonly { readonly level: MemoryLevel; readonly ai: number }[];
  readonly tflops: number;
  readonly timeUs: number | undefined;
  readonly errorPercent: number | undefined;
  readonly bottleneck: string;
}

/** The points of the rows that have a place on log axes, and how many have none. `own` are devices that rows may name. */
export function readPoints(
  data: RooflineData,
  own: readonly DeviceSpec[],
  modes: readonly ValidationMode[] = ["realistic"],
): { points: Point[]; leftOut: number } {
  const rows = readRows(data, modes);
  return {
    points: rows.flatMap((row, index) => pointsOf(row, index, own)),
    leftOut: rows.filter((row) => !isDrawable(row)).length,
  };
}

function readRows(data: RooflineData, modes: readonly ValidationMode[]): Row[] {
  if (data instanceof ValidationReport) return modes.flatMap((mode, i) => reportRows(data, mode, i === 0));
  // One prediction, or one row.
  if ("device" in data && typeof data.device === "string") return [data as Row];
  return rowsOf(data as TableLike);
}

/** The rows as one model predicts them; what was measured stands once, with the first. */
function reportRows(report: ValidationReport, mode: ValidationMode, isFirst: boolean): Row[] {
  const predictions = predictionsOf(report, mode);
  return report.results.map(({ measured_time_us, measured_tflops }, i) => {
    const prediction = predictions[i];
    const { predicted_time_us } = prediction;
    const error_pct = oneDecimal(errorOf({ predicted_time_us, measured_time_us }));
    const measured = isFirst ? { measured_time_us, measured_tflops } : {};
    return { ...prediction, error_pct, ...measured, work: prediction.work };
  });
}

function isDrawable({ ai, predicted_tflops, measured_tflops }: Row): boolean {
  return isPositive(ai) && (isPositive(predicted_tflops) || isPositive(measured_tflops));
}

function pointsOf(row: Row, index: number, own: readonly DeviceSpec[]): Point[] {
  for (const field of ["device", "precision", "ai"]) {
    if (!(field in row)) missing(index, field);
  }
  if (!("predicted_tflops" in row || "measured_tflops" in row)) missing(index, "predicted_tflops");
  if (!isDrawable(row)) return [];
  const shared = {
    spec: findDevice(row["device"] as string, own),
    kernel: formatCell(row["kernel_type"]),
    shape: shapeLabel(row["shape"]),
    precision: formatCell(row["precision"]),
    ai: row["ai"] as number,
    levels: levelsOf(row["work"] as Work | undefined),
    bottleneck: formatCell(row["bottleneck"]),
    errorPercent: typeof row["error_pct"] === "number" ? row["error_pct"] : undefined,
  };
  const points: Point[] = [];
  const add = (kind: Point["kind"], tflops: unknown, time: unknown) => {
    if (isPositive(tflops)) points.push({ ...shared, kind, tflops, timeUs: isPositive(time) ? time : undefined });
  };
  // Work without a shape is that of a launch: nothing but its counters is known.
  const isLaunch = row["mode"] === "ideal" && Array.isArray(row["shape"]) && row["shape"].length === 0;
  // A realistic prediction without a figure to rest on is the plain roofline too, and its `model` says so.
  const isIdeal = row["mode"] === "ideal" || row["model"] === "ideal";
  add(
    isLaunch ? "launch" : isIdeal ? "predicted, ideal" : "predicted",
    row["predicted_tflops"],
    row["predicted_time_us"],
  );
  add("measured", row["measured_tflops"], row["measured_time_us"]);
  return points;
}

function missing(index: number, field: string): never {
  throw new InputError("is missing", {
    where: `rows[${index}].${field}`,
    fix: "A roofline needs device, precision, ai and predicted_tflops or measured_tflops, as predict() and sweep() give them; for a validation pass the report itself.",
  });
}

function levelsOf(work: Work | undefined): Point["levels"] {
  if (work === undefined) return [];
  return (["l2", "l1"] as const).flatMap((level) => {
    const ai = arithmeticIntensity(work, level);
    return isPositive(ai) ? [{ level, ai }] : [];
  });
}

/** `4096\u00b3` for equal extents, `4096 x 1024` otherwise. */
function shapeLabel(shape: unknown): string {
  const extents = (Array.isArray(shape) ? shape : formatCell(shape).split(" x ")).map(String);
  if (extents.length === 3 && new Set(extents).size === 1) return `${extents[0]}\u00b3`;
  return extents.join(" x ");
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
