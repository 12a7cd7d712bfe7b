// How far predictions are from what was measured, over whole tables of latencies. Nothing is fitted here.
import { inspectObjectAs } from "../../core/inspect.js";
import { type ProgressReporter, withProgress } from "../../core/progress.js";
import { mean, median, oneDecimal } from "../../core/statistics.js";
import type { DeviceSpec } from "../../hardware/index.js";
import { spreadOf } from "../prediction/interval.js";
import { Comparer, type Comparison } from "./comparison.js";
import type { Question } from "./question.js";
import { attributed, isNotCovered, readRow } from "./rows/index.js";
import { type LatencyTable, rowsOf } from "./table.js";

export interface AccuracyOptions {
  /** Devices of one's own, beside those that come with warplab. */
  readonly devices?: readonly DeviceSpec[];
  readonly progress?: ProgressReporter;
}

/** The rows of one table, GPU, operator and dtype. Errors are |predicted - measured| / measured in percent, unweighted. */
export interface AccuracyGroup {
  readonly file: string;
  readonly gpu: string;
  readonly op: string;
  readonly dtype: string;
  readonly rows: number;
  readonly mean_error_pct: number;
  readonly median_error_pct: number;
  readonly ideal_mean_error_pct: number;
  readonly ideal_median_error_pct: number;
  /** Share of the rows whose measured time lies in the realistic prediction's interval, which is made for 80 %. */
  readonly in_interval_pct: number;
}

/** One row that was predicted. */
export interface AccuracyPair {
  readonly file: string;
  readonly gpu: string;
  readonly op: string;
  readonly dtype: string;
  readonly measured_us: number;
  readonly predicted_us: number;
  readonly ideal_us: number;
}

/** Frozen; `toString` gives one line. */
export interface AccuracyReport {
  /** Every row that was predicted, for charts; not part of its JSON. */
  readonly pairs: readonly AccuracyPair[];
  readonly groups: readonly AccuracyGroup[];
  /** Rows that were not predicted, by table and reason. */
  readonly skipped: readonly { readonly file: string; readonly reason: string; readonly rows: number }[];
  /** Rows without a column `source` that were read as this author's for their words, and so with what that author timed. */
  readonly supposed: readonly { readonly file: string; readonly source: string; readonly rows: number }[];
  readonly summary: {
    readonly rows: number;
    readonly used: number;
    readonly used_pct: number;
    readonly mean_error_pct: number | null;
    readonly median_error_pct: number | null;
    readonly ideal_mean_error_pct: number | null;
    readonly ideal_median_error_pct: number | null;
    readonly in_interval_pct: number | null;
  };
}

interface Errors {
  readonly realistic: number[];
  readonly ideal: number[];
  /** 1 for each row within its interval, 0 for the others. */
  readonly within: number[];
}

/** Predicts every row of the tables that can be predicted, in realistic and in ideal mode. Throws InputError for text that is no table. */
export function accuracy(tables: readonly LatencyTable[], options: AccuracyOptions = {}): AccuracyReport {
  const comparer = new Comparer(options.devices ?? []);
  const groups: AccuracyGroup[] = [];
  const skipped: { file: string; reason: string; rows: number }[] = [];
  const all: Errors = { realistic: [], ideal: [], within: [] };
  const pairs: AccuracyPair[] = [];
  const read = tables.map((table) => ({ file: table.name, ...attributed(rowsOf(table)) }));
  const supposed = read.flatMap((table) =>
    [...table.supposed].map(([source, rows]) => ({ file: table.file, source, rows })),
  );
  const rows = read.reduce((sum, table) => sum + table.rows.length, 0);
  withProgress({ label: "accuracy", total: rows, unit: "rows" }, options.progress, (progress) => {
    for (const { file, rows } of read) {
      const byGroup = new Map<string, Errors & { readonly first: Question }>();
      const reasons = new Map<string, number>();
      for (const row of rows) {
        const question = readRow(row);
        const answer = isNotCovered(question) ? question : comparer.compare(question);
        if (isNotCovered(answer)) reasons.set(answer.reason, (reasons.get(answer.reason) ?? 0) + 1);
        else {
          const { gpu, op, dtype } = answer.question;
          const key = [gpu, op, dtype].join("\n");
          const group = byGroup.get(key) ?? { realistic: [], ideal: [], within: [], first: answer.question };
          byGroup.set(key, group);
          for (const errors of [group, all]) addTo(errors, answer);
          pairs.push({
            ...{ file, gpu, op, dtype },
            measured_us: answer.question.measured * 1e6,
            predicted_us: answer.realistic * 1e6,
            ideal_us: answer.ideal.time * 1e6,
          });
        }
        progress.advance(1);
      }
      for (const { first, ...errors } of byGroup.values()) {
        const { gpu, op, dtype } = first;
        groups.push({ file, gpu, op, dtype, rows: errors.ideal.length, ...(statistics(errors) as Statistics<number>) });
      }
      for (const [reason, count] of reasons) skipped.push({ file, reason, rows: count });
    }
  });
  const used = all.ideal.length;
  const used_pct = rows === 0 ? 0 : oneDecimal((100 * used) / rows);
  const report: Omit<AccuracyReport, "pairs"> = {
    groups,
    skipped,
    supposed,
    summary: { rows, used, used_pct, ...statistics(all) },
  };
  Object.defineProperty(report, "pairs", { value: Object.freeze(pairs) });
  const line = (): string => describe(report);
  Object.defineProperty(report, "toString", { value: line });
  inspectObjectAs(report, line);
  return Object.freeze(report as AccuracyReport);
}

/** One line: `12,000 of 12,000 rows: realistic 10.3 % off on average, ideal 31.2 %`. */
function describe({ summary }: Pick<AccuracyReport, "summary">): string {
  const count = (value: number) => value.toLocaleString("en-US");
  const rows = `${count(summary.used)} of ${count(summary.rows)} rows`;
  if (summary.mean_error_pct === null) return `${rows} could be predicted`;
  return `${rows}: realistic ${summary.mean_error_pct} % off on average, ideal ${summary.ideal_mean_error_pct} %`;
}

function addTo(errors: Errors, { question, realistic, ideal, cell }: Comparison): void {
  const { measured } = question;
  const { low, high } = spreadOf(cell);
  errors.realistic.push(Math.abs(realistic - measured) / measured);
  errors.ideal.push(Math.abs(ideal.time - measured) / measured);
  errors.within.push(measured >= realistic * low && measured <= realistic * high ? 1 : 0);
}

interface Statistics<T> {
  readonly mean_error_pct: T;
  readonly median_error_pct: T;
  readonly ideal_mean_error_pct: T;
  readonly ideal_median_error_pct: T;
  readonly in_interval_pct: T;
}

function statistics({ realistic, ideal, within }: Errors): Statistics<number | null> {
  return {
    mean_error_pct: percent(mean(realistic)),
    median_error_pct: percent(median(realistic)),
    ideal_mean_error_pct: percent(mean(ideal)),
    ideal_median_error_pct: percent(median(ideal)),
    in_interval_pct: percent(mean(within)),
  };
}

function percent(share: number): number | null {
  return Number.isNaN(share) ? null : oneDecimal(100 * share);
}
