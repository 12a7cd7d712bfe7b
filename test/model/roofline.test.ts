import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { device } from "../../src/hardware/index.js";
import {
  type OperatorType,
  operators,
  type PredictOptions,
  placeOnRoofline,
  predict,
  predictWork,
  type SweepOptions,
  sweep,
  sweepRows,
} from "../../src/model/index.js";

describe("predict, on the five GB10 figures", () => {
  it.each<[OperatorType, number[], string, number, number, string]>([
    ["gemv", [4096, 4096], "FP16", 203, 20, "memory"],
    ["gemv", [4096, 4096], "FP8", 35, 5, "memory"],
    ["gemm", [4096, 4096, 4096], "FP16", 14300, 1500, "compute"],
    ["gemm", [4096, 4096, 4096], "FP8", 834, 100, "compute"],
    ["gemm", [4096, 4096, 4096], "TF32", 3680, 400, "compute"],
  ])("%s %j %s takes %d +- %d us", (kernel, shape, precision, time, tolerance, bottleneck) => {
    const prediction = predict({ kernel, shape, precision, device: "gb10" });
    expect(Math.abs(prediction.predicted_time_us - time)).toBeLessThanOrEqual(tolerance);
    expect(prediction.bottleneck).toBe(bottleneck);
    expect(prediction.model).toBe("table");
  });

  it("the arithmetic is that of the measured ratios: 203.4, 34.8, 14302, 838 and 3682 us", () => {
    const time = (kernel: OperatorType, shape: number[], precision: string) =>
      predict({ kernel, shape, precision, device: "gb10" }).predicted_time_us;
    const cube = [4096, 4096, 4096];
    expect(time("gemv", [4096, 4096], "FP16")).toBeCloseTo(203.4, 0);
    expect(time("gemv", [4096, 4096], "FP8")).toBeCloseTo(34.8, 0);
    expect(time("gemm", cube, "FP16")).toBeCloseTo(14302, -1);
    expect(time("gemm", cube, "FP8")).toBeCloseTo(838, 0);
    expect(time("gemm", cube, "TF32")).toBeCloseTo(3682, 0);
  });
});

