// Operators on numbers and conditions, of drafts whose syntax is known: which types each takes and gives.
import type * as acorn from "acorn";
import type { InputError } from "../../../core/errors.js";
import { literalValue } from "../literal.js";
import type { FunctionSource } from "../source.js";
import {
  type BinaryOperator,
  type CompareOperator,
  type Expression,
  type FloatType,
  formatType,
  isFloat,
  isHalf,
  isInteger,
  isPointer,
  type PointerValue,
  type ValueType,
} from "../tree.js";
import { converted, literal, widen } from "./convert.js";
import { foldBinary } from "./fold.js";
import { known, type Slot, typeSoFar } from "./inference.js";
import { errorAt, placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";
import { joinTypes, mixingFix, unsignedOf } from "./types.js";

/** A number that is known, whose type its uses decide. */
export function numberDraft(checker: Checker, node: acorn.Node, number: number, slot?: Slot): Draft {
  const type = slot ?? checker.inference.open({ source: checker.frame.source, node, variable: undefined });
  if (!Number.isInteger(number)) checker.inference.require(type, "float", { source: checker.frame.source, node });
  return {
    kind: "draft",
    slot: type,
    node,
    constant: number,
    build: () => literal(checker, node, number, checker.typeOf(type)),
  };
}

export const binaryOperators: Readonly<Record<string, BinaryOperator>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "rem",
  "&": "and",
  "|": "or",
  "^": "xor",
  "<<": "shl",
  ">>": "shr",
  ">>>": "shr",
};

export const comparisons: Readonly<Record<string, CompareOperator>> = {
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
  "==": "eq",
  "===": "eq",
  "!=": "ne",
  "!==": "ne",
};

/** Division of integers, truncated towards zero. */
export function integerDivision(checker: Checker, node: acorn.Node, a: Draft, b: Draft): Draft {
  const use = { source: checker.frame.source, node };
  const slot = checker.inference.meet(a.slot, b.slot, use);
  const refuse = (type: ValueType) => {
    const words = `${textOf(use.source, a.node)} / ${textOf(use.source, b.node)}`;
    const what = `idiv divides integers, this is a division of ${formatType(type)}`;
    return errorAt(use.source, placeOf(node), what, `Write i32(${words}) to divide and then truncate.`);
  };
  checker.inference.require(a.slot, "integer", { ...use, refuse });
  checker.inference.require(b.slot, "integer", { ...use, refuse });
  return {
    kind: "draft",
    slot,
    node,
    build: () => {
      const [left, right, type] = buildJoined(checker, node, a, b, "/");
      if (isFloat(type)) throw refuse(type);
      return { kind: "binary", operator: "div", type, place: placeOf(node), left, right };
    },
  };
}

/** `a op b` where op is an operator of numbers; also for `a op= b`. */
export function arithmetic(checker: Checker, node: acorn.Node, operator: string, a: Draft, b: Draft): Draft {
  const { inference, frame } = checker;
  const use = { source: frame.source, node };
  const shift = operator === "<<" || operator === ">>" || operator === ">>>";
  const bits = shift || operator === "&" || operator === "|" || operator === "^";
  const refuse = (type: ValueType) => {
    if (operator !== "%") return needsIntegers(use.source, node, operator, type);
    const [x, y] = [textOf(use.source, a.node), textOf(use.source, b.node)];
    const what = `% is for integers, this is ${formatType(type)}`;
    return errorAt(use.source, placeOf(node), what, `Write ${x} - ${y} * Math.trunc(${x} / ${y}).`);
  };
  const wholeOnly = bits || operator === "%";
  if (wholeOnly) for (const { slot } of [a, b]) inference.require(slot, "integer", { ...use, refuse });
  if (shift) return shiftDraft(checker, node, operator, a, b);
  const slot = inference.meet(a.slot, b.slot, use);
  const name = binaryOperators[operator];
  const constant = heldConstant(slot, constantResult(operator, a.constant, b.constant));
  return {
    kind: "draft",
    slot,
    node,
    ...(constant === undefined ? {} : { constant }),
    build: () => {
      const [left, right, type] = buildJoined(checker, node, a, b, operator);
      if (operator === "/" && isInteger(type)) throw integerQuotient(checker, node, a, b, type);
      // A quotient of halves is that of f32, rounded once more, which gives the same as rounding once.
      if (operator === "/" && isHalf(type)) return inSingle(node, type, [left, right], binaryNode("div"));
      if (wholeOnly && isFloat(type)) throw refuse(type);
      return foldBinary({ kind: "binary", operator: name, type, place: placeOf(node), left, right });
    },
  };
}

