// Floating-point arithmetic by exact integers, written for the tests alone: numbers of any binary format as fractions, and their
// rounding. Shares no code with what it tests.

export interface Format {
  readonly bits: 8 | 16 | 19 | 32 | 64;
  /** Bits of the fraction as stored. */
  readonly fraction: number;
  /** The exponent of the least normal number, and the largest exponent. */
  readonly least: number;
  readonly most: number;
  readonly nan: bigint;
}

export const formats = {
  f16: { bits: 16, fraction: 10, least: -14, most: 15, nan: 0x7fffn },
  bf16: { bits: 16, fraction: 7, least: -126, most: 127, nan: 0x7fffn },
  f32: { bits: 32, fraction: 23, least: -126, most: 127, nan: 0x7fff_ffffn },
  f64: { bits: 64, fraction: 52, least: -1022, most: 1023, nan: 0x7ff8_0000_0000_0000n },
} as const satisfies Record<string, Format>;

export type Rounding = "rn" | "rna" | "rz" | "rm" | "rp";

/** A finite number is sign * top / bottom; the sign counts for zeros, too. */
export type Value =
  | { readonly kind: "nan" }
  | { readonly kind: "infinite"; readonly negative: boolean }
  | { readonly kind: "finite"; readonly negative: boolean; readonly top: bigint; readonly bottom: bigint };

export const nan: Value = { kind: "nan" };

export function finite(top: bigint, bottom = 1n, negative = top < 0n): Value {
  return { kind: "finite", negative, top: top < 0n ? -top : top, bottom };
}

export function decode(format: Format, word: bigint): Value {
  const { bits, fraction, least } = format;
  const negative = ((word >> BigInt(bits - 1)) & 1n) === 1n;
  const field = Number((word >> BigInt(fraction)) & ((1n << BigInt(bits - 1 - fraction)) - 1n));
  const rest = word & ((1n << BigInt(fraction)) - 1n);
  if (field === 2 ** (bits - 1 - fraction) - 1) return rest === 0n ? { kind: "infinite", negative } : nan;
  const mantissa = field === 0 ? rest : rest | (1n << BigInt(fraction));
  const exponent = Math.max(field, 1) - 1 + least - fraction;
  return exponent >= 0
    ? { kind: "finite", negative, top: mantissa << BigInt(exponent), bottom: 1n }
    : { kind: "finite", negative, top: mantissa, bottom: 1n << BigInt(-exponent) };
}

const length = (value: bigint): number => value.toString(2).length;

export function encode(format: Format, value: Value, rounding: Rounding = "rn"): bigint {
  const { bits, fraction, least, most, nan: notANumber } = format;
  if (value.kind === "nan") return notANumber;
  const sign = value.negative ? 1n << BigInt(bits - 1) : 0n;
  const infinite = (BigInt(2 ** (bits - 1 - fraction) - 1) << BigInt(fraction)) | sign;
  if (value.kind === "infinite") return infinite;
  const { top, bottom, negative } = value;
  if (top === 0n) return sign;
  let exponent = length(top) - length(bottom);
  if (exponent >= 0 ? top < bottom << BigInt(exponent) : top << BigInt(-exponent) < bottom) exponent--;
  exponent = Math.max(exponent, least);
  // In units of the last place.
  const shift = fraction - exponent;
  const [numerator, denominator] = shift >= 0 ? [top << BigInt(shift), bottom] : [top, bottom << BigInt(-shift)];
  let count = numerator / denominator;
  const rest = numerator % denominator;
  const half = 2n * rest - denominator;
  const up =
    rounding === "rn"
      ? half > 0n || (half === 0n && (count & 1n) === 1n)
      : rounding === "rna"
        ? half >= 0n
        : rounding === "rp"
          ? rest > 0n && !negative
          : rounding === "rm"
            ? rest > 0n && negative
            : false;
  if (up) count++;
  const largest = (1n << BigInt(fraction + 1)) - 1n;
  if (count > largest) {
    count >>= 1n;
    exponent++;
  }
  if (exponent > most) {
    const inwards = rounding === "rz" || rounding === (negative ? "rp" : "rm");
    return inwards ? infinite - 1n : infinite;
  }
  // The hidden bit of a normal number adds one to the exponent's field.
  return sign | (count + (BigInt(exponent - least) << BigInt(fraction)));
}

const signed = (value: Value & { kind: "finite" }): bigint => (value.negative ? -value.top : value.top);

export function negate(a: Value): Value {
  return a.kind === "nan" ? a : { ...a, negative: !a.negative };
}

