// What columns keep, against lists.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Column, CounterColumns, stageLog } from "../../../src/serving/measure/index.js";

describe("a column", () => {
  it("keeps what was set however far apart, and NaN between", () => {
    const row = fc.record({ row: fc.integer({ min: 0, max: 2000 }), value: fc.double({ noNaN: true }) });
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 0, max: 3000 }), (rows, count) => {
        const column = new Column();
        const list: number[] = new Array(count).fill(Number.NaN);
        for (const { row, value } of rows) {
          column.set(row, value);
          if (row < count) list[row] = value;
        }
        expect([...column.rows(count)]).toEqual(list);
        expect(column.length).toBe(Math.max(0, ...rows.map(({ row }) => row + 1)));
      }),
    );
  });
});

describe("a counter", () => {
  it("has a row for each moment at which it changed, with what it was after it", () => {
    const counter = new CounterColumns();
    for (const [now, value] of [
      [0, 0],
      [1, 2],
      [1, 3],
      [2, 3],
      [4, 1],
    ]) {
      counter.set(now, value);
    }
    expect(counter.columns()).toEqual({ time: Float64Array.of(1, 4), value: Float64Array.of(3, 1) });
  });
});

describe("the log of a stage", () => {
  it("has a row for every request, and no lane where a request had none", () => {
    const column = (...values: number[]) => {
      const made = new Column();
      for (const value of values) made.push(value);
      return made;
    };
    const columns = { queued: column(1, 2), start: column(1), end: column(3), lane: column(Number.NaN, 4) };
    expect(stageLog({ name: "decode", category: "gpu", resource: "gpu" }, columns, 3)).toEqual({
      name: "decode",
      category: "gpu",
      resource: "gpu",
      queued: Float64Array.of(1, 2, Number.NaN),
      start: Float64Array.of(1, Number.NaN, Number.NaN),
      end: Float64Array.of(3, Number.NaN, Number.NaN),
      lane: Int32Array.of(-1, 4, -1),
    });
  });
});