describe("predict", () => {
  it("A100: a matrix product of 1024 cubed in FP32 takes 0.110 ms and is compute-bound", () => {
    const prediction = predict({
      kernel: "gemm",
      shape: [1024, 1024, 1024],
      precision: "FP32",
      device: "a100",
      mode: "ideal",
    });
    expect(prediction.predicted_time_us / 1000).toBeCloseTo(0.11, 3);
    expect(prediction.bottleneck).toBe("compute");
    expect(prediction.predicted_tflops).toBeCloseTo(19.5);
    expect(prediction.efficiency_factor).toBeNull();
  });

  it("answers with exactly the promised fields", () => {
    const prediction = predict({
      kernel: "gemv",
      shape: [4096, 4096],
      precision: "half",
      device: "B10",
      mode: "realistic",
    });
    expect(JSON.parse(JSON.stringify(prediction))).toEqual({
      device: "gb10",
      kernel_type: "gemv",
      shape: [4096, 4096],
      precision: "FP16",
      mode: "realistic",
      model: "table",
      protocol: null,
      predicted_time_us: expect.closeTo(203.43, 2),
      predicted_tflops: expect.closeTo(0.165, 3),
      effective_tflops: expect.closeTo(0.165, 3),
      ai: expect.closeTo(1, 2),
      critical_ai: expect.closeTo(62e12 / 287e9, 6),
      bottleneck: "memory",
      limiter: "DRAM",
      efficiency_factor: 0.575,
      flops: 2 * 4096 * 4096,
      bytes: (4096 * 4096 + 2 * 4096) * 2,
    });
  });

  it("is one line where it is printed", () => {
    const prediction = predict({ kernel: "gemv", shape: [4096, 4096], precision: "FP16", device: "gb10" });
    expect(inspect(prediction)).toBe(
      "gemv 4096 x 4096 FP16 on gb10: 203 us, memory-bound, 0.165 TFLOP/s (realistic, table)",
    );
  });

  it("explains an efficiency above 1 by the L2 that holds the matrix", () => {
    const [note] = predict({ kernel: "gemv", shape: [4096, 4096], precision: "FP8", device: "gb10" }).notes;
    expect(note).toBe(
      "An efficiency of 1.68 means more than the DRAM gives: the 16.8 MB that it moves fit into the 25.2 MB of L2, " +
        "a level of memory that the roofline does not have.",
    );
  });

  it("warns where that efficiency is applied to a matrix that L2 does not hold", () => {
    const [note] = predict({ kernel: "gemv", shape: [16384, 16384], precision: "FP8", device: "gb10" }).notes;
    expect(note).toContain("take this time as too short");
  });

  it("plans where the device has no entry, never faster than the roofline", () => {
    const realistic = predict({ kernel: "gemm", shape: [64, 64, 64], precision: "FP16", device: "h100" });
    const ideal = predict({ kernel: "gemm", shape: [64, 64, 64], precision: "FP16", device: "h100", mode: "ideal" });
    expect(realistic).toMatchObject({ model: "planner", efficiency_factor: null, bottleneck: "overhead" });
    expect(realistic.predicted_time_us).toBeGreaterThan(ideal.predicted_time_us);
    expect(realistic.notes[0]).toMatch(/^Planned: tiles of \d+ x \d+; \d+ blocks on 132 SMs at once\.$/);
    expect(ideal.notes).toEqual([]);
  });

  it("says that realistic is the plain roofline where there is nothing to plan with", () => {
    const asked = { kernel: "gemm", shape: [64, 64, 64], precision: "BF16", device: "tpu-v5e" } as const;
    const realistic = predict(asked);
    expect(realistic).toMatchObject({ model: "ideal", efficiency_factor: null });
    expect(realistic.predicted_time_us).toBe(predict({ ...asked, mode: "ideal" }).predicted_time_us);
    expect(realistic.notes).toEqual([
      "TPU v5e has no efficiency entry for gemm BF16 and no SMs to plan for: this is the plain roofline.",
    ]);
    expect(() => predict({ ...asked, mode: "planner" })).toThrow("TPU v5e states no sms, which the planner needs");
  });

  it.each([
    [{ kernel: "gemx" }, 'kernel: unknown kernel "gemx"'],
    [{ shape: [1] }, "shape: gemv has 2 extents"],
    [{ precision: "FP12" }, 'precision: unknown precision "FP12"'],
    [{ precision: "FP8", device: "a100" }, "precision: A100 PCIe 80 GB has no peak for FP8_E4M3\nIt has FP64, FP32, "],
    [{ device: "h1000" }, 'unknown device "h1000"'],
    [{ mode: "fast" }, 'mode: unknown mode "fast"\nKnown: "ideal", "realistic" or "planner".'],
  ])("refuses %j", (change, message) => {
    const good = { kernel: "gemv" as const, shape: [64, 64], precision: "FP16", device: "h100" };
    expect(() => predict({ ...good, ...change } as PredictOptions)).toThrow(InputError);
    expect(() => predict({ ...good, ...change } as PredictOptions)).toThrow(message);
  });
});

describe("laws of the roofline", () => {
  const extent = fc.integer({ min: 1, max: 16384 });
  const where = fc.constantFrom("gb10", "a100", "h100");
  const precision = fc.constantFrom("FP32", "TF32", "BF16", "FP16", "INT8");

  it("never beats either resource, and reaches the one that binds", () => {
    fc.assert(
      fc.property(extent, extent, extent, precision, where, (m, n, k, p, name) => {
        const spec = device(name);
        const { predicted_time_us, flops, bytes, bottleneck, ai, critical_ai, predicted_tflops, effective_tflops } =
          predict({
            kernel: "gemm",
            shape: [m, n, k],
            precision: p,
            device: spec,
            mode: "ideal",
          });
        const seconds = predicted_time_us * 1e-6;
        const compute = flops / (spec.peak[p as "FP16"] as number);
        const memory = bytes / spec.dram.bandwidth;
        expect(seconds).toBeCloseTo(Math.max(compute, memory), 12);
        expect(bottleneck).toBe(memory > compute ? "memory" : "compute");
        if (Math.abs(ai / critical_ai - 1) > 1e-9) expect(bottleneck === "memory").toBe(ai < critical_ai);
        expect(predicted_tflops / effective_tflops).toBeCloseTo(1, 9);
      }),
    );
  });

  it("an efficiency divides the ideal time, whichever resource binds", () => {
    fc.assert(
      fc.property(extent, extent, fc.constantFrom("FP16", "TF32", "FP8_E4M3", "INT8"), (n, k, p) => {
        const ask = { kernel: "gemv" as const, shape: [n, k], precision: p, device: "gb10" };
        const real = predict(ask);
        const ideal = predict({ ...ask, mode: "ideal" });
        expect(real.predicted_time_us * (real.efficiency_factor as number)).toBeCloseTo(ideal.predicted_time_us, 6);
        expect(real.bottleneck).toBe(ideal.bottleneck);
      }),
    );
  });
});

