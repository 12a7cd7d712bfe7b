// A sweep of launches as a person asks it, and the launch files that its points are, made one by one as they are needed. Runs none.
import { InputError, listChoices, nearest, WarplabError } from "../../core/errors.js";
import { type LaunchDescription, type LaunchFile, launchFileOf } from "../../gpu/host/index.js";
import { descriptionFields } from "../../gpu/host/launch-file/description.js";
import { launchFields } from "../../gpu/host/launch-file/fields.js";
import { readLaunchFile } from "../../gpu/host/launch-file/run.js";
import type { DeviceSpec } from "../../hardware/index.js";
import { type Cell, cellOf } from "./columns.js";
import { launchColumnNames } from "./launch-columns.js";
import { countPoints, type PointOf, pointAt, type Varied } from "./points.js";

/** A launch file's JSON: its `kernel` is a name, and its `ptx` one of the sweep's `files`. */
export type LaunchJson = Readonly<Record<string, unknown>> & { readonly kernel: string };

export interface LaunchSweep<V extends Varied = Varied> {
  /**
   * What is launched: a launch with a kernel of a cell, a launch file's JSON, or a function that gives either for a point. The function
   * runs in the cell's thread, and may make a kernel of its own for each point.
   */
  readonly launch: LaunchDescription | LaunchJson | ((point: PointOf<V>) => LaunchDescription | LaunchJson);
  /**
   * Lists of values. With a function, by whatever names it takes. Otherwise by the path of a field of the launch: `{ block: [32, 64],
   * "args.n": [1, 2], device: ["h100", "a100"] }`, of a launch file `"args.0.i32"`.
   */
  readonly vary: V;
  /** The text of the files that launch files name: `{ "saxpy.ptx": ptx }`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Devices of one's own. */
  readonly devices?: readonly DeviceSpec[];
}

/** One point: what varies, and the launch or the reason why there is none. */
export type LaunchPoint = { readonly cells: readonly Cell[] } & (LaunchFile | { readonly reason: string });

/** The points of a sweep of launches. */
export class LaunchPoints {
  readonly count: number;
  readonly names: readonly string[];
  readonly devices: readonly DeviceSpec[];
  readonly #sweep: LaunchSweep;

  /** Throws InputError for what is wrong with all points: a path that leads nowhere, a field or a kernel that does not vary. */
  constructor(sweep: LaunchSweep) {
    this.count = countPoints(sweep.vary);
    this.names = Object.keys(sweep.vary);
    this.devices = sweep.devices ?? [];
    this.#sweep = sweep;
    if (typeof sweep.launch !== "function" && (typeof sweep.launch !== "object" || sweep.launch === null)) {
      throw new InputError("there is no launch", {
        where: "launch",
        fix: "Write launch: { kernel, grid, block, args }.",
      });
    }
    if (typeof sweep.launch === "function") this.#checkNames();
    else this.#check(sweep.launch);
  }

  at(number: number): LaunchPoint {
    const point = pointAt(this.#sweep.vary, number);
    const cells = this.names.map((name) => cellOf(point[name]));
    try {
      return { cells, ...this.#fileOf(point) };
    } catch (error) {
      return { cells, reason: reasonOf(error) };
    }
  }

  #fileOf(point: PointOf<Varied>): LaunchFile {
    const { launch, files = {} } = this.#sweep;
    const asked = typeof launch === "function" ? launch(point) : withFields(launch, point);
    if (typeof asked !== "object" || asked === null) {
      throw new InputError("the function gives no launch", {
        where: "launch",
        fix: "Return { kernel, grid, block, args }.",
      });
    }
    return isLaunchJson(asked) ? { launch: asked, files } : launchFileOf(asked);
  }

  #checkNames(): void {
    // A device that varies is its launch's device: the one column says both.
    const taken = this.names.find(
      (name) => name !== "device" && (launchColumnNames as readonly string[]).includes(name),
    );
    if (taken === undefined) return;
    throw new InputError(`"${taken}" is a column of every launch`, { where: "vary", fix: "Call it otherwise." });
  }

