// Times and events in words.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRange, momentFormat } from "../../../widgets/timeline/words.js";

describe("a range of time in words", () => {
  it("has four digits where they tell its ends apart", () => {
    expect(formatRange({ start: 0, end: 272_002_123 })).toBe("272 ms, from 0 ns to 272 ms");
    expect(formatRange({ start: 1_500_000, end: 2_750_000 })).toBe("1.25 ms, from 1.5 ms to 2.75 ms");
  });

  it("has as many digits as a short range needs late in a trace", () => {
    expect(formatRange({ start: 228_102_100, end: 228_105_023 })).toBe("2.923 \u00b5s, from 228.1021 ms to 228.105 ms");
    expect(formatRange({ start: 5_000_000_001, end: 5_000_000_002 })).toBe("1 ns, from 5.000000001 s to 5.000000002 s");
  });
});

describe("the moments of a list", () => {
  const words = (moments: readonly number[]): string[] => moments.map(momentFormat(moments));

  it("stand in one unit, with the digits that all of them need", () => {
    expect(words([0, 5_000, 105_000])).toEqual(["0 \u00b5s", "5 \u00b5s", "105 \u00b5s"]);
    expect(words([270_100_123, 270_100_125, 270_200_000])).toEqual(["270.100123 ms", "270.100125 ms", "270.200000 ms"]);
    expect(words([0, 3_000_000_001])).toEqual(["0.000000000 s", "3.000000001 s"]);
    expect(words([7, 12])).toEqual(["7 ns", "12 ns"]);
    expect(words([])).toEqual([]);
  });

  it("tell any two of them apart", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.maxSafeNat().map((moment) => moment % 1e14)), (moments) => {
        expect(new Set(words(moments)).size).toBe(moments.length);
      }),
    );
  });
});
