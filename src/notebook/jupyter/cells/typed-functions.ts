// Finds the TypeScript of a function that a cell passed to a call such as `kernel("saxpy", ..., function)`, given what is
// left of it at run time. Knows nothing of kernels or of the session.
import ts from "@tslab/typescript-for-tslab";
import type { TypedFunction } from "../../bridge.js";
import { EditedText, lineStarts, placeAt } from "../errors/edited-text.js";
import { eraseTypes } from "./erase-types.js";
import { parse } from "./syntax.js";

/** A cell's text and the name that its functions are said to come from. */
export interface CellSource {
  readonly label: string;
  readonly source: string;
}

/**
 * The function passed to a call whose first argument is the string `name`, looked for in `cells` in their order. Only a
 * function whose tokens are those of `transpiled` is taken: undefined when there is none.
 */
export function findTypedFunction(
  name: string,
  transpiled: string,
  cells: Iterable<CellSource>,
): TypedFunction | undefined {
  const wanted = tokensOf(transpiled).join(" ");
  for (const cell of cells) {
    if (!cell.source.includes(name)) continue;
    const file = parse(cell.source);
    for (const node of functionsNamed(name, file)) {
      const found = describe(node, file, cell.label);
      if (found !== undefined && tokensOf(found.code).join(" ") === wanted) return found;
    }
  }
  return undefined;
}

function functionsNamed(name: string, file: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [first, ...others] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first) && first.text === name) {
        found.push(...others.filter((argument) => ts.isArrowFunction(argument) || ts.isFunctionExpression(argument)));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function describe(node: ts.Node, file: ts.SourceFile, origin: string): TypedFunction | undefined {
  const { edits, untouched } = eraseTypes(node, file);
  if (untouched.length > 0) return undefined;
  const start = node.getStart(file);
  const text = node.getText(file);
  const inner = edits.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
  const code = new EditedText(text, inner).text;
  const indent = commonIndent(text);
  const starts = lineStarts(file.text);
  const first = placeAt(starts, start);
  const margins = text.split("\n").map((line, i) => (i === 0 ? first.column - 1 : marginOf(line, indent)));
  const whole = (i: number): string => file.text.slice(starts[i], starts[i + 1]).replace(/[\r\n\u2028\u2029]+$/, "");
  return {
    text: dedent(text, indent),
    code: dedent(code, indent),
    origin,
    firstLine: first.line,
    standing: { lines: margins.map((_, i) => whole(first.line - 1 + i)), margins },
  };
}

/** How many characters of white space all lines after the first begin with. Tabs count as one, as any other character. */
function commonIndent(text: string): number {
  const later = text.split("\n").slice(1);
  const indents = later.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
  return indents.length === 0 ? 0 : Math.min(...indents);
}

/** How much of a line its dedenting takes away. */
function marginOf(line: string, indent: number): number {
  return Math.min(indent, /^[ \t]*/.exec(line)![0].length);
}

function dedent(text: string, indent: number): string {
  return text
    .split("\n")
    .map((line, i) => (i === 0 ? line : line.slice(marginOf(line, indent))))
    .join("\n");
}

/**
 * The tokens of JavaScript without what the kernel adds to them: `exports.` before names of earlier cells, and the place where
 * a value is thrown.
 */
function tokensOf(code: string): string[] {
  const file = ts.createSourceFile("function.js", `(${code})`, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const tokens: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isParenthesizedExpression(node) && isIndirectCall(node)) {
      visit((node.expression as ts.BinaryExpression).right);
      return;
    }
    const thrown = ts.isThrowStatement(node) ? thrownValue(node.expression) : undefined;
    if (thrown !== undefined) {
      tokens.push("throw");
      visit(thrown);
      if (node.getLastToken(file)?.kind === ts.SyntaxKind.SemicolonToken) tokens.push(";");
      return;
    }
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && isScope(node.expression.text)) {
      tokens.push(node.name.text);
      return;
    }
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) {
      const { initializer } = node;
      const isReference = ts.isPropertyAccessExpression(initializer) && ts.isIdentifier(initializer.expression);
      if (
        isReference &&
        isScope((initializer.expression as ts.Identifier).text) &&
        initializer.name.text === node.name.text
      ) {
        tokens.push(node.name.text);
        return;
      }
    }
    const children = node.getChildren(file);
    if (children.length === 0) {
      const token = node.getText(file);
      if (token !== "") tokens.push(token === "$import" ? "import" : token);
      return;
    }
    for (const child of children) visit(child);
  };
  visit(file);
  return tokens;
}

/** `(0, exports.f)` */
function isIndirectCall(node: ts.ParenthesizedExpression): boolean {
  const inner = node.expression;
  return (
    ts.isBinaryExpression(inner) &&
    inner.operatorToken.kind === ts.SyntaxKind.CommaToken &&
    inner.left.getText() === "0" &&
    ts.isPropertyAccessExpression(inner.right)
  );
}

/** `x` of `$cell.thrown((x), 1, 2)` */
function thrownValue(node: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !/^\$cell\$*\.thrown$/.test(node.expression.getText())) return undefined;
  const [value] = node.arguments;
  return value !== undefined && ts.isParenthesizedExpression(value) ? value.expression : undefined;
}

function isScope(name: string): boolean {
  return name === "exports" || name === "$exports";
}
