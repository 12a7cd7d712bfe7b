// Operators that memory binds: what they ask of a machine, by hand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesPerElement, precisions } from "../../src/core/precision.js";
import {
  copy,
  elementwise,
  embedding,
  type Formats,
  layerNorm,
  mean,
  type Operator,
  operator,
  operators,
  rmsNorm,
  softmax,
  sum,
  transpose,
  uniform,
} from "../../src/model/index.js";

const fp32 = uniform("FP32");

describe("the work of functions by element", () => {
  it("reads each operand once and writes the result once", () => {
    expect(operator("add").work([1000], fp32)).toEqual({ flop: { FP32: 1000 }, bytes: { dram: 12_000 } });
    expect(operator("add_scalar").work([1000], fp32)).toEqual({ flop: { FP32: 1000 }, bytes: { dram: 8000 } });
    expect(operator("relu").work([1000], uniform("FP16"))).toEqual({ flop: { FP16: 1000 }, bytes: { dram: 4000 } });
  });

  it("counts an exponential or an error function as one operation", () => {
    // x / sqrt(2), erf, + 1, times x, / 2
    expect(operator("gelu").work([10], fp32).flop).toEqual({ FP32: 50 });
    // -x, exp, + 1, quotient
    expect(operator("silu").work([10], fp32).flop).toEqual({ FP32: 40 });
  });

  it("is of one kernel, with the bytes of the work", () => {
    for (const known of elementwise.values()) {
      const [kernel, ...more] = known.kernels([1 << 20], fp32);
      expect(more).toEqual([]);
      expect(kernel).toMatchObject({ kind: "stream", elements: 1 << 20, math: "FP32" });
      if (kernel.kind === "stream") expect(kernel.read + kernel.written).toBe(known.work([1 << 20], fp32).bytes.dram);
    }
  });
});

describe("the work of moving data", () => {
  it("is no arithmetic: a copy reads and writes, in another format if asked", () => {
    expect(copy.work([1000], fp32)).toEqual({ flop: {}, bytes: { dram: 8000 } });
    expect(copy.work([1000], { ...fp32, output: "FP8_E4M3" }).bytes.dram).toBe(5000);
    expect(transpose.work([10, 100], fp32)).toEqual({ flop: {}, bytes: { dram: 8000 } });
  });

  it("of looking up 3 rows of 4 elements reads and writes them, and 3 indices of 8 bytes", () => {
    expect(embedding.work([3, 4, 1000], uniform("FP16"))).toEqual({ flop: {}, bytes: { dram: 24 + 24 + 24 } });
  });
});

describe("the work of rows", () => {
  it("of 2 x 8 that are reduced is 2 x 7 sums, 8 when they are averaged, and 2 results", () => {
    expect(sum.work([2, 8], fp32)).toEqual({ flop: { FP32: 14 }, bytes: { dram: 64 + 8 } });
    expect(mean.work([2, 8], fp32)).toEqual({ flop: { FP32: 16 }, bytes: { dram: 64 + 8 } });
  });

  it("of a softmax is five operations an element, each element read and written once", () => {
    expect(softmax.work([2, 8], uniform("FP16"))).toEqual({ flop: { FP16: 80 }, bytes: { dram: 64 } });
  });

  it("of a layer norm is seven operations, with scale and shift in the format of weights; of an RMS norm four, with scale", () => {
    const mixed: Formats = { ...uniform("FP16"), weight: "FP32" };
    expect(layerNorm.work([2, 8], mixed)).toEqual({ flop: { FP16: 112 }, bytes: { dram: 64 + 2 * 8 * 4 } });
    expect(rmsNorm.work([2, 8], mixed)).toEqual({ flop: { FP16: 64 }, bytes: { dram: 64 + 8 * 4 } });
  });

  it("of up to 1024 elements stay in a warp's registers in a softmax; longer ones are read three times by a block", () => {
    expect(softmax.kernels([64, 1024], fp32)).toMatchObject([{ kind: "stream", read: 64 * 4096, written: 64 * 4096 }]);
    expect(softmax.kernels([64, 2048], fp32)).toMatchObject([{ kind: "rows", passes: 3, threads: 256, vector: 4 }]);
    expect(softmax.kernels([64, 65536], uniform("FP16"))).toMatchObject([{ kind: "rows", threads: 512, vector: 8 }]);
    // 1024 elements of 64 bits are more than a warp keeps.
    expect(softmax.kernels([64, 1024], uniform("FP64"))).toMatchObject([{ kind: "rows" }]);
  });
});

describe("every operator that memory binds", () => {
  // Of a tensor that is spread over more devices each has less: see collective.test.ts.
  const others = [
    "gemv",
    "gemm",
    "attention",
    "ffn",
    "conv2d",
    "all_reduce",
    "all_gather",
    "reduce_scatter",
    "send_recv",
  ];
  const known = [...operators.values()].filter(({ type }) => !others.includes(type));
  const asked = fc.constantFrom(...known).chain((one) =>
    fc.record({
      one: fc.constant<Operator>(one),
      shape: fc.tuple(...one.dimensions.map(() => fc.integer({ min: 1, max: 4096 }))),
      precision: fc.constantFrom(...precisions),
    }),
  );

  it("moves bytes in proportion to the size of an element, indices left out", () => {
    fc.assert(
      fc.property(asked, ({ one, shape, precision }) => {
        const indices = one.type === "embedding" ? 8 * shape[0] : 0;
        const bytes = one.work(shape, uniform(precision)).bytes.dram - indices;
        expect(bytes).toBe((one.work(shape, uniform("INT8")).bytes.dram - indices) * bytesPerElement[precision]);
      }),
    );
  });

  it("asks for no less when an extent grows", () => {
    fc.assert(
      fc.property(asked, fc.nat(), ({ one, shape, precision }, pick) => {
        const larger = shape.map((extent, index) => (index === pick % shape.length ? 2 * extent : extent));
        const [before, after] = [shape, larger].map((extents) => one.work(extents, uniform(precision)));
        expect(after.bytes.dram).toBeGreaterThanOrEqual(before.bytes.dram);
        expect(after.flop[precision] ?? 0).toBeGreaterThanOrEqual(before.flop[precision] ?? 0);
      }),
    );
  });
});
