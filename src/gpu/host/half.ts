// Numbers as 16-bit floating point, which JavaScript has no typed array for everywhere. Knows only encoding: a kernel's
// arithmetic is in simt/.

export type HalfFormat = "f16" | "bf16";

// IEEE 754 binary16, and bfloat16, which is the upper half of binary32: stored fraction bits and least normal exponent.
const formats = {
  f16: { fraction: 10, least: -14 },
  bf16: { fraction: 7, least: -126 },
} as const;

// The NaN that the PTX manual calls canonical for f16; CUDA's headers write it for bf16 too.
const canonicalNaN = 0x7fff;

const scratch = new DataView(new ArrayBuffer(8));

/** The 16 bits of the value nearest to a number, ties to even, rounded once from the double; too large is infinity. */
export function halfBits(value: number, format: HalfFormat): number {
  if (Number.isNaN(value)) return canonicalNaN;
  const { fraction, least } = formats[format];
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  const sign = (high >>> 31) << 15;
  const infinity = 0x7fff & (-1 << fraction);
  if (!Number.isFinite(value)) return sign | infinity;
  // What lies below the least normal is spaced as the least normal is.
  const exponent = Math.max(((high >>> 20) & 0x7ff) - 1023, least);
  // Division by a power of two, which loses nothing here: the quotient is no smaller than the value.
  const quotient = Math.abs(value) / 2 ** (exponent - fraction);
  const bits = (exponent - least) * 2 ** fraction + roundToEven(quotient);
  return sign | Math.min(bits, infinity);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
