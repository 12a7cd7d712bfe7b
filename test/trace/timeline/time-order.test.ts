import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeOrder } from "../../../src/trace/timeline/index.js";

/** By comparing; equals stay as they came. */
function compared(moments: readonly number[]): number[] {
  return moments.map((_, index) => index).sort((a, b) => moments[a] - moments[b] || a - b);
}

const moment = fc.oneof(fc.nat({ max: 20 }), fc.nat(), fc.integer({ min: -5, max: 2 ** 45 }));

describe("the order of moments", () => {
  it("is that of comparing them, of a few stretches that are in order", () => {
    const stretches = fc.array(fc.array(moment, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(stretches, (all) => {
        const moments = all.flatMap((own) => own.sort((a, b) => a - b));
        expect([...(timeOrder(Float64Array.from(moments)) ?? moments.keys())]).toEqual(compared(moments));
      }),
    );
  });

  it("and of moments in no order at all", () => {
    fc.assert(
      fc.property(fc.array(moment, { minLength: 150, maxLength: 400 }), (moments) => {
        expect([...(timeOrder(Float64Array.from(moments)) ?? moments.keys())]).toEqual(compared(moments));
      }),
    );
  });

  it("is not told where they stand in it", () => {
    expect(timeOrder(Float64Array.of())).toBeUndefined();
    expect(timeOrder(Float64Array.of(-1, 0, 0, 7))).toBeUndefined();
    expect(timeOrder(Float64Array.of(0, 7, 6))).toEqual(Int32Array.of(0, 2, 1));
  });
});
