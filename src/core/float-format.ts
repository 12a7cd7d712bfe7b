// Floating-point formats narrower than a double, and how a number is rounded to them and kept as bits: IEEE 754 binary32 and
// binary16, bfloat16, TF32, and the two FP8 formats of OCP (8-bit Floating Point Specification, revision 1.0). Knows values and
// bits, and nothing of arithmetic.

export type FloatFormatName = "f32" | "tf32" | "f16" | "bf16" | "e4m3" | "e5m2";

export interface FloatFormat {
  readonly name: FloatFormatName;
  /** Bits of storage. */
  readonly bits: number;
  /** Stored bits of the fraction. */
  readonly fraction: number;
  /** The exponent of the least normal number; what lies below is spaced as it is. */
  readonly least: number;
  /** The largest finite number. */
  readonly largest: number;
  /** Whether it has infinities; e4m3 has a NaN of each sign instead. */
  readonly infinities: boolean;
  /** The NaN that operations give, as the PTX manual says for f32 and f16, and CUDA's headers for the others. */
  readonly nan: number;
}

const format = (
  name: FloatFormatName,
  bits: number,
  [fraction, least, greatest]: readonly [number, number, number],
  rest: { readonly largest?: number; readonly infinities?: boolean; readonly nan: number },
): FloatFormat => ({
  name,
  bits,
  fraction,
  least,
  largest: rest.largest ?? (2 - 2 ** -fraction) * 2 ** greatest,
  infinities: rest.infinities ?? true,
  nan: rest.nan,
});

export const floatFormats: Readonly<Record<FloatFormatName, FloatFormat>> = {
  f32: format("f32", 32, [23, -126, 127], { nan: 0x7fff_ffff }),
  // Kept in 32 bits, of which the low 13 do not count.
  tf32: format("tf32", 32, [10, -126, 127], { nan: 0x7fff_ffff }),
  f16: format("f16", 16, [10, -14, 15], { nan: 0x7fff }),
  bf16: format("bf16", 16, [7, -126, 127], { nan: 0x7fff }),
  e4m3: format("e4m3", 8, [3, -6, 8], { largest: 448, infinities: false, nan: 0x7f }),
  e5m2: format("e5m2", 8, [2, -14, 15], { nan: 0x7f }),
};

/**
 * How what lies between two numbers of a format is rounded: `rn` to the nearest, ties to even; `rna` to the nearest, ties away
 * from zero; `rz` towards zero; `rm` downwards; `rp` upwards.
 */
export type Rounding = "rn" | "rna" | "rz" | "rm" | "rp";

const scratch = new DataView(new ArrayBuffer(8));

/** The exponent of a finite double that is not zero: 2^e <= |value| < 2^(e + 1), or -1023 for a subnormal one. */
function exponentOf(value: number): number {
  scratch.setFloat64(0, value);
  return ((scratch.getUint32(0) >>> 20) & 0x7ff) - 1023;
}

/**
 * A double as the number of the format that it is rounded to. Beyond the largest number it is infinite, or the largest where the
 * rounding goes towards zero, also for a format without infinities, whose encoding then is its own affair.
 */
export function roundTo({ fraction, least, largest }: FloatFormat, value: number, rounding: Rounding = "rn"): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  // A power of two: neither division nor product loses anything.
  const quantum = 2 ** (Math.max(exponentOf(value), least) - fraction);
  const rounded = roundInteger(value / quantum, rounding) * quantum;
  if (Math.abs(rounded) <= largest) return rounded;
  const outwards = rounding === "rn" || rounding === "rna" || rounding === (value > 0 ? "rp" : "rm");
  return Math.sign(value) * (outwards ? Number.POSITIVE_INFINITY : largest);
}

/** The decimal with the fewest digits that the format rounds to the same number, as JavaScript writes numbers: `0.1` in f32. */
export function shortestDecimal(format: FloatFormat, value: number): string {
  const held = roundTo(format, value);
  if (!Number.isFinite(held)) return String(held);
  // Seventeen digits tell every double from every other.
  for (let digits = 1; digits < 17; digits++) {
    const decimal = Number(held.toPrecision(digits));
    if (roundTo(format, decimal) === held) return String(decimal);
  }
  return String(held);
}

/** A double as a whole number; a zero keeps the sign of what became zero. */
export function roundInteger(value: number, rounding: Rounding): number {
  switch (rounding) {
    case "rz":
      return Math.trunc(value);
    case "rm":
      return Math.floor(value);
    case "rp":
      return Math.ceil(value);
    default: {
      const magnitude = Math.abs(value);
      const floor = Math.floor(magnitude);
      const rest = magnitude - floor;
      const up = rest > 0.5 || (rest === 0.5 && (rounding === "rna" || floor % 2 === 1));
      const rounded = up ? floor + 1 : floor;
      return value < 0 || Object.is(value, -0) ? -rounded : rounded;
    }
  }
}

/**
 * The bits of a number that the format holds (`roundTo` first); every NaN is the format's one. What is infinite in a format without
 * infinities is its NaN.
 */
export function encodeFloat({ bits, fraction, least, infinities, nan, name }: FloatFormat, value: number): number {
  if (Number.isNaN(value) || (!infinities && !Number.isFinite(value))) {
    return value === Number.NEGATIVE_INFINITY ? nan | (1 << (bits - 1)) : nan;
  }
  if (bits === 32) {
    scratch.setFloat32(0, value);
    return scratch.getUint32(0);
  }
  const sign = value < 0 || Object.is(value, -0) ? 2 ** (bits - 1) : 0;
  const exponents = 2 ** (bits - 1 - fraction) - 1;
  if (!Number.isFinite(value)) return sign + exponents * 2 ** fraction;
  if (value === 0) return sign;
  const exponent = Math.max(exponentOf(value), least);
  const whole = (Math.abs(value) / 2 ** (exponent - fraction)) as number;
  if (!Number.isInteger(whole)) throw new RangeError(`${value} is no ${name}: round it first`);
  // The hidden bit of a normal number adds one to the exponent's field.
  return sign + (exponent - least) * 2 ** fraction + whole;
}

/** The number that these bits are. */
export function decodeFloat({ bits, fraction, least, infinities }: FloatFormat, word: number): number {
  if (bits === 32) {
    scratch.setUint32(0, fraction === 23 ? word : word & (-1 << (23 - fraction)));
    return scratch.getFloat32(0);
  }
  const sign = word & (1 << (bits - 1)) ? -1 : 1;
  const magnitude = word & (2 ** (bits - 1) - 1);
  const field = magnitude >> fraction;
  const rest = magnitude & (2 ** fraction - 1);
  const isLast = field === 2 ** (bits - 1 - fraction) - 1;
  if (isLast && infinities) return rest === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (isLast && rest === 2 ** fraction - 1) return Number.NaN;
  if (field === 0) return sign * rest * 2 ** (least - fraction);
  return sign * (2 ** fraction + rest) * 2 ** (field - 1 + least - fraction);
}
