// Names that a kernel cannot see, found again under what transpilers make of them, and what to do about each.
import type * as acorn from "acorn";
import { type InputError, nearest } from "../../../core/errors.js";
import { contextNames } from "./context-values.js";
import { recursion } from "./recursion.js";
import type { Checker } from "./scope.js";

/** How a name that a kernel cannot see is used. */
export type Role = "value" | "call" | "indexed" | "assigned";

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
    return marker ? importedName(checker, expressions[1]) : undefined;
  }
  if (type === "Identifier") {
    const { name } = node as acorn.Identifier;
    return name === "Math" || checker.scope.find(name) !== undefined ? undefined : name;
  }
  if (type === "MemberExpression") {
    const { object, property, computed } = node as acorn.MemberExpression;
    if (object.type !== "Identifier" || outerName(checker, object) === undefined) return undefined;
    if (computed || property.type !== "Identifier" || !importObject.test(object.name)) return object.name;
    return property.name === "default" ? object.name.replace(/_\d+$/, "") : property.name;
  }
  return undefined;
}

/** `f` of `(0, m.f)`, which is how transpilers call what is imported, whatever they call the module. */
function importedName(checker: Checker, node: acorn.Expression): string | undefined {
  const name = outerName(checker, node);
  if (name === undefined || node.type !== "MemberExpression" || node.computed) return name;
  const { object, property } = node;
  const ownObject =
    object.type === "Identifier" && (Object.hasOwn(absent, object.name) || importObject.test(object.name));
  return ownObject || property.type !== "Identifier" ? name : property.name;
}

const onDevice = "A kernel runs on the device: pass what it needs as an argument.";
const printing = 'Take printf from the context: printf("%d\\n", i), or step through the kernel.';
const casting = "Cast with what the context has: i32(x), f32(x).";

/** What JavaScript has everywhere and a device has not, and what to do instead. */
const absent: Readonly<Record<string, string>> = {
  console: printing,
  alert: printing,
  window: onDevice,
  document: onDevice,
  globalThis: onDevice,
  self: onDevice,
  process: onDevice,
  require: onDevice,
  performance: "A kernel has no clock: what a launch did is counted in what launch gives back.",
  Date: "A kernel has no clock: what a launch did is counted in what launch gives back.",
  Number: casting,
  BigInt: casting,
  parseInt: casting,
  parseFloat: casting,
  undefined: "Every variable holds a number: write 0, or leave the value out, let i;",
  arguments: "Take what you need from the first parameter: ({ n, x }) => ...",
};

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
  if (Object.hasOwn(absent, name)) return checker.error(node, what, absent[name]);
  if (role === "call" && checker.frame.callers.includes(name)) return recursion(checker, node, name);
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
    `${slip}Pass it as an argument: add ${name} to the signature (${name}: ${role === "indexed" ? "f32.ptr" : "i32"}, say), to the first parameter ({ ${name} }) and to the launch.`,
  );
}
