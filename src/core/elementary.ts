// Logarithm and exponential in double, by additions, products and quotients alone, which every JavaScript engine does alike: Math.log
// and Math.exp are each engine's own, and a simulation has to give the same bytes on every machine. Both are within one unit in the
// last place. Knows nothing of what they are for.

// ln 2 in two parts, the first of 33 bits, so that its product with an exponent is exact.
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

const bits = new DataView(new ArrayBuffer(8));
/** 2^(index - 1074): every power of two that there is, by doubling. */
const powers: Float64Array = new Float64Array(2098).fill(Number.MIN_VALUE);
for (let index = 1; index < powers.length; index++) powers[index] = 2 * powers[index - 1];

/** The natural logarithm; -Infinity of 0, NaN of what is negative. */
export function log(a: number): number {
  if (!(a > 0 && a < Number.POSITIVE_INFINITY)) {
    return a === 0 ? Number.NEGATIVE_INFINITY : a > 0 ? a : Number.NaN;
  }
  // A subnormal number has its leading bit anywhere: out of there by a power of two.
  if (a < 2 ** -1022) return logarithm(a * 2 ** 54, -54);
  return logarithm(a, 0);
}

function logarithm(a: number, offset: number): number {
  bits.setFloat64(0, a);
  const exponent = (bits.getInt32(0) >> 20) - 1023;
  // 2^-1023 and 2^-1024 are subnormal, and exact.
  let mantissa = a * powers[1074 - exponent];
  let k = exponent + offset;
  if (mantissa > Math.SQRT2) {
    mantissa *= 0.5;
    k += 1;
  }
  // ln(1 + f) = 2 artanh s = f - f^2 / 2 + s (f^2 / 2 + r) with r = 2 s^2 / 3 + 2 s^4 / 5 + ..., f being exact and what is added to it
  // small. |s| < 0.172: the first term that is left out is below 2^-57 of the whole.
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = z * (2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19 + w * (2 / 23))))));
  const even = w * (2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21)))));
  const half = 0.5 * f * f;
  return k * ln2High - (half - (s * (half + (odd + even)) + k * ln2Low) - f);
}

/** e to the power of a; Infinity above 709.78, 0 below -745.13. */
export function exp(a: number): number {
  if (!(a <= 709.782712893384)) return Number.isNaN(a) ? a : Number.POSITIVE_INFINITY;
  if (a < -745.1332191019412) return 0;
  const k = Math.floor(a * Math.LOG2E + 0.5);
  const high = a - k * ln2High;
  const low = k * ln2Low;
  const r = high - low;
  // The series of e^r - 1 - r, |r| < 0.35; the first term that is left out is below 2^-60.
  const z = r * r;
  const even =
    1 / 2 +
    z *
      (1 / 24 +
        z * (1 / 720 + z * (1 / 40_320 + z * (1 / 3_628_800 + z * (1 / 479_001_600 + z * (1 / 87_178_291_200))))));
  const odd =
    1 / 6 + z * (1 / 120 + z * (1 / 5_040 + z * (1 / 362_880 + z * (1 / 39_916_800 + z * (1 / 6_227_020_800)))));
  const value = 1 + (high - (low - z * (even + r * odd)));
  // In two steps where one power would overflow, or round twice below the smallest normal number.
  if (k > 1023) return value * 2 * powers[1074 + k - 1];
  if (k < -1022) return value * powers[1074 + k + 54] * 2 ** -54;
  return value * powers[1074 + k];
}
