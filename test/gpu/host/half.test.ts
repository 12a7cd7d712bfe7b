import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HalfFormat, halfBits } from "../../../src/gpu/host/half.js";

// The formats' definition, read the other way.
const decode = (bits: number, format: HalfFormat): number => {
  const [fraction, least] = format === "f16" ? [10, -14] : [7, -126];
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fraction;
  const rest = bits & (2 ** fraction - 1);
  if (exponent === 2 ** (15 - fraction) - 1) return rest === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * rest * 2 ** (least - fraction)
    : sign * (2 ** fraction + rest) * 2 ** (exponent - 1 + least - fraction);
};

describe.each<HalfFormat>(["f16", "bf16"])("%s", (format) => {
  it("keeps each of its 65,536 values; every NaN becomes the canonical one", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = decode(bits, format);
      const expected = Number.isNaN(value) ? 0x7fff : bits;
      if (halfBits(value, format) !== expected) expect([bits, halfBits(value, format)]).toEqual([bits, expected]);
    }
  });

  it("rounds what lies half way between neighbours to the even one, and what is a hair off to the nearer one", () => {
    const largest = format === "f16" ? 0x7bff : 0x7f7f;
    for (let bits = 0; bits < largest; bits++) {
      const [low, high] = [decode(bits, format), decode(bits + 1, format)];
      const middle = (low + high) / 2;
      const hair = middle * 2 ** -52;
      const got = [middle - hair, middle, middle + hair].map((value) => halfBits(value, format));
      const expected = [bits, bits + (bits & 1), bits + 1];
      if (got.join() !== expected.join()) expect([bits, got]).toEqual([bits, expected]);
    }
  });

  it("gives the nearest value for any number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -60000, max: 60000 }), (value) => {
        const bits = halfBits(value, format);
        const error = Math.abs(decode(bits, format) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          if ((neighbour & 0x7fff) !== 0x7fff && neighbour >= 0)
            expect(error).toBeLessThanOrEqual(Math.abs(decode(neighbour, format) - value));
        }
      }),
    );
  });
});

it.each<[HalfFormat, number, number]>([
  ["f16", 1, 0x3c00],
  ["f16", -2, 0xc000],
  ["f16", -0, 0x8000],
  ["f16", 65504, 0x7bff],
  ["f16", 65519.999, 0x7bff],
  ["f16", 65520, 0x7c00],
  ["f16", 1e300, 0x7c00],
  ["f16", -Infinity, 0xfc00],
  ["f16", 2 ** -24, 1],
  ["f16", 2 ** -25, 0],
  ["f16", 2 ** -25 * 1.0001, 1],
  ["f16", 5e-324, 0],
  // Rounded to single precision first, this would be a tie and go to 0x3c00.
  ["f16", 1 + 2 ** -11 + 2 ** -40, 0x3c01],
  ["bf16", 1, 0x3f80],
  ["bf16", 3.14, 0x4049],
  ["bf16", 3.4e38, 0x7f80],
  ["bf16", 3.3895313892515355e38, 0x7f7f],
  ["bf16", 2 ** -133, 1],
])("%s of %d is %i", (format, value, bits) => {
  expect(halfBits(value, format)).toBe(bits);
});
