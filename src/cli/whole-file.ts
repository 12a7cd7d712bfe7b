// Writes a file that somebody named whole or not at all: beside its place first. Knows nothing of what is in it.
import { closeSync, existsSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { InputError } from "../core/errors.js";

/** Refuses to write over the file that was read: a person's own work would be gone. `option` is the one that names the output. */
export function refuseOverInput(output: string, input: string, option: string): void {
  if (!existsSync(output) || !existsSync(input) || realpathSync(output) !== realpathSync(input)) return;
  throw new InputError(`${output} is the file that is read`, { where: option, fix: "Write to another file." });
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
