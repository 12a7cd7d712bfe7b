import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, log } from "../../src/core/elementary.js";

/** How many doubles lie between two of the same sign. */
function ulps(a: number, b: number): number {
  const words = new BigInt64Array(new Float64Array([a, b]).buffer);
  return Math.abs(Number(words[0] - words[1]));
}

const positive = fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true });

describe("logarithm", () => {
  it("is within one unit in the last place of the engine's", () => {
    fc.assert(
      fc.property(fc.oneof(positive, fc.double({ min: 0.5, max: 2, noNaN: true })), (a) => {
        expect(ulps(log(a), Math.log(a))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50_000 },
    );
  });

  it("has the values that everyone knows", () => {
    expect(log(1)).toBe(0);
    expect(log(2)).toBe(Math.LN2);
    expect(log(10)).toBe(Math.LN10);
    expect(log(Math.E)).toBe(1);
    expect(log(5e-324)).toBe(-744.4400719213812);
    expect(log(Number.MAX_VALUE)).toBe(709.782712893384);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(log(-1)).toBeNaN();
    expect(log(Number.NaN)).toBeNaN();
  });
});

describe("exponential", () => {
  it("is within one unit in the last place of the engine's", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double({ min: -745, max: 709.78, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
        (a) => {
          expect(ulps(exp(a), Math.exp(a))).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 50_000 },
    );
  });

  it("has the values that everyone knows", () => {
    expect(exp(0)).toBe(1);
    expect(ulps(exp(1), Math.E)).toBeLessThanOrEqual(1);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp(-746)).toBe(0);
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(Number.NaN)).toBeNaN();
    expect(exp(-745)).toBe(5e-324);
  });

  it("undoes the logarithm", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (a) => {
        expect(Math.abs(exp(log(a)) / a - 1)).toBeLessThan(8 * 2 ** -52);
      }),
    );
  });
});