export function add(a: Value, b: Value, rounding: Rounding = "rn"): Value {
  if (a.kind === "nan" || b.kind === "nan") return nan;
  if (a.kind === "infinite") return b.kind === "infinite" && a.negative !== b.negative ? nan : a;
  if (b.kind === "infinite") return b;
  const top = signed(a) * b.bottom + signed(b) * a.bottom;
  if (top !== 0n) return finite(top, a.bottom * b.bottom);
  const bothNegative = a.top === 0n && b.top === 0n && a.negative && b.negative;
  const bothPositive = a.top === 0n && b.top === 0n && !a.negative && !b.negative;
  return finite(0n, 1n, bothNegative || (rounding === "rm" && !bothPositive));
}

export function multiply(a: Value, b: Value): Value {
  if (a.kind === "nan" || b.kind === "nan") return nan;
  const negative = a.negative !== b.negative;
  const zero = (a.kind === "finite" && a.top === 0n) || (b.kind === "finite" && b.top === 0n);
  if (a.kind === "infinite" || b.kind === "infinite") return zero ? nan : { kind: "infinite", negative };
  return { kind: "finite", negative, top: a.top * b.top, bottom: a.bottom * b.bottom };
}

export function divide(a: Value, b: Value): Value {
  if (a.kind === "nan" || b.kind === "nan") return nan;
  const negative = a.negative !== b.negative;
  if (a.kind === "infinite") return b.kind === "infinite" ? nan : { kind: "infinite", negative };
  if (b.kind === "infinite") return finite(0n, 1n, negative);
  if (b.top === 0n) return a.top === 0n ? nan : { kind: "infinite", negative };
  return { kind: "finite", negative, top: a.top * b.bottom, bottom: a.bottom * b.top };
}

/** A fraction so near to the square root that no format rounds it elsewhere: exact, or a little above a number of 200 bits. */
export function root(a: Value): Value {
  if (a.kind === "nan" || (a.kind === "finite" && a.top === 0n)) return a;
  if (a.negative) return nan;
  if (a.kind === "infinite") return a;
  const scale = 1n << 2400n;
  const square = (a.top * scale) / a.bottom;
  let estimate = 1n << BigInt(Math.ceil(length(square) / 2));
  for (;;) {
    const next = (estimate + square / estimate) >> 1n;
    if (next >= estimate) break;
    estimate = next;
  }
  const exact = estimate * estimate === square && (a.top * scale) % a.bottom === 0n;
  return finite(exact ? estimate * 2n : estimate * 2n + 1n, 1n << 1201n);
}

/** Subnormal numbers of a format as zeros. */
export function flush(format: Format, word: bigint): bigint {
  const field = (word >> BigInt(format.fraction)) & ((1n << BigInt(format.bits - 1 - format.fraction)) - 1n);
  return field === 0n ? word & (1n << BigInt(format.bits - 1)) : word;
}

/** Clamped to 0 and 1, a NaN to 0. */
export function saturate(value: Value): Value {
  if (value.kind === "nan" || value.negative) return finite(0n);
  return value.kind === "infinite" || value.top > value.bottom ? finite(1n) : value;
}

/** -1, 0 or 1; undefined where one of them is no number. */
export function compare(a: Value, b: Value): number | undefined {
  if (a.kind === "nan" || b.kind === "nan") return undefined;
  const rank = (value: Value): bigint => (value.kind === "infinite" ? (value.negative ? -1n : 1n) : 0n);
  const [x, y] = [rank(a), rank(b)];
  if (x !== y) return x < y ? -1 : 1;
  if (a.kind !== "finite" || b.kind !== "finite") return 0;
  const difference = signed(a) * b.bottom - signed(b) * a.bottom;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** To a whole number: rounded as a fraction is. */
export function toInteger(value: Value & { kind: "finite" }, rounding: Rounding): bigint {
  const { top, bottom, negative } = value;
  let whole = top / bottom;
  const rest = top % bottom;
  const half = 2n * rest - bottom;
  if (rounding === "rn" && (half > 0n || (half === 0n && (whole & 1n) === 1n))) whole++;
  if (rounding === (negative ? "rm" : "rp") && rest > 0n) whole++;
  return negative ? -whole : whole;
}

/** Edge values of a format: zeros, ones, the smallest and largest numbers of each kind, infinities, NaNs, and some in between. */
export function edges(format: Format): bigint[] {
  const { bits, fraction } = format;
  const one = BigInt(1 - format.least) << BigInt(fraction);
  const infinite = BigInt(2 ** (bits - 1 - fraction) - 1) << BigInt(fraction);
  const least = 1n << BigInt(fraction);
  const positive = [0n, 1n, least - 1n, least, one - 1n, one, one + 1n, one + (least >> 1n), infinite - 1n, infinite];
  const some = [one + least + 5n, one - 3n * least + (least >> 2n) + 1n];
  const sign = 1n << BigInt(bits - 1);
  return [
    ...[...positive, ...some].flatMap((word) => [word, word | sign]),
    infinite | 1n,
    infinite | sign | (least >> 1n),
  ];
}
