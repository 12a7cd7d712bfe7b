// Held against rational arithmetic on big integers: a result is right when no number of the format lies between it and the exact
// value, on the side that the rounding says.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { type FloatFormat, floatFormats, type Rounding, roundTo } from "../../../src/core/float-format.js";
import { fma32, roundedArithmetic } from "../../../src/gpu/arithmetic/rounded.js";

const roundings: Rounding[] = ["rn", "rz", "rm", "rp"];
const formats: Record<string, FloatFormat | undefined> = {
  f64: undefined,
  f32: floatFormats.f32,
  f16: floatFormats.f16,
  bf16: floatFormats.bf16,
};

/** n / d, d > 0. */
interface Rational {
  n: bigint;
  d: bigint;
}

function rational(value: number): Rational {
  let [n, shift] = [value, 0];
  while (!Number.isInteger(n)) {
    n *= 2;
    shift++;
  }
  return { n: BigInt(n), d: 1n << BigInt(shift) };
}
const plus = (a: Rational, b: Rational): Rational => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const times = (a: Rational, b: Rational): Rational => ({ n: a.n * b.n, d: a.d * b.d });
const over = (a: Rational, b: Rational): Rational =>
  b.n < 0n ? { n: -a.n * b.d, d: a.d * -b.n } : { n: a.n * b.d, d: a.d * b.n };
const compare = (a: Rational, b: Rational): number => {
  const [x, y] = [a.n * b.d, b.n * a.d];
  return x < y ? -1 : x > y ? 1 : 0;
};

const bits = new DataView(new ArrayBuffer(8));
function nextDouble(value: number, up: boolean): number {
  if (value === 0) return up ? Number.MIN_VALUE : -Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 === up ? 1n : -1n));
  return bits.getFloat64(0);
}
function next(format: FloatFormat | undefined, value: number, up: boolean): number {
  const beyond = nextDouble(value, up);
  return format === undefined ? beyond : roundTo(format, beyond, up ? "rp" : "rm");
}

/** `cmp(x)` is the sign of x minus the exact value. */
function expectRounded(
  format: FloatFormat | undefined,
  rounding: Rounding,
  result: number,
  cmp: (x: Rational) => number,
): void {
  const largest = format?.largest ?? Number.MAX_VALUE;
  const sign = (x: number): number => (Number.isFinite(x) ? cmp(rational(x)) : x > 0 ? 1 : -1);
  if (Number.isFinite(result) && sign(result) === 0) return;
  const [low, high] = sign(result) < 0 ? [result, next(format, result, true)] : [next(format, result, false), result];
  // Neighbours around the exact value.
  expect(sign(low)).toBeLessThan(0);
  expect(sign(high)).toBeGreaterThan(0);
  if (rounding === "rm") expect(result).toBe(low);
  else if (rounding === "rp") expect(result).toBe(high);
  else if (rounding === "rz") expect(Math.abs(result)).toBe(Math.min(Math.abs(low), Math.abs(high)));
  else {
    const ends = [low, high].map((x) =>
      Number.isFinite(x)
        ? rational(x)
        : // Overflow goes by the number that would come next.
          plus(rational(Math.sign(x) * largest), rational(Math.sign(x) * (largest - next(format, largest, false)))),
    );
    const middle = over(plus(ends[0], ends[1]), rational(2));
    const side = cmp(middle);
    if (side > 0) expect(result).toBe(low);
    else if (side < 0) expect(result).toBe(high);
    else {
      // Half way: the even one has a zero as last bit, which its half's neighbour tells.
      const step = Math.abs((Number.isFinite(high) ? high : largest) - (Number.isFinite(low) ? low : -largest));
      if (Number.isFinite(result)) expect(Math.abs(result / step) % 2).toBe(0);
    }
  }
}

const double = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Numbers of a format: of all sizes, and near each other, where sums cancel. */
function numbers(format: FloatFormat | undefined): fc.Arbitrary<number> {
  const near = fc
    .tuple(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), fc.integer({ min: -30, max: 5 }))
    .map(([whole, exponent]) => whole * 2 ** exponent);
  const any = format === undefined ? double : fc.double({ noNaN: true, min: -format.largest, max: format.largest });
  return fc.oneof(any, near).map((value) => (format === undefined ? value : roundTo(format, value, "rz")));
}

