// Names that a kernel cannot see, found again under what transpilers make of them, and what to do about each.
import type * as acorn from "acorn";
import { type InputError, nearest } from "../../../core/errors.js";
import { contextNames } from "./context-values.js";
import type { Checker } from "./scope.js";

/** How a name that a kernel cannot see is used. */
export type Role = "value" | "call" | "assigned";

const importObject = /^(exports|__vite_ssr_(import_\d+|exports)__|[A-Za-z_$][\w$]*_\d+)$/;

/**
 * The name that the person wrote, if the node is one from outside of the kernel: `N`, `exports.N`, `lib_1.N`,
 * `(0, lib_1.N)`, `__vite_ssr_import_0__.N`.
 */
export function outerName(checker: Checker, node: acorn.Node): string | undefined {
  const { type } = node;
  if (type === "ParenthesizedExpression") {
    return outerName(checker, (node as acorn.ParenthesizedExpression).expression);
  }
  if (type === "SequenceExpression") {
    const { expressions } = node as acorn.SequenceExpression;
    const marker = expressions.length === 2 && expressions[0].type === "Literal" && expressions[0].value === 0;
    return marker ? outerName(checker, expressions[1]) : undefined;
  }
  if (type === "Identifier") {
    const { name } = node as acorn.Identifier;
    return name === "Math" || checker.scope.find(name) !== undefined ? undefined : name;
  }
  if (type === "MemberExpression") {
    const { object, property, computed } = node as acorn.MemberExpression;
    if (object.type !== "Identifier" || outerName(checker, object) === undefined) return undefined;
    return !computed && property.type === "Identifier" && importObject.test(object.name) ? property.name : object.name;
  }
  return undefined;
}

export function outerNameError(checker: Checker, node: acorn.Node, name: string, role: Role): InputError {
  if (role === "assigned") {
    return checker.error(
      node,
      `${name} belongs to the code around the kernel, which a kernel cannot change`,
      `Give the kernel a pointer and store there: out[i] = ..., or declare let ${name} inside.`,
    );
  }
  const what = `${name} comes from outside of the kernel, which sees its parameters, its context and Math`;
  if (contextNames.has(name)) {
    return checker.error(node, what, `Take it from the context, the second argument: ({ ... }, { ${name} }) => ...`);
  }
  const near = nearest(name, checker.scope.names());
  const slip = near !== undefined && near.length > 2 ? `Did you mean ${near}? ` : "";
  if (name === "console") {
    return checker.error(
      node,
      what,
      "A kernel cannot print: store what you want to see in memory, or step through it.",
    );
  }
  if (role === "call") {
    return checker.error(
      node,
      what,
      `${slip}Make it a helper, fn("${name}", { v: f32 }, f32, ...), pass it as { use: { ${name} } } and take it from the context.`,
    );
  }
  return checker.error(
    node,
    what,
    `${slip}Pass it as an argument: add ${name} to the signature (${name}: i32, say), to the first parameter ({ ${name} }) and to the launch.`,
  );
}
