// Quantiles against a sorted list.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Quantiles } from "../../../src/serving/measure/index.js";

describe("quantiles", () => {
  const weighted = fc.array(fc.tuple(fc.double({ min: 1e-6, max: 100, noNaN: true }), fc.integer({ min: 1, max: 5 })), {
    minLength: 1,
  });

  it("of few values are those of the sorted list, whatever came together", () => {
    fc.assert(
      fc.property(weighted, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const quantiles = new Quantiles();
        for (const [value, times] of values) quantiles.add(value, times);
        const sorted = values.flatMap(([value, times]) => Array(times).fill(value)).sort((a, b) => a - b);
        expect(quantiles.quantiles([q])[0]).toBe(sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]);
        expect(quantiles.error).toBe(0);
      }),
    );
  });

  it("of many values are off by no more than they say", () => {
    const quantiles = new Quantiles();
    for (let i = 1; i <= 10_000; i++) quantiles.add(i * i * 1e-6);
    expect(quantiles.error).toBeCloseTo(0.1, 2);
    for (const q of [0.01, 0.5, 0.9, 0.99]) {
      const exact = (q * 10_000) ** 2 * 1e-6;
      expect(Math.abs(quantiles.quantiles([q])[0] / exact - 1)).toBeLessThanOrEqual(quantiles.error / 100);
    }
  });

  it("of nothing are NaN", () => {
    expect(new Quantiles().quantiles([0.5])[0]).toBeNaN();
  });

  it("of as many values as are kept are exact, and of one more are not", () => {
    const quantiles = new Quantiles(3);
    for (const value of [3, 1, 2]) quantiles.add(value);
    expect(quantiles.quantiles([0, 0.34, 1])).toEqual([1, 2, 3]);
    expect(quantiles.error).toBe(0);
    quantiles.add(2.5);
    expect(quantiles.error).toBeGreaterThan(0);
    expect(quantiles.quantiles([0, 1])).toEqual([1, 3]);
    expect(quantiles).toMatchObject({ count: 4, sum: 8.5, mean: 8.5 / 4 });
  });

  it("are exact of however many where all are kept, and within their error where none is", () => {
    const [all, none] = [new Quantiles(Number.POSITIVE_INFINITY), new Quantiles(0)];
    for (let i = 10_000; i >= 1; i--) {
      all.add(i);
      none.add(i);
    }
    expect(all.quantiles([0.5, 0.99])).toEqual([5000, 9900]);
    expect(all.error).toBe(0);
    expect(none.error).toBeCloseTo(0.1, 2);
    for (const [i, exact] of [5000, 9900].entries()) {
      expect(Math.abs(none.quantiles([0.5, 0.99])[i] / exact - 1)).toBeLessThanOrEqual(none.error / 100);
    }
  });
});
