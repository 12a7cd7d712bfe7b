import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delinearise, dim3, formatDim3, formatIndex, volume } from "../../src/core/dim3.js";

describe("an extent in three dimensions", () => {
  it.each([
    [256, { x: 256, y: 1, z: 1 }],
    [[16, 8], { x: 16, y: 8, z: 1 }],
    [[2, 3, 4], { x: 2, y: 3, z: 4 }],
    [{ x: 16 }, { x: 16, y: 1, z: 1 }],
    [
      { x: 16, z: 2 },
      { x: 16, y: 1, z: 2 },
    ],
  ])("is read as people write it: %j", (written, extent) => {
    expect(dim3(written, "grid")).toEqual(extent);
  });

  it.each([
    [0, /grid must be whole numbers of at least 1, got 0/],
    [1.5, /got 1\.5/],
    [-3, /got -3/],
    [Number.NaN, /grid must be whole numbers of at least 1, got NaN/],
    [Number.POSITIVE_INFINITY, /got Infinity/],
    [[1, Number.NaN], /got \[1,NaN\]/],
    [{ x: Number.NaN }, /got \{"x":NaN\}/],
    [[1, 0], /got \[1,0\]/],
    [[1, 2, 3, 4], /grid has three dimensions at most/],
    ["16", /grid must be a number, a list or \{ x, y, z \}, got "16"/],
    [null, /got null/],
    [undefined, /got undefined/],
  ])("is refused where it is none: %j", (written, message) => {
    expect(() => dim3(written as number, "grid")).toThrow(message);
  });

  it("counts its elements with x fastest, each once", () => {
    const extents = fc.record({
      x: fc.integer({ min: 1, max: 9 }),
      y: fc.integer({ min: 1, max: 9 }),
      z: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(extents, (extent) => {
        for (let linear = 0; linear < volume(extent); linear++) {
          const { x, y, z } = delinearise(linear, extent);
          expect(x + extent.x * (y + extent.y * z)).toBe(linear);
          expect(x < extent.x && y < extent.y && z < extent.z).toBe(true);
        }
      }),
    );
  });

  it("is written in the dimensions that are in use, and so is an index in it", () => {
    const [line, plane, room] = [dim3(8, ""), dim3([8, 4], ""), dim3([8, 4, 2], "")];
    expect([line, plane, room].map(formatDim3)).toEqual(["(8)", "(8, 4)", "(8, 4, 2)"]);
    expect([line, plane, room].map((extent) => formatIndex({ x: 0, y: 0, z: 0 }, extent))).toEqual([
      "(0)",
      "(0, 0)",
      "(0, 0, 0)",
    ]);
  });
});
