// Declarations of a kernel: variables, names for what is known when it is compiled, arrays. Knows nothing of control flow.
import type * as acorn from "acorn";
import { castNames } from "./context-values.js";
import { propertyOf } from "./expressions.js";
import { nameFragment } from "./fragments.js";
import { type ArrayFunction, declareArray } from "./memory.js";
import { outerName, outerNameError } from "./names.js";
import { numberDraft } from "./operators.js";
import { placeOf, textOf } from "./report.js";
import {
  buildAll,
  type Checker,
  type Draft,
  type OpenVariable,
  type Scope,
  type StatementDraft,
  type Value,
} from "./scope.js";
import { unsupported } from "./syntax.js";
import { nameVector } from "./vectors.js";

/**
 * Gives the names of a pattern their meaning: `i`, `{ x, y }`, `{ n: count }`. What is a number becomes a variable, whose
 * declaration comes back.
 */
export function bindPattern(
  checker: Checker,
  pattern: acorn.Pattern,
  value: Value,
  constant: boolean,
): StatementDraft[] {
  if (pattern.type === "Identifier") return bindName(checker, pattern, value, constant);
  if (pattern.type === "AssignmentPattern") {
    throw checker.error(
      pattern,
      "a default value is not part of the kernel language",
      "Every argument is given at the launch.",
    );
  }
  if (pattern.type !== "ObjectPattern") throw unsupported(checker, pattern);
  if (value.kind === "draft") {
    throw checker.error(
      pattern,
      "this is a number or pointer, which cannot be taken apart",
      "Take apart threadIdx, the parameters or the context.",
    );
  }
  return pattern.properties.flatMap((property) => {
    if (property.type === "RestElement" || property.computed || property.key.type !== "Identifier") {
      throw checker.error(property, "each name is taken by name in a kernel", "Write { x, y }.");
    }
    const part = propertyOf(checker, property.key, value, property.key.name);
    return bindPattern(checker, property.value, part, constant);
  });
}

function bindName(checker: Checker, node: acorn.Identifier, value: Value, constant: boolean): StatementDraft[] {
  const parameter = value.kind === "draft" ? parameterBinding(checker, value) : undefined;
  if (parameter !== undefined) {
    parameter.variable.name = node.name;
    parameter.variable.place = placeOf(node);
    declare(checker, node, parameter);
    return [];
  }
  if (value.kind === "draft") return [declareVariable(checker, node, node, value, constant)];
  declare(checker, node, { kind: "value", value });
  return [];
}

/** A parameter taken apart is the parameter itself, under the name it was given. */
function parameterBinding(checker: Checker, value: Draft) {
  const found = checker.frame.parameterVariables.find(({ slot }) => slot === value.slot);
  return found === undefined ? undefined : { kind: "variable" as const, ...found, constant: false };
}

function declare(checker: Checker, node: acorn.Identifier, binding: Parameters<Scope["declare"]>[1]): void {
  if (!checker.scope.declare(node.name, binding)) {
    throw checker.error(node, `${node.name} is declared twice here`, "Give one of them another name.");
  }
}

export function declaration(checker: Checker, node: acorn.VariableDeclaration): StatementDraft {
  if (node.kind === "var") throw checker.error(node, "var is not part of the kernel language", "Write let or const.");
  const parts = node.declarations.map((each) => declarator(checker, each, node.kind === "const"));
  return () => buildAll(parts);
}

function declarator(checker: Checker, node: acorn.VariableDeclarator, constant: boolean): StatementDraft {
  const { id, init } = node;
  const array = init?.type === "CallExpression" ? arrayCall(checker, init) : undefined;
  if (array !== undefined) return declareArrayNamed(checker, node, array, constant);
  const value = init ? checker.value(init) : undefined;
  if (value?.kind === "fragment-source") {
    if (!constant || id.type !== "Identifier")
      throw checker.error(node, "a matrix has one name that stays", "Write const a = ...");
    const named = nameFragment(checker, node, id.name, value);
    declare(checker, id, { kind: "value", value: named.value });
    return named.statement;
  }
  if (value?.kind === "vector-load") {
    if (!constant) throw checker.error(node, "the numbers that are loaded together stay", "Write const.");
    const named = nameVector(checker, node, id.type === "Identifier" ? id.name : "v", value);
    const parts = bindPattern(checker, id, named.value, true);
    return () => [...named.statement(), ...buildAll(parts)];
  }
  if (value !== undefined && (id.type !== "Identifier" || value.kind !== "draft")) {
    if (!constant) throw checker.error(node, "what is taken apart or named here is no number", "Write const.");
    const parts = bindPattern(checker, id, value, true);
    return () => buildAll(parts);
  }
  if (id.type !== "Identifier") throw unsupported(checker, id);
  return declareVariable(checker, node, id, value as Draft | undefined, constant);
}

