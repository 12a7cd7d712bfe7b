// Arithmetic on single values in a static type, exactly as the kernel language defines it: used to fold literals and by the
// JavaScript reference. 64-bit integers are bigint, all else is number. Knows nothing of trees.
import { roundInteger } from "../../core/float-format.js";
import { cosine, exp2, log2, sine } from "../arithmetic/approximate.js";
import { add, divide, multiply, roundNumber, roundWhole } from "./exact.js";
import {
  type BinaryOperator,
  type IntegerType,
  isFloat,
  isHalf,
  type MathOperator,
  type Rounding,
  type ScalarType,
} from "./tree.js";

export type Scalar = number | bigint;

const wrappers: Readonly<Record<ScalarType, (value: Scalar) => Scalar>> = {
  i32: (value) => (value as number) | 0,
  u32: (value) => (value as number) >>> 0,
  i64: (value) => BigInt.asIntN(64, value as bigint),
  u64: (value) => BigInt.asUintN(64, value as bigint),
  f16: (value) => roundNumber("f16", value as number),
  bf16: (value) => roundNumber("bf16", value as number),
  f32: (value) => Math.fround(value as number),
  f64: (value) => value,
};

/** `left op right` in the type. Of integers, x / 0 gives all ones and x % 0 gives x, as NVIDIA's hardware does. */
export function binary(operator: BinaryOperator, type: ScalarType, left: Scalar, right: Scalar): Scalar {
  if (operator === "shl" || operator === "shr") return shift(operator, type, left, Number(right));
  const wrap = wrappers[type];
  if (type === "i64" || type === "u64") return wrap(bigBinary(operator, left as bigint, right as bigint));
  const [a, b] = [left as number, right as number];
  if (isHalf(type)) return half(operator, type, a, b);
  const integer = type === "i32" || type === "u32";
  switch (operator) {
    case "add":
      return wrap(a + b);
    case "sub":
      return wrap(a - b);
    case "mul":
      return wrap(integer ? Math.imul(a, b) : a * b);
    case "div":
      return wrap(integer ? (b === 0 ? -1 : Math.trunc(a / b)) : a / b);
    case "rem":
      return wrap(b === 0 ? a : a % b);
    case "and":
      return wrap(a & b);
    case "or":
      return wrap(a | b);
    case "xor":
      return wrap(a ^ b);
  }
}

export function negate(type: ScalarType, value: Scalar): Scalar {
  return wrappers[type](-value);
}

export function bitwiseNot(type: ScalarType, value: Scalar): Scalar {
  return wrappers[type](~value);
}

/** A conversion between scalar types: integers wrap, floats saturate into integers, truncated unless `rounding` says how. */
export function convert(from: ScalarType, to: ScalarType, value: Scalar, rounding?: Rounding): Scalar {
  if (isFloat(to))
    return typeof value === "bigint" ? roundWhole(to, value, rounding) : roundNumber(to, value, rounding);
  if (isFloat(from)) return saturate(from, to, roundInteger(value as number, rounding ?? "rz"));
  if (to === "i64" || to === "u64") return wrappers[to](BigInt(value));
  return wrappers[to](typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : value);
}

/** The low bits as a smaller integer. */
export function narrow(to: "i8" | "u8" | "i16" | "u16", value: Scalar): number {
  const bits = typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : value;
  if (to === "i8") return (bits << 24) >> 24;
  if (to === "i16") return (bits << 16) >> 16;
  return to === "u8" ? bits & 0xff : bits & 0xffff;
}

/** A Math function in the type; what PTX computes approximately as the instruction does. `min` and `max` of a NaN and a number give the number, as devices do. */
export function math(operator: MathOperator, type: ScalarType, ...operands: Scalar[]): Scalar {
  const [x, y] = operands;
  if (operator === "min" || operator === "max") return extreme(operator, x, y);
  if (operator === "abs") return typeof x === "bigint" ? wrappers[type](x < 0n ? -x : x) : wrappers[type](Math.abs(x));
  const round = wrappers[type] as (value: number) => number;
  const a = x as number;
  switch (operator) {
    case "sin":
      return round(sine(a));
    case "cos":
      return round(cosine(a));
    case "tan":
      return round(round(sine(a)) / round(cosine(a)));
    case "exp":
      return round(exp2(round(a * round(Math.LOG2E))));
    case "log2":
      return round(log2(a));
    case "log":
      return round(round(log2(a)) * round(Math.LN2));
    case "log10":
      return round(round(log2(a)) * round(Math.log10(2)));
    case "exp2":
      return round(exp2(a));
    case "pow":
      return round(exp2(round((y as number) * round(log2(a)))));
    default:
      return round(Math[operator](a));
  }
}

/** In half precision; a quotient is none of these, it is computed in f32. */
function half(operator: BinaryOperator, type: "f16" | "bf16", a: number, b: number): number {
  if (operator === "add") return add(type, a, b);
  if (operator === "sub") return add(type, a, -b);
  return operator === "mul" ? multiply(type, a, b) : divide(type, a, b);
}

function shift(operator: "shl" | "shr", type: ScalarType, left: Scalar, count: number): Scalar {
  if (type === "i64" || type === "u64") {
    const by = BigInt(count & 63);
    return wrappers[type](operator === "shl" ? (left as bigint) << by : (left as bigint) >> by);
  }
  const value = left as number;
  if (operator === "shl") return wrappers[type](value << count);
  return type === "i32" ? value >> count : value >>> count;
}

function bigBinary(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return b === 0n ? -1n : a / b;
    case "rem":
      return b === 0n ? a : a % b;
    case "and":
      return a & b;
    case "or":
      return a | b;
    default:
      return a ^ b;
  }
}

function extreme(operator: "min" | "max", x: Scalar, y: Scalar): Scalar {
  if (typeof x === "bigint") return x < (y as bigint) === (operator === "min") ? x : y;
  if (Number.isNaN(x)) return y;
  if (Number.isNaN(y)) return x;
  return Math[operator](x, y as number);
}

/** PTX: a NaN becomes 0 from f16 and f32 to 32 bits, and the highest bit alone otherwise. */
function saturate(from: ScalarType, to: IntegerType, value: number): Scalar {
  const wide = to === "i64" || to === "u64";
  if (Number.isNaN(value)) {
    if (from !== "f64" && !wide) return 0;
    return wide ? wrappers[to](1n << 63n) : wrappers[to](0x80000000);
  }
  const [low, high] = limits[to];
  const whole = Math.trunc(value);
  if (wide) return whole <= Number(low) ? low : whole >= Number(high) ? high : BigInt(whole);
  return Math.min(Math.max(whole, Number(low)), Number(high)) + 0 || 0;
}

const limits = {
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
} as const;
