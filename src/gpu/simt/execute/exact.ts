// Arithmetic that double precision alone would round twice or lose. Knows nothing of registers.

const doubleView = new DataView(new ArrayBuffer(8));

/**
 * a * b + c in single precision with one rounding, to nearest even. The product of two floats is exact in a double; the
 * sum is rounded to odd there, which keeps what the second rounding needs (Boldo and Melquiond, "Emulation of FMA and
 * correctly rounded sums", 2008).
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const part = sum - product;
  const error = product - (sum - part) + (c - part);
  // NaN and infinity have a NaN error and are already right; so is an exact sum.
  if (error === 0 || Number.isNaN(error)) return Math.fround(sum);
  doubleView.setFloat64(0, sum);
  const low = doubleView.getUint32(4);
  if ((low & 1) === 1) return Math.fround(sum);
  if (error > 0 === sum > 0) doubleView.setUint32(4, low | 1);
  else {
    doubleView.setUint32(4, low - 1);
    if (low === 0) doubleView.setUint32(0, doubleView.getUint32(0) - 1);
  }
  return Math.fround(doubleView.getFloat64(0));
}

/** a * b + c in double precision with one rounding, to nearest even, by exact integer arithmetic. */
export function fma64(a: number, b: number, c: number): number {
  const rough = a * b + c;
  if (!Number.isFinite(a) || !Number.isFinite(b) || !Number.isFinite(c)) return rough;
  if (a === 0 || b === 0) return rough;
  const x = decompose(a);
  const y = decompose(b);
  const z = decompose(c);
  let mantissa = x.mantissa * y.mantissa;
  let exponent = x.exponent + y.exponent;
  if (z.mantissa !== 0n) {
    const lowest = Math.min(exponent, z.exponent);
    mantissa = (mantissa << BigInt(exponent - lowest)) + (z.mantissa << BigInt(z.exponent - lowest));
    exponent = lowest;
  }
  // An exact cancellation is +0 in round to nearest.
  return mantissa === 0n ? 0 : compose(mantissa, exponent);
}

/** value = mantissa * 2^exponent, exactly. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  doubleView.setFloat64(0, value);
  const bits = doubleView.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: bits >> 63n === 1n ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
}

function compose(signed: bigint, exponent: number): number {
  const negative = signed < 0n;
  const mantissa = negative ? -signed : signed;
  const bits = mantissa.toString(2).length;
  // The result keeps 53 bits, fewer where it is subnormal.
  const drop = Math.max(bits - 53, -1074 - exponent);
  let kept = mantissa;
  if (drop > 0) {
    const cut = BigInt(drop);
    kept = mantissa >> cut;
    const rest = mantissa - (kept << cut);
    const half = 1n << (cut - 1n);
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
  }
  const scale = exponent + Math.max(drop, 0);
  // Two factors, since 2^scale alone can be outside a double while the product is not.
  const first = Math.max(-1000, Math.min(900, scale));
  const magnitude = Number(kept) * 2 ** first * 2 ** (scale - first);
  return negative ? -magnitude : magnitude;
}

/** The high 32 bits of the 64-bit product of two signed numbers. */
export function multiplyHighSigned(a: number, b: number): number {
  const high = multiplyHighUnsigned(a >>> 0, b >>> 0);
  return (high - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}

/** The high 32 bits of the 64-bit product of two unsigned numbers. */
export function multiplyHighUnsigned(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/** Rounds to an integral value, ties to even. */
export function roundTiesToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor === 0 && Object.is(Math.sign(value), -0) ? -0 : floor;
  if (rest > 0.5) return floor === -1 ? -0 : floor + 1;
  const even = floor % 2 === 0 ? floor : floor + 1;
  return even === 0 && value < 0 ? -0 : even;
}

/** Subnormal numbers to zero of their sign, as .ftz does in single precision. */
export function flush(value: number): number {
  return value !== 0 && Math.abs(value) < 1.1754943508222875e-38 ? (value < 0 ? -0 : 0) : value;
}

/** Clamped to [0, 1], NaN to 0, as .sat does. */
export function saturate(value: number): number {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}
