// Holds the layer table of the design against imports. Works on texts by path, so that a test can feed it a made-up graph.
import { builtinModules } from "node:module";
import { posix } from "node:path";
import ts from "typescript";

/** Source texts by path from the repository's root, `src/core/dim3.ts`. */
export type SourceTexts = ReadonlyMap<string, string>;

/** Every way in which the sources break the layer table, as one sentence each, in the order of the files. */
export function layerViolations(sources: SourceTexts): string[] {
  const modules = readModules(sources);
  return [
    ...misnamedFiles(sources),
    ...modules.flatMap(unknownFolders),
    ...modules.flatMap(upwardImports),
    ...modules.flatMap(innerOrder),
    ...modules.flatMap(nodeInTheBrowser),
    ...folderCycles(modules),
    ...bundleReaches(modules, "src/gpu/language/"),
  ];
}

/** The table, bottom up. Folders of one layer do not know each other. */
const layers: readonly (readonly string[])[] = [
  ["core"],
  ["hardware", "trace"],
  ["gpu", "model"],
  ["serving", "inference"],
  ["view", "widgets"],
  ["notebook"],
  ["index", "cli", "server"],
];

/** The exceptions within a layer: widgets may use layers 0-4, and so view; a command starts the server. */
const sidewaysAllowed = new Set(["widgets -> view", "cli -> server"]);

/** What each folder inside a layer's concept may use of its neighbours. */
const inside: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  trace: {
    timeline: [],
    chrome: ["timeline"],
    read: ["timeline"],
    analysis: ["timeline"],
    text: ["timeline", "analysis"],
  },
  gpu: {
    arithmetic: [],
    ptx: [],
    occupancy: ["ptx"],
    language: ["arithmetic", "ptx"],
    simt: ["arithmetic", "ptx"],
    analysis: ["ptx", "simt", "occupancy"],
    host: ["ptx", "language", "simt", "analysis", "occupancy"],
  },
  model: {
    operator: [],
    roofline: [],
    planner: ["operator", "roofline"],
    prediction: ["operator", "roofline", "planner"],
    graph: ["operator", "roofline", "planner"],
    calibration: ["operator", "planner"],
    validation: ["operator", "roofline", "planner", "prediction"],
    accuracy: ["operator", "roofline", "planner", "prediction", "graph"],
  },
  serving: {
    engine: [],
    theory: [],
    scenario: [],
    arrivals: ["scenario"],
    cost: ["scenario"],
    result: ["scenario", "theory"],
    measure: ["theory", "result"],
    pipeline: ["engine", "theory", "scenario", "arrivals", "cost", "result", "measure"],
    llm: ["engine", "theory", "scenario", "arrivals", "cost", "result", "measure"],
    study: ["theory", "scenario", "arrivals", "cost", "result"],
  },
};

const lastBrowserLayer = 4;
const nodePackages = new Set([
  "tslab",
  "zeromq",
  "commander",
  "fastify",
  "@fastify/swagger",
  "@fastify/swagger-ui",
  "node-sqlite3-wasm",
  "piscina",
  "esbuild",
  "playwright-core",
]);
const nodeGlobals = new Set(["process", "Buffer", "global", "require", "__dirname", "__filename", "setImmediate"]);
const namesThatSayNothing = /^(utils?|helpers?|common|misc|stuff)$/i;

interface Import {
  readonly specifier: string;
  /** The path of the imported file, for relative imports. */
  readonly target: string | undefined;
  readonly line: number;
  /** `import type` is gone in the bundle; it still ties one folder to another. */
  readonly typeOnly: boolean;
}

interface Module {
  readonly path: string;
  readonly folder: string;
  readonly layer: number;
  readonly imports: readonly Import[];
  readonly freeNames: readonly { readonly name: string; readonly line: number }[];
}

function readModules(sources: SourceTexts): Module[] {
  const program = programOf(sources);
  const checker = program.getTypeChecker();
  return [...sources.keys()].map((path) => {
    const file = program.getSourceFile(`/${path}`)!;
    const folder = conceptOf(path);
    const layer = layers.findIndex((names) => names.includes(folder));
    return {
      path,
      folder,
      layer,
      imports: importsOf(file, path, sources),
      freeNames: layer <= lastBrowserLayer ? freeNamesOf(file, checker) : [],
    };
  });
}

