import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatNumber } from "../../../widgets/controls/number-format.js";

describe("a slider's readout", () => {
  it.each([
    [37, "d", "37"],
    [2.5, ".2f", "2.50"],
    [-2.5, ".1f", "−2.5"],
    [-0.001, ".1f", "0.0"],
    [1234567, ",d", "1,234,567"],
    [0.1234, ".1%", "12.3%"],
    [1000, ".3g", "1.00e+3"],
    [1.5, ".3g", "1.50"],
    [1_500_000, ".2s", "1.5M"],
    [999_999, ".3s", "1.00M"],
    [0.00002, ".2e", "2.00e-5"],
    [3, "+.1f", "+3.0"],
    [1.5, ".3~f", "1.5"],
    [1.25, "", "1.25"],
    [1.25, "not a format", "1.25"],
    [Number.NaN, ".2f", "NaN"],
  ])("writes %d as %s asks: %s", (value, format, text) => {
    expect(formatNumber(value, format)).toBe(text);
  });

  it("of a whole number reads back as the number", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(Number(formatNumber(value, ",d").replace(/,/g, "").replace("−", "-"))).toBe(value);
      }),
    );
  });
});