function shiftDraft(checker: Checker, node: acorn.Node, operator: string, a: Draft, b: Draft): Draft {
  const { inference, frame } = checker;
  inference.count(b.slot, { source: frame.source, node: b.node });
  const slot = operator === ">>>" ? inference.unsigned(a.slot) : a.slot;
  return {
    kind: "draft",
    slot,
    node,
    build: () => {
      const built = a.build();
      if (!isInteger(built.type)) throw needsIntegers(checker.frame.source, node, operator, built.type);
      const count = b.build();
      if (count.type !== "i32" && count.type !== "u32") {
        throw checker.error(
          b.node,
          `a shift counts in i32 or u32, this is ${formatType(count.type)}`,
          `Cast it: i32(${textOf(frame.source, b.node)}).`,
        );
      }
      const width = built.type === "i32" || built.type === "u32" ? 32 : 64;
      if (count.kind === "literal" && ((count.value as number) < 0 || (count.value as number) >= width)) {
        throw checker.error(
          b.node,
          `a shift of ${built.type} goes from 0 to ${width - 1}, not ${count.value}`,
          `Shift by less than ${width}.`,
        );
      }
      const type = operator === ">>>" ? (unsignedOf(built.type) as "u32" | "u64") : built.type;
      const left: Expression =
        type === built.type ? built : { kind: "convert", type, place: built.place, operand: built };
      if (operator === ">>>" && count.kind === "literal" && count.value === 0) return left;
      return foldBinary({
        kind: "binary",
        operator: binaryOperators[operator],
        type,
        place: placeOf(node),
        left,
        right: count,
      });
    },
  };
}

export function comparison(checker: Checker, node: acorn.Node, operator: string, a: Draft, b: Draft): Draft {
  checker.inference.meet(a.slot, b.slot, { source: checker.frame.source, node });
  return boolDraft(node, () => {
    const name = comparisons[operator];
    const [built, other] = [a.build(), b.build()];
    if (built.type === "bool" && other.type === "bool" && (name === "eq" || name === "ne")) {
      return { kind: "compare", operator: name, type: "bool", place: placeOf(node), left: built, right: other };
    }
    const [left, right, type] = joinBuilt(checker, node, a, b, operator, built, other);
    if (isHalf(type)) {
      const [x, y] = [converted(left, "f32", left.place), converted(right, "f32", right.place)];
      return { kind: "compare", operator: name, type: "bool", place: placeOf(node), left: x, right: y };
    }
    return { kind: "compare", operator: name, type: "bool", place: placeOf(node), left, right };
  });
}

/** An integer where a condition is wanted means that it is not 0. */
export function conditionDraft(checker: Checker, node: acorn.Node): Draft {
  const draft = checker.draft(node);
  if (draft.constant !== undefined) checker.inference.suggest(draft.slot, "i32");
  return boolDraft(node, () => {
    const place = placeOf(node);
    if (draft.constant !== undefined && draft.slot.kind === "open") {
      return { kind: "literal", type: "bool", place, value: draft.constant !== 0 };
    }
    const built = draft.build();
    if (built.type === "bool") return built;
    if (!isInteger(built.type)) {
      const text = textOf(checker.frame.source, node);
      const fix = isPointer(built.type) ? `Test an element: ${text}[i] !== 0.` : `Write ${text} !== 0.`;
      throw checker.error(node, `a condition is needed here, this is ${formatType(built.type)}`, fix);
    }
    const right = literal(checker, node, 0, built.type);
    return { kind: "compare", operator: "ne", type: "bool", place, left: built, right };
  });
}