/** A program that sees these texts and nothing else, so that a name it cannot resolve is a global. */
function programOf(sources: SourceTexts): ts.Program {
  const options: ts.CompilerOptions = {
    noLib: true,
    types: [],
    allowJs: true,
    noResolve: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  const read = (path: string) => sources.get(path.slice(1));
  return ts.createProgram(
    [...sources.keys()].map((path) => `/${path}`),
    options,
    {
      fileExists: (path) => read(path) !== undefined,
      readFile: read,
      getSourceFile: (path, target) => {
        const text = read(path);
        return text === undefined ? undefined : ts.createSourceFile(path, text, target, true);
      },
      getDefaultLibFileName: () => "/lib.d.ts",
      writeFile: () => {},
      getCurrentDirectory: () => "/",
      getCanonicalFileName: (path) => path,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => "\n",
    },
  );
}

/** `src/gpu/ptx/parse.ts` belongs to gpu, `src/index.ts` to index, `widgets/stepper.ts` to widgets. */
function conceptOf(path: string): string {
  const [top, second, ...rest] = path.split("/");
  if (top !== "src") return top;
  return rest.length === 0 ? posix.basename(second).split(".")[0] : second;
}

function importsOf(file: ts.SourceFile, path: string, sources: SourceTexts): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    found.push({
      specifier: specifier.text,
      target: resolve(specifier.text, path, sources),
      line: lineOf(file, specifier),
      typeOnly,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyImport(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isCallExpression(node) && isDynamicImport(node)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isDynamicImport({ expression }: ts.CallExpression): boolean {
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === "require")
  );
}

function isTypeOnlyImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false;
  if (importClause.isTypeOnly) return true;
  const { name, namedBindings } = importClause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

function resolve(specifier: string, from: string, sources: SourceTexts): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.normalize(posix.join(posix.dirname(from), specifier));
  const candidates = [path, path.replace(/\.js$/, ".ts"), path.replace(/\.mjs$/, ".mts"), `${path}.ts`];
  return candidates.find((candidate) => sources.has(candidate)) ?? path;
}

function freeNamesOf(file: ts.SourceFile, checker: ts.TypeChecker): { name: string; line: number }[] {
  const found: { name: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && nodeGlobals.has(node.text) && isValueUse(node)) {
      const symbol = ts.isShorthandPropertyAssignment(node.parent)
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : checker.getSymbolAtLocation(node);
      if (symbol === undefined) found.push({ name: node.text, line: lineOf(file, node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Not `x.process`, `{ process: 1 }` or the declaration of a member of that name. */
function isValueUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isQualifiedName(parent) && parent.right === node) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  return !(ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isEnumMember(parent));
}

function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

function misnamedFiles(sources: SourceTexts): string[] {
  return [...sources.keys()].flatMap((path) => {
    const word = path.split("/").find((part) => namesThatSayNothing.test(part.split(".")[0]));
    return word === undefined ? [] : [`${path}: "${word}" names no concept; call it by what it holds`];
  });
}

function unknownFolders({ path, folder, layer }: Module): string[] {
  return layer >= 0 ? [] : [`${path}: the layer table has no place for "${folder}"`];
}

function upwardImports({ path, folder, layer, imports }: Module): string[] {
  return imports.flatMap(({ target, specifier, line }) => {
    if (target === undefined || layer < 0) return [];
    const to = conceptOf(target);
    const toLayer = layers.findIndex((names) => names.includes(to));
    if (toLayer < 0) return [`${path}:${line} imports "${specifier}", which is in no layer`];
    if (to === folder || toLayer < layer || sidewaysAllowed.has(`${folder} -> ${to}`)) return [];
    const direction = toLayer === layer ? "sideways" : "upwards";
    return [`${path}:${line} imports ${direction}: ${folder} (layer ${layer}) -> ${to} (layer ${toLayer})`];
  });
}

function innerOrder({ path, imports }: Module): string[] {
  const from = innerFolder(path);
  if (from === undefined) return [];
  const { concept, folder } = from;
  return imports.flatMap(({ target, line }) => {
    const to = target === undefined ? undefined : innerFolder(target);
    if (to?.concept !== concept || to.folder === folder || inside[concept][folder]?.includes(to.folder)) return [];
    return [`${path}:${line} breaks the order inside ${concept}: ${folder} does not know ${to.folder}`];
  });
}

/** `src/gpu/ptx/parse.ts` is in ptx of gpu; undefined for concepts whose inside has no order, and for files in none of their folders. */
function innerFolder(path: string): { readonly concept: string; readonly folder: string } | undefined {
  const [top, concept, folder, file] = path.split("/");
  return top === "src" && concept in inside && file !== undefined ? { concept, folder } : undefined;
}

function nodeInTheBrowser({ path, layer, imports, freeNames }: Module): string[] {
  if (layer > lastBrowserLayer) return [];
  const modules = imports.flatMap(({ specifier, line }) => {
    const name = specifier.split("/")[0];
    const isNode = specifier.startsWith("node:") || builtinModules.includes(specifier) || nodePackages.has(name);
    return isNode ? [`${path}:${line} imports "${specifier}", and layers 0-4 run in browsers`] : [];
  });
  return [
    ...modules,
    ...freeNames.map(({ name, line }) => `${path}:${line} uses ${name} of Node, and layers 0-4 run in browsers`),
  ];
}

/**
 * Cycles between neighbouring folders, each with all that is below it, found by following imports from each back to itself
 * by the shortest way. A folder and its own subfolders are one thing in two rooms, and may know each other.
 */
function folderCycles(modules: readonly Module[]): string[] {
  const edges = new Map<string, Set<string>>();
  for (const { path, imports } of modules) {
    for (const { target } of imports) {
      const [from, to] = target === undefined ? [] : neighbours(path, target);
      if (from !== undefined && to !== undefined) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  }
  const reported = new Set<string>();
  const cycles: string[] = [];
  for (const start of edges.keys()) {
    const way = shortestWay(start, start, (folder) => edges.get(folder) ?? []);
    const members = [...new Set(way)].sort().join();
    if (way === undefined || reported.has(members)) continue;
    reported.add(members);
    cycles.push(`folders import each other in a circle: ${way.join(" -> ")}`);
  }
  return cycles;
}

/** The folders side by side in which two files are: `src/gpu/simt` and `src/gpu/ptx`; none where one is above the other. */
function neighbours(a: string, b: string): [string?, string?] {
  const [left, right] = [a.split("/"), b.split("/")];
  const parting = left.findIndex((part, i) => part !== right[i]);
  if (parting >= left.length - 1 || parting >= right.length - 1) return [];
  return [left.slice(0, parting + 1).join("/"), right.slice(0, parting + 1).join("/")];
}

/** What the browser would load: the widgets and all that they import for more than types. */
function bundleReaches(modules: readonly Module[], forbidden: string): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const loads = (path: string) =>
    (byPath.get(path)?.imports ?? []).flatMap(({ target, typeOnly }) =>
      target === undefined || typeOnly ? [] : target,
    );
  const found = modules
    .filter(({ folder }) => folder === "widgets")
    .map(({ path }) => shortestWay(path, (target) => target.startsWith(forbidden), loads))
    .find((way) => way !== undefined);
  return found === undefined ? [] : [`the browser bundle reaches ${forbidden}: ${found.join(" -> ")}`];
}

function shortestWay(
  start: string,
  goal: string | ((node: string) => boolean),
  next: (node: string) => Iterable<string>,
): string[] | undefined {
  const isGoal = typeof goal === "string" ? (node: string) => node === goal : goal;
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const node of next(way[way.length - 1])) {
      if (isGoal(node)) return [...way, node];
      if (seen.has(node)) continue;
      seen.add(node);
      ways.push([...way, node]);
    }
  }
  return undefined;
}
