// Means, medians, and figures as summaries give them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extent, fourDigits, mean, median, oneDecimal } from "../../src/core/statistics.js";

const figures = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });

describe("extent", () => {
  it("is the least and the greatest, in any order", () => {
    expect(extent([3, -1, 2])).toEqual([-1, 3]);
    fc.assert(
      fc.property(figures, (values) => {
        expect(extent(values)).toEqual([Math.min(...values), Math.max(...values)]);
      }),
    );
  });

  it("of nothing holds nothing", () => {
    expect(extent([])).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });
});

describe("mean and median", () => {
  it("are NaN of nothing", () => {
    expect([mean([]), median([])]).toEqual([Number.NaN, Number.NaN]);
  });

  it("take the middle of an even number of values", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(mean([4, 1, 3, 2])).toBe(2.5);
    expect(median([9, 1, 2])).toBe(2);
  });
});

describe("oneDecimal", () => {
  it("rounds halves up, as Math.round does", () => {
    expect([12.34, 12.35, -0.25, 0].map(oneDecimal)).toEqual([12.3, 12.4, -0.2, 0]);
  });
});

describe("fourDigits", () => {
  it("keeps four significant digits and no zeros behind them", () => {
    expect([156.0512, 2, 0.00012346, 123456].map(fourDigits)).toEqual(["156.1", "2", "0.0001235", "123500"]);
  });
});
