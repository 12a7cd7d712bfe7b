// Statements of a kernel: their syntax -> drafts of typed statements, with the names that they declare.
import type * as acorn from "acorn";
import { type Fence, formatType, isFloat, isPointer, type Place, type Statement, type ValueType } from "../tree.js";
import { count, statementExamples, visitCall } from "./calls.js";
import { buildAs } from "./convert.js";
import { declaration } from "./declarations.js";
import { mmaStatement, storeMatrixStatement } from "./fragments.js";
import { known } from "./inference.js";
import { mathDraft } from "./math.js";
import { elementDraft, valueTypeOf } from "./memory.js";
import { outerName, outerNameError } from "./names.js";
import { arithmetic, comparison, conditionDraft, numberDraft } from "./operators.js";
import { printStatement } from "./print.js";
import { placeOf, textOf } from "./report.js";
import { buildAll, type Checker, type Draft, type OpenVariable, Scope, type StatementDraft } from "./scope.js";
import { unsupported } from "./syntax.js";
import { storeVector } from "./vectors.js";
import { maskDraft } from "./warp.js";

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
  SwitchStatement: switchStatement,
  LabeledStatement: labelled,
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
  refuseOuterTarget(checker, node.left);
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

/** A variable around the kernel cannot be changed; an array can be handed in. */
function refuseOuterTarget(checker: Checker, target: acorn.Node): void {
  const { object, computed } = target as acorn.MemberExpression;
  const array = target.type === "MemberExpression" && computed ? outerName(checker, object) : undefined;
  if (array !== undefined) throw outerNameError(checker, target, array, "indexed");
  const outer = outerName(checker, target);
  if (outer !== undefined) throw outerNameError(checker, target, outer, "assigned");
}

/** `target = value`, or `target op= value`. */
function assign(
  checker: Checker,
  node: acorn.Node,
  target: acorn.Node,
  operator: string | undefined,
  value: (slot?: Draft["slot"]) => Draft,
): StatementDraft {
  refuseOuterTarget(checker, target);
  if (target.type === "Identifier") return assignVariable(checker, node, target as acorn.Identifier, operator, value);
  const member = target as acorn.MemberExpression;
  if (member.type === "MemberExpression" && member.object.type === "ThisExpression") {
    throw unsupported(checker, member.object);
  }
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
  const { callee } = node;
  if (outerName(checker, callee) === undefined && isStaticCallee(checker, callee)) {
    const target = checker.value(callee);
    if (target.kind === "context-function") {
      const { name } = target;
      if (Object.hasOwn(statementExamples, name)) return contextStatement(checker, node, name);
      if (!name.startsWith("atomic") && !name.startsWith("shfl")) {
        visitCall(checker, node);
        throw checker.error(
          node,
          `"${textOf(checker.frame.source, node)}" does nothing with its result`,
          "Assign it to something, or leave it out.",
        );
      }
    }
  } else if (callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier") {
    const { name } = callee.property;
    if (name === "store2" || name === "store4") return storeVector(checker, node, checker.draft(callee.object));
  }
  const draft = checker.draft(node);
  return () => [{ kind: "evaluate", place, expression: draft.build() }];
}

const fences: Readonly<Record<string, Fence["scope"]>> = {
  threadfence: "device",
  threadfenceBlock: "block",
  threadfenceSystem: "system",
};

function contextStatement(checker: Checker, node: acorn.CallExpression, name: string): StatementDraft {
  const place = placeOf(node);
  if (name === "mma") {
    count(checker, node, name, 3);
    return mmaStatement(checker, node);
  }
  if (name === "storeMatrix") {
    count(checker, node, name, 3, 4);
    return storeMatrixStatement(checker, node);
  }
  if (name === "printf") return printStatement(checker, node);
  if (name === "syncwarp") {
    count(checker, node, name, 0, 1);
    const mask = node.arguments.length === 0 ? () => undefined : maskDraft(checker, node, 0);
    return () => [{ kind: "sync", scope: "warp", place, mask: mask() }];
  }
  if (name === "barrierSync" || name === "barrierArrive") {
    const arrives = name === "barrierArrive";
    count(checker, node, name, arrives ? 2 : 1, 2);
    const [id, threads] = node.arguments.map((argument) => {
      const draft = checker.draft(argument);
      checker.inference.flow(draft.slot, known("i32"), { source: checker.frame.source, node: argument });
      return draft;
    });
    if (id.constant !== undefined && (id.constant < 0 || id.constant > 15)) {
      throw checker.error(node.arguments[0], `a block has barriers 0 to 15, not ${id.constant}`, "Number them from 0.");
    }
    if (threads?.constant !== undefined && (threads.constant % 32 !== 0 || threads.constant <= 0)) {
      throw checker.error(
        node.arguments[1],
        `whole warps meet at a barrier, ${threads.constant} threads are none`,
        "Give a multiple of 32.",
      );
    }
    return () => [
      {
        kind: "barrier",
        mode: arrives ? "arrive" : "sync",
        place,
        id: buildAs(checker, id, "i32", "a barrier's number is i32"),
        count: threads === undefined ? undefined : buildAs(checker, threads, "i32", "a count of threads is i32"),
      },
    ];
  }
  count(checker, node, name, 0);
  if (name === "gridSync") return () => [{ kind: "sync", scope: "grid", place, mask: undefined }];
  if (name === "syncthreads") return () => [{ kind: "sync", scope: "block", place, mask: undefined }];
  return () => [{ kind: "fence", scope: fences[name], place }];
}

