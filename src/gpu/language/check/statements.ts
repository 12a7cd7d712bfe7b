// Statements of a kernel: their syntax -> drafts of typed statements, with the names that they declare.
import type * as acorn from "acorn";
import { isPointer, type Statement, type ValueType } from "../tree.js";
import { count, maskDraft, visitCall } from "./calls.js";
import { castNames } from "./context-values.js";
import { buildAs } from "./convert.js";
import { propertyOf } from "./expressions.js";
import { known } from "./inference.js";
import { mathDraft } from "./math.js";
import { declareArray, elementDraft, valueTypeOf } from "./memory.js";
import { outerName, outerNameError } from "./names.js";
import { arithmetic, conditionDraft, numberDraft } from "./operators.js";
import { placeOf, textOf } from "./report.js";
import { type Checker, type Draft, type OpenVariable, Scope, type StatementDraft, type Value } from "./scope.js";
import { unsupported } from "./syntax.js";

type Visit = (checker: Checker, node: never) => StatementDraft;

const visitors: Readonly<Record<string, Visit>> = {
  VariableDeclaration: declaration,
  ExpressionStatement: (checker, node: acorn.ExpressionStatement) => expressionStatement(checker, node.expression),
  BlockStatement: (checker, node: acorn.BlockStatement) => {
    const body = inScope(checker, () => node.body.map((each) => visitStatement(checker, each)));
    return () => [{ kind: "block", place: placeOf(node), body: buildAll(body) }];
  },
  IfStatement: ifStatement,
  ForStatement: forStatement,
  WhileStatement: whileStatement,
  DoWhileStatement: doStatement,
  BreakStatement: jump,
  ContinueStatement: jump,
  ReturnStatement: returnStatement,
  EmptyStatement: () => () => [],
};

export function visitStatement(checker: Checker, node: acorn.Node): StatementDraft {
  const visit = visitors[node.type];
  if (visit === undefined) throw unsupported(checker, node);
  return visit(checker, node as never);
}

export function buildAll(drafts: readonly StatementDraft[]): Statement[] {
  return drafts.flatMap((draft) => draft());
}

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

function declaration(checker: Checker, node: acorn.VariableDeclaration): StatementDraft {
  if (node.kind === "var") throw checker.error(node, "var is not part of the kernel language", "Write let or const.");
  const parts = node.declarations.map((each) => declarator(checker, each, node.kind === "const"));
  return () => buildAll(parts);
}

function declarator(checker: Checker, node: acorn.VariableDeclarator, constant: boolean): StatementDraft {
  const { id, init } = node;
  const array = init?.type === "CallExpression" ? arrayCall(checker, init) : undefined;
  if (array !== undefined) return declareArrayNamed(checker, node, array, constant);
  const value = init ? checker.value(init) : undefined;
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
  readonly space: "shared" | "local";
}

function arrayCall(checker: Checker, call: acorn.CallExpression): ArrayCall | undefined {
  if (outerName(checker, call.callee) !== undefined) return undefined;
  const { callee } = call;
  if (callee.type !== "Identifier" && callee.type !== "MemberExpression") return undefined;
  if (
    callee.type === "MemberExpression" &&
    (callee.computed || callee.property.type !== "Identifier" || callee.property.name === "add")
  ) {
    return undefined;
  }
  const target = checker.value(callee);
  if (target.kind !== "context-function" || (target.name !== "shared" && target.name !== "local")) return undefined;
  return { call, space: target.name };
}

function declareArrayNamed(
  checker: Checker,
  node: acorn.VariableDeclarator,
  { call, space }: ArrayCall,
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
      `${space} takes the type of its elements first`,
      `Write const ${id.name} = ${space}(f32, 256), with f32 from the context.`,
    );
  }
  const draft = declareArray(checker, call, space, id.name, element);
  const variable: OpenVariable = { name: id.name, type: checker.typeOf(draft.slot), place: placeOf(id) };
  checker.variables.push({ variable, slot: draft.slot });
  const read: Draft = {
    ...draft,
    build: () => ({ kind: "variable", type: variable.type, place: placeOf(id), variable }),
  };
  declare(checker, id, { kind: "value", value: read });
  return () => [{ kind: "declare", place: placeOf(node), variable, value: draft.build() }];
}

/** An expression as a statement: an assignment, a step, a call. */
export function expressionStatement(checker: Checker, node: acorn.Expression): StatementDraft {
  switch (node.type) {
    case "ParenthesizedExpression":
      return expressionStatement(checker, node.expression);
    case "SequenceExpression": {
      const parts = node.expressions.map((each) => expressionStatement(checker, each));
      return () => buildAll(parts);
    }
    case "AssignmentExpression":
      return assignment(checker, node);
    case "UpdateExpression": {
      const one = (slot?: Draft["slot"]) => numberDraft(checker, node, 1, slot);
      return assign(checker, node, node.argument, node.operator === "++" ? "+" : "-", one);
    }
    case "CallExpression":
      return callStatement(checker, node);
    case "Literal":
      if (typeof node.value === "string") return () => [];
      break;
    case "ConditionalExpression":
    case "LogicalExpression":
      throw checker.error(node, `"${textOf(checker.frame.source, node)}" is used as a statement`, "Write if (...) ...");
  }
  checker.value(node);
  throw checker.error(
    node,
    `"${textOf(checker.frame.source, node)}" does nothing`,
    "Assign it to something, or leave it out.",
  );
}

