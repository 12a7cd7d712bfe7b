// From a cell as typed to a script that runs: types are erased in place, names of earlier cells are reached through the
// notebook's scope, and every line stays where its author put it. Knows nothing of running the script.
import ts from "@tslab/typescript-for-tslab";
import { CellLanguage, type CellModule, type VisibleNames } from "./cell-language.js";
import { CellMistakes, readMistakes, type Surroundings } from "./cell-mistakes.js";
import { type CellNames, cellNames, topLevelAwaits } from "./cell-names.js";
import { type Edit, EditedText, lineStarts, type Place, placeAt } from "./edited-text.js";
import { eraseTypes } from "./erase-types.js";

/** A cell ready to run. */
export interface CompiledCell {
  /** `cell 3`; what a traceback calls it. */
  readonly label: string;
  readonly number: number;
  readonly source: string;
  /** An expression whose value is a function of (exports, require, $cell, $import). */
  readonly script: string;
  /** How many characters of the script's first line come before the cell's own. */
  readonly prefixLength: number;
  readonly imports: readonly PlacedImport[];
  /** The names that it declares, values and types. */
  readonly declared: readonly string[];
  /** Where the last expression, whose value is shown, begins as typed; undefined without one. */
  readonly shown: Place | undefined;
  /**
   * The place as typed of a place in the script, counted without the prefix; undefined outside the cell's own text, and
   * `inexact` where the cell's lines could not be kept.
   */
  placeAsTyped(place: Place): Place | "inexact" | undefined;
}

/** A module that a cell imports, and the place of the import statement as typed. */
export interface PlacedImport {
  readonly specifier: string;
  readonly place: Place;
}

export class CellCompiler {
  readonly language: CellLanguage;

  constructor(
    private readonly folder: string,
    options: { readonly typeRoots?: readonly string[] } = {},
  ) {
    this.language = new CellLanguage(folder, options.typeRoots);
  }

  /** Compiles a cell that sees `visible`; `unreached` are the names that failed cells would have declared. Throws CellMistakes. */
  compile(
    source: string,
    label: string,
    number: number,
    visible: VisibleNames,
    unreached: ReadonlyMap<string, string> = new Map(),
  ): CompiledCell {
    const text = withoutAttributes(source);
    const names = cellNames(parse(text));
    const seen = new Map([...visible].filter(([name]) => names.mentioned.has(name) && !names.declared.has(name)));
    const exported = [...names.declared.keys()].filter((name) => !names.exported.has(name));
    const module = this.language.write(number, text, seen, exported);
    this.check(module, source, label, { names: visible.keys(), unreached });
    const program = this.language.program();
    const file = program.getSourceFile(module.fileName)!;
    const words = freeWords(names);
    return build({ source: text, label, number, names, words, seen, module, file, checker: program.getTypeChecker() });
  }

  private check(
    module: CellModule,
    source: string,
    label: string,
    around: Pick<Surroundings, "names" | "unreached">,
  ): void {
    const errors = this.language.errors(module);
    if (errors.length === 0) return;
    const program = this.language.program();
    const checked = {
      source,
      start: module.start,
      file: program.getSourceFile(module.fileName),
      checker: program.getTypeChecker(),
    };
    const folderWithoutNode = this.language.knowsNode ? undefined : this.folder;
    const mistakes = readMistakes(errors, checked, { ...around, folderWithoutNode });
    if (mistakes.length > 0) throw new CellMistakes(label, mistakes);
  }
}

export function parse(source: string): ts.SourceFile {
  return ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
}

/**
 * The cell with blanks for `with { type: "json" }` after a module's name, which this TypeScript does not read yet and the
 * kernel does not need.
 */
function withoutAttributes(source: string): string {
  const { parseDiagnostics } = parse(source) as unknown as { parseDiagnostics: readonly unknown[] };
  if (parseDiagnostics.length === 0) return source;
  const attributes = /^(\s*(?:import|export)\b[^;'"]*(['"])[^'"\n]*\2\s*)(with\s*\{[^{}]*\})/gm;
  return source.replace(attributes, (_all, before, _quote, after) => before + after.replace(/[^\r\n]/g, " "));
}

