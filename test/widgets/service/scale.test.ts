// Axes: where their ticks stand. Figures: how they are written.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatBytes, formatMean, formatShare, formatTime, signed } from "../../../widgets/service/figures.js";
import { linearScale, logScaleBetween, niceStep } from "../../../widgets/service/scale.js";

describe("a linear axis", () => {
  it("has round ticks without rounding errors", () => {
    expect(linearScale(0, 0.7, 0, 100).ticks).toEqual([0, 0.2, 0.4, 0.6]);
    expect(linearScale(0, 156.25, 0, 100).ticks).toEqual([0, 50, 100, 150]);
  });

  it("maps its ends to its pixels, also where they are the same", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (from, more) => {
          const { at, to, ticks } = linearScale(from, from + more, 10, 210);
          expect(at(from)).toBeCloseTo(10);
          expect(at(to)).toBeCloseTo(210);
          expect(ticks.length).toBeLessThan(14);
        },
      ),
    );
  });

  it("takes ends that differ by rounding alone as the same", () => {
    expect(linearScale(5e8, 5e8 + 1e-7, 0, 100).to).toBe(1e9);
  });

  it("steps by 1, 2 or 5", () => {
    expect([0.3, 1, 1.1, 4, 7, 20].map(niceStep)).toEqual([0.5, 1, 2, 5, 10, 20]);
  });
});

describe("a log axis", () => {
  it("has ticks at 1, 2 and 5 where few powers of ten are in sight", () => {
    expect(logScaleBetween(0.02, 0.3, 0, 1).ticks).toEqual([0.02, 0.05, 0.1, 0.2]);
    expect(logScaleBetween(0.001, 100, 0, 1).ticks).toEqual([0.001, 0.01, 0.1, 1, 10, 100]);
  });
});

describe("figures", () => {
  it.each([
    [0, "0 ms"],
    [2.5e-8, "25 ns"],
    [6.55e-5, "65.5 µs"],
    [0.02986, "29.9 ms"],
    [12.345, "12.3 s"],
    [null, "\u2013"],
  ])("%j seconds are %s", (seconds, text) => {
    expect(formatTime(seconds)).toBe(text);
  });

  it("are short, and keep their signs", () => {
    expect([formatShare(1.368), formatShare(99.99), formatMean(0.0042), formatMean(1204.4)]).toEqual([
      "1.4 %",
      "100 %",
      "< 0.01",
      "1,200",
    ]);
    expect([formatBytes(8388608), formatBytes(100)]).toEqual(["8 MiB", "100 B"]);
    expect([signed("12 ms", 12), signed("-3 ms", -3)]).toEqual(["+12 ms", "\u22123 ms"]);
  });
});
