// Sums of products, exactly, and rounded once: what the matrix instructions add up. Knows nothing of registers.
import { type FloatFormat, roundTo } from "../../core/float-format.js";

/** Where the factors lie: those of a side by side, those of b `stepOfB` apart. */
export interface Run {
  readonly fromA: number;
  readonly fromB: number;
  readonly count: number;
  readonly stepOfB: number;
}

/**
 * c + a[i] * b[i] + a[i + step] * b[i + step] + ..., of which the factors are numbers of at most 12 bits in double precision, c is one of
 * single precision, and the result is rounded once to the format, to nearest even. What does not fit a double on the way is summed
 * in whole numbers.
 */
export function roundedDotProduct(
  format: FloatFormat,
  c: number,
  a: Float64Array,
  b: Float64Array,
  { fromA, fromB, count, stepOfB }: Run,
): number {
  let sum = c;
  let lost = 0;
  for (let k = 0, i = fromA, j = fromB; k < count; k++, i++, j += stepOfB) {
    const product = a[i] * b[j];
    const next = sum + product;
    // What the sum has lost, exactly (Knuth's TwoSum); of an infinite one NaN.
    const part = next - sum;
    if (sum - (next - part) + (product - part) !== 0) lost = 1;
    sum = next;
  }
  if (lost !== 0 && Number.isFinite(sum)) sum = exactSum(c, a, b, { fromA, fromB, count, stepOfB });
  return format.name === "f32" ? Math.fround(sum) : roundTo(format, sum);
}

// Every product is a whole multiple of this, and c too: the least subnormal of tf32 squared is 2^-272.
const unit = 2 ** 300;

/** The sum as a double that rounds to a narrower format as the sum itself does: cut off, with a last bit that says so. */
function exactSum(c: number, a: Float64Array, b: Float64Array, { fromA, fromB, count, stepOfB }: Run): number {
  let sum = BigInt(c * unit);
  for (let k = 0; k < count; k++) sum += BigInt(a[fromA + k] * b[fromB + k * stepOfB] * unit);
  const magnitude = sum < 0n ? -sum : sum;
  const excess = BigInt(Math.max(0, magnitude.toString(2).length - 53));
  const kept = magnitude >> excess;
  const odd = kept << excess === magnitude ? kept : kept | 1n;
  const value = (Number(odd) * 2 ** Number(excess)) / unit;
  return sum < 0n ? -value : value;
}