/** What the script calls what it is given: names that the cell's author has not used. */
interface Words {
  readonly cell: string;
  readonly load: string;
  readonly value: string;
}

function freeWords({ mentioned }: CellNames): Words {
  const free = (name: string): string => (mentioned.has(name) ? free(`${name}$`) : name);
  return { cell: free("$cell"), load: free("$import"), value: free("$$value") };
}

interface Build {
  readonly source: string;
  readonly label: string;
  readonly number: number;
  readonly names: CellNames;
  readonly words: Words;
  readonly seen: VisibleNames;
  readonly module: CellModule;
  readonly file: ts.SourceFile;
  readonly checker: ts.TypeChecker;
}

function build(cell: Build): CompiledCell {
  const { source, names, module, file, label, number, words } = cell;
  const scope = names.declared.has("exports") ? "$exports" : "exports";
  const statements = file.statements.filter(
    (statement) => statement.getStart(file) >= module.start && statement.end <= module.end,
  );
  const types: Edit[] = [];
  const meaning = [
    ...referenceEdits(cell, statements, scope),
    ...awaitEdits(cell, statements),
    ...throwEdits(cell, statements),
  ];
  let shown: number | undefined;
  const last = statements.findLast((statement) => !ts.isEmptyStatement(statement));
  if (last !== undefined && ts.isExpressionStatement(last)) {
    shown = last.getStart(file);
    meaning.push(...around(last.expression, `${words.cell}.result = (`, ")", file));
  } else if (last !== undefined && ts.isExportAssignment(last)) {
    shown = last.expression.getStart(file);
    meaning.push({ start: last.getStart(file), end: last.expression.getStart(file), text: `${words.cell}.result = (` });
    meaning.push({ start: last.expression.end, end: last.expression.end, text: ")" });
  }
  for (const statement of statements) {
    // A default export that is not the last is an expression like any other.
    if (!ts.isExportAssignment(statement) || statement === last) continue;
    meaning.push({ start: statement.getStart(file), end: statement.expression.getStart(file), text: ";(" });
    meaning.push({ start: statement.expression.end, end: statement.expression.end, text: ")" });
  }
  const replaced: Edit[] = [];
  let exact = true;
  for (const statement of statements) {
    const moduleOnly = moduleSyntaxEdit(statement, file);
    if (moduleOnly !== undefined) {
      replaced.push(moduleOnly);
      continue;
    }
    const { edits, untouched } = eraseTypes(statement, file);
    if (untouched.length === 0) {
      types.push(...edits);
      continue;
    }
    const translation = translate(statement, file, meaning);
    replaced.push(translation.edit);
    exact &&= translation.keepsLines;
  }
  const edits = [...replaced, ...types, ...meaning, ...exportEdits(statements, file)]
    .map(({ start, end, text }) => ({ start: start - module.start, end: end - module.start, text }))
    .filter(({ start, end }) => start >= 0 && end <= source.length);
  const edited = new EditedText(source, edits);
  const imports = names.imports.filter((entry) => isNeeded(entry.statement, cell));
  const starts = lineStarts(source);
  const prefix = wrapperStart(names, imports, { ...words, scope });
  return {
    label,
    number,
    source,
    script: `${prefix}${edited.text}\n})(); })`,
    prefixLength: prefix.length,
    imports: imports.map(({ specifier, statement }) => ({ specifier, place: placeAt(starts, statement.getStart()) })),
    declared: [...names.declared.keys()],
    shown: shown === undefined ? undefined : placeAt(starts, shown - module.start),
    placeAsTyped: placesAsTyped(exact ? edited : undefined),
  };
}

/** Made here because it outlives the compiling: a function made in `build` would keep the checker, one a cell. */
function placesAsTyped(edited: EditedText | undefined): CompiledCell["placeAsTyped"] {
  return (place) => (edited === undefined ? "inexact" : edited.originalPlace(place));
}

