// Casts: f32(x), u8(x), i32(x, "rn"), bitcast(u32, x). Knows nothing of other calls.
import type * as acorn from "acorn";
import type { DTypeName } from "../../../core/dtype.js";
import { convert, narrow } from "../arithmetic.js";
import { literalValue } from "../literal.js";
import {
  type Expression,
  formatType,
  isFloat,
  isHalf,
  isInteger,
  isPointer,
  type Rounding,
  type ScalarType,
} from "../tree.js";
import { castNames } from "./context-values.js";
import { converted } from "./convert.js";
import { known } from "./inference.js";
import { valueTypeOf } from "./memory.js";
import { placeOf, textOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";

const roundings: readonly string[] = ["rn", "rz", "rm", "rp"];

/** The rounding that a text argument names. */
export function roundingOf(checker: Checker, node: acorn.Node): Rounding {
  const value = node.type === "Literal" ? (node as acorn.Literal).value : undefined;
  if (typeof value === "string" && roundings.includes(value)) return value as Rounding;
  throw checker.error(
    node,
    `"${textOf(checker.frame.source, node).replaceAll('"', "")}" is no rounding`,
    'Write "rn" (to the nearest), "rz" (towards zero), "rm" (downwards) or "rp" (upwards).',
  );
}

export function castCall(checker: Checker, node: acorn.CallExpression, to: DTypeName): Draft {
  const operand = checker.draft(node.arguments[0]);
  const type = valueTypeOf(to);
  const rounding = node.arguments[1] === undefined ? undefined : roundingOf(checker, node.arguments[1]);
  const small = type === to ? undefined : (to as "i8" | "u8" | "i16" | "u16");
  if (rounding !== undefined) return roundedCast(checker, node, operand, to, rounding);
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
      ...(small === undefined && Number.isInteger(constant) && Number.isInteger(Number(value))
        ? { constant: Number(value) }
        : {}),
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
      if (isPointer(built.type)) throw noNumber(checker, node, to, built);
      if (small !== undefined && isFloat(built.type)) {
        throw checker.error(
          node,
          `${to}(...) keeps the low bits of an integer, this is ${built.type}`,
          `Write ${to}(i32(${textOf(checker.frame.source, operand.node)})).`,
        );
      }
      if (small !== undefined) return { kind: "convert", type, place: placeOf(node), operand: built, narrow: small };
      return converted(built, type, placeOf(node));
    },
  };
}

/** `i32(x, "rn")`, `f32(d, "rz")`: only what can lose something is rounded. */
function roundedCast(
  checker: Checker,
  node: acorn.CallExpression,
  operand: Draft,
  to: DTypeName,
  rounding: Rounding,
): Draft {
  const type = valueTypeOf(to);
  if (operand.constant !== undefined) checker.inference.suggest(operand.slot, isFloat(type) ? "f64" : "f32");
  return {
    kind: "draft",
    slot: known(type),
    node,
    build: () => {
      const built = operand.build();
      const from = built.type;
      if (isPointer(from) || from === "bool") throw noNumber(checker, node, to, built);
      const text = textOf(checker.frame.source, operand.node);
      if (type !== to || (isInteger(from) && isInteger(type))) {
        throw checker.error(
          node,
          `${to}(...) of ${from} rounds nothing`,
          type === to ? `Write ${to}(${text}).` : `Round to i32 first: ${to}(i32(${text}, "${rounding}")).`,
        );
      }
      if (type === "bf16" && (rounding === "rm" || rounding === "rp")) {
        throw checker.error(node, `bf16 is rounded "rn" or "rz" only`, `Write bf16(${text}, "rz").`);
      }
      return converted(built, type, placeOf(node), rounding);
    },
  };
}

function noNumber(checker: Checker, node: acorn.Node, to: string, built: Expression) {
  return checker.error(
    node,
    `${to}(...) converts numbers, this is ${formatType(built.type)}`,
    built.type === "bool" ? `Write ${to}(condition).` : "Take an element of it: x[i].",
  );
}

/** Whole numbers beyond the range of a 32-bit integer wrap, as integers do. */
function wrapWhole(value: number, type: ScalarType): number {
  if (!Number.isInteger(value)) return value;
  if (type === "i32") return Number(BigInt.asIntN(32, BigInt(value)));
  return type === "u32" ? Number(BigInt.asUintN(32, BigInt(value))) : value;
}

/** `bitcast(u32, x)`: the same bits. */
export function bitcastCall(checker: Checker, node: acorn.CallExpression): Draft {
  const [typeNode, valueNode] = node.arguments;
  const named = checker.value(typeNode);
  const to = named.kind === "context-function" ? castNames.find((name) => name === named.name) : undefined;
  if (to === undefined || valueTypeOf(to) !== to || isHalf(to as ScalarType)) {
    throw checker.error(
      typeNode,
      "bitcast takes the type first, one of i32, u32, f32, i64, u64 and f64",
      `Write bitcast(u32, ${textOf(checker.frame.source, valueNode)}), with u32 from the context.`,
    );
  }
  const type = to as Exclude<ScalarType, "f16" | "bf16">;
  const operand = checker.draft(valueNode);
  if (operand.constant !== undefined) checker.inference.suggest(operand.slot, opposite[type]);
  return {
    kind: "draft",
    slot: known(type),
    node,
    build: () => {
      const built = operand.build();
      const from = built.type;
      if (isPointer(from) || from === "bool" || isHalf(from) || from.endsWith("64") !== type.endsWith("64")) {
        throw checker.error(
          node,
          `bitcast keeps the bits of a number of the same width, this is ${formatType(from)} for ${type}`,
          "32 bits go with i32, u32 and f32; 64 bits with i64, u64 and f64.",
        );
      }
      if (from === type) return built;
      return { kind: "bitcast", type, place: placeOf(node), operand: built };
    },
  };
}

/** What a literal is taken for whose bits are wanted as this type. */
const opposite = { i32: "f32", u32: "f32", f32: "u32", i64: "f64", u64: "f64", f64: "u64" } as const;
