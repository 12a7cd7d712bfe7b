// Folders for what a command writes, made before the work begins, so that hours of it never end at a path that cannot be
// written. Knows nothing of what goes into them.
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../core/errors.js";

/**
 * Makes a folder and those above it, and makes sure that files can be written there. Throws InputError, with `what` it was to
 * be, where that cannot be done; nothing is left behind then.
 */
export function makeWritableFolder(path: string, what: string): void {
  const made: string[] = [];
  const missing: string[] = [];
  let place = resolve(path);
  try {
    // Not mkdir's own `recursive`: it never ends where the system says of a new folder that there is none, as /proc does.
    for (; statSync(place, { throwIfNoEntry: false }) === undefined; place = dirname(place)) missing.unshift(place);
    for (const folder of missing) {
      place = folder;
      mkdirSync(folder);
      made.push(folder);
    }
    place = resolve(path);
    const probe = join(place, `.warplab-${process.pid}.tmp`);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    for (const folder of made.reverse()) rmSync(folder, { recursive: true, force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new InputError(`${what}: ${reasons[code] ?? `cannot be written (${code})`}`, {
      where: path,
      fix: "Choose a folder that can be written; the path is taken from the folder in which the command runs.",
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no folder can be made there",
  ENOTDIR: "this is a file, or lies below one",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the name is too long",
};
