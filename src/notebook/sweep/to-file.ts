// A sweep into a file, over several threads, that goes on where it was stopped.
import { createHash } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";
import { InputError } from "../../core/errors.js";
import { inspectObjectAs } from "../../core/inspect.js";
import { Progress, type ProgressReporter } from "../../core/progress.js";
import type { SweepOptions } from "../../model/index.js";
import { cellInterruption, type StopSignal } from "../cell-interruption.js";
import { makeWritableFolder } from "../folders.js";
import { installation } from "../installation.js";
import { type ColumnTypes, typesOf } from "./columns.js";
import { LaunchPoints, type LaunchSweep } from "./launch-sweep.js";
import { Parts } from "./parts.js";
import type { Varied } from "./points.js";
import { answer, type Question, resolved, type Task } from "./question.js";
import { formatOf, fromArrow, writeTable } from "./table-file.js";
import { computeInThreads } from "./threads.js";

export interface SweepFileOptions {
  /** Threads that compute; as many as the machine runs at once unless given. */
  readonly workers?: number;
  /** Rows of a part, about: what is lost when the process is killed. 20,000 predictions or 64 launches unless given. */
  readonly rowsPerPart?: number;
  readonly progress?: ProgressReporter;
  /** Ends it early, with an error; what a file has by then is kept, and gone on with. */
  readonly signal?: StopSignal;
}

/** What a sweep to a file did. `toString` gives one line. */
export interface SweepFile {
  readonly path: string;
  readonly rows: number;
  /** Parts that were there from a run before. */
  readonly parts_found: number;
  readonly parts_computed: number;
}

/**
 * Predicts every combination, as `sweep` does with `missing: "keep"`, into a file that ends in .parquet, .arrow or .csv. Killed at any moment, the same call
 * goes on where it was; the file appears when it is whole, with the same bytes as without an interruption. Throws InputError for what
 * cannot be asked and for a file that is there already.
 */
export function sweepToFile(
  options: Omit<SweepOptions, "progress">,
  path: string,
  how: SweepFileOptions = {},
): Promise<SweepFile> {
  return toFile(() => predictionWork(options, how.rowsPerPart ?? 20_000), path, how);
}

/**
 * Launches on the virtual GPU for every combination of what varies, into a file as `sweepToFile` does, with the columns of
 * `sweepLaunches`. A launch that cannot be run is a row with its reason.
 */
export function sweepLaunchesToFile<const V extends Varied>(
  sweep: LaunchSweep<V>,
  path: string,
  how: SweepFileOptions = {},
): Promise<SweepFile> {
  return toFile(() => launchWork(sweep as unknown as LaunchSweep, how.rowsPerPart ?? 64), path, how);
}

/** Work in parts, each of which can be asked for by its number. */
interface Parted {
  readonly question: Question;
  readonly rows: number;
  readonly parts: number;
  /** Tells one question from another: the same for the same rows in the same parts. */
  readonly identity: string;
  task(part: number): Task;
  rowsOf(part: number): number;
}

function predictionWork(options: Omit<SweepOptions, "progress">, wanted: number): Parted {
  const question = resolved({ kind: "predictions", options: { missing: "keep", ...options } });
  const { shapes, precisions, devices, modes = ["realistic"] } = question.options;
  // What is wrong with the question is told before anything is written.
  answer(question, { from: 0, to: 1 });
  const perShape = precisions.length * devices.length * modes.length;
  const shapesPerPart = Math.max(1, Math.floor(wanted / perShape));
  const to = (part: number): number => Math.min(shapes.length, (part + 1) * shapesPerPart);
  return {
    question,
    rows: shapes.length * perShape,
    parts: Math.ceil(shapes.length / shapesPerPart),
    identity: JSON.stringify([question, shapesPerPart]),
    task: (part) => ({ from: part * shapesPerPart, to: to(part) }),
    rowsOf: (part) => (to(part) - part * shapesPerPart) * perShape,
  };
}

function launchWork(sweep: LaunchSweep, wanted: number): Parted {
  const points = new LaunchPoints(sweep);
  const perPart = Math.max(1, Math.floor(wanted));
  const rowsOf = (part: number): number => Math.min(points.count, (part + 1) * perPart) - part * perPart;
  const identity = createHash("sha256").update(JSON.stringify([points.names, points.devices, perPart]));
  for (let number = 0; number < points.count; number++) identity.update(JSON.stringify(points.at(number)));
  return {
    question: { kind: "launches", names: points.names, devices: points.devices },
    rows: points.count,
    parts: Math.ceil(points.count / perPart),
    identity: identity.digest("hex"),
    task: (part) => ({ points: Array.from({ length: rowsOf(part) }, (_, i) => points.at(part * perPart + i)) }),
    rowsOf,
  };
}

async function toFile(prepare: () => Parted, path: string, how: SweepFileOptions): Promise<SweepFile> {
  const format = formatOf(path);
  const { question, rows, parts: count, identity, task, rowsOf } = prepare();
  const hash = createHash("sha256")
    .update(JSON.stringify([installation().version, identity]))
    .digest("hex");
  const begun = existsSync(`${path}.parts`);
  if (existsSync(path) && !begun) {
    throw new InputError("there is a file already", { where: path, fix: "Remove it, or write to another." });
  }
  makeWritableFolder(dirname(path), "sweep");
  const signal = cellInterruption(how.signal);
  const parts = new Parts(path, { question: hash, parts: count });
  const progress = new Progress(
    { label: `sweep into ${basename(path)}`, total: rows, unit: "rows" },
    { reporter: how.progress },
  );
  try {
    const missing = parts.missing();
    progress.advance(rows - missing.reduce((sum, part) => sum + rowsOf(part), 0));
    await computeInThreads({
      question,
      tasks: missing.map((part) => ({ number: part, make: () => task(part) })),
      workers: how.workers,
      signal,
      onAnswer: (part, bytes) => {
        parts.put(part, bytes);
        progress.advance(rowsOf(part));
      },
    });
    const each = function* () {
      for (let part = 0; part < count; part++) yield fromArrow(parts.get(part));
    };
    let types: ColumnTypes = {};
    for (const columns of each()) types = typesOf(columns, types);
    const whole = `${parts.folder}/whole.tmp`;
    writeTable(whole, format, types, each());
    renameSync(whole, path);
    parts.remove();
    const done: SweepFile = { path, rows, parts_found: count - missing.length, parts_computed: missing.length };
    inspectObjectAs(done, () => describe(done));
    Object.defineProperty(done, "toString", { value: () => describe(done) });
    return Object.freeze(done);
  } catch (error) {
    progress.end(signal.aborted ? "interrupted" : "failed");
    parts.release();
    throw error;
  }
}

function describe({ path, rows, parts_found, parts_computed }: SweepFile): string {
  const found = parts_found === 0 ? "" : `, ${parts_found} of ${parts_found + parts_computed} parts were there`;
  return `${rows.toLocaleString("en-US")} rows in ${path}${found}`;
}
