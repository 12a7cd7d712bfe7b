// The columns of a table as charts read them, by themselves.
import { describe, expect, it } from "vitest";
import { isWide } from "../../../src/view/chart/columns.js";

describe("isWide", () => {
  const column = (...values: (number | null)[]) => values.map((x) => ({ x }));

  it("is a span of more than 20, above zero", () => {
    expect(isWide(column(1, 20), "x")).toBe(false);
    expect(isWide(column(1, 21), "x")).toBe(true);
    expect(isWide(column(0, 21), "x")).toBe(false);
    expect(isWide(column(-1, 21), "x")).toBe(false);
  });

  it("reads as many rows as a sweep may have", () => {
    expect(
      isWide(
        Array.from({ length: 1_000_000 }, (_, i) => ({ x: i + 1 })),
        "x",
      ),
    ).toBe(true);
  });
});
