// Brings a typed expression into the type that its place has, or says which cast is missing.
import type * as acorn from "acorn";
import { literalValue } from "../literal.js";
import {
  type Expression,
  formatType,
  isPointer,
  type Literal,
  type Place,
  type Rounding,
  type ScalarType,
  type ValueType,
} from "../tree.js";
import { placeOf } from "./report.js";
import type { Checker, Draft } from "./scope.js";
import { widens } from "./types.js";

/** The draft built and converted to `type`. `purpose` completes "this is f64, but ...": `an index is i32`. */
export function buildAs(checker: Checker, draft: Draft, type: ValueType, purpose: string): Expression {
  const built = draft.build();
  if (formatType(built.type) === formatType(type)) return built;
  if (!widens(built.type, type) || isPointer(type) || type === "bool") {
    throw checker.error(
      draft.node,
      `this is ${formatType(built.type)}, but ${purpose}`,
      castFix(checker, draft, built.type, type),
    );
  }
  return widen(built, type);
}

/** A widening that is known to be allowed. */
export function widen(built: Expression, type: ScalarType): Expression {
  if (built.type === type) return built;
  if (built.kind === "literal" && typeof built.value === "number") {
    const { value } = literalValue(built.value, type) as { value: number };
    return { kind: "literal", type, place: built.place, value };
  }
  return converted(built, type, built.place);
}

/** A number or condition as one of another type; bf16, which converts from and to f32 only, by way of that. */
export function converted(operand: Expression, type: ScalarType, place: Place, rounding?: Rounding): Expression {
  const from = operand.type;
  if (from === type) return operand;
  const rounds = rounding === undefined || (type === "f64" && from !== "i64" && from !== "u64") ? {} : { rounding };
  const direct = (type !== "bf16" && from !== "bf16") || from === "f32" || type === "f32" || from === "bool";
  if (direct) return { kind: "convert", type, place, operand, ...(from === "bf16" || from === "bool" ? {} : rounds) };
  return converted(converted(operand, "f32", place, rounding), type, place, rounding);
}

/** A number as a literal of the type; an error names what does not fit. */
export function literal(checker: Checker, node: acorn.Node, number: number, type: ValueType): Literal {
  if (isPointer(type) || type === "bool") {
    throw checker.error(
      node,
      `${number} is a number, but ${formatType(type)} is needed here`,
      "Write a value of that type.",
    );
  }
  const found = literalValue(number, type);
  if ("problem" in found) {
    throw checker.error(
      node,
      `${number} cannot be ${type}: ${found.problem}`,
      `Write a number that ${type} holds, or cast: ${type}(...).`,
    );
  }
  return { kind: "literal", type, place: placeOf(node), value: found.value };
}

function castFix(checker: Checker, draft: Draft, from: ValueType, to: ValueType): string {
  const { node } = draft;
  const text = checker.frame.source.code.slice(node.start, node.end);
  if (isPointer(from)) return `Take an element of it: ${text}[i].`;
  if (isPointer(to)) return "Pass a pointer parameter, or an array of shared memory.";
  if (to === "bool") return `Write ${text} !== 0.`;
  if (from === "bool") return `Write ${text} ? 1 : 0.`;
  return `Cast it: ${to}(${text}).`;
}