/** An import is loaded unless all that it brings are types. */
function isNeeded(statement: ts.ImportDeclaration, { file, checker, module }: Build): boolean {
  const clause = statement.importClause;
  if (clause === undefined) return true;
  if (clause.isTypeOnly) return false;
  const start = statement.getStart() + module.start;
  const checked = file.statements.find((candidate) => candidate.getStart(file) === start) as ts.ImportDeclaration;
  const named = checked.importClause!.namedBindings;
  if (checked.importClause!.name !== undefined || named === undefined || !ts.isNamedImports(named)) return true;
  return (
    named.elements.length === 0 ||
    named.elements.some((element) => {
      const symbol = element.isTypeOnly ? undefined : checker.getSymbolAtLocation(element.name);
      if (symbol === undefined) return false;
      const target = checker.getAliasedSymbol(symbol);
      // A package without types: everything in it may be a value.
      return (target.flags & ts.SymbolFlags.Value) !== 0 || target.declarations === undefined;
    })
  );
}

function wrapperStart(
  names: CellNames,
  imports: CellNames["imports"],
  { scope, cell, load, value }: Words & { readonly scope: string },
): string {
  const bindings = imports.flatMap(({ bindings }, index) =>
    bindings.map(({ local, takes }) => `const ${local.text} = ${cell}.take(${index}, ${JSON.stringify(takes)});`),
  );
  const values = [...names.declared].filter(([, kind]) => kind !== "type");
  const getters = values.map(([name]) => `${JSON.stringify(name)}: () => ${name}`);
  const setters = values
    .filter(([, kind]) => kind === "variable")
    .map(([name]) => `${JSON.stringify(name)}: (${value}) => { ${name} = ${value}; }`);
  const declare = values.length === 0 ? "" : `${cell}.declare({ ${getters.join(", ")} }, { ${setters.join(", ")} });`;
  const async = names.awaits ? "async " : "";
  return `(function (${scope}, require, ${cell}, ${load}) { "use strict"; return (${async}() => { ${bindings.join(" ")} ${declare} `;
}

/** `name` of an earlier cell becomes `exports.name`, `{ name }` becomes `{ name: exports.name }`. */
function referenceEdits(
  { seen, checker, file, module, words }: Build,
  statements: readonly ts.Node[],
  scope: string,
): Edit[] {
  const edits: Edit[] = [];
  const isEarlier = (symbol: ts.Symbol | undefined): boolean =>
    symbol?.declarations?.some((node) => node.getSourceFile() === file && node.end < module.start) === true;
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    const at = node.getStart(file);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      edits.push({ start: node.expression.getStart(file), end: node.expression.end, text: words.load });
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      edits.push({ start: at, end: node.end, text: `${words.cell}.meta` });
      return;
    }
    if (ts.isShorthandPropertyAssignment(node)) {
      if (seen.has(node.name.text) && isEarlier(checker.getShorthandAssignmentValueSymbol(node))) {
        edits.push({ start: node.name.end, end: node.name.end, text: `: ${scope}.${node.name.text}` });
      }
      if (node.objectAssignmentInitializer !== undefined) visit(node.objectAssignmentInitializer);
      return;
    }
    if (ts.isIdentifier(node) && seen.has(node.text) && isEarlier(checker.getSymbolAtLocation(node))) {
      // Called on its own a function of an earlier cell has no `this`, as in its own cell.
      const isCalled =
        (ts.isCallExpression(node.parent) && node.parent.expression === node) ||
        (ts.isTaggedTemplateExpression(node.parent) && node.parent.tag === node);
      edits.push({ start: at, end: node.end, text: isCalled ? `(0, ${scope}.${node.text})` : `${scope}.${node.text}` });
      return;
    }
    ts.forEachChild(node, visit);
  };
  for (const statement of statements) visit(statement);
  return edits;
}

/** An interrupt reaches the cell's own `await`, so that a loop around it ends; an error that comes out knows its place. */
function awaitEdits({ source, module, file, words }: Build, statements: readonly ts.Node[]): Edit[] {
  const starts = lineStarts(source);
  return statements
    .flatMap((statement) => topLevelAwaits(statement))
    .filter(ts.isAwaitExpression)
    .flatMap((node) => {
      const { line, column } = placeAt(starts, node.getStart(file) - module.start);
      return around(node.expression, `${words.cell}.wait(`, `, ${line}, ${column})`, file);
    });
}

