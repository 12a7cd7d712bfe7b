// A cell's text as TypeScript's parser reads it, and what a cell may be that no file is: an object literal by itself. Knows
// nothing of types or of running.
import ts from "@tslab/typescript-for-tslab";

export function parse(source: string): ts.SourceFile {
  return ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
}

/**
 * The cell with blanks for `with { type: "json" }` after a module's name, which this TypeScript does not read yet and the
 * kernel does not need.
 */
export function withoutAttributes(source: string): string {
  if (syntaxErrors(parse(source)).length === 0) return source;
  const attributes = /^(\s*(?:import|export)\b[^;'"]*(['"])[^'"\n]*\2\s*)(with\s*\{[^{}]*\})/gm;
  return source.replace(attributes, (_all, before, _quote, after) => before + after.replace(/[^\r\n]/g, " "));
}

/** What the parser found wrong, in the order of its places; what only the checker finds is not among it. */
export function syntaxErrors(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  return parseDiagnostics.toSorted((a, b) => a.start - b.start);
}

/**
 * Whether a cell is one object literal, as `{ a: 1 }` is to a person: to the language it is a block with a label, or a mistake.
 * What may be meant as a block, since something in it is done, is one.
 */
export function isObjectLiteral(source: string): boolean {
  if (!/^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*\{/.test(source)) return false;
  const inParentheses = parse(asExpression(source));
  const [only, ...others] = inParentheses.statements;
  if (others.length > 0 || syntaxErrors(inParentheses).length > 0) return false;
  if (!ts.isExpressionStatement(only) || !ts.isParenthesizedExpression(only.expression)) return false;
  const literal = only.expression.expression;
  if (!ts.isObjectLiteralExpression(literal)) return false;
  if (syntaxErrors(parse(source)).length > 0) return true;
  // `{ if (x) {} }` is a method called "if" as well.
  return literal.properties.every(
    (property) =>
      ts.isPropertyAssignment(property) ||
      (ts.isShorthandPropertyAssignment(property) && property.objectAssignmentInitializer === undefined),
  );
}

/** The cell in parentheses. What stands at an offset of the cell stands one further here. */
export function asExpression(source: string): string {
  return `(${source}\n)`;
}
