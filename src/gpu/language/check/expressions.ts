// Expressions of a kernel: their syntax -> drafts of typed nodes. Calls are elsewhere.
import type * as acorn from "acorn";
import { nearest } from "../../../core/errors.js";
import { type Expression, formatType, isFloat, isPointer, isPure } from "../tree.js";
import { contextValue } from "./context-values.js";
import { known } from "./inference.js";
import { mathDraft } from "./math.js";
import { rowOrElement } from "./memory.js";
import { outerName, outerNameError } from "./names.js";
import {
  arithmetic,
  binaryOperators,
  boolDraft,
  comparison,
  comparisons,
  heldConstant,
  integerDivision,
  joinBuilt,
  needsIntegers,
  notANumber,
  numberDraft,
} from "./operators.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft, Value } from "./scope.js";
import { unsupported } from "./syntax.js";
import { vectorFields } from "./vectors.js";

type Visit = (checker: Checker, node: never) => Value;

const visitors: Readonly<Record<string, Visit>> = {
  Literal: literalValue,
  Identifier: identifier,
  MemberExpression: member,
  UnaryExpression: unary,
  BinaryExpression: binary,
  LogicalExpression: logical,
  ConditionalExpression: conditional,
  ParenthesizedExpression: (checker, node: acorn.ParenthesizedExpression) => checker.value(node.expression),
  AssignmentExpression: assignmentInside,
  UpdateExpression: assignmentInside,
  SequenceExpression: sequence,
};

/** What an expression other than a call stands for. */
export function visitExpression(checker: Checker, node: acorn.Node): Value {
  const visit = visitors[node.type];
  if (visit === undefined) throw unsupported(checker, node);
  return visit(checker, node as never);
}

function literalValue(checker: Checker, node: acorn.Literal): Value {
  const { value } = node;
  if (typeof value === "number") return numberDraft(checker, node, value);
  if (typeof value === "boolean") {
    return {
      kind: "draft",
      slot: known("bool"),
      node,
      build: () => ({ kind: "literal", type: "bool", place: placeOf(node), value }),
    };
  }
  if (typeof value === "bigint") {
    throw checker.error(
      node,
      `${node.raw} is a BigInt`,
      `64-bit integers are numbers here: i64(${value}), with i64 from the context.`,
    );
  }
  throw checker.error(node, `${node.raw} is no number`, "A kernel computes with numbers and conditions only.");
}

function identifier(checker: Checker, node: acorn.Identifier): Value {
  const { name } = node;
  const binding = checker.scope.find(name);
  if (binding?.kind === "value") {
    return binding.value.kind === "draft" ? { ...binding.value, node } : binding.value;
  }
  if (binding !== undefined) {
    const { variable, slot, length } = binding;
    return {
      kind: "draft",
      slot,
      node,
      length,
      build: () => ({ kind: "variable", type: checker.typeOf(slot), place: placeOf(node), variable }),
    };
  }
  if (name === "Math") return { kind: "math" };
  if (name === "Infinity" || name === "NaN") return numberDraft(checker, node, Number(name));
  throw outerNameError(checker, node, name, "value");
}

const mathConstants: Readonly<Record<string, number>> = {
  PI: Math.PI,
  E: Math.E,
  LN2: Math.LN2,
  LN10: Math.LN10,
  LOG2E: Math.LOG2E,
  LOG10E: Math.LOG10E,
  SQRT2: Math.SQRT2,
  SQRT1_2: Math.SQRT1_2,
};

function member(checker: Checker, node: acorn.MemberExpression): Value {
  const outer = outerName(checker, node);
  if (outer !== undefined) throw outerNameError(checker, node, outer, node.computed ? "indexed" : "value");
  const { property, computed, object } = node;
  const array = computed ? outerName(checker, object) : undefined;
  if (array !== undefined) throw outerNameError(checker, node, array, "indexed");
  const base = checker.value(object);
  if (computed && base.kind === "vector") {
    throw checker.error(node, "the numbers of a vector have names", "Write v.x, v.y, v.z or v.w.");
  }
  if (computed && base.kind === "draft") return rowOrElement(checker, node, base);
  if (computed || property.type !== "Identifier") {
    throw checker.error(
      node,
      `"${textOf(checker.frame.source, node)}" is not part of the kernel language`,
      "Write the name out: p.n, threadIdx.x.",
    );
  }
  return propertyOf(checker, node, base, property.name);
}

