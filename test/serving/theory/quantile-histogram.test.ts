import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QuantileHistogram } from "../../../src/serving/theory/index.js";

function histogramOf(values: readonly number[]): QuantileHistogram {
  const histogram = new QuantileHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

const times = fc.oneof(
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
  fc.constantFrom(0, 1, 2, 3, 0.001),
);

describe("a histogram of quantiles", () => {
  it("is within its error of the value that has the rank", () => {
    expect(QuantileHistogram.relativeError).toBeLessThan(0.001);
    fc.assert(
      fc.property(
        fc.array(times, { minLength: 1, maxLength: 300, size: "max" }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const sorted = [...values].sort((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
          const error = Math.abs(histogramOf(values).quantile(q) - exact);
          // A subnormal number has fewer digits than a bin tells apart.
          expect(error).toBeLessThanOrEqual(QuantileHistogram.relativeError * exact + 2 ** -1023);
        },
      ),
    );
  });

  it("rises with the share, from the least to the greatest, which are exact", () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 300, size: "max" }), (values) => {
        const histogram = histogramOf(values);
        const quantiles = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1].map((q) => histogram.quantile(q));
        expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b));
        expect(quantiles[0]).toBe(Math.min(...values));
        expect(quantiles[7]).toBe(Math.max(...values));
        expect(histogram).toMatchObject({
          count: values.length,
          least: Math.min(...values),
          greatest: Math.max(...values),
        });
      }),
    );
  });

  it("knows the mean, and nothing of nothing", () => {
    expect(histogramOf([1, 2, 6]).mean).toBe(3);
    expect(histogramOf([]).quantile(0.5)).toBeNaN();
    expect(histogramOf([]).mean).toBeNaN();
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("takes no %f", (value) => {
    expect(() => histogramOf([value])).toThrow(`a histogram takes no ${value}`);
  });
});
