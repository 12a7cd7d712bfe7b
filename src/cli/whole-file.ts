// Writes a file that somebody named whole or not at all: beside its place first. Knows nothing of what is in it.
import { closeSync, existsSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../core/errors.js";

/** Refuses to write over the file that was read: a person's own work would be gone. `option` is the one that names the output. */
export function refuseOverInput(output: string, input: string, option: string): void {
  if (!existsSync(output) || !existsSync(input) || realpathSync(output) !== realpathSync(input)) return;
  throw new InputError(`${output} is the file that is read`, { where: option, fix: "Write to another file." });
}

/** Refuses two outputs in one file: the second would take the first one's place. `option` is the one that names the second. */
export function refuseSameFile(first: string, second: string, option: string): void {
  const place = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));
  // Devices and pipes take both.
  const isFile = statSync(second, { throwIfNoEntry: false })?.isFile() ?? true;
  if (!isFile || place(first) !== place(second)) return;
  throw new InputError(`${second} is written already`, { where: option, fix: "Give each output a file of its own." });
}

/** Writes the pieces one after the other. Where that fails, what was there before is there still. Throws the system's errors. */
export function writeWhole(path: string, pieces: Iterable<string>): void {
  const status = statSync(path, { throwIfNoEntry: false });
  // A pipe or a terminal cannot be put in its place later.
  if (status !== undefined && !status.isFile()) {
    writeTo(path, pieces);
    return;
  }
  const place = existsSync(path) ? realpathSync(path) : path;
  const beside = `${place}.${process.pid}.part`;
  try {
    writeTo(beside, pieces);
    renameSync(beside, place);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function writeTo(path: string, pieces: Iterable<string>): void {
  const file = openSync(path, "w");
  try {
    for (const piece of pieces) writeFileSync(file, piece);
  } finally {
    closeSync(file);
  }
}