/** A named part of a value: `p.n`, `threadIdx.x`, `Math.PI`, `tile.length`. Used for destructuring too. */
export function propertyOf(checker: Checker, node: acorn.Node, base: Value, name: string): Value {
  switch (base.kind) {
    case "parameters": {
      const found = checker.frame.parameters.get(name);
      if (found !== undefined) return found.kind === "draft" ? { ...found, node } : found;
      const names = [...checker.frame.parameters.keys()];
      const slip = nearest(name, names);
      throw checker.error(
        node,
        `the signature has no parameter ${name}`,
        `${slip === undefined ? "" : `Did you mean ${slip}? `}${names.length === 0 ? "It has none." : `It has ${names.join(", ")}.`} Add ${name} to the signature to have it.`,
      );
    }
    case "context":
      return contextValue(checker, node, name);
    case "thread-index": {
      if (name !== "x" && name !== "y" && name !== "z") {
        throw checker.error(
          node,
          `${base.index} has no ${name}`,
          `Write ${base.index}.x, ${base.index}.y or ${base.index}.z.`,
        );
      }
      const { index } = base;
      return {
        kind: "draft",
        slot: known("i32"),
        node,
        build: () => ({ kind: "index", type: "i32", place: placeOf(node), index, axis: name }),
      };
    }
    case "math": {
      if (Object.hasOwn(mathConstants, name)) return numberDraft(checker, node, mathConstants[name]);
      return { kind: "math-function", name };
    }
    case "vector": {
      const part = vectorFields.indexOf(name as "x");
      if (part >= 0 && part < base.parts.length) return { ...base.parts[part], node };
      throw checker.error(
        node,
        `a vector of ${base.parts.length} has no ${name}`,
        `It has ${vectorFields.slice(0, base.parts.length).join(", ")}.`,
      );
    }
    case "vector-load":
      throw checker.error(
        node,
        `${textOf(checker.frame.source, base.node)} has no name yet`,
        `Name it: const v = ${textOf(checker.frame.source, base.node)}; then v.${name}.`,
      );
    case "draft":
      if (name === "length" && base.length !== undefined) return numberDraft(checker, node, base.length);
      throw checker.error(
        node,
        `a ${describe(checker, base)} has no ${name} in a kernel`,
        "Pass what you need to know of it as an argument.",
      );
    default:
      throw checker.error(
        node,
        `${name} does not exist here`,
        `Functions are called: ${"name" in base ? base.name : "f"}(...).`,
      );
  }
}

function describe(checker: Checker, draft: Draft): string {
  return draft.slot.kind === "known" ? formatType(checker.typeOf(draft.slot)) : "number";
}

function unary(checker: Checker, node: acorn.UnaryExpression): Value {
  const { operator, argument } = node;
  if (operator === "!") {
    const operand = checker.condition(argument);
    return boolDraft(node, () => {
      const built = operand.build();
      if (built.kind === "literal") return { ...built, value: !built.value };
      return { kind: "unary", operator: "not", type: "bool", place: placeOf(node), operand: built };
    });
  }
  if (operator !== "-" && operator !== "+" && operator !== "~") {
    throw checker.error(
      node,
      `${operator} is not part of the kernel language`,
      "A kernel computes with numbers and conditions only.",
    );
  }
  const operand = checker.draft(argument);
  const given = operator === "-" && operand.constant !== undefined ? -operand.constant : operand.constant;
  const value = heldConstant(operand.slot, given);
  if (value !== undefined && operator !== "~") {
    return numberDraft(checker, node, value, operand.slot);
  }
  const use = { source: checker.frame.source, node };
  if (operator === "~") checker.inference.require(operand.slot, "integer", use);
  return {
    kind: "draft",
    slot: operand.slot,
    node,
    build: () => {
      const built = operand.build();
      const { type } = built;
      if (isPointer(type) || type === "bool") throw notANumber(checker, operand, type, operator);
      if (operator === "+") return built;
      if (operator === "~" && isFloat(type)) throw needsIntegers(checker.frame.source, node, operator, type);
      return { kind: "unary", operator: operator === "-" ? "neg" : "not", type, place: placeOf(node), operand: built };
    },
  };
}

function binary(checker: Checker, node: acorn.BinaryExpression): Value {
  const { operator, left, right } = node;
  if (left.type === "PrivateIdentifier") throw unsupported(checker, left);
  const quotient = truncatedQuotient(node);
  if (quotient !== undefined) {
    return quotientDraft(checker, node, quotient, operator as "|" | ">>>");
  }
  const operands = [checker.draft(left), checker.draft(right)] as const;
  if (Object.hasOwn(comparisons, operator)) return comparison(checker, node, operator, ...operands);
  if (operator === "**") return mathDraft(checker, node, "pow", operands);
  if (!Object.hasOwn(binaryOperators, operator)) {
    throw checker.error(
      node,
      `${operator} is not part of the kernel language`,
      "A kernel computes with numbers and conditions only.",
    );
  }
  return arithmetic(checker, node, operator, ...operands);
}

