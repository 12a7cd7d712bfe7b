import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { bytesPerElement, precisions } from "../../src/core/precision.js";
import { formatShape, gemm, gemv, operator, readShape, uniform } from "../../src/model/index.js";

const extent = fc.integer({ min: 1, max: 65536 });
const precision = fc.constantFrom(...precisions);

describe("the work of a GEMV of N x K", () => {
  it("reads N K weights and K inputs, writes N outputs, and does N K multiply-adds", () => {
    expect(gemv.work([3, 5], uniform("FP16"))).toEqual({
      flop: { FP16: 30 },
      units: "matrix",
      bytes: { dram: (15 + 5 + 3) * 2 },
    });
  });
});

describe("the work of a GEMM of M x N x K", () => {
  it("reads A and B, writes C, and does M N K multiply-adds", () => {
    expect(gemm.work([2, 3, 5], uniform("FP32"))).toEqual({
      flop: { FP32: 60 },
      units: "matrix",
      bytes: { dram: (10 + 15 + 6) * 4 },
    });
  });

  it("of one column is a GEMV", () => {
    fc.assert(
      fc.property(extent, extent, precision, (n, k, p) => {
        expect(gemm.work([n, 1, k], uniform(p))).toEqual(gemv.work([n, k], uniform(p)));
      }),
    );
  });

  it("is the same transposed", () => {
    fc.assert(
      fc.property(extent, extent, extent, precision, (m, n, k, p) => {
        expect(gemm.work([m, n, k], uniform(p))).toEqual(gemm.work([n, m, k], uniform(p)));
      }),
    );
  });

  it("moves bytes in proportion to the size of an element", () => {
    fc.assert(
      fc.property(extent, extent, extent, precision, (m, n, k, p) => {
        expect(gemm.work([m, n, k], uniform(p)).bytes.dram).toBe(
          gemm.work([m, n, k], uniform("INT8")).bytes.dram * bytesPerElement[p],
        );
      }),
    );
  });
});

describe("a shape", () => {
  it("is read from a list or by name", () => {
    expect(readShape(gemm, [1, 2, 3])).toEqual([1, 2, 3]);
    expect(readShape(gemm, { K: 3, M: 1, N: 2 })).toEqual([1, 2, 3]);
    expect(formatShape([4096, 1024])).toBe("4096 x 1024");
  });

  it.each([
    [gemv, [1, 2, 3], "shape: gemv has 2 extents, got [1,2,3]\nWrite the shape of a gemv as [N, K]: [4096, 4096]."],
    [gemm, [1, 2], "shape: gemm has 3 extents, got [1,2]"],
    [gemv, [0, 1], "shape: N must be a whole number of at least 1, got 0"],
    [gemv, [1, 2.5], "shape: K must be a whole number of at least 1, got 2.5"],
    [gemv, [1, "2"], 'shape: K must be a whole number of at least 1, got "2"'],
    [gemv, { N: 1, M: 2 }, 'shape: gemv has no extent "M"'],
    [gemv, { N: 1 }, 'shape: gemv has 2 extents, got {"N":1}'],
    [gemv, "4096,4096", 'shape: a shape is a list of extents, got "4096,4096"'],
  ])("is refused (%#)", (known, shape, message) => {
    expect(() => readShape(known, shape as never)).toThrow(InputError);
    expect(() => readShape(known, shape as never)).toThrow(message);
  });
});

describe("operator", () => {
  it("finds by name", () => {
    expect(operator("GEMM")).toBe(gemm);
  });

  it("names the nearest", () => {
    expect(() => operator("gemn")).toThrow('kernel: unknown kernel "gemn"\nDid you mean "gemv"? Known: "gemv", "gemm"');
  });
});

describe("a shape as a list", () => {
  it("may leave out the last extents that have defaults, and no others", () => {
    const attention = operator("attention");
    const whole = [1, 32, 8, 128, 4096, 4096, 0, 0, 1];
    expect(readShape(attention, whole.slice(0, 6))).toEqual(whole);
    expect(readShape(attention, whole.slice(0, 8))).toEqual(whole);
    // Of kv_len the default is q_len.
    expect(readShape(attention, whole.slice(0, 5))).toEqual(whole);
    expect(() => readShape(attention, whole.slice(0, 4))).toThrow("shape: attention has 9 extents, got [1,32,8,128]");
    expect(() => readShape(operator("gemm"), [1, 2])).toThrow("shape: gemm has 3 extents, got [1,2]");
    expect(() => readShape(attention, [...whole, 1])).toThrow("shape: attention has 9 extents");
  });
});
