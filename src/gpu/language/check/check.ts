// A function's source and signature -> the typed kernel tree, or the first mistake in it.
import type * as acorn from "acorn";
import { isDType } from "../../../core/dtype.js";
import { nearest } from "../../../core/errors.js";
import type { KernelParameter } from "../signature.js";
import type { FunctionSource } from "../source.js";
import type { KernelTree, PointerValue, Statement, ValueType } from "../tree.js";
import { visitCall } from "./calls.js";
import { contextNames } from "./context-values.js";
import { buildAs } from "./convert.js";
import { bindPattern } from "./declarations.js";
import { visitExpression } from "./expressions.js";
import { Inference, known, type Slot } from "./inference.js";
import { valueTypeOf } from "./memory.js";
import { conditionDraft } from "./operators.js";
import { type KernelFunction, parseFunction } from "./parse.js";
import { errorAt, placeOf, textOf } from "./report.js";
import {
  buildAll,
  type Checker,
  type Draft,
  type Frame,
  type HelperSource,
  type OpenVariable,
  Scope,
  type StatementDraft,
  type Value,
} from "./scope.js";
import { expressionStatement, visitStatement } from "./statements.js";

/** Checks a kernel. Throws InputError with the line, the column and the fix at the first mistake. */
export function checkKernel(
  name: string,
  parameters: readonly KernelParameter[],
  source: FunctionSource,
  use: Readonly<Record<string, HelperSource>>,
): KernelTree {
  const { node, checker } = begin(source);
  const { variables, opening } = enter(checker, node, parameters, { source, use, result: undefined, callers: [name] });
  const body = functionBody(checker, node, opening);
  checker.inference.solve();
  settle(checker);
  return { name, parameters: variables, arrays: checker.arrays, body: body() };
}

/** Checks a helper by itself, so that a mistake shows where it is defined. */
export function checkHelper(helper: HelperSource): void {
  const { node, checker } = begin(helper.source);
  const { opening } = enter(checker, node, helper.parameters, helperFrame(helper, [helper.name]));
  const body = functionBody(checker, node, opening);
  checker.inference.solve();
  settle(checker);
  requireResult(checker, helper, node, body());
}

function helperFrame(
  { source, use, result }: HelperSource,
  callers: readonly string[],
): Omit<Frame, "parameters" | "parameterVariables"> {
  return { source, use, result, callers };
}

function begin(source: FunctionSource): { node: KernelFunction; checker: Checker } {
  const inference = new Inference();
  const checker: Checker = {
    inference,
    arrays: [],
    variables: [],
    frame: { source, parameters: new Map(), parameterVariables: [], use: {}, result: undefined, callers: [] },
    scope: new Scope(),
    value: (node) =>
      node.type === "CallExpression"
        ? visitCall(checker, node as acorn.CallExpression)
        : visitExpression(checker, node),
    draft: (node) => asDraft(checker, node, checker.value(node)),
    condition: (node) => conditionDraft(checker, node),
    inline: (helper, call) => inline(checker, helper, call),
    typeOf: (slot) => inference.typeOf(slot),
    error: (node, what, fix) => errorAt(checker.frame.source, placeOf(node), what, fix),
  };
  return { node: parseFunction(source), checker };
}

function asDraft(checker: Checker, node: acorn.Node, value: Value): Draft {
  if (value.kind === "draft") return value;
  const text = textOf(checker.frame.source, node);
  if (value.kind === "thread-index")
    throw checker.error(node, `${text} is three numbers`, `Write ${text}.x, ${text}.y or ${text}.z.`);
  if (value.kind === "parameters" || value.kind === "context") {
    const example = value.kind === "parameters" ? "n" : "threadIdx.x";
    throw checker.error(node, `${text} is no number`, `Take what you need from it: ${text}.${example}.`);
  }
  throw checker.error(node, `${text} is a function, not a number`, `Call it: ${text}(...).`);
}

/** Opens a function: its parameters become variables, its patterns names. */
function enter(
  checker: Checker,
  node: KernelFunction,
  parameters: readonly KernelParameter[],
  frame: Omit<Frame, "parameters" | "parameterVariables">,
): { variables: OpenVariable[]; opening: StatementDraft[] } {
  const values = new Map<string, Value>();
  const place = node.params.length > 0 ? placeOf(node.params[0]) : placeOf(node);
  const parameterVariables: { variable: OpenVariable; slot: Slot }[] = [];
  const variables = parameters.map(({ name, type }) => {
    const slot = known(isDType(type) ? valueTypeOf(type.name) : pointer(type.pointerTo.name));
    const variable: OpenVariable = { name, type: slot.type, place };
    parameterVariables.push({ variable, slot });
    values.set(name, {
      kind: "draft",
      slot,
      node,
      build: () => ({ kind: "variable", type: slot.type, place, variable }),
    });
    return variable;
  });
  // A function expression may call itself by a name of its own.
  const callers = node.type === "FunctionExpression" && node.id ? [...frame.callers, node.id.name] : frame.callers;
  checker.frame = { ...frame, callers, parameters: values, parameterVariables };
  checker.scope = new Scope();
  const [first, second, third] = node.params;
  if (third !== undefined) {
    throw checker.error(
      third,
      "a kernel's body takes two arguments",
      "Write ({ n, x, y }, { blockIdx, threadIdx }) => ...: its parameters, and its context.",
    );
  }
  if (first?.type === "ObjectPattern") refuseContextNames(checker, first, values);
  const opening = [
    ...(first === undefined ? [] : bindPattern(checker, first, { kind: "parameters" }, false)),
    ...(second === undefined ? [] : bindPattern(checker, second, { kind: "context" }, true)),
  ];
  return { variables, opening };
}