function declareVariable(
  checker: Checker,
  node: acorn.Node,
  id: acorn.Identifier,
  value: Draft | undefined,
  constant: boolean,
): StatementDraft {
  const subject = { source: checker.frame.source, node: id, variable: id.name };
  if (value !== undefined && constant && value.constant !== undefined) {
    if (value.slot.kind === "open") checker.inference.describe(value.slot, subject);
    const read = numberDraft(checker, value.node, value.constant, value.slot);
    declare(checker, id, { kind: "value", value: read });
    return () => [];
  }
  const slot = value?.slot ?? checker.inference.open(subject);
  if (slot.kind === "open") checker.inference.describe(slot, subject);
  const variable: OpenVariable = { name: id.name, type: "i32", place: placeOf(id) };
  checker.variables.push({ variable, slot });
  declare(checker, id, { kind: "variable", variable, slot, constant, length: constant ? value?.length : undefined });
  return () => [{ kind: "declare", place: placeOf(node), variable, value: value?.build() }];
}

interface ArrayCall {
  readonly call: acorn.CallExpression;
  readonly declares: ArrayFunction;
}

const arrayFunctions: readonly string[] = ["shared", "local", "dynamicShared"] satisfies readonly ArrayFunction[];

function arrayCall(checker: Checker, call: acorn.CallExpression): ArrayCall | undefined {
  if (outerName(checker, call.callee) !== undefined) return undefined;
  const { callee } = call;
  if (callee.type !== "Identifier" && callee.type !== "MemberExpression") return undefined;
  if (
    callee.type === "MemberExpression" &&
    (callee.computed || callee.property.type !== "Identifier" || !arrayFunctions.includes(callee.property.name))
  ) {
    return undefined;
  }
  const target = checker.value(callee);
  if (target.kind !== "context-function" || !arrayFunctions.includes(target.name)) return undefined;
  return { call, declares: target.name as ArrayFunction };
}

function declareArrayNamed(
  checker: Checker,
  node: acorn.VariableDeclarator,
  { call, declares }: ArrayCall,
  constant: boolean,
): StatementDraft {
  const { id } = node;
  if (id.type !== "Identifier" || !constant)
    throw checker.error(
      node,
      "an array has one name that stays",
      `Write const tile = ${textOf(checker.frame.source, call)};`,
    );
  const [typeNode] = call.arguments;
  const outer = typeNode === undefined ? undefined : outerName(checker, typeNode);
  if (outer !== undefined) throw outerNameError(checker, typeNode, outer, "value");
  const type = typeNode === undefined ? undefined : checker.value(typeNode);
  const element = type?.kind === "context-function" ? castNames.find((name) => name === type.name) : undefined;
  if (element === undefined) {
    throw checker.error(
      typeNode ?? call,
      `${declares} takes the type of its elements first`,
      `Write const ${id.name} = ${declares}(f32${declares === "dynamicShared" ? "" : ", 256"}), with f32 from the context.`,
    );
  }
  const draft = declareArray(checker, call, declares, id.name, element);
  const variable: OpenVariable = { name: id.name, type: checker.typeOf(draft.slot), place: placeOf(id) };
  checker.variables.push({ variable, slot: draft.slot });
  const read: Draft = {
    ...draft,
    build: () => ({ kind: "variable", type: variable.type, place: placeOf(id), variable }),
  };
  declare(checker, id, { kind: "value", value: read });
  return () => [{ kind: "declare", place: placeOf(node), variable, value: draft.build() }];
}
