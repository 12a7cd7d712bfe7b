import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  decodeFloat,
  encodeFloat,
  type FloatFormatName,
  floatFormats,
  type Rounding,
  roundInteger,
  roundTo,
  shortestDecimal,
} from "../../src/core/float-format.js";

const small: FloatFormatName[] = ["f16", "bf16", "e4m3", "e5m2"];

/** All finite numbers of a format, ascending from zero. */
function positives(name: FloatFormatName): number[] {
  const format = floatFormats[name];
  const values: number[] = [];
  for (let bits = 0; bits < 2 ** (format.bits - 1); bits++) {
    const value = decodeFloat(format, bits);
    if (Number.isFinite(value)) values.push(value);
  }
  return values;
}

describe.each(small)("%s", (name) => {
  const format = floatFormats[name];

  it("keeps each of its values; every NaN becomes the one that operations give", () => {
    for (let bits = 0; bits < 2 ** format.bits; bits++) {
      const value = decodeFloat(format, bits);
      const again = encodeFloat(format, roundTo(format, value));
      const expected = Number.isNaN(value) ? format.nan : bits;
      if (again !== expected) expect([bits, value, again]).toEqual([bits, value, expected]);
    }
  });

  it("ends at its largest number", () => {
    expect(positives(name).at(-1)).toBe(format.largest);
    expect(positives(name)[1]).toBe(2 ** (format.least - format.fraction));
  });

  it("rounds what lies between two neighbours as each rounding says", () => {
    const values = positives(name);
    for (let i = 0; i + 1 < values.length; i++) {
      const [low, high] = [values[i], values[i + 1]];
      const middle = (low + high) / 2;
      const even = i % 2 === 0 ? low : high;
      const below = (low + middle) / 2;
      const above = (middle + high) / 2;
      const got = (rounding: Rounding): number[] =>
        [low, below, middle, above, -below, -middle].map((value) => roundTo(format, value, rounding));
      expect(got("rn")).toEqual([low, low, even, high, -low, -even]);
      expect(got("rna")).toEqual([low, low, high, high, -low, -high]);
      expect(got("rz")).toEqual([low, low, low, low, -low, -low]);
      expect(got("rm")).toEqual([low, low, low, low, -high, -high]);
      expect(got("rp")).toEqual([low, high, high, high, -low, -low]);
    }
  });

  it("goes to infinity from half a step beyond its largest number, and not at all where the rounding is inwards", () => {
    const { largest } = format;
    const step = largest - positives(name).at(-2)!;
    expect(roundTo(format, largest + step / 2 - step / 64)).toBe(largest);
    expect(roundTo(format, largest + step / 2 + step / 64)).toBe(Infinity);
    expect(roundTo(format, 1e300, "rz")).toBe(largest);
    expect(roundTo(format, 1e300, "rm")).toBe(largest);
    expect(roundTo(format, -1e300, "rm")).toBe(-Infinity);
    expect(roundTo(format, -1e300, "rp")).toBe(-largest);
    expect(roundTo(format, Infinity, "rz")).toBe(Infinity);
  });
});

test("f32 to nearest is Math.fround", () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      expect(roundTo(floatFormats.f32, value)).toBe(Math.fround(value));
    }),
  );
});

test("e4m3 has no infinity: what is beyond its largest number is its NaN", () => {
  expect(encodeFloat(floatFormats.e4m3, Infinity)).toBe(0x7f);
  expect(encodeFloat(floatFormats.e4m3, -Infinity)).toBe(0xff);
  expect(decodeFloat(floatFormats.e4m3, 0x7e)).toBe(448);
});

test("tf32 keeps ten bits of the fraction", () => {
  const { tf32 } = floatFormats;
  expect(roundTo(tf32, 1 + 2 ** -11, "rna")).toBe(1 + 2 ** -10);
  expect(roundTo(tf32, 1 + 2 ** -11)).toBe(1);
  expect(decodeFloat(tf32, 0x3f80_1fff)).toBe(1);
  expect(encodeFloat(tf32, 1 + 2 ** -10)).toBe(0x3f80_2000);
});

test("bits are not made of a number that is not rounded", () => {
  expect(() => encodeFloat(floatFormats.f16, 1 / 3)).toThrow("0.3333333333333333 is no f16: round it first");
});

test.each<[Rounding, number[]]>([
  ["rn", [-2, -2, -0, 0, 2, 2]],
  ["rna", [-3, -2, -1, 1, 2, 3]],
  ["rz", [-2, -1, -0, 0, 1, 2]],
  ["rm", [-3, -2, -1, 0, 1, 2]],
  ["rp", [-2, -1, -0, 1, 2, 3]],
])("whole numbers by %s", (rounding, expected) => {
  expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5].map((value) => roundInteger(value, rounding))).toEqual(expected);
});

test.each<["f16" | "bf16", number, number]>([
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
  expect(encodeFloat(floatFormats[format], roundTo(floatFormats[format], value))).toBe(bits);
});

describe("the shortest decimal", () => {
  it.each([
    [1 / 7, "0.14285715"],
    [0.1, "0.1"],
    [16777217, "16777216"],
    [1e-45, "1e-45"],
    [3.4028234663852886e38, "3.4028235e+38"],
    [-2.5, "-2.5"],
    [0, "0"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("of %d in f32 is %s", (value, text) => {
    expect(shortestDecimal(floatFormats.f32, value)).toBe(text);
  });

  test("reads back as the same number, and none with fewer digits does", () => {
    const digitsOf = (text: string) =>
      text
        .replace(/e.*|[-.]/g, "")
        .replace(/^0+/, "")
        .replace(/0+$/, "").length;
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = shortestDecimal(floatFormats.f32, value);
        expect(Math.fround(Number(text)) === value).toBe(true);
        const fewer = digitsOf(text) - 1;
        if (fewer > 0) expect(Math.fround(Number(value.toPrecision(fewer))) === value).toBe(false);
      }),
    );
  });
});