describe("predictWork", () => {
  it("places the counted work of a launch", () => {
    const saxpy = predictWork({ flop: { FP32: 2e6 }, bytes: { dram: 12e6 } }, { device: "h100", label: "saxpy" });
    expect(saxpy).toMatchObject({
      kernel_type: "saxpy",
      precision: "FP32",
      bottleneck: "memory",
      mode: "ideal",
      shape: [],
    });
    expect(saxpy.predicted_time_us).toBeCloseTo((12e6 / 3350e9) * 1e6);
    expect(saxpy.ai).toBeCloseTo(1 / 6);
    expect(String(saxpy)).toMatch(/^saxpy FP32 on h100-sxm: 3.58 us, memory-bound/);
  });

  it("agrees with the operator that has the same work", () => {
    const operatorAnswer = predict({
      kernel: "gemm",
      shape: [256, 256, 256],
      precision: "FP16",
      device: "a100",
      mode: "ideal",
    });
    const { flops, bytes } = operatorAnswer;
    const launch = predictWork({ flop: { FP16: flops }, bytes: { dram: bytes } }, { device: "a100" });
    expect(launch.predicted_time_us).toBe(operatorAnswer.predicted_time_us);
  });

  it("does operations of several precisions one after another", () => {
    const spec = device("a100");
    const place = placeOnRoofline({ flop: { FP32: 19.5e12, FP64: 9.7e12 }, bytes: { dram: 1 } }, spec);
    expect(place.time).toBeCloseTo(2);
    expect(predictWork({ flop: { FP32: 1, FP64: 1 }, bytes: { dram: 1 } }, { device: spec }).precision).toBe("mixed");
  });

  it("places a copy, which computes nothing, at intensity 0", () => {
    const copy = predictWork({ flop: {}, bytes: { dram: 1935e9 } }, { device: "a100" });
    expect(copy).toMatchObject({ ai: 0, bottleneck: "memory", predicted_tflops: 0 });
    expect(copy.predicted_time_us).toBeCloseTo(1e6);
  });

  it("counts at another precision when asked", () => {
    const work = { flop: { FP32: 1e12 }, bytes: { dram: 1 } };
    expect(predictWork(work, { device: "a100", precision: "tf32" }).predicted_time_us).toBeCloseTo(1e12 / 156e6);
  });

  it("refuses work that touches no memory, and a precision without a peak", () => {
    expect(() => predictWork({ flop: { FP32: 1 }, bytes: { dram: 0 } }, { device: "a100" })).toThrow(
      "work that moves 0 bytes of device memory has no place on a roofline",
    );
    expect(() => predictWork({ flop: { MXFP4: 1 }, bytes: { dram: 1 } }, { device: "a100" })).toThrow(
      "A100 PCIe 80 GB has no peak for MXFP4",
    );
  });
});

