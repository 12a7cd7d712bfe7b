// The part of `warplab sweep` that is about launches: the question from a launch file and what varies, and the table of the answer.
// Runs nothing itself.
import { InputError } from "../core/errors.js";
import { parseJson } from "../core/json.js";
import type { DeviceSpec } from "../hardware/index.js";
import { type LaunchSweep, type SweepLaunchesOptions, sweepLaunchColumns } from "../notebook/sweep/index.js";
import { readerBeside } from "./beside.js";
import { variedOf } from "./option-values.js";
import { readTextFile, type Shell } from "./shell.js";
import { formatNumber, formatTable } from "./terminal.js";

/** A launch file's JSON with what becomes of its fields. Throws InputError for a file or a list that cannot be read. */
export async function launchSweep(
  file: string,
  vary: readonly string[],
  devices: readonly DeviceSpec[],
): Promise<LaunchSweep> {
  const varied = vary.map((text) => variedOf(text, "--vary"));
  const names = varied.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new InputError(`${twice} is given twice`, { where: "--vary", fix: `Write --vary ${twice}=1,2,3.` });
  }
  if (varied.length === 0) {
    throw new InputError("nothing varies", { where: "sweep", fix: "Write --vary block=32,64,128." });
  }
  const launch = parseJson(await readTextFile(file, "launch file"), file);
  const read = readerBeside(file);
  const { ptx, kernel } = Object(launch) as { readonly ptx?: unknown; readonly kernel?: unknown };
  if (typeof kernel !== "string") {
    throw new InputError(kernel === undefined ? "is missing" : `must be a text, got ${JSON.stringify(kernel)}`, {
      where: `${file}: kernel`,
      fix: 'A launch file names its kernel: { "ptx": "saxpy.ptx", "kernel": "saxpy", ... }.',
    });
  }
  const paths = Object.fromEntries(varied)["ptx"] ?? [ptx];
  return {
    launch: launch as LaunchSweep["launch"],
    vary: Object.fromEntries(varied),
    files: Object.fromEntries(paths.flatMap((path) => (typeof path === "string" ? [[path, read(path)]] : []))),
    devices,
  };
}

/** A row of launches swept. */
export type LaunchRow = Readonly<Record<string, string | number | null>>;

/** The rows of `sweepLaunches`. */
export async function sweepLaunchRows(sweep: LaunchSweep, options: SweepLaunchesOptions): Promise<LaunchRow[]> {
  const columns = Object.entries(await sweepLaunchColumns(sweep, options));
  const [[, first]] = columns;
  return first.map((_, row) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[row]])));
}

/** The table on a terminal: what varies, and what most people look for first. */
export function describeLaunches(rows: readonly LaunchRow[], names: readonly string[], { paint }: Shell): string {
  const figure = (name: string) => (row: LaunchRow) => {
    const cell = row[name];
    return typeof cell === "number" ? formatNumber(cell) : "-";
  };
  const table = formatTable(
    rows,
    [
      ...names.map((name) => ({ title: name, cell: (row: LaunchRow) => String(row[name] ?? "-") })),
      { title: "warp instructions", cell: figure("warp_instructions"), align: "right" as const },
      { title: "divergent", cell: figure("divergent_branches"), align: "right" as const },
      { title: "sectors", cell: sectors, align: "right" as const },
      { title: "conflicts", cell: conflicts, align: "right" as const },
      { title: "occupancy", cell: figure("occupancy"), align: "right" as const },
      { title: "us at best", cell: figure("predicted_time_us"), align: "right" as const },
      { title: "note", cell: (row: LaunchRow) => String(row["note"] ?? "") },
    ],
    paint,
  );
  return `${paint("bold", `${rows.length} launches`)}\n\n${table}`;
}

function sectors(row: LaunchRow): string {
  return sum(row, ["global_load_sectors", "global_store_sectors"]);
}

function conflicts(row: LaunchRow): string {
  return sum(row, ["shared_load_conflicts", "shared_store_conflicts"]);
}

function sum(row: LaunchRow, names: readonly string[]): string {
  const cells = names.map((name) => row[name]);
  return cells.every((cell) => typeof cell === "number") ? formatNumber(cells.reduce((a, b) => a + b, 0)) : "-";
}
