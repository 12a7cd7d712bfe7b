// Names of quantiles beside their lines: by hand, and the law that no line goes through a name.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { namePlaces } from "../../../../src/view/chart/service/quantile-names.js";

describe("the names of quantiles", () => {
  it("stand to the right where there is room, the first highest", () => {
    expect(namePlaces([10, 40, 60], 400, 100)).toEqual([
      { row: 0, side: "right" },
      { row: 1, side: "right" },
      { row: 2, side: "right" },
    ]);
  });

  it("stand to the left of lines at the right, the last highest", () => {
    expect(namePlaces([300, 340, 390], 400, 100)).toEqual([
      { row: 2, side: "left" },
      { row: 1, side: "left" },
      { row: 0, side: "left" },
    ]);
  });

  it("are crossed by no line, which begin at their names", () => {
    const places = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(places, (unsorted) => {
        const at = unsorted.sort((a, b) => a - b);
        const names = namePlaces(at, 400, 100);
        expect(names.map(({ row }) => row).sort()).toEqual([0, 1, 2]);
        for (const [i, { row, side }] of names.entries()) {
          const [from, to] = side === "right" ? [at[i], at[i] + 100] : [at[i] - 100, at[i]];
          const crossing = at.filter((x, j) => x > from && x < to && names[j].row < row);
          expect(crossing).toEqual([]);
        }
      }),
    );
  });
});
