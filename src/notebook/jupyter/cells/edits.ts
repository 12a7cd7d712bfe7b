// What changes in a cell's text to make a script of it: names of earlier cells, what is awaited and thrown, and what only a module
// may say. Knows nothing of whole cells; every edit keeps the lines.
import ts from "@tslab/typescript-for-tslab";
import { type Edit, EditedText, lineStarts, placeAt } from "../errors/edited-text.js";
import type { CellModule, VisibleNames } from "./language.js";
import { topLevelAwaits } from "./names.js";

/** What the script calls what it is given: names that the cell's author has not used. */
export interface Words {
  readonly cell: string;
  readonly load: string;
  readonly value: string;
}

/** A cell that TypeScript has read. */
export interface CheckedText {
  readonly source: string;
  readonly words: Words;
  readonly seen: VisibleNames;
  /** Where the source stands in `file`. */
  readonly module: CellModule;
  readonly file: ts.SourceFile;
  readonly checker: ts.TypeChecker;
}

/** `name` of an earlier cell becomes `exports.name`, `{ name }` becomes `{ name: exports.name }`. */
export function referenceEdits(
  { seen, checker, file, module, words }: CheckedText,
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
export function awaitEdits({ source, module, file, words }: CheckedText, statements: readonly ts.Node[]): Edit[] {
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
export function throwEdits(
  { source, module, file, words, checker }: CheckedText,
  statements: readonly ts.Node[],
): Edit[] {
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

export function around(node: ts.Node, before: string, after: string, file: ts.SourceFile): Edit[] {
  const start = node.getStart(file);
  return [
    { start, end: start, text: before },
    { start: node.end, end: node.end, text: after },
  ];
}

/** Imports are done before the cell begins, exports are of no use in a cell: both leave an empty statement. */
export function moduleSyntaxEdit(statement: ts.Statement, file: ts.SourceFile): Edit | undefined {
  const isModuleOnly = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
  if (ts.isImportEqualsDeclaration(statement) && ts.isExternalModuleReference(statement.moduleReference)) {
    const text = `const ${statement.name.text} = require(${statement.moduleReference.expression.getText(file)});`;
    return replaceStatement(statement, text, file);
  }
  return isModuleOnly ? replaceStatement(statement, ";", file) : undefined;
}

/** `export` before a declaration goes; the declaration stays. */
export function exportEdits(statements: readonly ts.Statement[], file: ts.SourceFile): Edit[] {
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
export function translate(
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
