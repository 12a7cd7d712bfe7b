// Numbers that are known when a kernel is compiled, in their static type. Knows nothing of syntax or PTX.
import { roundNumber } from "./exact.js";
import { isFloat, type ScalarType } from "./tree.js";

/** The range of each integer type. */
const integerRange: Readonly<Record<"i32" | "u32" | "i64" | "u64", readonly [bigint, bigint]>> = {
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
};

/** The number as a value of the type, or why it is none. Floats are rounded, integers must fit. */
export function literalValue(value: number, type: ScalarType): { value: number | bigint } | { problem: string } {
  if (isFloat(type)) return { value: roundNumber(type, value) };
  if (!Number.isInteger(value)) return { problem: `${value} is not a whole number` };
  const [low, high] = integerRange[type];
  if (value < low || value > high) return { problem: `${value} does not fit ${type} (${low} to ${high})` };
  if (type === "i32" || type === "u32") return { value: value + 0 || 0 };
  if (!Number.isSafeInteger(value)) {
    return { problem: `${value} is beyond 2^53, where a JavaScript number is no longer exact` };
  }
  return { value: BigInt(value) };
}
