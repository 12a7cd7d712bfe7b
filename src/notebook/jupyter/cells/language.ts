// TypeScript's language service over the cells of a notebook. Each cell is a module that imports what it uses of earlier
// cells, so that types, documentation and errors are TypeScript's own. Knows nothing of running cells.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "@tslab/typescript-for-tslab";
import { cellGlobals } from "./globals.js";

/** A cell's text among the lines that make a module of it. */
export interface CellModule {
  readonly fileName: string;
  /** Where the cell's own text begins and ends in the module. */
  readonly start: number;
  readonly end: number;
}

/** From a name that an earlier cell declares to the number of that cell's module. */
export type VisibleNames = ReadonlyMap<string, number>;

/** The module number of code that is not run. */
export const draft = 0;

export class CellLanguage {
  private readonly cells = new Map<string, { text: string; version: number }>();
  private readonly snapshots = new Map<string, ts.IScriptSnapshot>();
  private readonly fileVersions = new Map<string, string>();
  private readonly options: ts.CompilerOptions;
  private readonly service: ts.LanguageService;
  private readonly resolutions: ts.ModuleResolutionCache;
  private root: string | undefined;
  /** The name of the file, which is nowhere on the disk, that declares what every cell knows. */
  private readonly globals: string;
  /** Whether a cell knows Node's types: `console`, `process`, `node:fs`. */
  readonly knowsNode: boolean;

  /** Modules are looked for from `folder` first, then from this file's own installation; types of Node in `typeRoots`. */
  constructor(
    readonly folder: string,
    typeRoots: readonly string[] = typeRootsFor(folder),
  ) {
    this.knowsNode = typeRoots.some((root) => ts.sys.directoryExists(join(root, "node")));
    this.options = compilerOptions(typeRoots, this.knowsNode ? ["node"] : []);
    this.resolutions = ts.createModuleResolutionCache(folder, (name) => name, this.options);
    this.globals = slashes(join(folder, "cell globals.d.ts"));
    this.snapshots.set(this.globals, ts.ScriptSnapshot.fromString(cellGlobals));
    this.service = ts.createLanguageService(this.createHost(), documentsThatKeepPackages());
  }

  /** Makes TypeScript read its libraries, which takes most of a second, before the first cell asks. */
  warmUp(): void {
    this.service.getSemanticDiagnostics(this.write(0, "1", new Map(), []).fileName);
  }

  /** Puts a cell's text in module `number`. `exported` are the names that it declares for later cells. */
  write(number: number, code: string, visible: VisibleNames, exported: readonly string[]): CellModule {
    const byModule = new Map<number, string[]>();
    for (const [name, module] of visible) byModule.set(module, [...(byModule.get(module) ?? []), name]);
    const imports = [...byModule].map(([module, names]) => `import { ${names.join(", ")} } from "cell:${module}";`);
    const before = `export {}; ${imports.join(" ")}\n`;
    const text = `${before}${code}\n${exported.length > 0 ? `export { ${exported.join(", ")} };` : ""}`;
    const fileName = this.fileName(number);
    const version = (this.cells.get(fileName)?.version ?? 0) + 1;
    this.cells.set(fileName, { text, version });
    this.snapshots.set(fileName, ts.ScriptSnapshot.fromString(text));
    this.root = fileName;
    return { fileName, start: before.length, end: before.length + code.length };
  }

  /** Errors of a cell, syntax first; positions are the module's. */
  errors({ fileName }: CellModule): readonly ts.Diagnostic[] {
    const syntax = this.service.getSyntacticDiagnostics(fileName);
    const found = syntax.length > 0 ? syntax : this.service.getSemanticDiagnostics(fileName);
    return found.filter((diagnostic) => diagnostic.category === ts.DiagnosticCategory.Error);
  }

  program(): ts.Program {
    return this.service.getProgram()!;
  }

  completions({ fileName, start }: CellModule, offset: number): ts.CompletionInfo | undefined {
    return this.service.getCompletionsAtPosition(fileName, start + offset, {
      includeCompletionsWithInsertText: false,
      includeSymbol: true,
    });
  }

  quickInfo({ fileName, start }: CellModule, offset: number): ts.QuickInfo | undefined {
    return this.service.getQuickInfoAtPosition(fileName, start + offset);
  }

  signatureHelp({ fileName, start }: CellModule, offset: number): ts.SignatureHelpItems | undefined {
    return this.service.getSignatureHelpItems(fileName, start + offset, undefined);
  }

  /** The text of the statement that declares what stands at a place, when a cell or a file beside the notebook declares it. */
  declaration({ fileName, start }: CellModule, offset: number): string | undefined {
    const [found] = this.service.getDefinitionAtPosition(fileName, start + offset) ?? [];
    if (found?.contextSpan === undefined || !isOwnSource(found.fileName)) return undefined;
    const text = this.cells.get(found.fileName)?.text ?? ts.sys.readFile(found.fileName);
    return text?.slice(found.contextSpan.start, found.contextSpan.start + found.contextSpan.length);
  }

