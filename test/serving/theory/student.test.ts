import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanInterval, studentQuantile, studentTail } from "../../../src/serving/theory/index.js";

describe("Student's t", () => {
  // Tables of the distribution, as every textbook has them.
  it.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.3027],
    [0.975, 5, 2.5706],
    [0.975, 10, 2.2281],
    [0.975, 19, 2.093],
    [0.975, 30, 2.0423],
    [0.975, 120, 1.9799],
    [0.95, 7, 1.8946],
    [0.995, 4, 4.6041],
    [0.9995, 3, 12.924],
    // As good as normal.
    [0.975, 1e9, 1.96],
  ])("has its quantile of %f with %i degrees of freedom", (probability, degrees, expected) => {
    expect(studentQuantile(probability, degrees)).toBeCloseTo(expected, expected > 12.8 ? 3 : 4);
  });

  it("has the closed forms of one and of two degrees of freedom", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e4, noNaN: true }), (t) => {
        expect(studentTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 12);
        expect(studentTail(t, 2)).toBeCloseTo(0.5 - t / (2 * Math.sqrt(2 + t * t)), 12);
      }),
    );
  });

  it("has the density that it integrates", () => {
    // Differences of the tail against c (1 + t^2 / n)^-((n + 1) / 2), whose constant for even and odd n is elementary.
    for (const n of [3, 4, 9, 20, 999, 1000, 1001]) {
      let constant = n % 2 === 0 ? 1 / (2 * Math.sqrt(n)) : 1 / (Math.PI * Math.sqrt(n));
      for (let k = n % 2 === 0 ? 2 : 1; k < n; k += 2) constant *= (k + 1) / k;
      for (const t of [0.1, 1, 2, 5]) {
        const step = 1e-4;
        const density = (studentTail(t - step, n) - studentTail(t + step, n)) / (2 * step);
        expect(density).toBeCloseTo(constant * (1 + (t * t) / n) ** (-(n + 1) / 2), 6);
      }
    }
  });

  it("is symmetric, and its quantile undoes its tail", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5001, max: 0.99999, noNaN: true }),
        fc.integer({ min: 1, max: 5000 }),
        (p, degrees) => {
          const t = studentQuantile(p, degrees);
          expect(studentTail(t, degrees)).toBeCloseTo(1 - p, 12);
          expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-t, 4);
        },
      ),
    );
    expect(studentQuantile(0.5, 3)).toBe(0);
  });
});

describe("the interval of a mean", () => {
  it("is that of a textbook", () => {
    // Mean 3, variance 2.5, five values: 3 -+ 2.7764 sqrt(0.5).
    const { mean, interval } = meanInterval([1, 2, 3, 4, 5])!;
    expect(mean).toBe(3);
    expect(interval[0]).toBeCloseTo(3 - 2.7764451 * Math.sqrt(0.5), 6);
    expect(interval[1]).toBeCloseTo(3 + 2.7764451 * Math.sqrt(0.5), 6);
  });

  it("is wider with more confidence, and of one value there is none", () => {
    const [low] = meanInterval([1, 2, 4], 0.99)!.interval;
    expect(low).toBeLessThan(meanInterval([1, 2, 4])!.interval[0]);
    expect(meanInterval([1])).toBeUndefined();
  });
});
