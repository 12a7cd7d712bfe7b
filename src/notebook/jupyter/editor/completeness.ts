// Whether code that is being typed is a whole cell: what a console asks before it runs a line. Knows nothing of running code.
import ts from "@tslab/typescript-for-tslab";
import { asExpression, isObjectLiteral, parse, syntaxErrors } from "../cells/syntax.js";

/** The content of is_complete_reply. */
export type CompletenessReply =
  | { readonly status: "complete" | "invalid" | "unknown" }
  | { readonly status: "incomplete"; readonly indent: string };

export function completeness(code: string): CompletenessReply {
  if (isObjectLiteral(code)) return { status: "complete" };
  const file = parse(code);
  const asStatements = judge(code, file, code.trimEnd().length);
  if (asStatements.status !== "invalid" || !/^\s*\{/.test(code)) return asStatements;
  // An object literal that goes on is a mistake as statements: `{ a: 1, b:`.
  const object = asExpression(code).slice(0, -2);
  const asObject = judge(object, parse(object), object.trimEnd().length);
  return asObject.status === "incomplete" ? asObject : asStatements;
}

function judge(code: string, file: ts.SourceFile, end: number): CompletenessReply {
  const [first] = syntaxErrors(file);
  if (first === undefined) {
    if (isMisplaced(file)) return { status: "invalid" };
    return lacksBody(file) ? incomplete(code) : { status: "complete" };
  }
  // What comes after the code mends what is missing at its end, and nothing that is wrong before.
  const wantsMore =
    !syntaxErrors(file).some(({ code }) => code === unterminatedString) &&
    (unterminated.has(first.code) || first.start >= wordStart(code, end));
  return wantsMore ? incomplete(code) : { status: "invalid" };
}

/** Where the code ends, or where the word begins that it ends with and that says nothing by itself. */
function wordStart(code: string, end: number): number {
  return end - (/(?:^|\n)\s*(import|export)$/.exec(code.slice(0, end))?.[1].length ?? 0);
}

function incomplete(code: string): CompletenessReply {
  const lastLine = code.slice(code.lastIndexOf("\n") + 1);
  const indent = /^[ \t]*/.exec(lastLine)![0];
  return { status: "incomplete", indent: /[{([]\s*$/.test(lastLine) ? `${indent}  ` : indent };
}

/** "'*​/' expected.", "Unterminated template literal." */
const unterminated: ReadonlySet<number> = new Set([1010, 1160]);

/** "Unterminated string literal.": one in quotes ends with its line. */
const unterminatedString = 1002;

/** `function f()`, which TypeScript takes for the first of several signatures. */
function lacksBody({ statements }: ts.SourceFile): boolean {
  const last = statements.at(-1);
  if (last === undefined || !ts.isFunctionDeclaration(last) || last.body !== undefined) return false;
  return (
    !ts.getModifiers(last)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) && !/;$/.test(last.getText())
  );
}

/** `return` outside a function, `break` and `continue` outside a loop: nothing that comes after makes them right. */
function isMisplaced(file: ts.SourceFile): boolean {
  const visit = (node: ts.Node, around: { readonly breaks: boolean; readonly continues: boolean }): boolean => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    if (ts.isReturnStatement(node)) return true;
    // One with a label is the compiler's to judge.
    if (ts.isBreakStatement(node) && node.label === undefined) return !around.breaks;
    if (ts.isContinueStatement(node) && node.label === undefined) return !around.continues;
    const inside = ts.isIterationStatement(node, false)
      ? { breaks: true, continues: true }
      : ts.isSwitchStatement(node)
        ? { ...around, breaks: true }
        : around;
    return ts.forEachChild(node, (child) => visit(child, inside)) === true;
  };
  return visit(file, { breaks: false, continues: false });
}