  private fileVersion(name: string): string {
    if (!isOwnSource(name)) return "1";
    const version = String(ts.sys.getModifiedTime?.(name)?.getTime() ?? 0);
    if (this.fileVersions.get(name) !== version) this.snapshots.delete(name);
    this.fileVersions.set(name, version);
    return version;
  }

  private fileName(number: number): string {
    return slashes(join(this.folder, `cell ${number}.ts`));
  }

  private createHost(): ts.LanguageServiceHost {
    const { sys } = ts;
    return {
      getCompilationSettings: () => this.options,
      getScriptFileNames: () => (this.root === undefined ? [] : [this.globals, this.root]),
      // Files of packages are read once: a package that is built again is seen by the next kernel. TypeScript files beside the
      // notebook are being written, and are read again when they have changed.
      getScriptVersion: (name) => String(this.cells.get(name)?.version ?? this.fileVersion(name)),
      getScriptSnapshot: (name) => {
        // TypeScript asks for the text before it asks for the version.
        if (!this.cells.has(name)) this.fileVersion(name);
        const known = this.snapshots.get(name);
        if (known !== undefined) return known;
        const text = sys.readFile(name);
        if (text === undefined) return undefined;
        const snapshot = ts.ScriptSnapshot.fromString(text);
        this.snapshots.set(name, snapshot);
        return snapshot;
      },
      getCurrentDirectory: () => this.folder,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      fileExists: (name) => this.cells.has(name) || sys.fileExists(name),
      readFile: (name) => this.cells.get(name)?.text ?? sys.readFile(name),
      directoryExists: sys.directoryExists,
      getDirectories: sys.getDirectories,
      realpath: (path) => sys.realpath?.(path) ?? path,
      resolveModuleNameLiterals: (literals, containingFile, redirected, options) =>
        literals.map((literal) => this.resolve(literal.text, containingFile, redirected, options)),
    };
  }

  private resolve(
    specifier: string,
    containingFile: string,
    redirected: ts.ResolvedProjectReference | undefined,
    options: ts.CompilerOptions,
  ): ts.ResolvedModuleWithFailedLookupLocations {
    const cell = /^cell:(\d+)$/.exec(specifier);
    if (cell !== null) {
      const resolvedFileName = this.fileName(Number(cell[1]));
      return { resolvedModule: { resolvedFileName, extension: ts.Extension.Ts, isExternalLibraryImport: false } };
    }
    const from = (file: string): ts.ResolvedModuleWithFailedLookupLocations =>
      ts.resolveModuleName(specifier, file, options, ts.sys, this.resolutions, redirected);
    if (specifier === "tslab") return resolveOwn("./tslab.js", options);
    const found = from(containingFile);
    if (found.resolvedModule !== undefined || !this.cells.has(containingFile) || /^[./]/.test(specifier)) return found;
    return from(slashes(fileURLToPath(import.meta.url)));
  }
}

/**
 * TypeScript's store of parsed files. It forgets those that no cell imports any more, save for declarations of packages: reading
 * a library again for the next cell that names something of it takes most of a second.
 */
function documentsThatKeepPackages(): ts.DocumentRegistry {
  const documents = ts.createDocumentRegistry();
  return {
    ...documents,
    releaseDocumentWithKey: (path: ts.Path, ...rest: [ts.DocumentRegistryBucketKey, ts.ScriptKind?, unknown?]) => {
      if (!path.endsWith(".d.ts")) (documents.releaseDocumentWithKey as (...all: unknown[]) => void)(path, ...rest);
    },
  };
}

/** A file of this folder: its declarations where it is built. */
function resolveOwn(specifier: string, options: ts.CompilerOptions): ts.ResolvedModuleWithFailedLookupLocations {
  return ts.resolveModuleName(specifier, slashes(fileURLToPath(import.meta.url)), options, ts.sys);
}

/** A file that its author may be writing, as against one of a package or of TypeScript itself. */
function isOwnSource(name: string): boolean {
  return /\.[cm]?ts$/.test(name) && !name.endsWith(".d.ts") && !name.includes("/node_modules/");
}

function compilerOptions(typeRoots: readonly string[], types: string[]): ts.CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    // Reads the `exports` of packages, as Node does at run time.
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    customConditions: ["node"],
    lib: ["lib.es2023.d.ts"],
    types,
    typeRoots: [...typeRoots],
    // As tslab: a notebook is a place to try things in.
    strict: false,
    skipLibCheck: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    experimentalDecorators: false,
    jsx: ts.JsxEmit.React,
    noEmit: true,
  };
}

/** The folders that may hold `node`'s types: the notebook's, then our own installation's. */
function typeRootsFor(folder: string): string[] {
  const roots: string[] = [];
  for (let level = folder; ; level = dirname(level)) {
    roots.push(slashes(join(level, "node_modules", "@types")));
    if (dirname(level) === level) break;
  }
  try {
    const own = createRequire(import.meta.url).resolve("@types/node/package.json");
    roots.push(slashes(dirname(dirname(own))));
  } catch {
    // A dependency of ours, so this installation is not whole: the compiler of cells says so.
  }
  return roots.filter((root) => ts.sys.directoryExists(root));
}

function slashes(path: string): string {
  return path.replaceAll("\\", "/");
}
