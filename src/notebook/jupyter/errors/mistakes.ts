// What TypeScript finds wrong in a cell, in words for a person: the argument by its name, what it takes, types without their
// noise, and close names for one that nothing declares. Knows nothing of how cells are compiled or run.
import { isBuiltin } from "node:module";
import ts from "@tslab/typescript-for-tslab";
import { nearest } from "../../../core/errors.js";
import { lineStarts, type Place, placeAt } from "./edited-text.js";
import { foreignLine, howToInstall, pageName } from "./foreign-habits.js";

/** A mistake that TypeScript found in a cell. */
export interface CellMistake {
  readonly place: Place;
  readonly message: string;
  /** `TS2345`. */
  readonly code: string;
  /** The line that holds it. */
  readonly line: string;
}

/** A cell is not run because TypeScript finds mistakes in it. */
export class CellMistakes extends Error {
  override readonly name: string = "TypeScriptError";
  constructor(
    readonly label: string,
    readonly mistakes: readonly CellMistake[],
  ) {
    const [{ place, message, code }] = mistakes;
    super(`${label}, line ${place.line}, column ${place.column}: ${message} (${code})`);
  }
}

/** What is known of the notebook around a cell. */
export interface Surroundings {
  /** The names that it sees of earlier cells. */
  readonly names: Iterable<string>;
  /** Names that a cell declared without reaching the declaration, and the cell's label. */
  readonly unreached: ReadonlyMap<string, string>;
  /** The notebook's folder. */
  readonly folder: string;
  /** The notebook's folder, when no types of Node were found there. */
  readonly folderWithoutNode: string | undefined;
}

export interface CheckedCell {
  readonly source: string;
  /** Where the cell's text begins in its module. */
  readonly start: number;
  readonly file: ts.SourceFile | undefined;
  readonly checker: ts.TypeChecker;
}

/** The mistakes that a person has made, by their place in the cell. */
export function readMistakes(
  diagnostics: readonly ts.Diagnostic[],
  cell: CheckedCell,
  around: Surroundings,
): readonly CellMistake[] {
  const { source } = cell;
  const starts = lineStarts(source);
  const seen = new Set<string>();
  const mistakes = diagnostics.flatMap((diagnostic): CellMistake[] => {
    const found = (diagnostic.start ?? 0) - cell.start;
    const isSyntax = diagnostic.code < 2000;
    if (found < 0 || (found > source.length && !isSyntax) || tolerated.has(diagnostic.code)) return [];
    // What is missing at the end of a cell is missed in the lines that follow it in its module.
    const place = placeAt(starts, Math.min(found, source.trimEnd().length));
    const line = source.slice(starts[place.line - 1], starts[place.line] ?? source.length).replace(/[\r\n]+$/, "");
    const message = clearMessage(diagnostic, cell, around);
    // The attributes of `import()`, which are newer than this TypeScript.
    if (message.includes("'ImportCallOptions'")) return [];
    const unknown = isSyntax ? undefined : shellCommand(line, diagnostics);
    const foreign = isSyntax || unknown !== undefined ? foreignLine(line) : undefined;
    const key = foreign === undefined ? `${place.line}:${place.column}` : `${place.line}`;
    if ((isSyntax || foreign !== undefined) && seen.has(key)) return [];
    seen.add(key);
    const code = `TS${diagnostic.code}`;
    if (foreign === undefined) return [{ place, message, code, line }];
    const begin = { line: place.line, column: line.search(/\S/) + 1 };
    return [{ place: begin, message: unknown === undefined ? foreign : `${unknown} ${foreign}`, code, line }];
  });
  return around.folderWithoutNode === undefined ? mistakes : withoutNode(mistakes, around.folderWithoutNode);
}

/**
 * What a module may not do and a cell may: to assign to an import (a variable of an earlier cell), `import x = require()`,
 * `export =`.
 */
const tolerated: ReadonlySet<number> = new Set([2632, 1202, 1203]);

/** What is said of `ls` in `!ls -la`, which TypeScript reads as a subtraction, unless a cell declares `ls`. */
function shellCommand(line: string, diagnostics: readonly ts.Diagnostic[]): string | undefined {
  const [, command] = /^\s*!\s*([A-Za-z_]\w*)/.exec(line) ?? [];
  if (command === undefined) return undefined;
  const said = `Cannot find name '${command}'.`;
  const isUnknown = diagnostics.some(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, " ").startsWith(said),
  );
  return isUnknown ? said : undefined;
}

