// Which type an operand is wanted in, and whether what is there fits it.
import type { OperandClass } from "./instructions/index.js";
import type { Operand } from "./syntax.js";
import { type PtxType, ptxType } from "./types.js";

/** `_` stands for a result that nobody needs. */
export function isSink(operand: Operand): boolean {
  return operand.kind === "symbol" && operand.name === "_";
}

export const elementCounts: Readonly<Record<string, number>> = { v2: 2, v4: 4, v8: 8 };

export const predicateType: PtxType = ptxType("pred");
export const u32Type: PtxType = ptxType("u32");

export function expectedType(
  operandClass: OperandClass,
  modifiers: Readonly<Record<string, string>>,
  type: PtxType | undefined,
): PtxType {
  if (operandClass === "pred" || operandClass === "preds" || operandClass === "halves") return predicateType;
  if (operandClass === "u32" || operandClass === "match" || operandClass === "copied") return u32Type;
  if (operandClass === "f32") return ptxType("f32");
  if (operandClass === "policy" || operandClass === "u64") return ptxType("b64");
  if (operandClass === "from") return ptxType(modifiers["from"]);
  if (operandClass === "atype") return ptxType(modifiers["atype"]);
  const base = type ?? u32Type;
  if (operandClass !== "wide") return base;
  return ptxType(`${base.name[0]}${base.bytes * 16}`);
}

// PTX's rule: the sizes are equal, and integers do not mix with floating point unless one side is untyped bits. Loads,
// stores and conversions take a wider register and use its low part.
export function agrees(found: PtxType, expected: PtxType, widening: boolean): boolean {
  if ((found.kind === "predicate") !== (expected.kind === "predicate")) return false;
  if (widening ? found.bytes < expected.bytes : found.bytes !== expected.bytes) return false;
  if (found.kind === "bits" || expected.kind === "bits") return true;
  if (isPacked(found) || isPacked(expected)) return found === expected;
  return (found.kind === "float") === (expected.kind === "float");
}

/** Two numbers in a register. */
export function isPacked({ name }: PtxType): boolean {
  return name.endsWith("x2");
}
