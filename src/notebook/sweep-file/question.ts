// What a sweep to a file asks, as data that a worker can be given and a file can name by its hash: predictions over shapes, or
// launches over parameters. Knows nothing of files.
import { InputError } from "../../core/errors.js";
import { silent } from "../../core/progress.js";
import { runLaunchFile } from "../../gpu/host/index.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { type SweepOptions, sweepColumns } from "../../model/index.js";

/** Predictions over every combination, as `sweep` makes them. */
export interface PredictionQuestion {
  readonly kind: "predictions";
  readonly options: Omit<SweepOptions, "progress">;
}

/** Launches on the virtual GPU over every combination of what varies. */
export interface LaunchQuestion {
  readonly kind: "launches";
  /** A launch file's JSON. */
  readonly launch: unknown;
  /** The files that it names, by the names that it gives them. */
  readonly files: Readonly<Record<string, string>>;
  /** Values by the path of a field of the launch: `{ "block": [[32], [64]], "args.0.i32": [1, 2], "device": ["h100", "a100"] }`. */
  readonly vary: Readonly<Record<string, readonly unknown[]>>;
  readonly devices: readonly DeviceSpec[];
}

export type Question = PredictionQuestion | LaunchQuestion;

export type Cell = string | number | null;
export type Columns = Readonly<Record<string, readonly Cell[]>>;

/** How many units of work there are (shapes, launches), and how many rows each gives. */
export function extentOf(question: Question): { readonly units: number; readonly rowsPerUnit: number } {
  if (question.kind === "launches") {
    const lists = Object.values(question.vary);
    return { units: lists.reduce((product, list) => product * list.length, 1), rowsPerUnit: 1 };
  }
  const { shapes, precisions, devices, modes = ["realistic"] } = question.options;
  return { units: shapes.length, rowsPerUnit: precisions.length * devices.length * modes.length };
}

/** The rows of units `from` up to `to`, as columns. Throws InputError for a question that cannot be read. */
export function answer(question: Question, from: number, to: number): Columns {
  return question.kind === "launches" ? launchColumns(question, from, to) : predictionColumns(question, from, to);
}

function predictionColumns({ options }: PredictionQuestion, from: number, to: number): Columns {
  return sweepColumns({ ...options, shapes: options.shapes.slice(from, to), progress: silent });
}

// The last of what varies does so fastest.
function launchColumns({ launch, files, vary, devices }: LaunchQuestion, from: number, to: number): Columns {
  const names = Object.keys(vary);
  const columns: Record<string, Cell[]> = Object.fromEntries(
    [...names, ...counted, "findings", "note"].map((name) => [name, []]),
  );
  for (let unit = from; unit < to; unit++) {
    let rest = unit;
    const chosen: Record<string, unknown> = {};
    for (const name of [...names].reverse()) {
      const values = vary[name];
      chosen[name] = values[rest % values.length];
      rest = Math.floor(rest / values.length);
    }
    for (const name of names) columns[name].push(cellOf(chosen[name]));
    let note = "";
    let counters: Readonly<Record<string, number>> = {};
    let findings: number | null = null;
    try {
      const result = runLaunchFile(withFields(launch, chosen), {
        readFile: (path) => files[path] ?? missingFile(path),
        devices,
        progress: silent,
      });
      counters = (result.counters ?? {}) as unknown as Readonly<Record<string, number>>;
      findings = result.findings.length;
      note = result.findings[0]?.message.split("\n")[0] ?? "";
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      note = error.message.split("\n")[0];
    }
    for (const name of counted) columns[name].push(counters[name] ?? null);
    columns["findings"].push(findings);
    columns["note"].push(note);
  }
  return columns;
}

/** The counters of a launch, in the order of its answer. */
const counted = [
  "warp_instructions",
  "thread_instructions",
  "divergent_branches",
  "branches",
  "global_load_requests",
  "global_load_sectors",
  "global_store_requests",
  "global_store_sectors",
  "shared_load_requests",
  "shared_load_conflicts",
  "shared_store_requests",
  "shared_store_conflicts",
  "atomic_requests",
  "barriers",
  "flop_f16",
  "flop_f32",
  "flop_f64",
  "flop_tensor",
  "bytes_global_read",
  "bytes_global_written",
  "bytes_shared",
  "local_bytes",
] as const;

function missingFile(path: string): never {
  throw new InputError(`the launch names "${path}", which was not given`, { where: "ptx" });
}

function cellOf(value: unknown): Cell {
  return typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);
}

/** The launch with fields set by their paths. Throws InputError for a path that leads nowhere. */
function withFields(launch: unknown, fields: Readonly<Record<string, unknown>>): unknown {
  const copy = structuredClone(launch);
  for (const [path, value] of Object.entries(fields)) {
    const words = path.split(".");
    const last = words.pop() as string;
    let at: unknown = copy;
    for (const word of words) at = (at as Record<string, unknown> | null)?.[word];
    if (typeof at !== "object" || at === null) {
      throw new InputError(`the launch has no field "${path}"`, {
        where: "vary",
        fix: 'Write a path such as "block" or "args.0.i32".',
      });
    }
    (at as Record<string, unknown>)[last] = value;
  }
  return copy;
}

/** The question with its devices whole, so that its hash says all that the answer rests on. */
export function resolved(question: Question): Question {
  if (question.kind === "launches") return question;
  const { options } = question;
  return { kind: "predictions", options: { ...options, devices: options.devices.map((name) => findDevice(name)) } };
}
