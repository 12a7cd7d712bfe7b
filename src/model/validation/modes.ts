// The two models that a validation holds against the same measured times: what each says of a row, and of all of them.
import { mean, oneDecimal } from "../../core/statistics.js";
import type { Prediction } from "../prediction/index.js";
import { errorOf, statusLimits, statusOf, type ValidationStatus } from "./residual.js";
import type { ValidationReport } from "./validate.js";

/** `realistic`: table or planner, by which a report is judged. `ideal`: the plain roofline. */
export type ValidationMode = "realistic" | "ideal";

export const validationModes: readonly ValidationMode[] = ["realistic", "ideal"];

/** How far one model is off, over all rows. */
export interface ModeSummary {
  readonly mode: ValidationMode;
  /** Percent, to one decimal; null when nothing could be compared. */
  readonly mean_error_pct: number | null;
  readonly max_error_pct: number | null;
  /** Rows by their status. */
  readonly green: number;
  readonly yellow: number;
  readonly red: number;
}

/** What a model predicts, in the order of the results. */
export function predictionsOf(report: ValidationReport, mode: ValidationMode): readonly Prediction[] {
  return mode === "ideal" ? report.ideal : report.predictions;
}

/** The status of each row by what a model predicts. */
export function statusesOf(report: ValidationReport, mode: ValidationMode): readonly ValidationStatus[] {
  return errorsOf(report, mode).map((error) => statusOf(oneDecimal(error)));
}

/** How far a model is off, over all rows. */
export function modeSummary(report: ValidationReport, mode: ValidationMode): ModeSummary {
  const errors = errorsOf(report, mode);
  const statuses = statusesOf(report, mode);
  const none = errors.length === 0;
  const count = (status: ValidationStatus) => statuses.filter((own) => own === status).length;
  return {
    mode,
    mean_error_pct: none ? null : oneDecimal(mean(errors)),
    max_error_pct: none ? null : oneDecimal(errors.reduce((most, error) => Math.max(most, error))),
    green: count("green"),
    yellow: count("yellow"),
    red: count("red"),
  };
}

/** `ideal: mean error 65.2 %, greatest 98.1 %; 3 of 60 rows within 10 %, 9 within 25 %`. */
export function describeMode({ mode, mean_error_pct, max_error_pct, green, yellow, red }: ModeSummary): string {
  const rows = green + yellow + red;
  if (rows === 0) return `${mode}: nothing to compare`;
  const within = `${green} of ${rows} row${rows === 1 ? "" : "s"} within ${statusLimits.yellow} %, ${green + yellow} within ${statusLimits.red} %`;
  return `${mode}: mean error ${mean_error_pct} %, greatest ${max_error_pct} %; ${within}`;
}

function errorsOf(report: ValidationReport, mode: ValidationMode): number[] {
  return predictionsOf(report, mode).map(({ predicted_time_us }, i) =>
    errorOf({ predicted_time_us, measured_time_us: report.results[i].measured_time_us }),
  );
}
