// TypeScript files beside a notebook, at run time: transpiled file by file and loaded as CommonJS, together with the TypeScript
// files that they import. A file that has changed, or that imports one that has, is loaded again when a cell imports it again.
// Knows nothing of types or of cells.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import ts from "@tslab/typescript-for-tslab";
import { lineStarts, type Place, placeAt } from "../errors/edited-text.js";

type Exports = Record<string, unknown>;

interface Loaded {
  readonly stamp: string;
  readonly exports: Exports;
  /** The TypeScript files that it imports. */
  readonly uses: Set<string>;
  /** Resolves when the file, which may await, has run. */
  readonly done: Promise<void>;
}

/** What a file's own imports get that are not TypeScript. */
export type ImportOther = (specifier: string, fromFile: string) => Promise<Exports>;

export class TypeScriptFiles {
  private readonly loaded = new Map<string, Loaded>();
  private readonly maps = new Map<string, FileMap>();

  constructor(private readonly importOther: ImportOther) {}

  /** The TypeScript file that a specifier means from a folder: as it is written, without an ending, or with `.js`; else undefined. */
  find(specifier: string, folder: string): string | undefined {
    if (!/^\.{0,2}\//.test(specifier)) return undefined;
    const path = resolve(folder, specifier);
    const isFile = (candidate: string): boolean => existsSync(candidate) && statSync(candidate).isFile();
    if (/\.[cm]?ts$/.test(path)) return isFile(path) ? path : undefined;
    if (isFile(path)) return undefined;
    const stem = path.replace(/\.([cm]?)js$/, ".$1ts");
    const candidates = stem === path ? [`${path}.ts`, `${path}.mts`, join(path, "index.ts")] : [stem];
    return candidates.find(isFile);
  }

  /** The exports of a file. Rejects with a SyntaxError that names file and line, or with what the file throws. */
  async import(path: string): Promise<Exports> {
    if (this.isStale(path, new Set())) this.loaded.delete(path);
    return this.load(path, []);
  }

  /** The place as written of a place in the JavaScript that was made of a file. */
  placeAsTyped(path: string, place: Place): Place | undefined {
    return this.maps.get(path)?.original(place);
  }

  private isStale(path: string, asked: Set<string>): boolean {
    const known = this.loaded.get(path);
    if (known === undefined || asked.has(path)) return known === undefined;
    asked.add(path);
    let stale = known.stamp !== stampOf(path);
    for (const used of known.uses) {
      if (!this.isStale(used, asked)) continue;
      this.loaded.delete(used);
      stale = true;
    }
    return stale;
  }

  private async load(path: string, importers: readonly string[]): Promise<Exports> {
    const known = this.loaded.get(path);
    if (known !== undefined) {
      // Of files that import each other the later sees what the earlier has exported by then, as in Node.
      if (!this.waitsFor(path, importers, new Set())) await known.done;
      return known.exports;
    }
    const exports: Exports = Object.defineProperty({}, "__esModule", { value: true });
    const uses = new Set<string>();
    // It is known before it runs: it may import itself by way of others.
    const done = Promise.resolve().then(() => this.run(path, exports, uses, [...importers, path]));
    this.loaded.set(path, { stamp: stampOf(path), exports, uses, done });
    try {
      await done;
    } catch (error) {
      this.loaded.delete(path);
      throw error;
    }
    return exports;
  }

  /** Whether a file is one of `importers`, or waits for one. */
  private waitsFor(path: string, importers: readonly string[], asked: Set<string>): boolean {
    if (importers.includes(path)) return true;
    if (asked.has(path)) return false;
    asked.add(path);
    return [...(this.loaded.get(path)?.uses ?? [])].some((used) => this.waitsFor(used, importers, asked));
  }

  private async run(path: string, exports: Exports, uses: Set<string>, importers: readonly string[]): Promise<void> {
    const source = readFileSync(path, "utf8");
    const { code, map, specifiers } = transpile(source, path);
    this.maps.set(path, new FileMap(map));
    const folder = dirname(path);
    const importFrom = (specifier: string): Promise<Exports> => {
      const file = this.find(specifier, folder);
      if (file === undefined) return this.importOther(specifier, path);
      uses.add(file);
      return this.load(file, importers);
    };
    const modules = new Map<string, Exports>();
    for (const specifier of specifiers) modules.set(specifier, asCommonJs(await importFrom(specifier)));
    const require = (specifier: string): Exports => {
      const module = modules.get(specifier);
      if (module !== undefined) return module;
      throw new Error(`${path}: require("${specifier}") is not an import that stands at the top of the file`);
    };
    const meta = { url: pathToFileURL(path).href, filename: path, dirname: folder };
    const module = { exports };
    const script = new vm.Script(
      `(async function (exports, require, module, __filename, __dirname, $import, $meta) { ${code}\n})`,
      { filename: path, columnOffset: -prefixLength },
    );
    await script.runInThisContext()(exports, require, module, path, folder, importFrom, meta);
    if (module.exports !== exports) Object.assign(exports, { default: module.exports }, module.exports);
  }
}

const prefixLength = "(async function (exports, require, module, __filename, __dirname, $import, $meta) { ".length;

function stampOf(path: string): string {
  try {
    const { mtimeMs, size } = statSync(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return "gone";
  }
}

function transpile(source: string, path: string): { code: string; map: string; specifiers: ReadonlySet<string> } {
  const { outputText, diagnostics, sourceMapText } = ts.transpileModule(source, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      sourceMap: true,
      removeComments: false,
    },
    transformers: { before: [dynamicImports] },
  });
  const [mistake] = diagnostics ?? [];
  if (mistake !== undefined) {
    const { line, column } = placeAt(lineStarts(source), mistake.start ?? 0);
    throw new SyntaxError(
      `${path}, line ${line}, column ${column}: ${ts.flattenDiagnosticMessageText(mistake.messageText, "\n")}`,
    );
  }
  const specifiers = new Set<string>();
  const collect = (node: ts.Node): void => {
    const [argument] = ts.isCallExpression(node) ? node.arguments : [];
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "require") {
      if (argument !== undefined && ts.isStringLiteralLike(argument)) specifiers.add(argument.text);
    }
    ts.forEachChild(node, collect);
  };
  collect(ts.createSourceFile("file.js", outputText, ts.ScriptTarget.ES2022, false, ts.ScriptKind.JS));
  return { code: outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, ""), map: sourceMapText ?? "", specifiers };
}

