// Calls: the functions of Math and of the context, pointer.add, and helpers.
import type * as acorn from "acorn";
import type { DTypeName } from "../../../core/dtype.js";
import { convert, narrow } from "../arithmetic.js";
import { literalValue } from "../literal.js";
import {
  type AtomicOperator,
  type Expression,
  formatType,
  isFloat,
  isInteger,
  isPointer,
  type ScalarType,
  type ShuffleMode,
  type VoteMode,
} from "../tree.js";
import { castNames } from "./context-values.js";
import { buildAs } from "./convert.js";
import { known } from "./inference.js";
import { combine, mathDraft, mathNames, noSuchMath, operandCount } from "./math.js";
import { elementDraft, pointerAdd, valueTypeOf } from "./memory.js";
import { outerName, outerNameError } from "./names.js";
import { boolDraft, integerDivision } from "./operators.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";

/** A call that gives a value. Calls that are statements, `syncthreads()`, are refused here. */
export function visitCall(checker: Checker, node: acorn.CallExpression): Draft {
  const outer = outerName(checker, node.callee);
  if (outer !== undefined) throw outerNameError(checker, node.callee, outer, "call");
  for (const argument of node.arguments) {
    if (argument.type === "SpreadElement")
      throw checker.error(argument, "... is not part of the kernel language", "Write each argument out.");
  }
  const { callee } = node;
  if (callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier") {
    const base = checker.value(callee.object);
    if (base.kind === "draft") {
      if (callee.property.name === "add") {
        count(checker, node, "add", 1);
        return pointerAdd(checker, node, base, node.arguments[0]);
      }
      throw checker.error(
        callee,
        `${callee.property.name} is not part of the kernel language`,
        "A pointer has .add(n); numbers go through Math and operators.",
      );
    }
  }
  const target = checker.value(callee);
  if (target.kind === "math-function") return mathCall(checker, node, target.name);
  if (target.kind === "context-function") return contextCall(checker, node, target.name);
  if (target.kind === "helper") return checker.inline(target.helper, node);
  throw checker.error(
    node,
    `"${textOf(checker.frame.source, callee)}" is not a function`,
    "Call what the context or Math has, or a helper given with { use }.",
  );
}

function mathCall(checker: Checker, node: acorn.CallExpression, name: string): Draft {
  if (!mathNames.includes(name)) throw noSuchMath(checker, node, name);
  count(checker, node, `Math.${name}`, operandCount(name));
  if (name === "fround") return castCall(checker, node, "f32");
  const operands = node.arguments.map((argument) => checker.draft(argument));
  return mathDraft(checker, node, name, operands);
}

const casts: ReadonlySet<string> = new Set(castNames);
const shuffles: Readonly<Record<string, ShuffleMode>> = {
  shfl: "idx",
  shflUp: "up",
  shflDown: "down",
  shflXor: "bfly",
};
const votes: ReadonlySet<string> = new Set(["ballot", "any", "all"]);
const statements: ReadonlySet<string> = new Set(["syncthreads", "syncwarp", "threadfence", "threadfenceBlock"]);

function contextCall(checker: Checker, node: acorn.CallExpression, name: string): Draft {
  if (casts.has(name)) {
    count(checker, node, name, 1);
    return castCall(checker, node, name as DTypeName);
  }
  if (name === "idiv") {
    count(checker, node, name, 2);
    return integerDivision(checker, node, checker.draft(node.arguments[0]), checker.draft(node.arguments[1]));
  }
  if (name === "fma") return fmaCall(checker, node);
  if (Object.hasOwn(shuffles, name)) return shuffleCall(checker, node, name);
  if (votes.has(name)) return voteCall(checker, node, name as VoteMode);
  if (name.startsWith("atomic")) return atomicCall(checker, node, name);
  if (statements.has(name)) {
    throw checker.error(node, `${name}() gives no value`, "Write it as a statement of its own.");
  }
  throw checker.error(
    node,
    `${name} declares an array, which needs a name`,
    `Write const tile = ${textOf(checker.frame.source, node)};`,
  );
}