  /** Tells before anything runs what no value of what varies can mend. */
  #check(launch: LaunchDescription | LaunchJson): void {
    const known = isLaunchJson(launch) ? launchFields : descriptionFields;
    for (const path of this.names) {
      const [field] = path.split(".");
      if (!known.includes(field)) {
        const slip = nearest(field, known);
        throw new InputError(`a launch has no field "${field}"`, {
          where: `vary: ${path}`,
          fix: slip === undefined ? `Known: ${listChoices(known, false)}.` : `Did you mean "${slip}"?`,
        });
      }
    }
    const varied = new Set(this.names.map((path) => path.split(".")[0]));
    const first = pointAt(this.#sweep.vary, 0);
    withFields(launch, first);
    try {
      const { launch: json, files } = this.#fileOf(first);
      readLaunchFile(json, { readFile: (path) => fileNamed(files, path), devices: this.devices });
    } catch (error) {
      // What is wrong with a value that varies, or what it has to do with, is its points' reason.
      if (!(error instanceof InputError) || varied.has(fieldOfError(error))) return;
      throw error;
    }
  }
}

function isLaunchJson(launch: LaunchDescription | LaunchJson): launch is LaunchJson {
  return typeof launch?.kernel === "string";
}

/** The text of a file that a launch names. Throws InputError where it was not given. */
export function fileNamed(files: Readonly<Record<string, string>>, path: string): string {
  if (Object.hasOwn(files, path)) return files[path];
  throw new InputError(`the launch names "${path}", which was not given`, {
    where: "ptx",
    fix: `Give its text: files: { ${JSON.stringify(path)}: text }.`,
  });
}

/** Why a point has no figures, in one line. */
export function reasonOf(error: unknown): string {
  if (error instanceof WarplabError) return error.message.split("\n")[0];
  return error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : String(error);
}

/** The field of a launch that an error is about: `args` of `args[2].ptr`. */
function fieldOfError({ where }: InputError): string {
  if (typeof where !== "string") return "ptx";
  return /, argument /.test(where) ? "args" : (/^\w+/.exec(where)?.[0] ?? "");
}

/** The launch with fields set by their paths. Throws InputError for a path that leads nowhere. */
function withFields<L extends LaunchDescription | LaunchJson>(launch: L, fields: PointOf<Varied>): L {
  let whole: unknown = launch;
  for (const [path, value] of Object.entries(fields)) whole = withField(whole, path.split("."), value, path);
  return whole as L;
}

// Copies along the path alone: a launch may have arrays of a device in it, which are no data.
function withField(at: unknown, [word, ...rest]: readonly string[], value: unknown, path: string): unknown {
  const isList = Array.isArray(at);
  if (typeof at !== "object" || at === null || (isList && !(Number(word) < at.length))) nowhere(path);
  const fields = at as Readonly<Record<string, unknown>>;
  // An argument's own fields: another type beside the one that it has would make it none.
  const isArgument = rest.length === 0 && path.split(".").length > 2;
  if (isArgument && !isList && !(word in at) && !optionalFields.includes(word)) nowhere(path, Object.keys(at));
  const after = rest.length === 0 ? value : withField(fields[word], rest, value, path);
  if (isList) return at.map((item, index) => (index === Number(word) ? after : item));
  return { ...at, [word]: after };
}

/** What an argument of a launch file may have, and need not. */
const optionalFields: readonly string[] = ["offset", "fill"];

function nowhere(path: string, there: readonly string[] = []): never {
  throw new InputError(`the launch has no field "${path}"`, {
    where: "vary",
    fix:
      there.length > 0
        ? `There is ${listChoices(there.map((name) => path.replace(/[^.]*$/, name)))}.`
        : 'Write a path such as "block", "args.n" or, of a launch file, "args.0.i32".',
  });
}
