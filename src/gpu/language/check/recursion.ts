// What a compiler by substitution cannot do: functions that call themselves, and text nested beyond any stack.
import type * as acorn from "acorn";
import type { InputError } from "../../../core/errors.js";
import type { FunctionSource } from "../source.js";
import { errorAt, placeOf } from "./report.js";
import type { Checker } from "./scope.js";

/** The error for a kernel or helper that calls itself. */
export function recursion(checker: Checker, node: acorn.Node, name: string): InputError {
  return checker.error(
    node,
    `${name} calls itself, and recursion is not possible in a kernel: helpers are put in place of their calls`,
    `Write a loop, while (...) { ... }; or make ${name} a helper that is called, fn("${name}", { ... }, i32, ({ v }, { ${name} }) => ..., { inline: false }).`,
  );
}

/**
 * How deep an expression may be, and how deep statements, of which a block counts as one and an "else if" as none. The checker
 * and what runs the reference descend by calls: V8's usual stack holds about twice as much.
 */
const deepest = { expression: 400, statement: 800 };

/** Throws InputError where the tree is deeper than what comes after can descend. */
export function refuseDeepNesting(source: FunctionSource, root: acorn.Node): void {
  const open: { node: acorn.Node; statement: acorn.Node; statements: number; expressions: number }[] = [
    { node: root, statement: root, statements: 0, expressions: 0 },
  ];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { node, statements, expressions } = at;
    const own = /Statement$|Declaration$/.test(node.type);
    const inside = {
      statement: own ? node : at.statement,
      statements: own ? statements + 1 : statements,
      expressions: own ? 0 : expressions + 1,
    };
    if (inside.expressions > deepest.expression) throw tooDeep(source, inside.statement, "expression");
    if (inside.statements > deepest.statement) throw tooDeep(source, node, "statement");
    const chained = node.type === "IfStatement" ? (node as acorn.IfStatement).alternate : undefined;
    for (const child of Object.values(node).flat()) {
      if (!isNode(child)) continue;
      open.push({ node: child, ...inside, statements: child === chained ? statements : inside.statements });
    }
  }
}

/** The error for text that is nested too deeply; also where the parser itself has run out of stack. */
export function tooDeep(source: FunctionSource, node: acorn.Node | undefined, what: keyof typeof deepest): InputError {
  const place = node === undefined ? { line: 1, column: 1 } : placeOf(node);
  const fix =
    what === "expression"
      ? "Compute parts of it in variables of their own: const part = ...; or add up in a loop."
      : "Return or continue early, or put parts of it into helpers, fn(...).";
  return errorAt(source, place, `this ${what} is nested too deeply (more than ${deepest[what]} levels)`, fix);
}

function isNode(value: unknown): value is acorn.Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