function assignment(checker: Checker, node: acorn.AssignmentExpression): StatementDraft {
  const outer = outerName(checker, node.left);
  if (outer !== undefined) throw outerNameError(checker, node.left, outer, "assigned");
  const operator = node.operator.slice(0, -1);
  if (node.operator !== "=" && (operator === "&&" || operator === "||" || operator === "??")) {
    throw checker.error(
      node,
      `${node.operator} is not part of the kernel language`,
      "Write the assignment out with if.",
    );
  }
  if (node.left.type !== "Identifier" && node.left.type !== "MemberExpression") throw unsupported(checker, node.left);
  return assign(checker, node, node.left, operator === "" ? undefined : operator, () => checker.draft(node.right));
}

/** `target = value`, or `target op= value`. */
function assign(
  checker: Checker,
  node: acorn.Node,
  target: acorn.Node,
  operator: string | undefined,
  value: (slot?: Draft["slot"]) => Draft,
): StatementDraft {
  const outer = outerName(checker, target);
  if (outer !== undefined) throw outerNameError(checker, target, outer, "assigned");
  if (target.type === "Identifier") return assignVariable(checker, node, target as acorn.Identifier, operator, value);
  const member = target as acorn.MemberExpression;
  if (member.type !== "MemberExpression" || !member.computed) {
    throw checker.error(
      target,
      `"${textOf(checker.frame.source, target)}" cannot be assigned`,
      "Assign a variable or an element, x[i].",
    );
  }
  const base = checker.draft(member.object);
  const element = elementDraft(checker, member, base, member.property);
  const type = checker.typeOf(base.slot);
  if (!isPointer(type)) throw unsupported(checker, target);
  const held = valueTypeOf(type.element);
  const old: Draft = {
    kind: "draft",
    slot: known(held),
    node: target,
    build: () => ({ kind: "stored", type: held, place: placeOf(target) }),
  };
  const given = operator === undefined ? value() : compound(checker, node, operator, old, value());
  const narrow = held !== type.element;
  const use = { source: checker.frame.source, node };
  if (narrow) checker.inference.count(given.slot, use);
  else checker.inference.flow(given.slot, known(held), use);
  return () => {
    const purpose = `the elements of ${textOf(checker.frame.source, member.object)} are ${type.element}`;
    const built = given.build();
    // Of a u32 a narrow element keeps the low bits, as of an i32.
    const value =
      narrow && built.type === "u32" ? built : buildAs(checker, { ...given, build: () => built }, held, purpose);
    return [{ kind: "store", place: placeOf(node), element: element(), value }];
  };
}

function assignVariable(
  checker: Checker,
  node: acorn.Node,
  target: acorn.Identifier,
  operator: string | undefined,
  value: (slot?: Draft["slot"]) => Draft,
): StatementDraft {
  const { name } = target;
  const binding = checker.scope.find(name);
  if (binding === undefined) throw outerNameError(checker, target, name, "assigned");
  if (binding.kind === "value" || binding.constant) {
    throw checker.error(target, `${name} is a const, which stays as it is`, `Declare it with let: let ${name} = ...`);
  }
  const { variable, slot } = binding;
  const given =
    operator === undefined
      ? value()
      : compound(checker, node, operator, checker.draft(target), value(slot.kind === "open" ? slot : undefined));
  checker.inference.flow(given.slot, slot, { source: checker.frame.source, node });
  return () => {
    const type: ValueType = checker.typeOf(slot);
    const purpose = `${name} is ${isPointer(type) ? "another kind of pointer" : type}`;
    return [{ kind: "assign", place: placeOf(node), variable, value: buildAs(checker, given, type, purpose) }];
  };
}

function compound(checker: Checker, node: acorn.Node, operator: string, old: Draft, value: Draft): Draft {
  if (operator === "**") return mathDraft(checker, node, "pow", [old, value]);
  return arithmetic(checker, node, operator, old, value);
}