/** `import(x)` and `import.meta`, which a script that is CommonJS may not write. */
const dynamicImports: ts.TransformerFactory<ts.SourceFile> = (context) => {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const args = node.arguments.map((argument) => ts.visitNode(argument, visit) as ts.Expression);
      return ts.factory.createCallExpression(ts.factory.createIdentifier("$import"), undefined, args.slice(0, 1));
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      return ts.factory.createIdentifier("$meta");
    }
    return ts.visitEachChild(node, visit, context);
  };
  return (file) => ts.visitNode(file, visit) as ts.SourceFile;
};

/** A module as TypeScript's CommonJS expects it: an ES module says so, whatever else is its own default. */
function asCommonJs(namespace: Exports): Exports {
  if ("__esModule" in namespace) return namespace;
  const inner = namespace["default"];
  const names = inner !== null && (typeof inner === "object" || typeof inner === "function") ? inner : {};
  // A CommonJS module's exports that only running it tells are in its default.
  return Object.defineProperty({ ...(names as Exports), ...namespace }, "__esModule", { value: true });
}

/** The way back of a source map, by line and column. */
class FileMap {
  private readonly lines: { readonly from: number; readonly place: Place }[][] = [];

  constructor(map: string) {
    const { mappings } = JSON.parse(map) as { mappings: string };
    let [line, column] = [0, 0];
    for (const group of mappings.split(";")) {
      let from = 0;
      const segments: { from: number; place: Place }[] = [];
      for (const segment of group.split(",")) {
        const fields = decodeVlq(segment);
        if (fields.length < 4) continue;
        from += fields[0];
        line += fields[2];
        column += fields[3];
        segments.push({ from, place: { line: line + 1, column: column + 1 } });
      }
      this.lines.push(segments);
    }
  }

  original({ line, column }: Place): Place | undefined {
    return this.lines[line - 1]?.findLast(({ from }) => from < column)?.place ?? this.lines[line - 1]?.[0]?.place;
  }
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base 64 digits of five bits and one that says whether more follow; the lowest bit of a number is its sign. */
function decodeVlq(text: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of text) {
    const digit = digits.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
