// The modules that a cell may name in an import that is being typed: Node's, packages that the notebook's folder or our own
// installation has, files beside the notebook. Knows nothing of TypeScript.
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { installation } from "../../installation.js";

/** The part of a module's name that stands before the cursor; undefined where no module's name is typed. */
export function typedModuleName(before: string): string | undefined {
  return /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*(?:"([^"\n]*)|'([^'\n]*))$/
    .exec(before)
    ?.slice(1)
    .find((name) => name !== undefined);
}

/** Names that begin with `typed`: packages before Node's own modules; of a path the files and folders there. */
export function moduleNames(typed: string, folder: string): string[] {
  if (/^\.{1,2}(\/|$)/.test(typed)) return filesAt(typed, folder);
  const { root } = installation();
  const own = ["warplab", "tslab", ...dependenciesOf(root).filter((name) => /^(arquero|vega)/.test(name))];
  const packages = new Set([...own, ...installed(folder)]);
  const builtin = builtinModules
    .filter((name) => !name.startsWith("_"))
    .map((name) => (name.startsWith("node:") ? name : `node:${name}`));
  return [...[...packages].sort(), ...builtin].filter((name) => name.startsWith(typed) || name === `node:${typed}`);
}

function filesAt(typed: string, folder: string): string[] {
  const base = typed.includes("/") ? typed.slice(0, typed.lastIndexOf("/") + 1) : `${typed}/`;
  try {
    return readdirSync(join(folder, base), { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith(".") && entry.name !== "node_modules")
      .filter((entry) => entry.isDirectory() || /\.([cm]?[jt]s|json)$/.test(entry.name))
      .map((entry) => `${base}${entry.name}${entry.isDirectory() ? "/" : ""}`)
      .filter((path) => path.startsWith(typed))
      .sort();
  } catch {
    // No such folder: nothing to name.
    return [];
  }
}

/** What the nearest package.json says, or what lies in node_modules where there is none. */
function installed(folder: string): string[] {
  for (let level = folder; ; level = dirname(level)) {
    const named = dependenciesOf(level);
    if (named.length > 0) return named;
    try {
      const names = readdirSync(join(level, "node_modules")).filter((name) => !/^[.@]/.test(name));
      if (names.length > 0) return names;
    } catch {
      // None here: look above.
    }
    if (dirname(level) === level) return [];
  }
}

function dependenciesOf(folder: string): string[] {
  try {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith("@types/"));
  } catch {
    return [];
  }
}
