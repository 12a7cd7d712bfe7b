// From a cell as typed to a script that runs: types are erased in place, names of earlier cells are reached through the
// notebook's scope, and every line stays where its author put it. Knows nothing of running the script.
import ts from "@tslab/typescript-for-tslab";
import { type Edit, EditedText, lineStarts, type Place, placeAt } from "../errors/edited-text.js";
import { CellMistakes, readMistakes, type Surroundings } from "../errors/mistakes.js";
import {
  around,
  awaitEdits,
  type CheckedText,
  exportEdits,
  moduleSyntaxEdit,
  referenceEdits,
  throwEdits,
  translate,
  type Words,
} from "./edits.js";
import { eraseTypes } from "./erase-types.js";
import { CellLanguage, type CellModule, type VisibleNames } from "./language.js";
import { type CellNames, cellNames } from "./names.js";
import { asExpression, isObjectLiteral, parse, withoutAttributes } from "./syntax.js";

/** A cell ready to run. */
export interface CompiledCell {
  /** `cell 3`; what a traceback calls it. */
  readonly label: string;
  readonly number: number;
  readonly source: string;
  /** An expression whose value is a function of (exports, require, $cell, $import, __dirname, __filename). */
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
  /** The name that its default export gets. */
  readonly asDefault: string | undefined;
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
    const isObject = isObjectLiteral(text);
    const read = isObject ? asExpression(text) : text;
    const names = cellNames(parse(read));
    const seen = new Map([...visible].filter(([name]) => names.mentioned.has(name) && !names.declared.has(name)));
    const exported = [...names.declared.keys()].filter((name) => !names.exported.has(name));
    const written = this.language.write(number, read, seen, exported);
    const start = written.start + (isObject ? 1 : 0);
    const module = { ...written, start, end: start + text.length };
    this.check(module, source, label, { names: visible.keys(), unreached });
    const program = this.language.program();
    const file = program.getSourceFile(module.fileName)!;
    const words = freeWords(names);
    const checker = program.getTypeChecker();
    return build({ source: text, label, number, names, words, seen, module, file, checker, isObject });
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
    const mistakes = readMistakes(errors, checked, { ...around, folder: this.folder, folderWithoutNode });
    if (mistakes.length > 0) throw new CellMistakes(label, mistakes);
  }
}

function freeWords({ mentioned }: CellNames): Words {
  const free = (name: string): string => (mentioned.has(name) ? free(`${name}$`) : name);
  return { cell: free("$cell"), load: free("$import"), value: free("$$value") };
}

interface Build extends CheckedText {
  readonly label: string;
  readonly number: number;
  readonly names: CellNames;
  /** Whether the cell is one object literal, which stands in parentheses in `file`. */
  readonly isObject: boolean;
}

function build(cell: Build): CompiledCell {
  const { source, names, module, file, label, number, words, isObject } = cell;
  const scope = names.declared.has("exports") ? "$exports" : "exports";
  const statements = file.statements.filter(
    (statement) => statement.end > module.start && statement.getStart(file) < module.end,
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
    shown = Math.max(last.getStart(file), module.start);
    const expression = isObject ? (last.expression as ts.ParenthesizedExpression).expression : last.expression;
    meaning.push(...around(expression, `${words.cell}.result = (`, ")", file));
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
  // The parentheses around an object literal are not the cell's.
  const inside = (at: number): number => (isObject ? Math.min(Math.max(at, module.start), module.end) : at);
  const edits = [...replaced, ...types, ...meaning, ...exportEdits(statements, file)]
    .map(({ start, end, text }) => ({ start: inside(start) - module.start, end: inside(end) - module.start, text }))
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
    imports: imports.map(({ specifier, statement, bindings }) => ({
      specifier,
      place: placeAt(starts, statement.getStart()),
      asDefault: bindings.find(({ takes }) => takes === "default")?.local.text,
    })),
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
  return `(function (${scope}, require, ${cell}, ${load}, __dirname, __filename) { "use strict"; return (${async}() => { ${bindings.join(" ")} ${declare} `;
}
