// Which rows of a validation are shown, in which order, and where a picture puts them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ValidationColumns } from "../../../src/view/validation-state.js";
import { formatFigure, withPrefix } from "../../../widgets/validation/figures.js";
import { type Choice, countByStatus, shownRows } from "../../../widgets/validation/rows.js";
import { logScale, signedScale } from "../../../widgets/validation/scale.js";

const columns: ValidationColumns = {
  kernel: ["gemm", "gemv", "gemm", "softmax"],
  shape: ["512 x 512 x 512", "4096 x 4096", "64 x 64 x 64", "128 x 1024"],
  precision: ["FP16", "FP16", "TF32", "FP32"],
  predicted: [10, 20, 5, 8],
  ideal: [8, 15, 1, 6],
  measured: [10, 16, 20, 8],
  residual: [0, 25, -75, 0],
  bottleneck: ["compute", "memory", "overhead", "memory"],
  status: ["green", "yellow", "red", "green"],
  idealResidual: [-20, -6.25, -95, -25],
  idealBottleneck: ["compute", "memory", "memory", "memory"],
  idealStatus: ["yellow", "green", "red", "yellow"],
  measuredBottleneck: ["compute", null, null, "memory"],
  note: [-1, -1, -1, -1],
  ai: [100, 1, 10, 2],
  flops: [1e8, 1e7, 1e5, 1e6],
};
const all: Choice = { text: "", statuses: new Set(["green", "yellow", "red"]), key: "index", descending: false };

describe("rows", () => {
  it("stand as in the file until they are ordered", () => {
    expect(shownRows(columns, all)).toEqual([0, 1, 2, 3]);
    expect(shownRows(columns, { ...all, key: "measured" })).toEqual([3, 0, 1, 2]);
    expect(shownRows(columns, { ...all, key: "measured", descending: true })).toEqual([2, 1, 0, 3]);
  });

  it("are ordered by how far off, whichever way, by severity, and by numbers within words", () => {
    expect(shownRows(columns, { ...all, key: "residual", descending: true })).toEqual([2, 1, 0, 3]);
    expect(shownRows(columns, { ...all, key: "status", descending: true })).toEqual([2, 1, 0, 3]);
    expect(shownRows(columns, { ...all, key: "shape" })).toEqual([2, 3, 0, 1]);
  });

  it("are those that have all words, in any case, and a status that is asked for", () => {
    expect(shownRows(columns, { ...all, text: " GEMM fp16 " })).toEqual([0]);
    expect(shownRows(columns, { ...all, text: "memory" })).toEqual([1, 3]);
    expect(shownRows(columns, { ...all, statuses: new Set(["red"]) })).toEqual([2]);
    expect(shownRows(columns, { ...all, only: new Set([3, 0]), text: "gemm" })).toEqual([0]);
    expect(shownRows(columns, { ...all, text: "red" })).toEqual([2]);
    expect(shownRows(columns, { ...all, text: "nothing like it" })).toEqual([]);
    expect(Object.fromEntries(countByStatus(columns))).toEqual({ green: 2, yellow: 1, red: 1 });
  });

  it("are the same rows in whatever order", () => {
    const keys = fc.constantFrom("index", "kernel", "shape", "precision", "predicted", "ideal", "residual", "status");
    fc.assert(
      fc.property(keys, fc.boolean(), (key, descending) => {
        const rows = shownRows(columns, { ...all, key: key as Choice["key"], descending });
        expect([...rows].sort()).toEqual([0, 1, 2, 3]);
      }),
    );
  });
});

describe("a scale", () => {
  it("keeps the order of values, between its ends", () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, (given) => {
        const sorted = [...given].sort((a, b) => a - b);
        for (const scale of [logScale(sorted, 10, 500), signedScale(sorted, 25, 10, 500)]) {
          const places = sorted.map((value) => scale.at(value));
          for (const [i, place] of places.entries()) {
            expect(place).toBeGreaterThanOrEqual(10);
            expect(place).toBeLessThanOrEqual(500);
            if (i > 0) expect(place).toBeGreaterThanOrEqual(places[i - 1]);
          }
        }
      }),
    );
  });

  it("has ticks at powers of ten, and at the limits of a verdict", () => {
    expect(logScale([3, 700], 0, 1).ticks).toEqual([10, 100, 1000]);
    expect(signedScale([-40], 25, 0, 1).ticks).toEqual([-50, -25, -10, 0, 10, 25, 50]);
    expect(signedScale([0], 25, 0, 100).at(0)).toBe(50);
  });

  it("stands without values", () => {
    expect(logScale([], 0, 100).ticks).toEqual([1, 10]);
  });
});

it("figures are written as people read them", () => {
  expect([203.42, 14302.4, 0.0351, 0, 1e-9].map(formatFigure)).toEqual(["203.4", "14,302", "0.0351", "0", "1.00e-9"]);
  expect([62e12, 287e9, 1500, 3].map(withPrefix)).toEqual(["62 T", "287 G", "1.5 k", "3"]);
});
