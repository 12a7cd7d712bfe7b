// Functions of a kernel: what their parameters and bodies mean, helpers in place of their calls, and called functions.
import type * as acorn from "acorn";
import { isDType } from "../../../core/dtype.js";
import { nearest } from "../../../core/errors.js";
import type { KernelParameter } from "../signature.js";
import type { ArrayDeclaration, DeviceFunction, PointerValue, Statement, ValueType } from "../tree.js";
import { contextNames } from "./context-values.js";
import { buildAs } from "./convert.js";
import { bindPattern } from "./declarations.js";
import { known, type Slot } from "./inference.js";
import { valueTypeOf } from "./memory.js";
import { type KernelFunction, parseFunction } from "./parse.js";
import { recursion } from "./recursion.js";
import { placeOf } from "./report.js";
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

/** A function being opened: everything of its frame but its parameters. */
export type FrameStart = Omit<Frame, "parameters" | "parameterVariables">;

export function helperFrame(helper: HelperSource, callers: readonly string[]): FrameStart {
  const { source, use, result } = helper;
  return { source, use, result, callers, self: helper.called ? helper : undefined, inside: [] };
}

/** Opens a function: its parameters become variables, its patterns names. */
export function enter(
  checker: Checker,
  node: KernelFunction,
  parameters: readonly KernelParameter[],
  frame: FrameStart,
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

export function functionBody(
  checker: Checker,
  node: KernelFunction,
  opening: readonly StatementDraft[],
): StatementDraft {
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

/** `clamp({ v: x[i] })` or `clamp(x[i])`: the helper's body in its place, or a call of it. */
export function callHelper(checker: Checker, helper: HelperSource, call: acorn.CallExpression): Draft {
  const operands = helperArguments(checker, helper, call);
  return applyHelper(checker, helper, call, operands);
}

/** A helper with its arguments, in the order of its parameters. */
export function applyHelper(checker: Checker, helper: HelperSource, call: acorn.Node, drafts: readonly Draft[]): Draft {
  const operands = helper.parameters.map(({ name, type }, index): HelperArgument => {
    const wanted = isDType(type) ? valueTypeOf(type.name) : pointer(type.pointerTo.name);
    const draft = drafts[index];
    checker.inference.flow(draft.slot, known(wanted), { source: checker.frame.source, node: draft.node });
    return { name, type: wanted, draft };
  });
  const build = () =>
    operands.map(({ draft: operand, type, name }) =>
      buildAs(
        checker,
        operand,
        type,
        `${helper.name} takes ${name} as ${typeof type === "string" ? type : "a pointer to global memory"}`,
      ),
    );
  if (helper.called) {
    const called = calledFunction(checker, helper);
    return {
      kind: "draft",
      slot: known(helper.result),
      node: call,
      build: () => ({
        kind: "call-function",
        type: helper.result,
        place: placeOf(call),
        function: called,
        operands: build(),
      }),
    };
  }
  return inline(checker, helper, call, build);
}

interface HelperArgument {
  readonly name: string;
  readonly type: ValueType;
  readonly draft: Draft;
}

/** A helper's body in place of a call. */
function inline(
  checker: Checker,
  helper: HelperSource,
  call: acorn.Node,
  buildOperands: () => ReturnType<Draft["build"]>[],
): Draft {
  const { frame: caller, scope } = checker;
  if (caller.inside.includes(helper)) throw recursion(checker, call, helper.name);
  const node = parseFunction(helper.source);
  const frame = helperFrame(helper, [...caller.callers, helper.name]);
  const { variables: parameters, opening } = enter(checker, node, helper.parameters, {
    ...frame,
    inside: [...caller.inside, helper],
  });
  const inside = checker.frame;
  const draft = functionBody(checker, node, opening);
  Object.assign(checker, { frame: caller, scope });
  return {
    kind: "draft",
    slot: known(helper.result),
    node: call,
    build: () => {
      const built = buildOperands();
      const outer = checker.frame;
      checker.frame = inside;
      const body = draft();
      checker.frame = outer;
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

/** A called function while its body is not known yet. */
export interface OpenFunction {
  readonly function: { -readonly [K in keyof DeviceFunction]: DeviceFunction[K] };
  readonly build: () => void;
}

/** The function of a called helper, checked where it is first called. */
function calledFunction(checker: Checker, helper: HelperSource): DeviceFunction {
  const found = checker.called.get(helper);
  if (found !== undefined) return found;
  const { frame: caller, scope, arrays } = checker;
  const own: ArrayDeclaration[] = [];
  const made: OpenFunction["function"] = {
    name: helper.name,
    source: helper.source.shown,
    parameters: [],
    result: helper.result,
    arrays: own,
    body: [],
  };
  checker.called.set(helper, made);
  checker.arrays = own;
  const node = parseFunction(helper.source);
  const { variables, opening } = enter(checker, node, helper.parameters, helperFrame(helper, [helper.name]));
  made.parameters = variables;
  const inside = checker.frame;
  const draft = functionBody(checker, node, opening);
  Object.assign(checker, { frame: caller, scope, arrays });
  // What the threads of a block share lies once, wherever it was declared.
  arrays.push(...own.filter(({ space }) => space === "shared"));
  made.arrays = own.filter(({ space }) => space === "local");
  checker.functions.push({
    function: made,
    build: () => {
      const outer = checker.frame;
      checker.frame = inside;
      made.body = draft();
      checker.frame = outer;
      requireResult(checker, helper, node, made.body);
    },
  });
  return made;
}

function helperArguments(checker: Checker, helper: HelperSource, call: acorn.CallExpression): Draft[] {
  const names = helper.parameters.map(({ name }) => name);
  const example = `Write ${helper.name}({ ${names.map((name) => `${name}: ...`).join(", ")} }), or ${helper.name}(${names.join(", ")}).`;
  const [given] = call.arguments;
  if (call.arguments.length !== 1 || given.type !== "ObjectExpression") {
    if (call.arguments.length === names.length) return call.arguments.map((each) => checker.draft(each));
    throw checker.error(
      call,
      `${helper.name} takes ${names.length} argument${names.length === 1 ? "" : "s"} (${names.join(", ")}), ${call.arguments.length} given`,
      example,
    );
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
  return names.map((name) => {
    const node = values.get(name);
    if (node === undefined) throw checker.error(call, `${helper.name} misses ${name}`, example);
    return checker.draft(node);
  });
}

/** A helper gives a value whichever way it runs. */
export function requireResult(
  checker: Checker,
  helper: HelperSource,
  node: KernelFunction,
  body: readonly Statement[],
): void {
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
  if (last.kind === "block") return ends(last.body) && !breaks(last.body, last.label, true);
  if (last.kind === "if") return ends(last.whenTrue) && ends(last.whenFalse);
  if (last.kind === "switch") {
    const all = last.cases.flatMap((each) => each.body);
    return (
      last.cases.some(({ test }) => test === undefined) &&
      ends(last.cases.at(-1)?.body ?? []) &&
      !breaks(all, last.label, false)
    );
  }
  return (
    last.kind === "loop" &&
    last.condition?.kind === "literal" &&
    last.condition.value === true &&
    !breaks(last.body, last.label, false)
  );
}

/** Whether a break in these statements leaves what is around them: of no name, unless `inner`, or of its name. */
function breaks(body: readonly Statement[], label: string | undefined, inner: boolean): boolean {
  return body.some((each) => {
    switch (each.kind) {
      case "break":
        return each.label === undefined ? !inner : each.label === label;
      case "block":
        return breaks(each.body, label, inner);
      case "if":
        return breaks(each.whenTrue, label, inner) || breaks(each.whenFalse, label, inner);
      case "loop":
        return breaks(each.body, label, true);
      case "switch":
        return each.cases.some((one) => breaks(one.body, label, true));
      default:
        return false;
    }
  });
}