describe("sweep", () => {
  const options: SweepOptions = {
    kernel: "gemm",
    shapes: [[512, 512, 512], { M: 4096, N: 4096, K: 4096 }],
    precisions: ["FP16", "TF32"],
    devices: ["gb10", "a100", "h100"],
    modes: ["ideal", "realistic"],
  };

  it("has one row for every combination, shapes varying slowest", () => {
    const table = sweep(options);
    expect(table.numRows()).toBe(2 * 2 * 3 * 2);
    expect(table.slice(0, 3).array("device")).toEqual(["gb10", "gb10", "a100-pcie-80gb"]);
    expect(table.get("shape", 0)).toBe("512 x 512 x 512");
    expect(table.columnNames()).toEqual([
      ...["device", "kernel_type", "shape", "M", "N", "K", "precision", "mode", "model", "protocol"],
      ...["predicted_time_us", "predicted_tflops", "effective_tflops", "ai", "critical_ai", "bottleneck", "limiter"],
      ...["efficiency_factor", "flops", "bytes", "note"],
    ]);
  });

  it("says what predict says", () => {
    const [row] = sweepRows({ ...options, modes: ["realistic"] });
    const prediction = predict({ kernel: "gemm", shape: [512, 512, 512], precision: "FP16", device: "gb10" });
    expect(row).toMatchObject({ ...prediction, shape: "512 x 512 x 512" });
  });

  it("is filtered and grouped like any Arquero table", () => {
    const fastest = sweep(options)
      .filter((d: { mode: string }) => d.mode === "ideal")
      .groupby("device")
      .count();
    expect(fastest.array("count")).toEqual([4, 4, 4]);
  });

  it("does not drop in silence a precision that a device lacks", () => {
    expect(() => sweep({ ...options, precisions: ["FP8", "FP16"] })).toThrow(
      /precisions: A100 PCIe 80 GB has no peak for FP8_E4M3\nIt has .*missing: "keep"/,
    );
    const kept = sweepRows({ ...options, precisions: ["FP8"], modes: ["ideal"], missing: "keep" });
    expect(kept).toHaveLength(2 * 3);
    expect(kept.filter(({ predicted_time_us }) => predicted_time_us === null)).toMatchObject(
      Array(2).fill({ device: "a100-pcie-80gb", note: "A100 PCIe 80 GB has no peak for FP8_E4M3." }),
    );
  });

  it("keeps a shape that is none, and a device that cannot do it, as rows with their reasons", () => {
    const rows = sweepRows({
      kernel: "attention",
      shapes: [
        { batch: 1, heads: 32, kv_heads: 8, head_dim: 64, q_len: 128, causal: true },
        { batch: 1, heads: 32, kv_heads: 5, head_dim: 64, q_len: 128 },
        { batch: 1, heads: 0, head_dim: 64, q_len: 128 },
      ],
      precisions: ["FP16"],
      devices: ["h100", "p100"],
      modes: ["ideal"],
      missing: "keep",
    });
    expect(rows.map(({ shape, heads, note }) => [shape, heads, note])).toEqual([
      ["batch 1, heads 32, kv_heads 8, head_dim 64, q_len 128, kv_len 128, causal 1", 32, ""],
      ["batch 1, heads 32, kv_heads 8, head_dim 64, q_len 128, kv_len 128, causal 1", 32, ""],
      ...Array(2).fill([expect.stringContaining('"kv_heads":5'), null, "32 heads cannot share 5 kv_heads evenly."]),
      ...Array(2).fill([expect.any(String), null, "heads must be a whole number of at least 1, got 0."]),
    ]);
    expect(rows[2]).toMatchObject({ device: "h100-sxm", predicted_time_us: null, model: null });
  });

  it("has columns for what is asked beside: storage formats, intervals, protocols", () => {
    const [row] = sweepRows({
      ...options,
      modes: ["planner"],
      weight: "int8",
      interval: true,
      protocol: "events",
    });
    const asked = {
      kernel: "gemm",
      shape: [512, 512, 512],
      precision: "FP16",
      device: "gb10",
      mode: "planner",
    } as const;
    const prediction = predict({ ...asked, weight: "INT8", interval: true, protocol: "events" });
    expect(row).toMatchObject({ ...prediction, shape: "512 x 512 x 512", weight: "INT8", protocol: "events" });
    expect(() => sweep({ ...options, weight: "int9" })).toThrow('weight: unknown precision "int9"');
  });

  it("has no extent that is called like another column, whatever the operator", () => {
    const columns = sweep({ ...options, weight: "int8", input: "int8", output: "int8", interval: true }).columnNames();
    const others = columns.filter((name) => !["M", "N", "K"].includes(name));
    for (const { type, dimensions } of operators.values()) {
      for (const { name } of dimensions) expect(others, type).not.toContain(name);
    }
  });

  it.each([
    [{ shapes: [] }, "shapes must be a list with something in it, got []"],
    [{ devices: undefined }, "devices must be a list with something in it, got nothing"],
    [
      {
        shapes: [
          [512, 512, 512],
          [1, 2],
        ],
      },
      "shapes[1]: gemm has 3 extents",
    ],
    [{ precisions: ["FP16", "FP15"] }, 'precisions[1]: unknown precision "FP15"'],
    [{ modes: ["planer"] }, 'modes[0]: unknown mode "planer"'],
    [{ missing: "drop" }, 'missing must be "error" or "keep", got "drop"'],
  ])("refuses %j", (change, message) => {
    expect(() => sweep({ ...options, ...change } as never)).toThrow(InputError);
    expect(() => sweep({ ...options, ...change } as never)).toThrow(message);
  });
});
