// A person's own function over every combination of what varies, into a table. Knows nothing of what the function does.
import type { ColumnTable } from "arquero";
import { InputError, WarplabError } from "../../core/errors.js";
import { Progress, type ProgressReporter } from "../../core/progress.js";
import { cellInterruption, type StopSignal } from "../cell-interruption.js";
import { type Cell, cellOf, typedTable } from "./columns.js";
import { reasonOf } from "./launch-sweep.js";
import { countPoints, type PointOf, pointAt, type Varied } from "./points.js";

/** What a function says of a point: columns by name. Figures, words; anything else is written as JSON. */
export type SweptResult = Readonly<Record<string, unknown>>;

export interface SweepOverOptions {
  /** What the bar says; `sweep` unless given. */
  readonly label?: string;
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
  /** Ends it early, with an error. */
  readonly signal?: StopSignal;
}

/**
 * Calls a function of one's own for every combination of what varies, one after the other, and makes a table of what it returns: a row
 * each, with what varied, the fields of the result, and `note`. Where the function throws, the row has the reason in `note` and null
 * elsewhere. It runs in the cell's own thread, since a function cannot be sent to another one; between points the kernel is let do
 * its other work, so that a bar moves and an interrupt comes through. Launches on the virtual GPU run on all cores by `sweepLaunches`.
 * Throws InputError where nothing varies.
 *
 * @example
 * const table = await sweepOver({ n: [1024, 4096], block: [32, 64] }, ({ n, block }) => {
 *   const launch = gpu.launch(saxpy, { grid: Math.ceil(n / block), block }, { n, a: 2, x, y });
 *   return { sectors: launch.counters.global_load_sectors };
 * });
 */
export async function sweepOver<const V extends Varied>(
  vary: V,
  compute: (point: PointOf<V>) => SweptResult | Promise<SweptResult>,
  { label = "sweep", progress: reporter, signal: asked }: SweepOverOptions = {},
): Promise<ColumnTable> {
  const total = countPoints(vary);
  if (typeof compute !== "function") {
    throw new InputError("there is no function to call", {
      where: "sweepOver",
      fix: "Write sweepOver({ n: [1, 2] }, ({ n }) => ({ twice: 2 * n })).",
    });
  }
  if (Object.hasOwn(vary, "note")) {
    throw new InputError('"note" is a column of every sweep', { where: "vary", fix: "Call it otherwise." });
  }
  const signal = cellInterruption(asked);
  const progress = new Progress({ label, total, unit: "points" }, { reporter });
  const rows: { readonly point: PointOf<V>; readonly result: SweptResult; readonly note: string }[] = [];
  let rested = performance.now();
  try {
    for (let number = 0; number < total; number++) {
      if (signal.aborted) throw new WarplabError("The sweep was interrupted.");
      const point = pointAt(vary, number);
      rows.push({ point, ...(await resultOf(compute, point)) });
      progress.advance();
      if (performance.now() - rested < breath) continue;
      // A timer, since messages to the kernel come before it; promises alone would keep them out.
      await new Promise((resume) => setTimeout(resume));
      rested = performance.now();
    }
  } catch (error) {
    progress.end(signal.aborted ? "interrupted" : "failed");
    throw error;
  }
  const results = [...new Set(rows.flatMap(({ result }) => Object.keys(result)))];
  const columns = (names: readonly string[], cell: (row: (typeof rows)[number], name: string) => Cell) =>
    Object.fromEntries(names.map((name) => [name, rows.map((row) => cell(row, name))]));
  return typedTable({
    ...columns(Object.keys(vary), ({ point }, name) => cellOf(point[name])),
    ...columns(results, ({ result }, name) => cellOf(result[name])),
    ...columns(["note"], ({ note }) => note),
  });
}

/** Milliseconds between the moments at which the kernel is let do its other work. */
const breath = 50;

async function resultOf<P extends Readonly<Record<string, unknown>>>(
  compute: (point: P) => SweptResult | Promise<SweptResult>,
  point: P,
): Promise<{ readonly result: SweptResult; readonly note: string }> {
  try {
    const result = await compute(point);
    if (typeof result !== "object" || result === null || Array.isArray(result)) {
      throw new InputError("the function returns no columns", {
        fix: "Return an object: ({ n }) => ({ twice: 2 * n }).",
      });
    }
    const taken = Object.keys(result).find((name) => Object.hasOwn(point, name) || name === "note");
    if (taken !== undefined) throw new InputError(`the result's "${taken}" is a column already: call it otherwise`);
    return { result, note: "" };
  } catch (error) {
    return { result: {}, note: reasonOf(error) };
  }
}
