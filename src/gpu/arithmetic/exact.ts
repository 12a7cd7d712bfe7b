// High halves of products, and what .ftz and .sat make of a result. Knows nothing of registers.

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

/** Subnormal numbers to zero of their sign, as .ftz does in single precision. */
export function flush(value: number): number {
  return value !== 0 && Math.abs(value) < 1.1754943508222875e-38 ? (value < 0 ? -0 : 0) : value;
}

/** Clamped to [0, 1], NaN to 0, as .sat does. */
export function saturate(value: number): number {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}
