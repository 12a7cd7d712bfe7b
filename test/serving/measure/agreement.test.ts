// How far apart two figures may be that are the same.
import { describe, expect, it } from "vitest";
import { agree, clockRounding } from "../../../src/serving/measure/index.js";

describe("two figures", () => {
  it("agree to a millionth of the larger one, whatever their size", () => {
    expect(agree(1e9, 1e9 * (1 + 0.9e-6), 0)).toBe(true);
    expect(agree(1e9, 1e9 * (1 + 1.1e-6), 0)).toBe(false);
    expect(agree(1e-9, 1e-9 * (1 + 1.1e-6), 0)).toBe(false);
    expect(agree(0, 0, 0)).toBe(true);
  });

  it("agree as far as the clock can tell: durations that end late are known to its rounding only", () => {
    const end = 2 ** 30;
    const duration = 1e-9;
    const measured = end + duration - end;
    expect(agree(measured, duration, 0)).toBe(false);
    expect(agree(measured, duration, clockRounding(1, end))).toBe(true);
    expect(agree(measured + 1e-5, duration, clockRounding(1, end))).toBe(false);
  });
});
