// Completes code that is being typed. Positions are Jupyter's. Knows nothing of running code.
import ts from "@tslab/typescript-for-tslab";
import { type CellLanguage, draft, type VisibleNames } from "../cells/language.js";
import { cellNames } from "../cells/names.js";
import { parse } from "../cells/syntax.js";
import { toCursor, toOffset } from "./cursor.js";
import { moduleNames, typedModuleName } from "./module-names.js";

/** The content of complete_reply. */
export interface CompletionReply {
  readonly status: "ok";
  readonly matches: readonly string[];
  readonly cursor_start: number;
  readonly cursor_end: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export function complete(language: CellLanguage, code: string, cursor: number, visible: VisibleNames): CompletionReply {
  const offset = toOffset(code, cursor);
  const before = code.slice(0, offset);
  const moduleName = typedModuleName(before);
  if (moduleName !== undefined) {
    const rest = /^[^"'\n]*(?=["'])/.exec(code.slice(offset))?.[0] ?? "";
    const names = moduleNames(moduleName, language.folder);
    const items = names.map((text) => ({ text, type: text.endsWith("/") ? "path" : "module" }));
    return reply(code, [offset - moduleName.length, offset + rest.length], items);
  }
  const typed = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.exec(before)?.[0] ?? "";
  const rest = /^[\p{ID_Continue}$\u200c\u200d]*/u.exec(code.slice(offset))![0];
  const isOfScope = !/[.?]\s*$/.test(before.slice(0, before.length - typed.length));
  const names = cellNames(parse(code));
  const mentioned = [...visible].filter(([name]) => names.mentioned.has(name) && !names.declared.has(name));
  const offered = isOfScope ? offeredNames(typed, visible).filter(([name]) => !names.declared.has(name)) : [];
  // Each name makes TypeScript read its cell: of a long notebook's many only the newest, the rest are offered as names.
  let module = language.write(draft, code, new Map([...mentioned, ...offered.slice(0, typedNames)]), []);
  let found = language.completions(module, offset);
  const isAnyName = before.trim() === "" || takesValue(found);
  if (!isAnyName && takesType(found) && offered.length > typedNames) {
    // Where a type stands TypeScript alone tells which of the names are types.
    module = language.write(draft, code, new Map([...mentioned, ...offered]), []);
    found = language.completions(module, offset);
  }
  const known = new Set(found?.entries.map(({ name }) => name));
  // Where a cell begins TypeScript offers what is global and none of the names that the module imports.
  const missing = isAnyName ? offered.filter(([name]) => !known.has(name)) : [];
  const entries: ts.CompletionEntry[] = [
    ...missing.map(([name]) => ({ name, sortText: "11", kind: "instance" as ts.ScriptElementKind })),
    ...(found?.entries ?? []),
  ];
  const file = language.program().getSourceFile(module.fileName);
  const checker = language.program().getTypeChecker();
  const members = file === undefined ? new Map() : membersInOrder(file, module.start + offset, checker);
  const isDeclared = (name: string): boolean => isOfScope && visible.has(name);
  const ranked = entries
    .map((entry) => ({ entry, rank: rankOf(entry.name, typed), order: members.get(entry.name) ?? members.size }))
    .filter(({ rank }) => rank < 3)
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        // What the notebook declares comes before all that is global.
        Number(isDeclared(b.entry.name)) - Number(isDeclared(a.entry.name)) ||
        compare(a.entry.sortText, b.entry.sortText) ||
        a.order - b.order ||
        compare(a.entry.name, b.entry.name),
    );
  // Before a letter is typed hundreds of globals are offered, which nobody reads one by one.
  const describes = (name: string): boolean => !isOfScope || typed !== "" || isDeclared(name) || members.has(name);
  const items: Item[] = ranked.map(({ entry }, i) => ({
    text: entry.name,
    ...(i < described && file !== undefined && describes(entry.name)
      ? describeEntry(entry, file, checker)
      : { type: entry.kind }),
  }));
  if (items.length === 0 && /(?:^|[^.\w$])exports\.[\w$]*$/.test(before)) {
    const names = [...visible.keys()].filter((name) => name.startsWith(typed)).sort();
    items.push(...names.map((text) => ({ text, type: "instance" })));
  }
  return reply(code, [offset - typed.length, offset + (typed === "" ? 0 : rest.length)], items);
}

/** The notebook's names that may be meant, those of the newest cells first. */
function offeredNames(typed: string, visible: VisibleNames): (readonly [string, number])[] {
  return [...visible].filter(([name]) => rankOf(name, typed) < 3).sort(([, a], [, b]) => b - a);
}

/** Whether any value's name may stand there: where `undefined` may, which in a type is a keyword. */
function takesValue(found: ts.CompletionInfo | undefined): boolean {
  const isValue = ({ name, kind }: ts.CompletionEntry): boolean =>
    name === "undefined" && kind === ts.ScriptElementKind.variableElement;
  return found?.entries.some(isValue) === true;
}

function takesType(found: ts.CompletionInfo | undefined): boolean {
  return found?.entries.some(({ name }) => name === "keyof") === true;
}

interface Item {
  readonly text: string;
  readonly type: string;
  readonly signature?: string;
}

/** Of how many entries the type and the signature are worked out: those that a person sees without scrolling far. */
const described = 40;
/** Of how many of the notebook's names TypeScript is told, besides those that the cell mentions. */
const typedNames = 40;

function reply(code: string, [from, to]: readonly [number, number], items: readonly Item[]): CompletionReply {
  const start = toCursor(code, from);
  const end = toCursor(code, to);
  return {
    status: "ok",
    matches: items.map(({ text }) => text),
    cursor_start: start,
    cursor_end: end,
    metadata: { _jupyter_types_experimental: items.map((item) => ({ start, end, ...item })) },
  };
}

/** What an entry is, in the words that front ends have icons for, and how it is called. */
function describeEntry(entry: ts.CompletionEntry, file: ts.SourceFile, checker: ts.TypeChecker): Omit<Item, "text"> {
  const { symbol } = entry as { symbol?: ts.Symbol };
  if (symbol === undefined) return { type: entry.kind === ts.ScriptElementKind.string ? "value" : entry.kind };
  const target = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const { flags } = target;
  if (flags & ts.SymbolFlags.Class) return { type: "class" };
  if (flags & (ts.SymbolFlags.Enum | ts.SymbolFlags.EnumMember)) return { type: "enum" };
  if (flags & ts.SymbolFlags.Module) return { type: "module" };
  if (!(flags & ts.SymbolFlags.Value)) return { type: flags & ts.SymbolFlags.Interface ? "interface" : "type" };
  const declaration = lastingDeclaration(target);
  const before = declaration === undefined ? undefined : descriptions.get(declaration);
  if (before !== undefined) return before;
  const description = describeValue(target, file, checker);
  if (declaration !== undefined) descriptions.set(declaration, description);
  return description;
}

function describeValue(symbol: ts.Symbol, file: ts.SourceFile, checker: ts.TypeChecker): Omit<Item, "text"> {
  const [signature] = checker.getTypeOfSymbolAtLocation(symbol, file).getCallSignatures();
  if (signature !== undefined) {
    // A type that the cell does not import is written with its module's path: of no interest to its reader.
    const text = checker.signatureToString(signature, file).replace(/import\("[^"]*"\)\./g, "");
    return { type: "function", signature: text };
  }
  return { type: symbol.flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Accessor) ? "property" : "instance" };
}

/** What packages declare, which is the same for as long as the kernel lives. */
const descriptions = new WeakMap<ts.Declaration, Omit<Item, "text">>();

/** The declaration in a package that says all of a symbol; undefined for one whose type depends on where it is used. */
function lastingDeclaration({ flags, declarations }: ts.Symbol): ts.Declaration | undefined {
  // A member of Array<number> is another than that of Array<string>, by the same declaration.
  if (flags & ts.SymbolFlags.Transient || declarations?.length !== 1) return undefined;
  return declarations[0].getSourceFile().isDeclarationFile ? declarations[0] : undefined;
}

/** The members that the object literal at a place may have, in the order of their declaration: a kernel's in its own. */
function membersInOrder(file: ts.SourceFile, position: number, checker: ts.TypeChecker): ReadonlyMap<string, number> {
  let literal: ts.ObjectLiteralExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (position < node.getFullStart() || position > node.end) return;
    if (ts.isObjectLiteralExpression(node) && position > node.getStart(file)) literal = node;
    ts.forEachChild(node, visit);
  };
  visit(file);
  const type = literal === undefined ? undefined : checker.getContextualType(literal);
  return new Map(type?.getProperties().map(({ name }, i) => [name, i]));
}

function rankOf(name: string, typed: string): number {
  if (name.startsWith(typed)) return 0;
  const lower = name.toLowerCase();
  if (lower.startsWith(typed.toLowerCase())) return 1;
  return lower.includes(typed.toLowerCase()) ? 2 : 3;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