function clearMessage(diagnostic: ts.Diagnostic, cell: CheckedCell, around: Surroundings): string {
  const message = shortTypes(essence(diagnostic.messageText));
  const related = (diagnostic.relatedInformation ?? []).flatMap(({ code, messageText }) =>
    // "An argument for 'args' was not provided."
    code === 6210 || code === 6236 ? [ts.flattenDiagnosticMessageText(messageText, " ")] : [],
  );
  const at =
    diagnostic.start === undefined || cell.file === undefined ? undefined : nodeAt(cell.file, diagnostic.start);
  const subject = at === undefined ? "" : subjectOf(at, diagnostic.code);
  const [, name] = /^Cannot find name '([^']+)'/.exec(message) ?? [];
  const ofPage = name === undefined ? undefined : pageName(name);
  if (ofPage !== undefined) return ofPage;
  const [, module] = diagnostic.code === 2307 ? (/^Cannot find module '([^']+)'/.exec(message) ?? []) : [];
  if (module !== undefined && !isBuiltin(module)) {
    return `Cannot find module '${module}'. ${howToInstall(module, around.folder)}`;
  }
  const hints = [
    ...related,
    ...(at === undefined ? [] : [expectedHint(message, at, cell.checker)]),
    nameHint(message, around),
    usingHint(diagnostic, cell),
  ].filter((hint) => hint !== "");
  return [subject + message, ...hints].join(" ");
}

/** Of a chain of reasons the one that says what to change; a chain without such a reason as it is. */
function essence(text: string | ts.DiagnosticMessageChain): string {
  let node: ts.DiagnosticMessageChain | undefined = typeof text === "string" ? undefined : text;
  while (node !== undefined) {
    if (tellingReasons.has(node.code)) return node.messageText;
    // "Type 'number[]' is missing the following properties from type ...": of no help for a class that nobody writes by hand.
    if (node.next?.length === 1 && node.next[0].code === 2740) return node.messageText;
    node = node.next?.length === 1 ? node.next[0] : undefined;
  }
  return ts.flattenDiagnosticMessageText(text, "\n");
}

/** A property is missing, or unknown in an object literal, with and without a close name. */
const tellingReasons: ReadonlySet<number> = new Set([2741, 2353, 2561]);

/** Long types without their arguments and members: `LaunchArguments<…>`, `{ … }`. */
export function shortTypes(message: string): string {
  return message.replace(/'((?:[^'\n]|'(?=\w))*)'/g, (all, type: string) =>
    type.length <= 60 ? all : `'${shortType(type)}'`,
  );
}

function shortType(type: string): string {
  let depth = 0;
  let result = "";
  for (let i = 0; i < type.length; i++) {
    const character = type[i];
    const closes = character === "}" || (character === ">" && type[i - 1] !== "=");
    if (closes && depth > 0) {
      depth--;
      if (depth === 0) result += character === "}" ? " … }" : "…>";
    } else {
      if (depth === 0) result += character;
      if (character === "{" || character === "<") depth++;
    }
  }
  return result.length <= 120 ? result : `${result.slice(0, 119)}…`;
}

function nodeAt(file: ts.SourceFile, position: number): ts.Node {
  const visit = (node: ts.Node): ts.Node | undefined =>
    position < node.getStart(file) || position >= node.end ? undefined : (ts.forEachChild(node, visit) ?? node);
  return ts.forEachChild(file, visit) ?? file;
}

/** Which property it is whose value does not fit: the message has only the types. */
function subjectOf(at: ts.Node, code: number): string {
  if (code !== 2322) return "";
  const property = at.parent;
  const isNamed =
    property !== undefined &&
    (ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property)) &&
    property.name === at;
  return isNamed ? `${at.getText()}: ` : "";
}

