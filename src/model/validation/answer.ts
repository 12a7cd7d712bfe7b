// A validation as the one JSON document that the command line and HTTP answer with, and the form of that document.
import type { Schema } from "../../core/schema.js";
import { type AcceptanceCheck, acceptanceOf, describeCheck, whyFailing } from "./acceptance.js";
import { type ModeSummary, modeSummary, validationModes } from "./modes.js";
import { type NoiseFloor, noiseFloor } from "./noise.js";
import { type Skipped, type SkippedReason, skippedReasons } from "./skipped.js";
import type { ValidationReport, ValidationResult, ValidationSummary } from "./validate.js";

export interface ValidationAnswer {
  readonly results: readonly ValidationResult[];
  readonly skipped: readonly Skipped[];
  readonly skipped_reasons: readonly Omit<SkippedReason, "indices">[];
  readonly summary: ValidationSummary;
  /** The realistic model, by which results and acceptance go, beside the plain roofline. */
  readonly modes: readonly ModeSummary[];
  readonly acceptance: {
    /** Every bar that has rows holds, and one has. `summary.accepted` asks for something else: that no row is red. */
    readonly accepted: boolean;
    readonly undecided: number;
    readonly checks: readonly (Omit<AcceptanceCheck, "failing"> & {
      readonly failing: readonly { readonly index: number; readonly reason: string }[];
      readonly description: string;
    })[];
  };
  readonly noise_floor: NoiseFloor;
}

/** The document. */
export function validationAnswer(report: ValidationReport): ValidationAnswer {
  const { results, skipped, summary } = report;
  const { checks, accepted, undecided } = acceptanceOf(report);
  return {
    results,
    skipped,
    skipped_reasons: skippedReasons(skipped).map(({ reason, count }) => ({ reason, count })),
    summary,
    modes: validationModes.map((mode) => modeSummary(report, mode)),
    acceptance: {
      accepted,
      undecided,
      checks: checks.map((check) => {
        const reasons = whyFailing(check, report);
        const failing = check.failing.map((index, i) => ({ index, reason: reasons[i] }));
        return { ...check, failing, description: describeCheck(check, results) };
      }),
    },
    noise_floor: noiseFloor(results),
  };
}

const number: Schema = { type: "number" };
const count: Schema = { type: "integer", minimum: 0 };
const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };

/** The form of the document. */
export const validationAnswerSchema: Schema = record(
  {
    results: listOf(
      record({
        kernel_type: text,
        shape: listOf({ type: "integer" }),
        precision: text,
        predicted_time_us: number,
        measured_time_us: number,
        error_pct: { type: "number", description: "|predicted - measured| / measured in percent, to one decimal." },
        predicted_tflops: number,
        measured_tflops: number,
        bottleneck: { type: "string", enum: ["memory", "compute", "overhead"], description: "As predicted." },
        status: { type: "string", enum: ["green", "yellow", "red"] },
      }),
    ),
    skipped: listOf(record({ index: count, reason: text }), "Benchmarks that were not compared, in the file's order."),
    skipped_reasons: listOf(record({ reason: text, count }), "The same counted, the most frequent reason first."),
    summary: record({
      mean_error_pct: orNull("Of results; null without any."),
      max_error_pct: orNull("Of results; null without any."),
      num_benchmarks: { ...count, description: "How many were compared." },
      accepted: { ...flag, description: "Something was compared, and nothing is red." },
    }),
    modes: listOf(
      record({
        mode: { type: "string", enum: validationModes },
        mean_error_pct: orNull("Null without results."),
        max_error_pct: orNull("Null without results."),
        green: count,
        yellow: count,
        red: count,
      }),
      "How far the realistic model, by which everything else goes, and the plain roofline are off.",
    ),
    acceptance: record(
      {
        accepted: { ...flag, description: "Every bar that has rows holds, and one has." },
        undecided: { ...count, description: "Rows that reach too little of either peak to say what binds them." },
        checks: listOf(
          record({
            name: { type: "string", enum: ["compute-bound error", "memory-bound error", "bottleneck right"] },
            rows: { ...count, description: "How many rows decide it." },
            value_pct: orNull("Null without rows."),
            limit_pct: number,
            holds: { type: ["boolean", "null"], description: "Null without rows." },
            failing: listOf(
              record({ index: count, reason: text }),
              "The rows beyond the bar by themselves, by their place in results, and why; of errors the worst first.",
            ),
            description: text,
          }),
        ),
      },
      "Mean error below 15 % of what arithmetic binds and below 20 % of what memory binds; more than 90 % of bottlenecks right.",
    ),
    noise_floor: record(
      { repeated: count, mean_deviation_pct: orNull("Null where nothing was measured twice.") },
      "How far repeats of one kernel lie from their median.",
    ),
  },
  "Errors are |predicted - measured| / measured in percent; green < 10 <= yellow <= 25 < red.",
);

/** An object that has all of these fields and no others. */
function record(properties: Readonly<Record<string, Schema>>, description?: string): Schema {
  return {
    type: "object",
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
    ...(description !== undefined && { description }),
  };
}

function listOf(items: Schema, description?: string): Schema {
  return { type: "array", items, ...(description !== undefined && { description }) };
}

function orNull(description: string): Schema {
  return { type: ["number", "null"], description };
}
