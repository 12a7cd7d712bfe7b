// A sweep into a file, over several threads, that goes on where it was stopped.
import { createHash } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { InputError, WarplabError } from "../../core/errors.js";
import { inspectObjectAs } from "../../core/inspect.js";
import { Progress, type ProgressReporter } from "../../core/progress.js";
import type { DeviceSpec } from "../../hardware/index.js";
import type { SweepOptions } from "../../model/index.js";
import { makeWritableFolder } from "../folders.js";
import { builtFile, installation } from "../installation.js";
import { type ColumnTypes, formatOf, fromArrow, typesOf, writeTable } from "./formats.js";
import { Parts } from "./parts.js";
import { answer, extentOf, type Question, resolved } from "./question.js";
import type { PartAnswer } from "./worker.js";

export { type TableFormat, tableFormats } from "./formats.js";

export interface SweepFileOptions {
  /** Threads that compute; as many as the machine runs at once unless given. */
  readonly workers?: number;
  /** Rows of a part, about: what is lost when the process is killed. 20,000 predictions or 64 launches unless given. */
  readonly rowsPerPart?: number;
  readonly progress?: ProgressReporter;
}

export interface LaunchSweep {
  /** A launch file's JSON. */
  readonly launch: unknown;
  /** The text of the files that it names: `{ "saxpy.ptx": ptx }`. */
  readonly files: Readonly<Record<string, string>>;
  /** Values by the path of a field: `{ block: [[32], [64]], "args.0.i32": [1, 2] }`. */
  readonly vary: Readonly<Record<string, readonly unknown[]>>;
  /** Devices of one's own. */
  readonly devices?: readonly DeviceSpec[];
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
  return toFile({ kind: "predictions", options: { missing: "keep", ...options } }, path, how, 20_000);
}

/**
 * Launches on the virtual GPU for every combination of what varies, into a file as `sweepToFile` does: a row has what varied, the
 * counters, the number of findings and the first of them. A launch that cannot be run is a row with its reason.
 */
export function sweepLaunchesToFile(
  { launch, files, vary, devices = [] }: LaunchSweep,
  path: string,
  how: SweepFileOptions = {},
): Promise<SweepFile> {
  for (const [name, values] of Object.entries(vary)) {
    if (!Array.isArray(values) || values.length === 0) {
      throw new InputError(`${name} has no values`, { where: "vary", fix: 'Write { "block": [[32], [64]] }.' });
    }
  }
  return toFile({ kind: "launches", launch, files, vary, devices }, path, how, 64);
}

async function toFile(asked: Question, path: string, how: SweepFileOptions, usualRows: number): Promise<SweepFile> {
  const format = formatOf(path);
  const question = resolved(asked);
  const { units, rowsPerUnit } = extentOf(question);
  // What is wrong with the question is told before anything is written.
  if (units > 0) answer(question, 0, 1);
  const unitsPerPart = Math.max(1, Math.floor((how.rowsPerPart ?? usualRows) / rowsPerUnit));
  const count = Math.ceil(units / unitsPerPart);
  const hash = createHash("sha256")
    .update(JSON.stringify([installation().version, question, unitsPerPart]))
    .digest("hex");
  const begun = existsSync(`${path}.parts`);
  if (existsSync(path) && !begun) {
    throw new InputError("there is a file already", { where: path, fix: "Remove it, or write to another." });
  }
  makeWritableFolder(dirname(path), "sweep");
  const parts = new Parts(path, { question: hash, parts: count });
  try {
    const missing = parts.missing();
    const progress = new Progress(
      { label: `sweep into ${basename(path)}`, total: units * rowsPerUnit, unit: "rows" },
      { reporter: how.progress },
    );
    const rowsOf = (part: number): number =>
      (Math.min(units, (part + 1) * unitsPerPart) - part * unitsPerPart) * rowsPerUnit;
    progress.advance((count - missing.length) * unitsPerPart * rowsPerUnit);
    await compute(question, missing, unitsPerPart, units, how.workers ?? availableParallelism(), (part, bytes) => {
      parts.put(part, bytes);
      progress.advance(rowsOf(part));
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
    const done: SweepFile = {
      path,
      rows: units * rowsPerUnit,
      parts_found: count - missing.length,
      parts_computed: missing.length,
    };
    inspectObjectAs(done, () => describe(done));
    Object.defineProperty(done, "toString", { value: () => describe(done) });
    return Object.freeze(done);
  } catch (error) {
    parts.release();
    throw error;
  }
}

function describe({ path, rows, parts_found, parts_computed }: SweepFile): string {
  const found = parts_found === 0 ? "" : `, ${parts_found} of ${parts_found + parts_computed} parts were there`;
  return `${rows.toLocaleString("en-US")} rows in ${path}${found}`;
}

/** Has the parts computed by threads, in whatever order they end. */
async function compute(
  question: Question,
  missing: readonly number[],
  unitsPerPart: number,
  units: number,
  wanted: number,
  onPart: (part: number, bytes: Uint8Array) => void,
): Promise<void> {
  const queue = [...missing];
  const threads = Math.min(Math.max(1, Math.floor(wanted)), queue.length);
  const workers: Worker[] = [];
  try {
    await Promise.all(
      Array.from({ length: threads }, () => {
        const worker = new Worker(builtFile("notebook", "sweep-file", "worker.js"), {
          workerData: question,
          execArgv: [],
        });
        workers.push(worker);
        return new Promise<void>((done, fail) => {
          const next = (): void => {
            const part = queue.shift();
            if (part === undefined) done();
            else
              worker.postMessage({ part, from: part * unitsPerPart, to: Math.min(units, (part + 1) * unitsPerPart) });
          };
          worker.on("message", (reply: PartAnswer) => {
            if ("refusal" in reply) fail(new InputError(reply.refusal));
            else if ("defect" in reply) fail(new Error(reply.defect));
            else {
              try {
                onPart(reply.part, reply.bytes);
                next();
              } catch (error) {
                fail(error as Error);
              }
            }
          });
          worker.on("error", fail);
          worker.on("exit", (code) => fail(new WarplabError(`A thread of the sweep ended with ${code}.`)));
          next();
        });
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
