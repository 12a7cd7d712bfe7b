// Arithmetic that rounds once, in any format and any of PTX's roundings. A narrow format's result is computed in double, rounded to
// odd there, and then to the format, which is the same as one rounding since a double has more than two bits to spare (Boldo and
// Melquiond, "Emulation of FMA and correctly rounded sums", 2008). Doubles themselves are rounded from exact integers. Knows
// nothing of registers.
import { type FloatFormat, type Rounding, roundTo } from "../../core/float-format.js";

/** One operation with its rounding. */
export type Unary = (a: number) => number;
export type Binary = (a: number, b: number) => number;
export type Ternary = (a: number, b: number, c: number) => number;

export interface RoundedArithmetic {
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly fma: Ternary;
  readonly div: Binary;
  readonly rcp: Unary;
  readonly sqrt: Unary;
}

/** a * b + c in single precision with one rounding, to nearest even: the commonest of all, without the way round. */
export function fma32(a: number, b: number, c: number): number {
  return Math.fround(oddSum(a * b, c));
}

/** The operations of a format, or of doubles where it is undefined. Operands are numbers of the format. */
export function roundedArithmetic(format: FloatFormat | undefined, rounding: Rounding): RoundedArithmetic {
  const { add, mul, fma, div, sqrt } = format === undefined ? ofDoubles(rounding) : narrower(format, rounding);
  return { add, sub: (a, b) => add(a, -b), mul, fma, div, rcp: (a) => div(1, a), sqrt };
}

/** A whole number as a number of the format, or as a double where it is undefined. */
export function roundedInteger(value: bigint, format: FloatFormat | undefined, rounding: Rounding): number {
  if (value === 0n) return 0;
  if (format === undefined) return compose({ mantissa: value, exponent: 0 }, rounding);
  // Towards zero, and a last bit that says whether anything is lost: to odd.
  const excess = Math.max(0, bitLength(value) - 52);
  const magnitude = value < 0n ? -value : value;
  const kept = (magnitude >> BigInt(excess)) << BigInt(excess);
  const odd = kept === magnitude ? kept : kept | (1n << BigInt(excess));
  return roundTo(format, Number(value < 0n ? -odd : odd), rounding);
}

type Core = Omit<RoundedArithmetic, "sub" | "rcp">;

function narrower(format: FloatFormat, rounding: Rounding): Core {
  const round: Unary = (value) => roundTo(format, value, rounding);
  const add: Binary = (a, b) => (a === -b ? cancelled(a, b, rounding) : round(oddSum(a, b)));
  return {
    add,
    // Twice the bits of the widest of them, 24, fit a double.
    mul: (a, b) => round(a * b),
    fma: (a, b, c) => add(a * b, c),
    div: (a, b) => round(oddQuotient(a, b)),
    sqrt: (a) => round(oddRoot(a)),
  };
}

/** The sum of two numbers that cancel, or of two zeros: +0 unless both are -0, or the rounding is downwards. */
function cancelled(a: number, b: number, rounding: Rounding): number {
  return rounding === "rm" && Number.isFinite(a) && !(Object.is(a, 0) && Object.is(b, 0)) ? -0 : a + b;
}

const view = new DataView(new ArrayBuffer(8));

/**
 * The double next to `near` in the direction of the sign of `rest`, if that has an odd last bit where `near` has an even one:
 * round to odd, for a result that lies a little beyond `near`.
 */
function toOdd(near: number, rest: number): number {
  if (rest === 0 || Number.isNaN(rest) || !Number.isFinite(near)) return near;
  view.setFloat64(0, near);
  const low = view.getUint32(4);
  if ((low & 1) === 1) return near;
  if (rest > 0 === near > 0) view.setUint32(4, low | 1);
  else {
    view.setUint32(4, (low - 1) >>> 0);
    if (low === 0) view.setUint32(0, view.getUint32(0) - 1);
  }
  return view.getFloat64(0);
}

function oddSum(a: number, b: number): number {
  const sum = a + b;
  const part = sum - a;
  // What the sum has lost, exactly (Knuth's TwoSum).
  return toOdd(sum, a - (sum - part) + (b - part));
}

/** Neither so small nor so large that products of it, or of its halves, leave the normal doubles. */
function isModerate(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude > 2 ** -400 && magnitude < 2 ** 400;
}

