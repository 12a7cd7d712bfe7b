// The values of an MLP: drawn alike everywhere, computed plainly, and how far kernels may be off.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatFormats, roundTo } from "../../src/core/float-format.js";
import { drawValues, errorBound, plainMlp } from "../../src/inference/values.js";

describe("plain arithmetic", () => {
  it("multiplies, adds the bias, and cuts off below zero between layers but not behind the last", () => {
    const layers = [
      { n: 2, k: 2, weight: Float32Array.of(1, 2, 3, -4), bias: Float32Array.of(0.5, 0) },
      { n: 1, k: 2, weight: Float32Array.of(-2, 1), bias: Float32Array.of(1) },
    ];
    // Rows (1, 1): (3.5, -1 -> 0), -7 + 1. (2, 0): (2.5, 6), -5 + 6 + 1.
    expect([...plainMlp({ rows: 2, input: Float32Array.of(1, 1, 2, 0), layers })]).toEqual([-6, 2]);
  });
});

describe("drawn values", () => {
  it("are such that their format holds them, within 1 and 1/sqrt(k), and the seed's", () => {
    fc.assert(
      fc.property(fc.constantFrom("f16", "bf16", "f32" as const), fc.nat(), (format, seed) => {
        const values = drawValues([4, 9, 2], 3, format, seed);
        const [first, second] = values.layers;
        expect(
          [values.input, first.weight, first.bias, second.weight, second.bias].map(({ length }) => length),
        ).toEqual([12, 36, 9, 18, 2]);
        for (const [list, most] of [
          [values.input, 1],
          [first.weight, 1 / 2],
          [first.bias, 1 / 2],
          [second.weight, 1 / 3 + 2 ** -9],
        ] as const) {
          for (const value of list) {
            expect(Math.abs(value)).toBeLessThanOrEqual(most);
            expect(roundTo(floatFormats[format], value)).toBe(value);
          }
        }
        expect(drawValues([4, 9, 2], 3, format, seed)).toEqual(values);
        expect(drawValues([4, 9, 2], 3, format, seed + 1)).not.toEqual(values);
      }),
      { numRuns: 30 },
    );
  });
});

describe("the bound of the error", () => {
  it("is two roundings of the format for a layer, and of its sums", () => {
    expect(errorBound([{ k: 0 }], "f16")).toBe(2 * 2 ** -11);
    expect(errorBound([{ k: 0 }, { k: 0 }], "bf16")).toBe(4 * 2 ** -8);
    expect(errorBound([{ k: 16 }], "f32")).toBe(2 * (2 ** -24 + 4 * 2 ** -24));
  });

  it("is passed by a result in which a tile of one layer was left out", () => {
    const values = drawValues([64, 64, 64], 16, "f16", 1);
    const exact = plainMlp(values);
    const [first, ...rest] = values.layers;
    const weight = first.weight.map((value, index) => (index % 64 < 16 ? 0 : value));
    const wrong = plainMlp({ ...values, layers: [{ ...first, weight }, ...rest] });
    const greatest = Math.max(...exact.map(Math.abs));
    const error = Math.max(...exact.map((value, index) => Math.abs(value - wrong[index])));
    expect(error / greatest).toBeGreaterThan(10 * errorBound(values.layers, "f16"));
  });
});