/** Whether the callee is a name or a named part of one, not `x.add`. */
function isStaticCallee(checker: Checker, callee: acorn.Node): boolean {
  if (callee.type !== "MemberExpression") return true;
  return checker.value((callee as acorn.MemberExpression).object).kind !== "draft";
}

/** A chain of "else if" is walked rather than descended: it may be of any length. */
function ifStatement(checker: Checker, node: acorn.IfStatement): StatementDraft {
  const parts: { place: Place; condition: Draft; whenTrue: StatementDraft }[] = [];
  let at: acorn.Statement | null | undefined = node;
  for (; at?.type === "IfStatement"; at = at.alternate) {
    const condition = conditionDraft(checker, at.test);
    parts.push({ place: placeOf(at), condition, whenTrue: bodyOf(checker, at.consequent) });
  }
  const otherwise = at ? bodyOf(checker, at) : () => [];
  return () => {
    // In the order of the text, so that the first mistake is the one that is told.
    const built = parts.map(({ place, condition, whenTrue }) => ({
      place,
      condition: condition.build(),
      whenTrue: whenTrue(),
    }));
    return built.reduceRight<Statement[]>((whenFalse, part) => [{ kind: "if", ...part, whenFalse }], otherwise());
  };
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

/** `outer: for (...) ...`: the name goes to the loop or the switch, and of anything else to a block around it. */
function labelled(checker: Checker, node: acorn.LabeledStatement): StatementDraft {
  const { body, label } = node;
  if (body.type === "LabeledStatement") {
    throw checker.error(body, "a statement has one label", `Leave ${label.name} or ${body.label.name} out.`);
  }
  const draft = visitStatement(checker, body);
  const jumps = /^(For|While|DoWhile|Switch)Statement$/.test(body.type);
  return () =>
    jumps ? named(draft(), label.name) : [{ kind: "block", place: placeOf(node), label: label.name, body: draft() }];
}

/** The loop or switch at the end of these statements with a name; a `for` stands in a block with its start. */
function named(statements: readonly Statement[], label: string): Statement[] {
  const last = statements.at(-1);
  if (last === undefined) return [];
  const rest = statements.slice(0, -1);
  if (last.kind === "block") return [...rest, { ...last, body: named(last.body, label) }];
  return [...rest, last.kind === "loop" || last.kind === "switch" ? { ...last, label } : last];
}

function switchStatement(checker: Checker, node: acorn.SwitchStatement): StatementDraft {
  const place = placeOf(node);
  const discriminant = checker.draft(node.discriminant);
  if (discriminant.constant !== undefined) checker.inference.suggest(discriminant.slot, "i32");
  const variable: OpenVariable = { name: "choice", type: "i32", place, internal: true };
  checker.variables.push({ variable, slot: discriminant.slot });
  const chosen: Draft = {
    kind: "draft",
    slot: discriminant.slot,
    node: node.discriminant,
    build: () => ({ kind: "variable", type: checker.typeOf(discriminant.slot), place, variable }),
  };
  const cases = inScope(checker, () =>
    node.cases.map((each) => {
      const test = each.test == null ? undefined : caseTest(checker, each, chosen, checker.draft(each.test));
      return { test, place: placeOf(each), body: each.consequent.map((one) => visitStatement(checker, one)) };
    }),
  );
  return () => {
    const value = discriminant.build();
    if (isFloat(value.type) || value.type === "bool" || isPointer(value.type)) {
      throw checker.error(
        node.discriminant,
        `switch compares integers, this is ${formatType(value.type)}`,
        "Write if (...) ... else if (...) ...",
      );
    }
    const built = cases.map((each) => ({ test: each.test?.build(), place: each.place, body: buildAll(each.body) }));
    const declare: Statement = { kind: "declare", place, variable, value };
    return [declare, { kind: "switch", place, cases: built }];
  };
}

function caseTest(checker: Checker, node: acorn.SwitchCase, chosen: Draft, test: Draft): Draft {
  if (test.constant !== undefined) return comparison(checker, node, "===", chosen, test);
  throw checker.error(
    test.node,
    `${textOf(checker.frame.source, test.node)} is not known when the kernel is compiled`,
    "Write a number after case, or a const that is one; or if (...) ... else if (...) ...",
  );
}

function jump(_checker: Checker, node: acorn.BreakStatement | acorn.ContinueStatement): StatementDraft {
  const kind = node.type === "BreakStatement" ? "break" : "continue";
  const place = placeOf(node);
  const label = node.label?.name;
  return () => [{ kind, place, ...(label === undefined ? {} : { label }) }];
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