function callStatement(checker: Checker, node: acorn.CallExpression): StatementDraft {
  const place = placeOf(node);
  const target =
    outerName(checker, node.callee) === undefined && isStaticCallee(checker, node.callee)
      ? checker.value(node.callee)
      : undefined;
  if (target?.kind === "context-function") {
    const { name } = target;
    if (name === "syncthreads" || name === "threadfence" || name === "threadfenceBlock") {
      count(checker, node, name, 0);
      if (name === "syncthreads") return () => [{ kind: "sync", scope: "block", place, mask: undefined }];
      return () => [{ kind: "fence", scope: name === "threadfence" ? "device" : "block", place }];
    }
    if (name === "syncwarp") {
      count(checker, node, name, 0, 1);
      const mask = node.arguments.length === 0 ? () => undefined : maskDraft(checker, node, 0);
      return () => [{ kind: "sync", scope: "warp", place, mask: mask() }];
    }
    if (!name.startsWith("atomic") && !name.startsWith("shfl")) {
      visitCall(checker, node);
      throw checker.error(
        node,
        `"${textOf(checker.frame.source, node)}" does nothing with its result`,
        "Assign it to something, or leave it out.",
      );
    }
  }
  const draft = visitCall(checker, node);
  return () => [{ kind: "evaluate", place, expression: draft.build() }];
}

/** Whether the callee is a name or a named part of one, not `x.add`. */
function isStaticCallee(checker: Checker, callee: acorn.Node): boolean {
  if (callee.type !== "MemberExpression") return true;
  return checker.value((callee as acorn.MemberExpression).object).kind !== "draft";
}

function ifStatement(checker: Checker, node: acorn.IfStatement): StatementDraft {
  const condition = conditionDraft(checker, node.test);
  const whenTrue = bodyOf(checker, node.consequent);
  const whenFalse = node.alternate ? bodyOf(checker, node.alternate) : () => [];
  return () => [
    { kind: "if", place: placeOf(node), condition: condition.build(), whenTrue: whenTrue(), whenFalse: whenFalse() },
  ];
}

function whileStatement(checker: Checker, node: acorn.WhileStatement): StatementDraft {
  const condition = conditionDraft(checker, node.test);
  const body = bodyOf(checker, node.body);
  return () => [
    { kind: "loop", form: "while", place: placeOf(node), condition: condition.build(), update: [], body: body() },
  ];
}

function doStatement(checker: Checker, node: acorn.DoWhileStatement): StatementDraft {
  const body = bodyOf(checker, node.body);
  const condition = conditionDraft(checker, node.test);
  return () => [
    { kind: "loop", form: "do", place: placeOf(node), condition: condition.build(), update: [], body: body() },
  ];
}

function forStatement(checker: Checker, node: acorn.ForStatement): StatementDraft {
  return inScope(checker, () => {
    const { init, test, update } = node;
    const start = !init
      ? () => []
      : init.type === "VariableDeclaration"
        ? declaration(checker, init)
        : expressionStatement(checker, init);
    const condition = test ? conditionDraft(checker, test) : undefined;
    const body = bodyOf(checker, node.body);
    const step = update ? expressionStatement(checker, update) : () => [];
    return () => {
      const place = placeOf(node);
      const first = start();
      const loop: Statement = {
        kind: "loop",
        form: "for",
        place: condition && test ? placeOf(test) : place,
        condition: condition?.build(),
        update: step(),
        body: body(),
      };
      return [{ kind: "block", place, body: [...first, loop] }];
    };
  });
}

/** A branch or loop body without a block of its own around it. */
function bodyOf(checker: Checker, node: acorn.Node): StatementDraft {
  const statements = node.type === "BlockStatement" ? (node as acorn.BlockStatement).body : [node];
  const drafts = inScope(checker, () => statements.map((each) => visitStatement(checker, each)));
  return () => buildAll(drafts);
}

function jump(checker: Checker, node: acorn.BreakStatement | acorn.ContinueStatement): StatementDraft {
  const kind = node.type === "BreakStatement" ? "break" : "continue";
  if (node.label)
    throw checker.error(
      node,
      `${kind} to a label is not part of the kernel language`,
      "Leave the loops with a condition of your own.",
    );
  return () => [{ kind, place: placeOf(node) }];
}

function returnStatement(checker: Checker, node: acorn.ReturnStatement): StatementDraft {
  const { result } = checker.frame;
  const place = placeOf(node);
  if (result === undefined) {
    if (node.argument)
      throw checker.error(
        node,
        "a kernel returns nothing",
        "Store the result in memory, out[i] = ..., and write return;",
      );
    return () => [{ kind: "return", place, value: undefined }];
  }
  if (!node.argument) throw checker.error(node, `this helper returns ${result}`, "Write return and the value.");
  const draft = checker.draft(node.argument);
  checker.inference.flow(draft.slot, known(result), { source: checker.frame.source, node });
  return () => [{ kind: "return", place, value: buildAs(checker, draft, result, `the helper returns ${result}`) }];
}

function inScope<T>(checker: Checker, visit: () => T): T {
  const outer = checker.scope;
  checker.scope = new Scope(outer);
  const result = visit();
  checker.scope = outer;
  return result;
}
