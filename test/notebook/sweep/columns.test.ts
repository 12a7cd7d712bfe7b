// Columns hold figures or words: what becomes of values, of nothing, and of both in one column.
import { expect, it } from "vitest";
import { f32 } from "../../../src/core/dtype.js";
import { cellOf, typedTable, typesOf } from "../../../src/notebook/sweep/columns.js";

it.each([
  [1.5, 1.5],
  ["stack", "stack"],
  [null, null],
  [undefined, null],
  [7n, 7],
  [2n ** 60n, "1152921504606846976"],
  [true, "true"],
  [[32, 1, 1], "[32,1,1]"],
  [{ x: 16, y: 16 }, '{"x":16,"y":16}'],
  [f32, "f32"],
  [new Float32Array(4), "Float32Array(16 bytes)"],
  [{ toString: () => "itself" }, "itself"],
])("writes %s", (value, cell) => {
  expect(cellOf(value)).toBe(cell);
});

it("makes a column with a word in it one of words", () => {
  const table = typedTable({ whole: [1, 2], part: [1, null], both: [32, "[16,2,1]"], none: [null, null] });
  expect(table.objects()).toEqual([
    { whole: 1, part: 1, both: "32", none: null },
    { whole: 2, part: null, both: "[16,2,1]", none: null },
  ]);
  expect(table.getter("whole")).toBeDefined();
  expect(table.column("whole")).toBeInstanceOf(Float64Array);
});

it("remembers from part to part what a column is", () => {
  const first = typesOf({ a: [1], b: [null], c: ["x"], d: [1] });
  expect(first).toEqual({ a: "number", b: "text", c: "text", d: "number" });
  expect(typesOf({ a: [null], b: [null], c: [1], d: ["x"] }, first)).toEqual({
    a: "number",
    b: "text",
    c: "text",
    d: "text",
  });
});