/** An operation on numbers in half precision, done in f32 and rounded to them. */
export function inSingle(
  node: acorn.Node,
  type: FloatType,
  operands: readonly Expression[],
  operation: (operands: readonly Expression[], node: acorn.Node) => Expression,
): Expression {
  const place = placeOf(node);
  const wide = operands.map((each) => (each.type === "bool" ? each : converted(each, "f32", each.place)));
  return converted(operation(wide, node), type, place);
}

function binaryNode(operator: BinaryOperator) {
  return ([left, right]: readonly Expression[], node: acorn.Node): Expression =>
    foldBinary({ kind: "binary", operator, type: "f32", place: placeOf(node), left, right });
}

export function boolDraft(node: acorn.Node, build: () => Expression): Draft {
  return { kind: "draft", slot: known("bool"), node, build };
}

/** Both built and brought to the type in which they are combined. */
function buildJoined(
  checker: Checker,
  node: acorn.Node,
  a: Draft,
  b: Draft,
  operator: string,
): readonly [Expression, Expression, Exclude<ValueType, "bool" | PointerValue>] {
  return joinBuilt(checker, node, a, b, operator, a.build(), b.build());
}

export function joinBuilt(
  checker: Checker,
  node: acorn.Node,
  a: Draft,
  b: Draft,
  operator: string,
  left: Expression,
  right: Expression,
): readonly [Expression, Expression, Exclude<ValueType, "bool" | PointerValue>] {
  const type = joinTypes(left.type, right.type);
  if (type === undefined) {
    const [x, y] = [textOf(checker.frame.source, a.node), textOf(checker.frame.source, b.node)];
    throw checker.error(
      node,
      `"${operator}" cannot combine ${formatType(left.type)} (${x}) with ${formatType(right.type)} (${y})`,
      mixingFix(left.type, right.type, x, y),
    );
  }
  if (isPointer(type) || type === "bool") throw notANumber(checker, a, type, operator);
  return [widen(left, type), widen(right, type), type];
}

function integerQuotient(checker: Checker, node: acorn.Node, a: Draft, b: Draft, type: ValueType) {
  const [x, y] = [textOf(checker.frame.source, a.node), textOf(checker.frame.source, b.node)];
  const short = type === "i32" ? ` or (${x} / ${y}) | 0` : type === "u32" ? ` or (${x} / ${y}) >>> 0` : "";
  return checker.error(
    node,
    `"/" of two integers (${formatType(type)}) does not say how to round`,
    `Write idiv(${x}, ${y})${short} to truncate, or f32(${x}) / f32(${y}) to divide as floats.`,
  );
}

export function needsIntegers(source: FunctionSource, node: acorn.Node, operator: string, type: ValueType): InputError {
  const what = `"${operator}" works on the bits of integers, this is ${formatType(type)}`;
  return errorAt(source, placeOf(node), what, "Truncate to an integer first: i32(x) or u32(x).");
}

export function notANumber(checker: Checker, draft: Draft, type: ValueType, operator: string): InputError {
  const text = textOf(checker.frame.source, draft.node);
  const fix = isPointer(type)
    ? `A pointer is indexed, ${text}[i], or moved, ${text}.add(n).`
    : `A condition becomes a number with ${text} ? 1 : 0; conditions are combined with &&, || and !.`;
  return checker.error(draft.node, `"${operator}" needs numbers, this is ${formatType(type)}`, fix);
}

/** The constant, unless the type is known and wraps or rounds it: then it is worked out in its type. */
export function heldConstant(slot: Slot, constant: number | undefined): number | undefined {
  const type = typeSoFar(slot);
  if (constant === undefined || type === undefined) return constant;
  if (isPointer(type) || type === "bool") return undefined;
  const held = literalValue(constant, type);
  return "value" in held && Number(held.value) === constant ? constant : undefined;
}

function constantResult(operator: string, a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined || !Number.isInteger(a) || !Number.isInteger(b)) return undefined;
  const result = operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : undefined;
  return Number.isSafeInteger(result) ? result : undefined;
}
