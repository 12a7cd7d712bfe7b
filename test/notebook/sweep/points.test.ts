// Combinations by their numbers: all of them, once each, the last of what varies fastest.
import fc from "fast-check";
import { expect, it } from "vitest";
import { countPoints, pointAt } from "../../../src/notebook/sweep/points.js";

it("has the last of what varies vary fastest", () => {
  const vary = { n: [1, 2], block: [32, 64, 128] };
  expect(Array.from({ length: countPoints(vary) }, (_, i) => pointAt(vary, i))).toEqual([
    { n: 1, block: 32 },
    { n: 1, block: 64 },
    { n: 1, block: 128 },
    { n: 2, block: 32 },
    { n: 2, block: 64 },
    { n: 2, block: 128 },
  ]);
});

it("has every combination once, and no other", () => {
  const lists = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,3}$/),
    fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 }),
    { minKeys: 1, maxKeys: 4 },
  );
  fc.assert(
    fc.property(lists, (vary) => {
      const expected = Object.entries(vary).reduce<object[]>(
        (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
        [{}],
      );
      expect(Array.from({ length: countPoints(vary) }, (_, i) => pointAt(vary, i))).toEqual(expected);
    }),
  );
});

it.each([
  [{}, "vary: nothing varies"],
  [{ block: [] }, "vary: block has no values\nWrite { block: [32, 64] }."],
  [{ "args.n": 4 }, 'vary: args.n has no values\nWrite { "args.n": [32, 64] }.'],
  [null, "vary: nothing varies"],
])("refuses %j", (vary, says) => {
  expect(() => countPoints(vary as never)).toThrow(says);
});