/** What is thrown and may be no error has no stack: where it is thrown is told beforehand. */
function throwEdits({ source, module, file, words, checker }: Build, statements: readonly ts.Node[]): Edit[] {
  const starts = lineStarts(source);
  const edits: Edit[] = [];
  const mayLackStack = (expression: ts.Expression): boolean => {
    const type = checker.getTypeAtLocation(expression);
    // What was caught, and is thrown on, has the place where it was thrown first.
    return (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) === 0 && type.getProperty("stack") === undefined;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isThrowStatement(node) && mayLackStack(node.expression)) {
      const { line, column } = placeAt(starts, node.getStart(file) - module.start);
      edits.push(...around(node.expression, `${words.cell}.thrown((`, `), ${line}, ${column})`, file));
    }
    ts.forEachChild(node, visit);
  };
  for (const statement of statements) visit(statement);
  return edits;
}

function around(node: ts.Node, before: string, after: string, file: ts.SourceFile): Edit[] {
  const start = node.getStart(file);
  return [
    { start, end: start, text: before },
    { start: node.end, end: node.end, text: after },
  ];
}

/** Imports are done before the cell begins, exports are of no use in a cell: both leave an empty statement. */
function moduleSyntaxEdit(statement: ts.Statement, file: ts.SourceFile): Edit | undefined {
  const isModuleOnly = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
  if (ts.isImportEqualsDeclaration(statement) && ts.isExternalModuleReference(statement.moduleReference)) {
    const text = `const ${statement.name.text} = require(${statement.moduleReference.expression.getText(file)});`;
    return replaceStatement(statement, text, file);
  }
  return isModuleOnly ? replaceStatement(statement, ";", file) : undefined;
}

/** `export` before a declaration goes; the declaration stays. */
function exportEdits(statements: readonly ts.Statement[], file: ts.SourceFile): Edit[] {
  return statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    const gone = (ts.getModifiers(statement) ?? []).filter(
      ({ kind }) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword,
    );
    const edits = gone.map((modifier) => {
      const start = modifier.getStart(file);
      return { start, end: modifier.end, text: " ".repeat(modifier.end - start) };
    });
    if (isNameless(statement) && edits.length > 0) {
      // A declaration has a name; what has none is an expression.
      const [first] = edits;
      edits[0] = { ...first, text: `;(${first.text.slice(2)}` };
      edits.push({ start: statement.end, end: statement.end, text: ");" });
    }
    return edits;
  });
}

/** `export default class {}` */
function isNameless(statement: ts.Statement): boolean {
  return (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) && statement.name === undefined;
}

/** JavaScript for a statement whose types cannot simply be erased, folded into as many lines as it had. */
function translate(
  statement: ts.Statement,
  file: ts.SourceFile,
  meaning: readonly Edit[],
): { edit: Edit; keepsLines: boolean } {
  const start = statement.getStart(file);
  const own = [...meaning, ...exportEdits([statement], file)]
    .filter((edit) => edit.start >= start && edit.end <= statement.end)
    .map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
  const typescript = new EditedText(statement.getText(file), own).text;
  const { outputText } = ts.transpileModule(typescript, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      jsx: ts.JsxEmit.React,
      removeComments: true,
    },
  });
  const javascript = outputText.replace(/export \{\s*\};?/g, "").trim();
  if (!javascript.includes("`")) {
    return { edit: replaceStatement(statement, javascript.replace(/\s*\n\s*/g, " "), file), keepsLines: true };
  }
  return { edit: { start, end: statement.end, text: javascript }, keepsLines: false };
}

function replaceStatement(statement: ts.Statement, text: string, file: ts.SourceFile): Edit {
  const start = statement.getStart(file);
  const breaks = statement.getText(file).match(/\r\n|[\n\r]/g) ?? [];
  return { start, end: statement.end, text: text + breaks.join("") };
}
