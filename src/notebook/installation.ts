// Where this copy of warplab lies on disk: its package folder, its version and what `npm run build` put into dist. Works from
// the built files and from the sources (tests).
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WarplabError } from "../core/errors.js";

export interface Installation {
  /** The folder that holds package.json. */
  readonly root: string;
  readonly version: string;
}

let found: Installation | undefined;

export function installation(): Installation {
  found ??= findInstallation(dirname(fileURLToPath(import.meta.url)));
  return found;
}

/** The path of a file of dist, which must have been built. */
export function builtFile(...names: readonly string[]): string {
  const path = join(installation().root, "dist", ...names);
  if (!existsSync(path)) {
    throw new WarplabError(`warplab is not built: dist/${names.join("/")} is missing.`, {
      fix: "Run `npm run build`.",
    });
  }
  return path;
}

function findInstallation(start: string): Installation {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) {
      const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
      if (name === "warplab" && version !== undefined) return { root: folder, version };
    }
    if (dirname(folder) === folder) throw new WarplabError(`No package.json of warplab above ${start}.`);
  }
}
