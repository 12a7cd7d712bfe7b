import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sortTimes } from "../../../src/trace/analysis/sort-times.js";

describe("sorting times", () => {
  // Many from few: as many as make it count in place of comparing.
  const many = (values: readonly number[]) =>
    Float64Array.from({ length: 3000 }, (_, i) => values[(i * 7919) % values.length]);

  it("orders as comparing does, whatever the numbers", () => {
    const times = fc.oneof(
      fc.nat({ max: 4000 }),
      fc.nat(),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.constantFrom(2 ** 32, 2 ** 40, 0.5, -1),
    );
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 300 }), (values) => {
        expect(sortTimes(many(values))).toEqual(many(values).sort((a, b) => a - b));
      }),
    );
  });

  it("orders few as well", () => {
    expect(sortTimes(Float64Array.of(3, 1, 2))).toEqual(Float64Array.of(1, 2, 3));
  });
});
