// Which types go together in the kernel language. Knows nothing of syntax.
import { formatType, isFloat, isHalf, isPointer, type ScalarType, type ValueType } from "../tree.js";

export const scalarTypes: readonly ScalarType[] = ["i32", "u32", "i64", "u64", "f16", "bf16", "f32", "f64"];

/**
 * The type in which two are combined, or undefined where one needs a cast: a 32-bit integer with a float gives the float,
 * a float with a wider one gives the wider one; i32 with u32, 64-bit integers with anything else, half precision with integers,
 * and its two formats with each other, do not mix.
 */
export function joinTypes(a: ValueType, b: ValueType): ValueType | undefined {
  if (isPointer(a) || isPointer(b)) return formatType(a) === formatType(b) ? a : undefined;
  if (a === b) return a;
  if (isHalf(a) && isFloat(b) && !isHalf(b)) return b;
  if (isHalf(b) && isFloat(a) && !isHalf(a)) return a;
  const low = (type: ValueType) => type === "i32" || type === "u32";
  if (a === "f64" && (low(b) || b === "f32")) return "f64";
  if (b === "f64" && (low(a) || a === "f32")) return "f64";
  if (a === "f32" && low(b)) return "f32";
  if (b === "f32" && low(a)) return "f32";
  return undefined;
}

/** Whether a value of one type goes into a place of the other without a cast. */
export function widens(from: ValueType, to: ValueType): boolean {
  const joined = joinTypes(from, to);
  return joined !== undefined && formatType(joined) === formatType(to);
}

/** The unsigned integer of the same width; what is no signed integer stays. */
export function unsignedOf(type: ValueType): ValueType {
  if (type === "i32") return "u32";
  return type === "i64" ? "u64" : type;
}

/** How to bring two types that do not mix together, as a sentence. */
export function mixingFix(a: ValueType, b: ValueType, left: string, right: string): string {
  if (isPointer(a) || isPointer(b)) return "A pointer is indexed, x[i], or moved, x.add(n).";
  if (a === "bool" || b === "bool") return `A condition becomes a number with ${left} ? 1 : 0.`;
  return `Cast one of them: ${b}(${left}) or ${a}(${right}).`;
}
