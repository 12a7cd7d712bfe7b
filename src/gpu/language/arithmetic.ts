// Arithmetic on single values in a static type, exactly as the kernel language defines it: used to fold literals and by the
// JavaScript reference. 64-bit integers are bigint, all else is number. Knows nothing of trees.
import type { BinaryOperator, MathOperator, ScalarType } from "./tree.js";

export type Scalar = number | bigint;

const wrappers: Readonly<Record<ScalarType, (value: Scalar) => Scalar>> = {
  i32: (value) => (value as number) | 0,
  u32: (value) => (value as number) >>> 0,
  i64: (value) => BigInt.asIntN(64, value as bigint),
  u64: (value) => BigInt.asUintN(64, value as bigint),
  f32: (value) => Math.fround(value as number),
  f64: (value) => value,
};

/** `left op right` in the type. Of integers, x / 0 gives all ones and x % 0 gives x, as NVIDIA's hardware does. */
export function binary(operator: BinaryOperator, type: ScalarType, left: Scalar, right: Scalar): Scalar {
  if (operator === "shl" || operator === "shr") return shift(operator, type, left, Number(right));
  const wrap = wrappers[type];
  if (type === "i64" || type === "u64") return wrap(bigBinary(operator, left as bigint, right as bigint));
  const [a, b] = [left as number, right as number];
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

/** A conversion between scalar types: integers wrap, floats truncate and saturate into integers. */
export function convert(from: ScalarType, to: ScalarType, value: Scalar): Scalar {
  const fromFloat = from === "f32" || from === "f64";
  if (to === "f64") return Number(value);
  if (to === "f32") return typeof value === "bigint" ? roundBits(value, 0, binary32) : Math.fround(value);
  if (fromFloat) return saturate(from, to, value as number);
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

/** A Math function in the type. `min` and `max` of a NaN and a number give the number, as devices do. */
export function math(operator: MathOperator, type: ScalarType, ...operands: Scalar[]): Scalar {
  const [x, y] = operands;
  if (operator === "min" || operator === "max") return extreme(operator, x, y);
  if (operator === "abs") return typeof x === "bigint" ? wrappers[type](x < 0n ? -x : x) : wrappers[type](Math.abs(x));
  const round = wrappers[type] as (value: number) => number;
  const a = x as number;
  switch (operator) {
    case "tan":
      return round(round(Math.sin(a)) / round(Math.cos(a)));
    case "exp":
      return round(2 ** round(a * round(Math.LOG2E)));
    case "log":
      return round(round(Math.log2(a)) * round(Math.LN2));
    case "log10":
      return round(round(Math.log2(a)) * round(Math.log10(2)));
    case "pow":
      return round(2 ** round((y as number) * round(Math.log2(a))));
    default:
      return round(Math[operator](a));
  }
}

/** a * b + c, rounded once to the type. */
export function fma(type: "f32" | "f64", a: number, b: number, c: number): number {
  const product = a * b;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return product + c;
  if (!Number.isFinite(c)) return c;
  if (a === 0 || b === 0) return product + c;
  const [ma, ea] = parts(a);
  const [mb, eb] = parts(b);
  const [mc, ec] = parts(c);
  const e = Math.min(ea + eb, ec);
  const sum = ((ma * mb) << BigInt(ea + eb - e)) + (mc << BigInt(ec - e));
  // An exact zero has the sign that rounding to nearest gives: plus, except that -0 + -0 stays -0.
  if (sum === 0n) return c === 0 ? (Math.sign(a) * Math.sign(b) < 0 && Object.is(c, -0) ? -0 : 0) : 0;
  return roundBits(sum, e, type === "f32" ? binary32 : binary64);
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

/** PTX: a NaN becomes 0 from f32 to 32 bits, and the highest bit alone otherwise. */
function saturate(from: ScalarType, to: "i32" | "u32" | "i64" | "u64", value: number): Scalar {
  const wide = to === "i64" || to === "u64";
  if (Number.isNaN(value)) {
    if (from === "f32" && !wide) return 0;
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

interface FloatFormat {
  readonly precision: number;
  /** The exponent of the smallest positive number. */
  readonly smallest: number;
}

const binary32: FloatFormat = { precision: 24, smallest: -149 };
const binary64: FloatFormat = { precision: 53, smallest: -1074 };

/** A finite number as an integer times a power of two. */
function parts(value: number): [mantissa: bigint, exponent: number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = field === 0 ? fraction : fraction | (1n << 52n);
  return [bits >> 63n === 1n ? -mantissa : mantissa, Math.max(field, 1) - 1075];
}

/** mantissa * 2^exponent to the nearest number of the format, ties to even. */
function roundBits(mantissa: bigint, exponent: number, { precision, smallest }: FloatFormat): number {
  const negative = mantissa < 0n;
  let m = negative ? -mantissa : mantissa;
  let e = exponent;
  const drop = Math.max(m.toString(2).length - precision, smallest - e);
  if (drop > 0) {
    const by = BigInt(drop);
    const rest = m & ((1n << by) - 1n);
    const half = 1n << (by - 1n);
    m >>= by;
    e += drop;
    if (rest > half || (rest === half && (m & 1n) === 1n)) m += 1n;
  }
  // Two factors, since 2^e alone may lie outside of what a double holds; both products are exact.
  const step = Math.trunc(e / 2);
  const value = Number(m) * 2 ** step * 2 ** (e - step);
  const inFormat = precision === 24 ? Math.fround(value) : value;
  return negative ? -inFormat : inFormat;
}
