// Ticks at round times in the unit that fits.
import fc from "fast-check";
import { expect, it } from "vitest";
import { ticksBetween } from "../../../src/view/timeline/time-axis.js";

const labels = (start: number, end: number, count: number): string[] =>
  ticksBetween(start, end, count).map(({ label }) => label);

it("are written in nanoseconds, microseconds, milliseconds or seconds", () => {
  expect(labels(0, 100, 5)).toEqual(["0", "20 ns", "40 ns", "60 ns", "80 ns", "100 ns"]);
  expect(labels(0, 13_000, 5)).toEqual(["0", "5 \u00b5s", "10 \u00b5s"]);
  expect(labels(0, 12e6, 6)).toEqual(["0", "2 ms", "4 ms", "6 ms", "8 ms", "10 ms", "12 ms"]);
  expect(labels(0, 2.5e9, 5)).toEqual(["0", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s"]);
});

it("keep their digits deep inside", () => {
  expect(labels(1_000_000, 1_001_000, 2)).toEqual(["1.0000 ms", "1.0005 ms", "1.0010 ms"]);
  expect(labels(6_450_000, 6_650_000, 4)).toEqual(["6.45 ms", "6.50 ms", "6.55 ms", "6.60 ms", "6.65 ms"]);
  expect(labels(6_450_010, 6_450_050, 4)).toEqual([
    "6,450.01 \u00b5s",
    "6,450.02 \u00b5s",
    "6,450.03 \u00b5s",
    "6,450.04 \u00b5s",
    "6,450.05 \u00b5s",
  ]);
});

it("are round, even, within the range, and never said alike", () => {
  fc.assert(
    fc.property(
      fc.nat(2 ** 50),
      fc.integer({ min: 10, max: 1e11 }),
      fc.integer({ min: 1, max: 20 }),
      (start, span, count) => {
        const ticks = ticksBetween(start, start + span, count);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
        for (const { at } of ticks) {
          expect(at).toBeGreaterThanOrEqual(start);
          expect(at).toBeLessThanOrEqual(start + span);
          expect(Number.isInteger(at)).toBe(true);
        }
        const steps = ticks.slice(1).map(({ at }, index) => at - ticks[index].at);
        expect(new Set(steps).size).toBeLessThanOrEqual(1);
      },
    ),
  );
});
