// A function's source and signature -> the typed kernel tree, or the first mistake in it.
import type * as acorn from "acorn";
import type { KernelParameter } from "../signature.js";
import type { FunctionSource } from "../source.js";
import type { KernelTree } from "../tree.js";
import { visitCall } from "./calls.js";
import { visitExpression } from "./expressions.js";
import { applyHelper, callHelper, enter, functionBody, helperFrame, requireResult } from "./functions.js";
import { Inference } from "./inference.js";
import { conditionDraft } from "./operators.js";
import { type KernelFunction, parseFunction } from "./parse.js";
import { errorAt, placeOf, textOf } from "./report.js";
import { type Checker, type Draft, type HelperSource, Scope, type Value } from "./scope.js";

/** Checks a kernel. Throws InputError with the line, the column and the fix at the first mistake. */
export function checkKernel(
  name: string,
  parameters: readonly KernelParameter[],
  source: FunctionSource,
  use: Readonly<Record<string, HelperSource>>,
): KernelTree {
  const { node, checker } = begin(source);
  const frame = { source, use, result: undefined, callers: [name], self: undefined, inside: [] };
  const { variables, opening } = enter(checker, node, parameters, frame);
  const body = functionBody(checker, node, opening);
  settle(checker);
  const built = body();
  const functions = buildFunctions(checker);
  const { arrays, widestAccess } = checker;
  return { name, parameters: variables, arrays, body: built, functions, widestAccess };
}

/** Checks a helper by itself, so that a mistake shows where it is defined. */
export function checkHelper(helper: HelperSource): void {
  const { node, checker } = begin(helper.source);
  const frame = helperFrame(helper, [helper.name]);
  const { opening } = enter(checker, node, helper.parameters, { ...frame, inside: helper.called ? [] : [helper] });
  const body = functionBody(checker, node, opening);
  settle(checker);
  requireResult(checker, helper, node, body());
  buildFunctions(checker);
}

/** A function of the library, whose types are known and which declares no arrays, so that it is checked by itself. */
function instance(helper: HelperSource): ReturnType<Checker["instance"]> {
  const { node, checker } = begin(helper.source);
  const { variables, opening } = enter(checker, node, helper.parameters, helperFrame(helper, [helper.name]));
  const body = functionBody(checker, node, opening);
  settle(checker);
  for (const variable of [...variables, ...checker.variables.map((each) => each.variable)]) variable.internal = true;
  return { parameters: variables, body: body() };
}

function buildFunctions(checker: Checker): KernelTree["functions"] {
  for (const { build } of checker.functions) build();
  return checker.functions.map((each) => each.function);
}

function begin(source: FunctionSource): { node: KernelFunction; checker: Checker } {
  const inference = new Inference();
  const checker: Checker = {
    inference,
    arrays: [],
    variables: [],
    called: new Map(),
    functions: [],
    widestAccess: 0,
    frame: {
      source,
      parameters: new Map(),
      parameterVariables: [],
      use: {},
      result: undefined,
      callers: [],
      self: undefined,
      inside: [],
    },
    scope: new Scope(),
    value: (node) =>
      node.type === "CallExpression"
        ? visitCall(checker, node as acorn.CallExpression)
        : visitExpression(checker, node),
    draft: (node) => asDraft(checker, node, checker.value(node)),
    condition: (node) => conditionDraft(checker, node),
    call: (helper, call) => callHelper(checker, helper, call),
    apply: (helper, node, operands) => applyHelper(checker, helper, node, operands),
    instance,
    typeOf: (slot) => inference.typeOf(slot),
    error: (node, what, fix) => errorAt(checker.frame.source, placeOf(node), what, fix),
  };
  return { node: parseFunction(source), checker };
}

function asDraft(checker: Checker, node: acorn.Node, value: Value): Draft {
  if (value.kind === "draft") return value;
  const text = textOf(checker.frame.source, node);
  switch (value.kind) {
    case "thread-index":
      throw checker.error(node, `${text} is three numbers`, `Write ${text}.x, ${text}.y or ${text}.z.`);
    case "parameters":
    case "context": {
      const example = value.kind === "parameters" ? "n" : "threadIdx.x";
      throw checker.error(node, `${text} is no number`, `Take what you need from it: ${text}.${example}.`);
    }
    case "vector":
      throw checker.error(node, `${text} is ${value.parts.length} numbers`, `Take one of them: ${text}.x.`);
    case "vector-load":
      throw checker.error(node, `${text} gives ${value.width} numbers`, `Name them: const v = ${text}; then v.x.`);
    case "fragment":
      throw checker.error(
        node,
        `${text} is a matrix`,
        "Multiply it, mma(sum, a, b), or store it, storeMatrix(y, stride, sum).",
      );
    case "fragment-source":
      throw checker.error(node, `${text} gives a matrix`, `Name it: const a = ${text};`);
    default:
      throw checker.error(node, `${text} is a function, not a number`, `Call it: ${text}(...).`);
  }
}

/** Finds every open type, and gives the variables theirs. */
function settle(checker: Checker): void {
  checker.inference.solve();
  for (const { variable, slot } of checker.variables) variable.type = checker.typeOf(slot);
}