describe.each(Object.keys(formats))("%s", (name) => {
  const format = formats[name];
  const number = numbers(format);
  describe.each(roundings)("%s", (rounding) => {
    const { add, sub, mul, fma, div, sqrt, rcp } = roundedArithmetic(format, rounding);
    const check = (result: number, exact: Rational): void =>
      expectRounded(format, rounding, result, (x) => compare(x, exact));

    it("adds and subtracts", () => {
      fc.assert(
        fc.property(number, number, (a, b) => {
          check(add(a, b), plus(rational(a), rational(b)));
          check(sub(a, b), plus(rational(a), rational(-b)));
        }),
      );
    });

    it("multiplies", () => {
      fc.assert(fc.property(number, number, (a, b) => check(mul(a, b), times(rational(a), rational(b)))));
    });

    it("multiplies and adds with one rounding", () => {
      fc.assert(
        fc.property(number, number, number, (a, b, c) => {
          check(fma(a, b, c), plus(times(rational(a), rational(b)), rational(c)));
        }),
      );
    });

    it("divides", () => {
      fc.assert(
        fc.property(number, number, (a, b) => {
          fc.pre(b !== 0);
          check(div(a, b), over(rational(a), rational(b)));
          check(rcp(b), over(rational(1), rational(b)));
        }),
      );
    });

    it("takes square roots", () => {
      fc.assert(
        fc.property(number, (a) => {
          const value = Math.abs(a);
          const exact = rational(value);
          expectRounded(format, rounding, sqrt(value), (x) => (x.n < 0n ? -1 : compare(times(x, x), exact)));
        }),
      );
    });

    it("gives a zero its sign: an exact cancellation is -0 downwards only", () => {
      const cancelled = rounding === "rm" ? -0 : 0;
      expect(add(1, -1)).toBe(cancelled);
      expect(sub(1, 1)).toBe(cancelled);
      expect(fma(2, 3, -6)).toBe(cancelled);
      expect(fma(0, 1, -0)).toBe(cancelled);
      expect(add(0, -0)).toBe(cancelled);
      expect(add(0, 0)).toBe(0);
      expect(add(-0, -0)).toBe(-0);
      expect(mul(-1, 0)).toBe(-0);
      expect(div(-0, 1)).toBe(-0);
      expect(sqrt(-0)).toBe(-0);
    });

    it("knows infinities and what is no number", () => {
      expect(add(Infinity, -Infinity)).toBeNaN();
      expect(mul(Infinity, 0)).toBeNaN();
      expect(fma(Infinity, 0, 1)).toBeNaN();
      expect(fma(1, 2, -Infinity)).toBe(-Infinity);
      expect(fma(Infinity, 1, -Infinity)).toBeNaN();
      expect(div(0, 0)).toBeNaN();
      expect(div(1, -0)).toBe(-Infinity);
      expect(div(1, Infinity)).toBe(0);
      expect(sqrt(-1)).toBeNaN();
      expect(rcp(-Infinity)).toBe(-0);
      for (const value of [add(NaN, 1), mul(NaN, 0), fma(1, NaN, 0), div(NaN, 1), sqrt(NaN)]) expect(value).toBeNaN();
    });
  });
});

test("the short way for fma in single precision is the same", () => {
  const { fma } = roundedArithmetic(floatFormats.f32, "rn");
  const number = fc.float({ noNaN: true });
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      expect(fma32(a, b, c)).toBe(fma(a, b, c));
    }),
    { numRuns: 2000 },
  );
});

test("the short way for fma in double precision is the same as the long one", () => {
  const { fma } = roundedArithmetic(undefined, "rn");
  const moderate = fc
    .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -60, max: 60 }), fc.boolean())
    .map(([fraction, exponent, negative]) => (negative ? -fraction : fraction) * 2 ** exponent);
  // What lies near the product, near the half of its last place, and far away.
  const third = fc.tuple(moderate, fc.constantFrom("far", "near", "half"), fc.integer({ min: -3, max: 3 }));
  fc.assert(
    fc.property(moderate, moderate, third, (a, b, [far, kind, ulps]) => {
      const product = a * b;
      const last = 2 ** (Math.floor(Math.log2(Math.abs(product))) - 52);
      const c =
        kind === "far"
          ? far
          : kind === "near"
            ? -product + ulps * last
            : (far / Math.abs(far)) * last * (0.5 + ulps * 2 ** -40);
      // Factors so large and so small that they go the long way; their product is the same.
      expect(fma(a, b, c)).toBe(fma(a * 2 ** 470, b * 2 ** -470, c));
    }),
    { numRuns: 5000 },
  );
});
