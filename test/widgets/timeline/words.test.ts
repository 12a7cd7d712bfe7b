// Times and events in words.
import { describe, expect, it } from "vitest";
import { formatRange } from "../../../widgets/timeline/words.js";

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