/** What the place takes: the members of an object literal, what a named type stands for. */
function expectedHint(message: string, at: ts.Node, checker: ts.TypeChecker): string {
  const object = [at, at.parent?.parent].find((node) => node !== undefined && ts.isObjectLiteralExpression(node));
  const expected = object === undefined ? undefined : checker.getContextualType(object as ts.Expression);
  if (object !== undefined && expected !== undefined) {
    const [, missing] = /^Property '([^']+)' is missing in type /.exec(message) ?? [];
    const member = missing === undefined ? undefined : expected.getProperty(missing);
    if (member !== undefined) {
      const type = checker.typeToString(checker.getTypeOfSymbolAtLocation(member, object));
      return `Add ${missing}: ${type.length <= 100 ? type : shortType(type)}.`;
    }
    if (/^Object literal may only specify known properties/.test(message) && !message.includes("Did you mean")) {
      const names = expected.getProperties().map(({ name }) => name);
      if (names.length > 0) return `It takes ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}.`;
    }
  }
  if (/^Type '(?:number\[\]|Float32Array|Int32Array)' is not assignable to type 'DeviceArray</.test(message)) {
    return "Put the numbers on the device first: gpu.array(f32, [1, 2, 3]).";
  }
  const isName = at.parent !== undefined && ts.isPropertyAssignment(at.parent) && at.parent.name === at;
  const value = isName ? (at.parent as ts.PropertyAssignment).initializer : at;
  const [, alias] = /to (?:parameter of )?type '(\w+)'/.exec(message) ?? [];
  if (alias === undefined || !ts.isExpression(value)) return "";
  const type = checker.getContextualType(value);
  if (type?.aliasSymbol?.name !== alias || !type.isUnion()) return "";
  const members = type.types.map((member) => checker.typeToString(member));
  return `${alias} is ${members.slice(0, 12).join(" | ")}${members.length > 12 ? " | …" : ""}.`;
}

/** What a kernel's body gets with its second argument and CUDA's authors expect to be there. */
const contextNames: ReadonlySet<string> = new Set(
  `threadIdx blockIdx blockDim gridDim laneId warpSize syncthreads syncwarp threadfence threadfenceBlock shared local idiv fma
  shfl shflUp shflDown shflXor ballot any all atomicAdd atomicSub atomicMin atomicMax atomicExch atomicAnd atomicOr atomicXor
  atomicCAS`.split(/\s+/),
);

function nameHint(message: string, { names, unreached }: Surroundings): string {
  const [, written] = /^Cannot find name '([^']+)'\./.exec(message) ?? [];
  if (written === undefined || message.includes("Did you mean")) return "";
  const name = written.replace(/^__/, "");
  if (contextNames.has(name)) return `Take ${name} from the kernel's second argument: ({ x }, { ${name} }) => ...`;
  const cell = unreached.get(written);
  if (cell !== undefined) {
    return `It is declared in ${cell}, which failed before it came to that: correct that cell and run it again.`;
  }
  const close = nearest(written, names, 1);
  return close === undefined ? "" : `Did you mean '${close}'?`;
}

/** This TypeScript is 5.0. */
function usingHint({ start, code }: ts.Diagnostic, { file }: CheckedCell): string {
  if (code >= 2000 || start === undefined || file === undefined) return "";
  const text = file.text.slice(start, start + 20);
  if (/^(await\s+)?using\s+[\w$]/.test(text)) {
    return `The cells' TypeScript is ${ts.version}, and "using" is of 5.2: write const, and dispose of it in finally.`;
  }
  const line = file.text.slice(file.text.lastIndexOf("\n", start - 1) + 1, start + 60).split("\n")[0];
  return /<\/?[a-zA-Z][\w.]*(\s[^<>]*)?\/?>.*<\/|<[a-zA-Z]+\s*\/>/.test(line)
    ? "If this is JSX: cells are TypeScript without JSX; build HTML as a string."
    : "";
}

/** What only says that Node's types are absent is said once, with what to do, after the mistakes that are the cell's own. */
function withoutNode(mistakes: readonly CellMistake[], folder: string): readonly CellMistake[] {
  const isOwn = ({ message }: CellMistake): boolean => {
    const [, name] = /^Cannot find (?:name|module) '([^']+)'/.exec(message) ?? [];
    return (
      name === undefined || !(name in globalThis || ["require", "module", "Buffer"].includes(name) || isBuiltin(name))
    );
  };
  const own = mistakes.filter(isOwn);
  const first = mistakes.find((mistake) => !isOwn(mistake));
  if (first === undefined) return mistakes;
  const why = `Node's types are in no node_modules/@types, neither of ${folder} (or above) nor of warplab: run "npm install @types/node" there`;
  return [...own, { ...first, message: `${first.message.split(".")[0]}. ${why}.` }];
}
