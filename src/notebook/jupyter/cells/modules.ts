// How a cell finds packages at run time: from the notebook's folder first, then from our own installation, so that any
// notebook in any folder has warplab and what it shows with. Knows nothing of types.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { installation } from "../../installation.js";
import type { Place } from "../errors/edited-text.js";
import { howToInstall } from "../errors/foreign-habits.js";
import * as tslab from "./tslab.js";
import { TypeScriptFiles } from "./typescript-files.js";

export type ModuleNamespace = Readonly<Record<string, unknown>>;

export class CellModules {
  /** `require` as cells see it. */
  readonly require: NodeJS.Require;
  /** `import.meta` as cells see it. */
  readonly meta: { readonly url: string; readonly dirname: string; readonly filename: string };
  private readonly importFromFolder: (specifier: string) => Promise<ModuleNamespace>;
  private readonly typescript: TypeScriptFiles;
  private readonly referrer: string;
  private ownPackageChecked = false;

  /** `warn` takes one line about a package that is not the one expected. */
  constructor(
    private readonly folder: string,
    private readonly warn: (line: string) => void,
  ) {
    this.referrer = join(folder, "cell.js");
    this.importFromFolder = vm.compileFunction("return import(specifier)", ["specifier"], {
      filename: this.referrer,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
    }) as (specifier: string) => Promise<ModuleNamespace>;
    this.typescript = new TypeScriptFiles((specifier, file) => this.importFor(specifier, file));
    this.meta = { url: pathToFileURL(this.referrer).href, dirname: folder, filename: this.referrer };
    this.require = this.createRequire();
  }

  /** Loads a module as `import` does, whichever kind it is. */
  async import(specifier: string): Promise<ModuleNamespace> {
    this.checkOwnPackage(specifier);
    // The installed package could show nothing: it is another kernel's.
    if (specifier === "tslab") return tslab as ModuleNamespace;
    const file = this.typescript.find(specifier, this.folder);
    if (file !== undefined) return this.typescript.import(file);
    // Node's import wants an attribute that TypeScript's notebooks never wrote; its require does not.
    if (/\.json$/.test(specifier)) {
      return this.readJson(specifier);
    }
    try {
      return await this.importFromFolder(specifier);
    } catch (error) {
      if (!this.isAbsentFromFolder(error)) throw error;
      if (/^\.{1,2}\//.test(specifier)) throw this.notFound(specifier);
      if (!isBare(specifier)) throw error;
    }
    try {
      return await import(specifier);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
      throw this.notFound(specifier);
    }
  }

  /** The place as written of a place in a TypeScript file's JavaScript. */
  placeAsTyped(path: string, place: Place): Place | undefined {
    return this.typescript.placeAsTyped(path, place);
  }

  /** What a TypeScript file beside the notebook imports: a path is its own, a package as a cell has it. */
  private importFor(specifier: string, file: string): Promise<Record<string, unknown>> {
    const isPath = /^\.{1,2}\//.test(specifier);
    return this.import(isPath ? join(dirname(file), specifier) : specifier);
  }

  private readJson(specifier: string): ModuleNamespace {
    try {
      const data = this.require(specifier);
      return { ...(data as object), default: data };
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND" ? this.notFound(specifier) : error;
    }
  }

  private createRequire(): NodeJS.Require {
    const fromFolder = createRequire(this.referrer);
    const own = createRequire(import.meta.url);
    const resolve = (id: string, options?: { paths?: string[] }): string => {
      try {
        return fromFolder.resolve(id, options);
      } catch (error) {
        if (!isBare(id) || (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
        return own.resolve(id, options);
      }
    };
    const require = (id: string): unknown => {
      this.checkOwnPackage(id);
      if (id === "tslab") return tslab;
      return fromFolder(resolve(id));
    };
    return Object.assign(require, {
      resolve: Object.assign(resolve, { paths: fromFolder.resolve.paths }),
      cache: fromFolder.cache,
      main: fromFolder.main,
      extensions: fromFolder.extensions,
    }) as NodeJS.Require;
  }

  private isAbsentFromFolder(error: unknown): boolean {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ERR_MODULE_NOT_FOUND" && message?.includes(this.referrer) === true;
  }

  private notFound(specifier: string): Error {
    const what = isBare(specifier)
      ? `package "${specifier}" is not installed: neither in ${this.folder} (or above) nor beside warplab. ${howToInstall(specifier, this.folder)}`
      : `no module "${specifier}" in ${this.folder}: import needs the file's name, with its ending unless that is .ts`;
    return Object.assign(new Error(what), { code: "ERR_MODULE_NOT_FOUND" });
  }

  /** Says once when the notebook's folder has another version of our package than the kernel's. */
  private checkOwnPackage(specifier: string): void {
    if (this.ownPackageChecked || specifier !== "warplab") return;
    this.ownPackageChecked = true;
    const own = installation();
    const theirs = packageAt(nearestInstallation(this.folder, specifier));
    if (theirs === undefined || theirs.version === own.version) return;
    this.warn(
      `warplab: this notebook uses version ${theirs.version} of ${theirs.folder}; the kernel is version ${own.version} of ${own.root}\n`,
    );
  }
}

/** What an import takes of a module: an export, `default`, or `*`. A CommonJS module's exports are found in its default. */
export function take(namespace: ModuleNamespace, name: string): unknown {
  if (name === "*") return namespace;
  const inner = namespace["default"] as ModuleNamespace | undefined;
  const isObject = inner !== null && (typeof inner === "object" || typeof inner === "function");
  if (name === "default")
    return isObject && inner["__esModule"] === true && "default" in inner ? inner["default"] : inner;
  if (name in namespace) return namespace[name];
  return isObject ? inner[name] : undefined;
}

interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

function packageAt(folder: string | undefined): InstalledPackage | undefined {
  if (folder === undefined) return undefined;
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return typeof name === "string" ? { name, version: String(version), folder } : undefined;
  } catch {
    return undefined;
  }
}

function nearestInstallation(folder: string, name: string): string | undefined {
  for (let level = folder; ; level = dirname(level)) {
    const self = packageAt(level);
    if (self?.name === name) return level;
    const installed = join(level, "node_modules", name);
    if (packageAt(installed) !== undefined) return installed;
    if (dirname(level) === level) return undefined;
  }
}

function isBare(specifier: string): boolean {
  return !/^(\.{0,2}\/|[a-z]+:)/.test(specifier);
}
