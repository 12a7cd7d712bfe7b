// Times as decimal texts, against whole-number arithmetic.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactTime } from "../../../src/trace/read/exact-time.js";

function read(text: string, scale: number): ExactTime | undefined {
  const time = new ExactTime();
  const bytes = new TextEncoder().encode(text);
  return time.read(bytes, 0, bytes.length, scale) ? time : undefined;
}

describe("a time", () => {
  it("is exact in any unit, far beyond what a double holds", () => {
    const nanoseconds = fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n });
    fc.assert(
      fc.property(nanoseconds, fc.constantFrom(0, 3, 6, 9), fc.boolean(), (value, scale, quoted) => {
        const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
        const point = digits.length - scale;
        const text = `${value < 0n ? "-" : ""}${digits.slice(0, point)}${scale === 0 ? "" : `.${digits.slice(point)}`}`;
        const time = read(quoted ? `"${text}"` : text, scale);
        expect(time?.exact).toBe(value);
        expect(time?.rounded).toBe(false);
      }),
      { seed: 20261121 },
    );
  });

  it.each([
    ["1.5", 3, 1500n],
    ["1700000000123456.789", 3, 1_700_000_000_123_456_789n],
    ["1.7e15", 3, 1_700_000_000_000_000_000n],
    ["1.23456789E3", 3, 1_234_568n],
    ["25e-1", 0, 3n],
    ["0", 3, 0n],
    ["-0.001", 3, -1n],
  ])("of %s in units of 10^%i ns is %i ns", (text, scale, value) => {
    expect(read(text, scale)?.exact).toBe(value);
  });

  it("with digits below a nanosecond is rounded to the nearest, and says so", () => {
    expect(read("1.0005", 3)).toMatchObject({ nanoseconds: 1001, rounded: true });
    expect(read("1.0004", 3)).toMatchObject({ nanoseconds: 1000, rounded: true });
    expect(read("1.0000", 3)).toMatchObject({ nanoseconds: 1000, rounded: false });
  });

  it.each(["", "-", "x", "1x", "1e", "NaN", "null", "1.2.3", "1e400", "9".repeat(40)])("is none in %s", (text) => {
    expect(read(text, 3)).toBeUndefined();
  });
});
