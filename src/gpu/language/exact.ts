// Floating-point arithmetic with one rounding, in every format and rounding of the language, by exact integers. Slow, and
// meant to be obviously right. Knows nothing of types that are no floats, or of trees.
import type { FloatType, Rounding } from "./tree.js";

interface Format {
  /** Bits of a normal number's significand. */
  readonly precision: number;
  /** The exponent of the smallest positive number. */
  readonly smallest: number;
  /** What is 2 to the power of this or more is infinite. */
  readonly limit: number;
}

const formats: Readonly<Record<FloatType, Format>> = {
  f16: { precision: 11, smallest: -24, limit: 16 },
  bf16: { precision: 8, smallest: -133, limit: 128 },
  f32: { precision: 24, smallest: -149, limit: 128 },
  f64: { precision: 53, smallest: -1074, limit: 1024 },
};

/** a * b + c, rounded once to the type. */
export function fma(type: FloatType, a: number, b: number, c: number, rounding: Rounding = "rn"): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a * b + c;
  if (!Number.isFinite(c)) return c;
  const negative = isNegative(a) !== isNegative(b);
  const [ma, ea] = parts(a);
  const [mb, eb] = parts(b);
  const [mc, ec] = parts(c);
  const e = Math.min(ea + eb, ec);
  const sum = ((ma * mb) << BigInt(ea + eb - e)) + (mc << BigInt(ec - e));
  if (sum !== 0n) return round(type, sum, e, rounding);
  // Of what cancels, or of zeros with different signs, the sum is +0, except downwards.
  if (negative === isNegative(c)) return negative ? -0 : 0;
  return rounding === "rm" ? -0 : 0;
}

export function add(type: FloatType, a: number, b: number, rounding: Rounding = "rn"): number {
  return fma(type, a, 1, b, rounding);
}

export function multiply(type: FloatType, a: number, b: number, rounding: Rounding = "rn"): number {
  const product = a * b;
  if (!Number.isFinite(a) || !Number.isFinite(b) || a === 0 || b === 0) return product;
  const [ma, ea] = parts(a);
  const [mb, eb] = parts(b);
  return round(type, ma * mb, ea + eb, rounding);
}

export function divide(type: FloatType, a: number, b: number, rounding: Rounding = "rn"): number {
  if (!Number.isFinite(a) || !Number.isFinite(b) || a === 0 || b === 0) return a / b;
  const [ma, ea] = parts(a);
  const [mb, eb] = parts(b);
  const shifted = ma << 120n;
  const quotient = shifted / mb;
  return round(type, quotient, ea - eb - 120, rounding, shifted % mb !== 0n);
}

export function squareRoot(type: FloatType, a: number, rounding: Rounding = "rn"): number {
  if (!Number.isFinite(a) || a <= 0) return Math.sqrt(a);
  const [m, e] = parts(a);
  const odd = e % 2 !== 0;
  const shifted = m << (odd ? 121n : 120n);
  const root = integerRoot(shifted);
  return round(type, root, ((odd ? e - 1 : e) - 120) / 2, rounding, root * root !== shifted);
}

/** A number as one of the type. */
export function roundNumber(type: FloatType, value: number, rounding: Rounding = "rn"): number {
  if (!Number.isFinite(value) || value === 0) return value;
  return round(type, ...parts(value), rounding);
}

/** A whole number as one of the type. */
export function roundWhole(type: FloatType, value: bigint, rounding: Rounding = "rn"): number {
  return value === 0n ? 0 : round(type, value, 0, rounding);
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

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

/** mantissa * 2^exponent, and a little more in magnitude where `more`, as a number of the type. */
function round(type: FloatType, mantissa: bigint, exponent: number, rounding: Rounding, more = false): number {
  const { precision, smallest, limit } = formats[type];
  const negative = mantissa < 0n;
  let m = negative ? -mantissa : mantissa;
  let e = exponent;
  const drop = Math.max(m.toString(2).length - precision, smallest - e);
  const outwards = rounding === (negative ? "rm" : "rp");
  if (drop > 0) {
    const by = BigInt(drop);
    const rest = m & ((1n << by) - 1n);
    const half = 1n << (by - 1n);
    m >>= by;
    e += drop;
    const nearer = rest > half || (rest === half && (more || (m & 1n) === 1n));
    if (rounding === "rn" ? nearer : outwards && (rest !== 0n || more)) m += 1n;
  }
  const sign = negative ? -1 : 1;
  if (m.toString(2).length + e > limit) {
    if (rounding === "rn" || outwards) return sign * Number.POSITIVE_INFINITY;
    return sign * (2 - 2 ** (1 - precision)) * 2 ** (limit - 1);
  }
  // Two factors, since 2^e alone may lie outside of what a double holds; both products are exact.
  const step = Math.trunc(e / 2);
  return sign * (Number(m) * 2 ** step * 2 ** (e - step));
}

/** The largest integer whose square is not above. */
function integerRoot(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