/** `a / b` of `(a / b) | 0` and `(a / b) >>> 0`. */
function truncatedQuotient(node: acorn.BinaryExpression): acorn.BinaryExpression | undefined {
  const { operator, left, right } = node;
  if ((operator !== "|" && operator !== ">>>") || right.type !== "Literal" || right.value !== 0) return undefined;
  const inner = left.type === "ParenthesizedExpression" ? left.expression : left;
  return inner.type === "BinaryExpression" && inner.operator === "/" ? inner : undefined;
}

function quotientDraft(
  checker: Checker,
  node: acorn.Node,
  quotient: acorn.BinaryExpression,
  operator: "|" | ">>>",
): Draft {
  const [a, b] = [checker.draft(quotient.left), checker.draft(quotient.right)];
  const [wanted, other] = operator === "|" ? (["i32", ">>> 0"] as const) : (["u32", "| 0"] as const);
  const division = integerDivision(checker, node, a, b);
  return {
    ...division,
    build: () => {
      const built = division.build();
      if (built.type !== wanted) {
        const [left, right] = [textOf(checker.frame.source, a.node), textOf(checker.frame.source, b.node)];
        const word =
          built.type === "i32" || built.type === "u32" ? `(${left} / ${right}) ${other}` : `idiv(${left}, ${right})`;
        throw checker.error(
          node,
          `"${operator} 0" truncates a division of ${wanted}, this is one of ${formatType(built.type)}`,
          `Write ${word}.`,
        );
      }
      return built;
    },
  };
}

function logical(checker: Checker, node: acorn.LogicalExpression): Value {
  if (node.operator === "??")
    throw checker.error(node, "?? is not part of the kernel language", "Nothing in a kernel is null.");
  const operator = node.operator === "&&" ? "and" : "or";
  const [a, b] = [checker.condition(node.left), checker.condition(node.right)];
  return boolDraft(node, () => {
    const [left, right] = [a.build(), b.build()];
    if (left.kind === "literal") return left.value === (operator === "and") ? right : left;
    return { kind: "logical", operator, type: "bool", place: placeOf(node), left, right };
  });
}

function conditional(checker: Checker, node: acorn.ConditionalExpression): Value {
  const condition = checker.condition(node.test);
  const [a, b] = [checker.draft(node.consequent), checker.draft(node.alternate)];
  const slot = checker.inference.meet(a.slot, b.slot, { source: checker.frame.source, node });
  return {
    kind: "draft",
    slot,
    node,
    build: () => {
      const place = placeOf(node);
      const test = condition.build();
      const [x, y] = [a.build(), b.build()];
      if (x.type === "bool" && y.type === "bool") {
        if (!isPure(x) || !isPure(y))
          return { kind: "select", type: "bool", place, condition: test, whenTrue: x, whenFalse: y };
        const not: Expression = { kind: "unary", operator: "not", type: "bool", place, operand: test };
        const both = (left: Expression, right: Expression): Expression => ({
          kind: "logical",
          operator: "and",
          type: "bool",
          place,
          left,
          right,
        });
        return { kind: "logical", operator: "or", type: "bool", place, left: both(test, x), right: both(not, y) };
      }
      if (isPointer(x.type) && isPointer(y.type) && formatType(x.type) === formatType(y.type)) {
        return { kind: "select", type: x.type, place, condition: test, whenTrue: x, whenFalse: y };
      }
      const [whenTrue, whenFalse, type] = joinBuilt(checker, node, a, b, "? :", x, y);
      return { kind: "select", type, place, condition: test, whenTrue, whenFalse };
    },
  };
}

/** Assignments are statements: an outer variable is told apart, since transpilers write `exports.m = m += 1`. */
function assignmentInside(checker: Checker, node: acorn.AssignmentExpression | acorn.UpdateExpression): never {
  const target = node.type === "AssignmentExpression" ? node.left : node.argument;
  const outer = outerName(checker, target);
  if (outer !== undefined) throw outerNameError(checker, target, outer, "assigned");
  throw checker.error(
    node,
    `"${textOf(checker.frame.source, node)}" stands inside an expression`,
    "In a kernel an assignment is a statement of its own: put it on a line before or after.",
  );
}

function sequence(checker: Checker, node: acorn.SequenceExpression): never {
  const outer = outerName(checker, node);
  if (outer !== undefined) throw outerNameError(checker, node, outer, "value");
  for (const each of node.expressions) checker.value(each);
  throw checker.error(
    node,
    "the comma operator is not part of the kernel language",
    "Write statements on lines of their own.",
  );
}