/** `({ n, threadIdx }) => ...`: the context is the second argument. */
function refuseContextNames(
  checker: Checker,
  pattern: acorn.ObjectPattern,
  parameters: ReadonlyMap<string, Value>,
): void {
  for (const property of pattern.properties) {
    if (property.type !== "Property" || property.key.type !== "Identifier") continue;
    const { name } = property.key;
    if (parameters.has(name) || !contextNames.has(name) || nearest(name, parameters.keys()) !== undefined) continue;
    throw checker.error(
      property,
      `${name} belongs to the context, not to the parameters`,
      `Take it from the second argument: ({ ... }, { ${name} }) => ...`,
    );
  }
}

function pointer(element: PointerValue["element"]): PointerValue {
  return { space: "global", element, rows: [] };
}

function functionBody(checker: Checker, node: KernelFunction, opening: readonly StatementDraft[]): StatementDraft {
  const { body } = node;
  if (body.type === "BlockStatement") {
    const drafts = body.body.map((each) => visitStatement(checker, each));
    return () => buildAll([...opening, ...drafts]);
  }
  const { result } = checker.frame;
  if (result === undefined) {
    const statement = expressionStatement(checker, body);
    return () => buildAll([...opening, statement]);
  }
  const draft = checker.draft(body);
  checker.inference.flow(draft.slot, known(result), { source: checker.frame.source, node: body });
  return () => [
    ...buildAll(opening),
    { kind: "return", place: placeOf(body), value: buildAs(checker, draft, result, `the helper returns ${result}`) },
  ];
}

/** Gives every variable the type that was found for it. */
function settle(checker: Checker): void {
  for (const { variable, slot } of checker.variables) variable.type = checker.typeOf(slot);
}

/** A helper's body in place of `clamp({ v: x[i] })`. */
function inline(checker: Checker, helper: HelperSource, call: acorn.CallExpression): Draft {
  const { frame: caller, scope } = checker;
  const operands = helperArguments(checker, helper, call);
  const node = parseFunction(helper.source);
  const frame = helperFrame(helper, [...caller.callers, helper.name]);
  const { variables: parameters, opening } = enter(checker, node, helper.parameters, frame);
  const inside = checker.frame;
  const draft = functionBody(checker, node, opening);
  Object.assign(checker, { frame: caller, scope });
  return {
    kind: "draft",
    slot: known(helper.result),
    node: call,
    build: () => {
      const built = operands.map(({ draft: operand, type, name }) =>
        buildAs(
          checker,
          operand,
          type,
          `${helper.name} takes ${name} as ${typeof type === "string" ? type : "a pointer"}`,
        ),
      );
      checker.frame = inside;
      const body = draft();
      checker.frame = caller;
      return {
        kind: "call",
        type: helper.result,
        place: placeOf(call),
        name: helper.name,
        parameters,
        operands: built,
        body,
      };
    },
  };
}

interface HelperArgument {
  readonly name: string;
  readonly type: ValueType;
  readonly draft: Draft;
}

function helperArguments(checker: Checker, helper: HelperSource, call: acorn.CallExpression): HelperArgument[] {
  const names = helper.parameters.map(({ name }) => name);
  const example = `Write ${helper.name}({ ${names.map((name) => `${name}: ...`).join(", ")} }).`;
  const [given] = call.arguments;
  if (call.arguments.length !== 1 || given.type !== "ObjectExpression") {
    throw checker.error(call, `the arguments of ${helper.name} are named`, example);
  }
  const values = new Map<string, acorn.Expression>();
  for (const property of given.properties) {
    if (property.type !== "Property" || property.computed || property.key.type !== "Identifier") {
      throw checker.error(property, "each argument is given by name", example);
    }
    if (!names.includes(property.key.name))
      throw checker.error(property, `${helper.name} takes no ${property.key.name}`, example);
    values.set(property.key.name, property.value);
  }
  return helper.parameters.map(({ name, type }) => {
    const node = values.get(name);
    if (node === undefined) throw checker.error(call, `${helper.name} misses ${name}`, example);
    const draft = checker.draft(node);
    const wanted = isDType(type) ? valueTypeOf(type.name) : pointer(type.pointerTo.name);
    checker.inference.flow(draft.slot, known(wanted), { source: checker.frame.source, node });
    return { name, type: wanted, draft };
  });
}

/** A helper gives a value whichever way it runs. */
function requireResult(checker: Checker, helper: HelperSource, node: KernelFunction, body: readonly Statement[]): void {
  if (ends(body)) return;
  throw checker.error(
    node,
    `${helper.name} returns ${helper.result}, but can end without a return`,
    "Write return and the value at the end.",
  );
}

function ends(body: readonly Statement[]): boolean {
  const last = body.at(-1);
  if (last === undefined) return false;
  if (last.kind === "return") return true;
  if (last.kind === "block") return ends(last.body);
  if (last.kind === "if") return ends(last.whenTrue) && ends(last.whenFalse);
  return (
    last.kind === "loop" && last.condition?.kind === "literal" && last.condition.value === true && !breaks(last.body)
  );
}

function breaks(body: readonly Statement[]): boolean {
  return body.some(
    (each) =>
      each.kind === "break" ||
      (each.kind === "block" && breaks(each.body)) ||
      (each.kind === "if" && (breaks(each.whenTrue) || breaks(each.whenFalse))),
  );
}
