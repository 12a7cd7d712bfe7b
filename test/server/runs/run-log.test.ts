import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packRun, unpackRun } from "../../../src/server/runs/run-log.js";
import { presets, type ServiceRun, simulate, toChromeTrace } from "../../../src/serving/index.js";

const column = fc.oneof(
  fc.float64Array({ maxLength: 20 }),
  fc.int32Array({ maxLength: 20 }),
  fc.constant(Float64Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY)),
);

describe("a packed run", () => {
  it("gives back every bit of every column, and the rest as JSON has it", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(column, fc.string(), fc.array(column), fc.constant(null))),
        (value) => {
          const given = { ...value };
          expect(unpackRun(packRun(given))).toEqual(given);
        },
      ),
    );
  });

  it("has a form that anybody can read: the length of a JSON text, the text, and the columns behind it", () => {
    const bytes = gunzipSync(packRun({ name: "x", time: Float64Array.of(1, 2), lane: Int32Array.of(3) }));
    const length = bytes.readUInt32LE(0);
    expect(JSON.parse(bytes.subarray(4, 4 + length).toString())).toEqual({
      name: "x",
      time: { $column: ["f64", 0, 2] },
      lane: { $column: ["i32", 16, 1] },
    });
    const base = Math.ceil((4 + length) / 8) * 8;
    expect([bytes.readDoubleLE(base), bytes.readDoubleLE(base + 8), bytes.readInt32LE(base + 16)]).toEqual([1, 2, 3]);
  });

  it.each(["overload", "llm-chunked"])("of %s has the same trace", (name) => {
    const run = simulate({
      ...presets.get(name)!,
      workload: { ...presets.get(name)!.workload, duration_s: 2, warmup_s: 0 },
    });
    expect(toChromeTrace(unpackRun(packRun(run)) as ServiceRun)).toBe(toChromeTrace(run));
  });
});
