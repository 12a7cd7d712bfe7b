// JavaScript that the kernel language leaves out, each with what to write instead.
import type * as acorn from "acorn";
import type { InputError } from "../../../core/errors.js";
import type { Checker } from "./scope.js";

const leftOut: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ForInStatement: ["for ... in", "Count: for (let k = 0; k < n; k++) ..."],
  ForOfStatement: ["for ... of", "Count: for (let k = 0; k < n; k++) ..."],
  TryStatement: ["try", "Nothing in a kernel throws: test the condition with if."],
  ThrowStatement: ["throw", "Store a code in memory and return."],
  FunctionDeclaration: [
    "a function inside",
    'Make it a helper: fn("name", { v: f32 }, f32, body), passed as { use: { name } }.',
  ],
  ArrowFunctionExpression: [
    "a function inside",
    'Make it a helper: fn("name", { v: f32 }, f32, body), passed as { use: { name } }.',
  ],
  FunctionExpression: [
    "a function inside",
    'Make it a helper: fn("name", { v: f32 }, f32, body), passed as { use: { name } }.',
  ],
  ClassDeclaration: ["class", "Keep numbers in variables and arrays."],
  ClassExpression: ["class", "Keep numbers in variables and arrays."],
  NewExpression: ["new", "Declare arrays with shared(f32, 256) or local(f32, 8) from the context."],
  ArrayExpression: ["an array literal", "Declare an array with local(f32, 8) from the context and fill it."],
  ObjectExpression: ["an object literal", "Keep each value in a variable of its own."],
  TemplateLiteral: ["text", "A kernel computes with numbers and conditions only."],
  TaggedTemplateExpression: ["text", "A kernel computes with numbers and conditions only."],
  AwaitExpression: ["await", "Threads wait with syncthreads()."],
  YieldExpression: ["yield", "Threads wait with syncthreads()."],
  ChainExpression: ["?.", "Nothing in a kernel is null: write a plain access."],
  ThisExpression: ["this", "Take what you need from the parameters and the context."],
  SpreadElement: ["...", "Write each argument out."],
  ImportExpression: ["import", "Pass what you need as an argument."],
  WithStatement: ["with", "Write names out."],
  DebuggerStatement: ["debugger", "Step through the kernel in the stepper."],
  ArrayPattern: ["taking an array apart", "Use a variable for each: const t = a; a = b; b = t;"],
};

/** The error for a construct that the language does not have. */
export function unsupported(checker: Checker, node: acorn.Node): InputError {
  const [what, fix] = leftOut[node.type] ?? [node.type, "Write it with variables, operators, if, for and while."];
  return checker.error(node, `${what} is not part of the kernel language`, fix);
}
