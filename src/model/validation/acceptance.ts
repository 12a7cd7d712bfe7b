// Whether a model may be trusted on a device, by the bars that were set for it: what holds, what fails, and which rows fail it.
// Knows of predictions and measured times only.
import { mean, oneDecimal } from "../../core/statistics.js";
import { describeShape, operator } from "../operator/index.js";
import type { Prediction } from "../prediction/index.js";
import { errorOf } from "./residual.js";
import type { ValidationReport, ValidationResult } from "./validate.js";

/** Bars in percent: mean error of rows bound by arithmetic, of rows bound by memory, and bottlenecks that are right. */
export const acceptanceLimits: { readonly compute: number; readonly memory: number; readonly bottleneck: number } = {
  compute: 15,
  memory: 20,
  bottleneck: 90,
};

/** One bar. */
export interface AcceptanceCheck {
  /** `compute-bound error`. */
  readonly name: string;
  /** How many rows decide it. */
  readonly rows: number;
  /** Percent, to one decimal; null without rows. */
  readonly value_pct: number | null;
  readonly limit_pct: number;
  /** Null without rows. */
  readonly holds: boolean | null;
  /** The rows that are beyond the bar by themselves, by their place in `results`, the worst first. */
  readonly failing: readonly number[];
}

export interface Acceptance {
  readonly checks: readonly AcceptanceCheck[];
  /** Every check that has rows holds, and one has. */
  readonly accepted: boolean;
  /** Rows that reach so little of either peak that nothing can be said of what binds them. */
  readonly undecided: number;
}

/**
 * Below this share of both peaks a kernel is held back by neither, and its measured time does not say by what. A third: kernels that
 * one resource binds reach half of it and more in the collections of measurements that the planner was held against.
 */
const decidedShare = 1 / 3;

/** Holds a validation against the bars. */
export function acceptanceOf(report: ValidationReport): Acceptance {
  const rows = report.results.map((result, index) => ({ result, index }));
  const errorCheck = (bottleneck: "compute" | "memory"): AcceptanceCheck => {
    const bound = rows.filter(({ result }) => result.bottleneck === bottleneck);
    const limit = acceptanceLimits[bottleneck];
    const error = mean(bound.map(({ result }) => errorOf(result)));
    return {
      name: `${bottleneck}-bound error`,
      rows: bound.length,
      value_pct: bound.length === 0 ? null : oneDecimal(error),
      limit_pct: limit,
      holds: bound.length === 0 ? null : error < limit,
      failing: bound
        .filter(({ result }) => errorOf(result) >= limit)
        .sort((a, b) => errorOf(b.result) - errorOf(a.result))
        .map(({ index }) => index),
    };
  };
  const measured = measuredBottlenecks(report);
  const decided = rows.flatMap(({ result, index }) =>
    measured[index] === undefined ? [] : [{ index, right: measured[index] === result.bottleneck }],
  );
  const right = (100 * decided.filter((row) => row.right).length) / decided.length;
  const checks = [
    errorCheck("compute"),
    errorCheck("memory"),
    {
      name: "bottleneck right",
      rows: decided.length,
      value_pct: decided.length === 0 ? null : oneDecimal(right),
      limit_pct: acceptanceLimits.bottleneck,
      holds: decided.length === 0 ? null : right > acceptanceLimits.bottleneck,
      failing: decided.filter((row) => !row.right).map(({ index }) => index),
    },
  ];
  return Object.freeze({
    checks,
    accepted: checks.some(({ holds }) => holds !== null) && checks.every(({ holds }) => holds !== false),
    undecided: rows.length - decided.length,
  });
}

/** What binds each row as far as its measured time says; undefined where it reaches too little of either peak to say. */
export function measuredBottlenecks(report: ValidationReport): readonly ("compute" | "memory" | undefined)[] {
  return report.results.map((result, i) => measuredBottleneck(result, report.predictions[i], report));
}

/** Why each row that is beyond a bar is: `31.3 % off`, or `predicted overhead-bound, by its time memory-bound`. */
export function whyFailing(check: AcceptanceCheck, report: ValidationReport): readonly string[] {
  if (check.name !== "bottleneck right")
    return check.failing.map((index) => `${report.results[index].error_pct} % off`);
  const measured = measuredBottlenecks(report);
  return check.failing.map(
    (index) => `predicted ${report.results[index].bottleneck}-bound, by its time ${measured[index]}-bound`,
  );
}

/** A check in a sentence: `compute-bound error: 17.2 % of 4 rows, allowed is less than 15 %: fails, most by gemm 4096 x 4096 x 4096 FP16`. */
export function describeCheck(check: AcceptanceCheck, results: readonly ValidationResult[]): string {
  const { name, rows, value_pct, limit_pct, holds, failing } = check;
  if (holds === null) return `${name}: no rows`;
  const bar =
    name === "bottleneck right" ? `wanted is more than ${limit_pct} %` : `allowed is less than ${limit_pct} %`;
  const worst = failing.length === 0 ? undefined : results[failing[0]];
  const most =
    holds || worst === undefined
      ? ""
      : `, first of all ${worst.kernel_type} ${describeShape(operator(worst.kernel_type), worst.shape)} ${worst.precision}`;
  return `${name}: ${value_pct} % of ${rows} row${rows === 1 ? "" : "s"}, ${bar}: ${holds ? "holds" : "fails"}${most}`;
}

/**
 * What held the kernel back, as far as its time says: the resource of which it used the greater share of the peak. Undefined where
 * both shares are small.
 */
function measuredBottleneck(
  { measured_time_us }: ValidationResult,
  { flops, bytes, critical_ai }: Prediction,
  { device }: ValidationReport,
): "compute" | "memory" | undefined {
  const seconds = measured_time_us * 1e-6;
  const memory = bytes / seconds / device.dram.bandwidth;
  const compute = flops / seconds / (critical_ai * device.dram.bandwidth);
  if (Math.max(memory, compute) < decidedShare) return undefined;
  return memory > compute ? "memory" : "compute";
}
