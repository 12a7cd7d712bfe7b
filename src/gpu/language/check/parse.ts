// A function's text -> its syntax tree, and which kinds of function a kernel can be. Knows nothing of types.
import * as acorn from "acorn";
import type { FunctionSource } from "../source.js";
import { refuseDeepNesting, tooDeep } from "./recursion.js";
import { errorAt } from "./report.js";

export type KernelFunction = acorn.ArrowFunctionExpression | acorn.FunctionExpression;

/** The function in the source. Throws InputError where it is no function that can be a kernel. */
export function parseFunction(source: FunctionSource): KernelFunction {
  let node: acorn.Expression;
  try {
    node = acorn.parseExpressionAt(source.code, 0, { ecmaVersion: 2022, locations: true });
  } catch (error) {
    const { loc, message } = error as SyntaxError & { loc?: acorn.Position };
    const start = { line: 1, column: 1 };
    const looksLikeMethod = /^(async\s+|get\s+|set\s+|\*\s*)?[\w$]+\s*\(/.test(source.code);
    if (loc === undefined || looksLikeMethod) {
      throw errorAt(source, start, "a kernel is written as an arrow function or a function, this is neither", arrow);
    }
    const place = { line: loc.line, column: loc.column + 1 };
    const what = message.replace(/ \(\d+:\d+\)$/, "");
    const jump = /^Unsyntactic (\w+)$/.exec(what)?.[1];
    if (jump !== undefined) {
      throw errorAt(source, place, `${jump} stands outside of a loop`, "Write return to end the thread.");
    }
    if (/stack space/.test(what)) throw tooDeep(source, undefined, "expression");
    throw errorAt(source, place, `this is not JavaScript: ${what}`, "Correct the text there.");
  }
  if (node.type !== "ArrowFunctionExpression" && node.type !== "FunctionExpression") {
    throw errorAt(source, { line: 1, column: 1 }, "a kernel is written as an arrow function or a function", arrow);
  }
  if (node.async || node.generator) {
    const kind = node.async ? "async" : "a generator";
    throw errorAt(source, { line: 1, column: 1 }, `a kernel cannot be ${kind}: threads wait with syncthreads()`, arrow);
  }
  refuseDeepNesting(source, node);
  return node;
}

const arrow = "Write ({ n, x, y }, { blockIdx, blockDim, threadIdx }) => { ... }.";
