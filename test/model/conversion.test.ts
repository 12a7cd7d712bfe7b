// Conversions in software: what a row costs, by hand, and how rows and chunks add up.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { device } from "../../src/hardware/index.js";
import { defaultConstants, plannerOf } from "../../src/model/planner/index.js";

const h100 = device("h100");
const time = (rows: number, columns: number): number =>
  plannerOf(h100).plan({ kind: "conversion", rows, columns, from: "BF16", to: "FP8_E4M3" }).time;

describe("a conversion in software", () => {
  it("gives an SM a row at a time, in chunks of 2048 elements", () => {
    const { rowClocks, roundingInstructions, pipelineFill } = defaultConstants;
    const row = (rowClocks + (2048 * roundingInstructions) / 128) / h100.boostClock!;
    expect(time(132 * 10, 2048)).toBeCloseTo(pipelineFill + 11.4 * row, 12);
    expect(time(132 * 10, 1)).toBe(time(132 * 10, 2048));
    expect(time(132 * 10, 2049)).toBe(time(132 * 10, 4096));
  });

  it("takes longer for more rows, and no less for longer ones", () => {
    const extent = fc.integer({ min: 1, max: 65536 });
    fc.assert(
      fc.property(extent, extent, (rows, columns) => {
        expect(time(rows + 1, columns)).toBeGreaterThan(time(rows, columns));
        expect(time(rows, columns + 1)).toBeGreaterThanOrEqual(time(rows, columns));
      }),
    );
  });

  it("says what it does", () => {
    const plan = plannerOf(h100).plan({ kind: "conversion", rows: 8, columns: 64, from: "BF16", to: "FP8_E4M3" });
    expect(plan.inWords()).toBe(
      "Planned: a conversion from BF16 to FP8_E4M3 in software, a block for each of 8 rows on H100 SXM.",
    );
    expect(plan.traffic?.()).toEqual({ dram: 1536, l2: 1536, l1: 1536 });
  });
});