/** a * b + c in double precision (Boldo and Melquiond, as above): the product in two parts, the smaller sum rounded to odd. */
function nearestFma(a: number, b: number, c: number): number {
  const product = a * b;
  const [aHigh, bHigh] = [upperHalf(a), upperHalf(b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  const rest = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const low = c + rest;
  const lowPart = low - c;
  const lowLost = c - (low - lowPart) + (rest - lowPart);
  const high = product + low;
  const highPart = high - product;
  const highLost = product - (high - highPart) + (low - highPart);
  return high + oddSum(lowLost, highLost);
}

/** The upper 26 of a double's 53 bits: products of halves are exact (Veltkamp's splitting). */
function upperHalf(value: number): number {
  const scaled = value * 134_217_729;
  return scaled - (scaled - value);
}

/** a / b for a and b of at most 24 bits. */
function oddQuotient(a: number, b: number): number {
  const quotient = a / b;
  if (quotient === 0 || !Number.isFinite(quotient) || !Number.isFinite(b)) return quotient;
  const high = upperHalf(quotient);
  const remainder = a - high * b - (quotient - high) * b;
  return toOdd(quotient, b > 0 ? remainder : -remainder);
}

function oddRoot(a: number): number {
  const root = Math.sqrt(a);
  if (root === 0 || !Number.isFinite(root)) return root;
  const high = upperHalf(root);
  const low = root - high;
  return toOdd(root, a - high * high - 2 * high * low - low * low);
}

/** A number as sign * mantissa * 2^exponent, exactly. */
interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}

function ofDoubles(rounding: Rounding): Core {
  const finite = (...values: number[]): boolean => values.every((value) => Number.isFinite(value));
  const add: Binary = (a, b) => {
    if (a === -b) return cancelled(a, b, rounding);
    if (a === 0 || b === 0 || !finite(a, b)) return a + b;
    return compose(sum(decompose(a), decompose(b)), rounding);
  };
  const mul: Binary = (a, b) =>
    a === 0 || b === 0 || !finite(a, b) ? a * b : compose(product(decompose(a), decompose(b)), rounding);
  return {
    add,
    mul,
    fma: (a, b, c) => {
      if (rounding === "rn" && isModerate(a) && isModerate(b) && Math.abs(c) < 2 ** 900) return nearestFma(a, b, c);
      if (a === 0 || b === 0 || !finite(a, b)) return add(a * b, c);
      if (!Number.isFinite(c)) return c;
      const exact = sum(product(decompose(a), decompose(b)), decompose(c));
      if (exact.mantissa === 0n) return rounding === "rm" ? -0 : 0;
      return compose(exact, rounding);
    },
    div: (a, b) => {
      if (a === 0 || b === 0 || !finite(a, b)) return a / b;
      const [x, y] = [decompose(a), decompose(b)];
      // 64 bits of the quotient, the last of which says whether there are more.
      const shift = Math.max(0, 64 + bitLength(y.mantissa) - bitLength(x.mantissa));
      const dividend = x.mantissa << BigInt(shift);
      const quotient = dividend / y.mantissa;
      const rest = dividend !== quotient * y.mantissa;
      return compose(withSticky(quotient, rest, x.exponent - y.exponent - shift, a < 0 !== b < 0), rounding);
    },
    sqrt: (a) => {
      if (!(a > 0) || !Number.isFinite(a)) return Math.sqrt(a);
      const { mantissa, exponent } = decompose(a);
      // An even exponent, and 128 bits to take the root of.
      let shift = Math.max(0, 128 - bitLength(mantissa));
      if ((exponent - shift) % 2 !== 0) shift++;
      const radicand = mantissa << BigInt(shift);
      const root = integerRoot(radicand);
      return compose(withSticky(root, root * root !== radicand, (exponent - shift) / 2, false), rounding);
    },
  };
}

function sum(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const mantissa = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  return { mantissa, exponent };
}

function product(a: Exact, b: Exact): Exact {
  return { mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent };
}

function withSticky(mantissa: bigint, rest: boolean, exponent: number, negative: boolean): Exact {
  const magnitude = ((mantissa < 0n ? -mantissa : mantissa) << 1n) | (rest ? 1n : 0n);
  return { mantissa: negative ? -magnitude : magnitude, exponent: exponent - 1 };
}

function decompose(value: number): Exact {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: bits >> 63n === 1n ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
}

/** The double that an exact number, not zero, is rounded to. */
function compose({ mantissa: signed, exponent }: Exact, rounding: Rounding): number {
  const negative = signed < 0n;
  const mantissa = negative ? -signed : signed;
  // The result keeps 53 bits, fewer where it is subnormal.
  const drop = Math.max(bitLength(mantissa) - 53, -1074 - exponent);
  let kept = mantissa;
  if (drop > 0) {
    const cut = BigInt(drop);
    kept = mantissa >> cut;
    const rest = mantissa - (kept << cut);
    if (rest !== 0n && goesOutwards(rounding, { negative, odd: (kept & 1n) === 1n, rest, half: 1n << (cut - 1n) })) {
      kept++;
    }
  }
  const scale = exponent + Math.max(drop, 0);
  const result = scaled(Number(kept), scale);
  if (!Number.isFinite(result) && (rounding === "rz" || rounding === (negative ? "rp" : "rm"))) {
    return negative ? -Number.MAX_VALUE : Number.MAX_VALUE;
  }
  return negative ? -result : result;
}

function goesOutwards(
  rounding: Rounding,
  at: { readonly negative: boolean; readonly odd: boolean; readonly rest: bigint; readonly half: bigint },
): boolean {
  switch (rounding) {
    case "rz":
      return false;
    case "rm":
      return at.negative;
    case "rp":
      return !at.negative;
    case "rna":
      return at.rest >= at.half;
    case "rn":
      return at.rest > at.half || (at.rest === at.half && at.odd);
  }
}

// Two factors, since 2^scale alone can be outside a double while the product is not.
function scaled(value: number, scale: number): number {
  const first = Math.max(-1000, Math.min(900, scale));
  return value * 2 ** first * 2 ** (scale - first);
}

function bitLength(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const hex = magnitude.toString(16);
  return magnitude === 0n ? 0 : (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0], 16)));
}

/** The largest integer whose square is not above `value`, by Newton's iteration. */
function integerRoot(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(bitLength(value) / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
