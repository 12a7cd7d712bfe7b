import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoveredTime } from "../../../src/trace/analysis/covered-time.js";

const spans = fc
  .array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 15 })), { maxLength: 20 })
  .map((pairs) => pairs.sort(([a], [b]) => a - b).map(([start, length]) => [start, start + length] as const));

describe("covered time", () => {
  it("counts each nanosecond once that any span covers, in any window", () => {
    fc.assert(
      fc.property(spans, fc.nat({ max: 80 }), fc.nat({ max: 80 }), (all, from, to) => {
        const covered = new CoveredTime(
          all.map(([start]) => start),
          all.map(([, end]) => end),
        );
        const isCovered = (moment: number) => all.some(([start, end]) => start <= moment && moment < end);
        const count = (a: number, b: number) =>
          Array.from({ length: Math.max(0, b - a) }, (_, i) => a + i).filter(isCovered).length;
        expect(covered.within(from, to)).toBe(count(from, to));
        expect(covered.total).toBe(count(0, 100));
        for (let index = 1; index < covered.starts.length; index++) {
          expect(covered.starts[index]).toBeGreaterThan(covered.ends[index - 1]);
        }
      }),
    );
  });
});