function castCall(checker: Checker, node: acorn.CallExpression, to: DTypeName): Draft {
  const operand = checker.draft(node.arguments[0]);
  const type = valueTypeOf(to);
  const small = type === to ? undefined : (to as "i8" | "u8" | "i16" | "u16");
  checker.inference.suggest(operand.slot, type);
  const { constant } = operand;
  if (constant !== undefined) {
    // A literal is converted exactly, whatever type it would have had: u32(-1) is 4294967295, f64(0.1) is not f32's 0.1.
    const exact = literalValue(constant, type);
    const value = "value" in exact ? exact.value : convert("f64", type, wrapWhole(constant, type));
    checker.inference.suggest(operand.slot, Number.isInteger(constant) ? type : "f64");
    return {
      kind: "draft",
      slot: known(type),
      node,
      ...(small === undefined && Number.isInteger(constant) ? { constant: Number(value) } : {}),
      build: () => ({
        kind: "literal",
        type,
        place: placeOf(node),
        value: small === undefined ? value : narrow(small, value),
      }),
    };
  }
  return {
    kind: "draft",
    slot: known(type),
    node,
    build: () => {
      const built = operand.build();
      if (isPointer(built.type)) {
        throw checker.error(
          node,
          `${to}(...) converts numbers, this is ${formatType(built.type)}`,
          "Take an element of it: x[i].",
        );
      }
      if (small !== undefined && isFloat(built.type)) {
        throw checker.error(
          node,
          `${to}(...) keeps the low bits of an integer, this is ${built.type}`,
          `Write ${to}(i32(${textOf(checker.frame.source, operand.node)})).`,
        );
      }
      if (small !== undefined) return { kind: "convert", type, place: placeOf(node), operand: built, narrow: small };
      return built.type === type ? built : { kind: "convert", type, place: placeOf(node), operand: built };
    },
  };
}

/** Whole numbers beyond the range of a 32-bit integer wrap, as integers do. */
function wrapWhole(value: number, type: ScalarType): number {
  if (!Number.isInteger(value)) return value;
  if (type === "i32") return Number(BigInt.asIntN(32, BigInt(value)));
  return type === "u32" ? Number(BigInt.asUintN(32, BigInt(value))) : value;
}

function fmaCall(checker: Checker, node: acorn.CallExpression): Draft {
  count(checker, node, "fma", 3);
  const operands = node.arguments.map((argument) => checker.draft(argument));
  const use = { source: checker.frame.source, node };
  for (const { slot } of operands) checker.inference.require(slot, "float", use);
  const slot = operands.map((operand) => operand.slot).reduce((a, b) => checker.inference.meet(a, b, use));
  return {
    kind: "draft",
    slot,
    node,
    build: () => {
      const { built, type } = combine(checker, node, "fma", operands);
      if (!isFloat(type))
        throw checker.error(node, `fma takes floats, this is ${type}`, "Integers need none: write a * b + c.");
      return { kind: "fma", type, place: placeOf(node), operands: built as [Expression, Expression, Expression] };
    },
  };
}

function shuffleCall(checker: Checker, node: acorn.CallExpression, name: string): Draft {
  count(checker, node, name, 2, 3);
  const [value, lane] = node.arguments.slice(0, 2).map((argument) => checker.draft(argument));
  const mask = maskDraft(checker, node, 2);
  checker.inference.flow(lane.slot, known("i32"), { source: checker.frame.source, node });
  return {
    kind: "draft",
    slot: value.slot,
    node,
    build: () => {
      const built = value.build();
      const { type } = built;
      if (type !== "i32" && type !== "u32" && type !== "f32") {
        throw checker.error(
          node,
          `${name} moves 32-bit numbers between lanes, this is ${formatType(type)}`,
          "Move an i32, u32 or f32.",
        );
      }
      const from = buildAs(checker, lane, "i32", "a lane is i32");
      return {
        kind: "shuffle",
        mode: shuffles[name],
        type,
        place: placeOf(node),
        value: built,
        lane: from,
        mask: mask(),
      };
    },
  };
}

