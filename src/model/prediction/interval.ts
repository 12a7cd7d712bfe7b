// How far measured times lie about predicted ones: a factor below and a factor above, by what answered, which kind of kernel it is
// and what binds it. The factors were found on measured tables (error-quantiles.ts); nothing here knows a device.
import type { KernelWork } from "../operator/index.js";
import type { Bottleneck } from "../roofline/roofline.js";
import { errorQuantiles } from "./error-quantiles.js";
import type { ModelName } from "./prediction.js";

/** Between these multiples of a predicted time lie 8 of 10 measured times. */
export interface Spread {
  readonly low: number;
  readonly high: number;
}

/** What kind of work a cell of the table of spreads is about; `model`: a whole network. */
export type WorkKind = KernelWork["kind"] | "model";

/** What predictions are grouped by, where their errors are. */
export interface SpreadCell {
  readonly model: ModelName;
  readonly kind: WorkKind;
  readonly bottleneck: Bottleneck;
}

/** More kernels than any operator has. */
const manyKernels = 16;

/** What goes before and behind another kernel's work, unless it is alone. */
const passes: ReadonlySet<WorkKind> = new Set<WorkKind>(["stream", "conversion", "preparation"]);

/** The kind of work that kernels are together: that of the first which is more than a pass over memory. */
export function kindOf(kernels: readonly KernelWork[]): WorkKind {
  if (kernels.length > manyKernels) return "model";
  return (kernels.find(({ kind }) => !passes.has(kind)) ?? kernels[0]).kind;
}

/** The names of a cell in the table, the finest first: what is in none of the finer ones is in the coarser. */
export function cellNames({ model, kind, bottleneck }: SpreadCell): readonly string[] {
  return [`${model} ${kind} ${bottleneck}`, `${model} ${bottleneck}`, model];
}

/** The spread of a cell, from the finest level of the table that has it. */
export function spreadOf(cell: SpreadCell, quantiles: Readonly<Record<string, Spread>> = errorQuantiles): Spread {
  for (const name of cellNames(cell)) {
    const found = quantiles[name];
    if (found !== undefined) return found;
  }
  throw new Error(`the table of spreads has nothing for ${cell.model}`);
}

/** Whether measured times of this kind of kernel, so bound, made the spread; else it is that of other kinds. */
export function isMeasured(cell: SpreadCell): boolean {
  return errorQuantiles[cellNames(cell)[0]] !== undefined;
}