function voteCall(checker: Checker, node: acorn.CallExpression, mode: VoteMode): Draft {
  count(checker, node, mode, 1, 2);
  const condition = checker.condition(node.arguments[0]);
  const mask = maskDraft(checker, node, 1);
  const type = mode === "ballot" ? "u32" : "bool";
  const build = (): Expression => ({
    kind: "vote",
    mode,
    type,
    place: placeOf(node),
    condition: condition.build(),
    mask: mask(),
  });
  return type === "bool" ? boolDraft(node, build) : { kind: "draft", slot: known(type), node, build };
}

/** The lanes that take part, all of them where the argument is missing. */
export function maskDraft(checker: Checker, node: acorn.CallExpression, index: number): () => Expression {
  const argument = node.arguments[index];
  if (argument === undefined) return () => ({ kind: "literal", type: "u32", place: placeOf(node), value: 0xffffffff });
  const draft = checker.draft(argument);
  checker.inference.flow(draft.slot, known("u32"), { source: checker.frame.source, node: argument });
  return () => buildAs(checker, draft, "u32", "a mask of lanes is u32");
}

const atomicOperators: Readonly<Record<string, AtomicOperator>> = {
  atomicAdd: "add",
  atomicSub: "sub",
  atomicMin: "min",
  atomicMax: "max",
  atomicExch: "exch",
  atomicCAS: "cas",
  atomicAnd: "and",
  atomicOr: "or",
  atomicXor: "xor",
};

function atomicCall(checker: Checker, node: acorn.CallExpression, name: string): Draft {
  const operator = atomicOperators[name];
  count(checker, node, name, operator === "cas" ? 4 : 3);
  const [target, index, ...rest] = node.arguments;
  const pointer = checker.draft(target);
  const element = elementDraft(checker, node, pointer, index);
  const { element: dtype, space } = checker.typeOf(pointer.slot) as { element: DTypeName; space: string };
  const type = valueTypeOf(dtype);
  if (type !== dtype) {
    throw checker.error(
      node,
      `${name} works on 32- and 64-bit elements, these are ${dtype}`,
      "Keep the counters in an i32 or u32 array.",
    );
  }
  if (space === "local") {
    throw checker.error(
      node,
      `${name} is for memory that threads share, ${textOf(checker.frame.source, target)} is local`,
      "Write a plain assignment: no other thread sees it.",
    );
  }
  const integersOnly =
    operator === "min" || operator === "max" || operator === "and" || operator === "or" || operator === "xor";
  if (integersOnly && !isInteger(type)) {
    throw checker.error(
      node,
      `${name} exists for integers only, these elements are ${type}`,
      "Keep the elements in an integer type.",
    );
  }
  const values = rest.map((each) => {
    const draft = checker.draft(each);
    checker.inference.flow(draft.slot, known(type), { source: checker.frame.source, node: each });
    return draft;
  });
  return {
    kind: "draft",
    slot: known(type),
    node,
    build: () => {
      const operands = values.map((value) =>
        buildAs(checker, value, type, `the elements of ${textOf(checker.frame.source, target)} are ${type}`),
      );
      return { kind: "atomic", operator, type, place: placeOf(node), element: element(), operands };
    },
  };
}

export function count(
  checker: Checker,
  node: acorn.CallExpression,
  name: string,
  least: number,
  most: number = least,
): void {
  const given = node.arguments.length;
  if (given >= least && given <= most) return;
  const words = least === most ? `${least}` : `${least} or ${most}`;
  throw checker.error(
    node,
    `${name} takes ${words} argument${most === 1 ? "" : "s"}, ${given} given`,
    `Write ${example(name)}.`,
  );
}

function example(name: string): string {
  if (name === "add") return "x.add(n)";
  if (name === "atomicCAS") return "atomicCAS(pointer, index, compare, value)";
  if (name.startsWith("atomic")) return `${name}(pointer, index, value)`;
  if (name.startsWith("shfl")) return `${name}(value, lane), and a mask of lanes if not all take part`;
  if (votes.has(name)) return `${name}(condition), and a mask of lanes if not all take part`;
  if (name === "fma") return "fma(a, b, c)";
  if (name === "idiv" || name === "Math.pow" || name === "Math.min" || name === "Math.max" || name === "Math.imul")
    return `${name}(a, b)`;
  return statements.has(name) ? `${name}()` : `${name}(x)`;
}
