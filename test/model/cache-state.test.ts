// What L2 holds when a time is taken, and whether bringing activations into a narrow format is part of it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { device } from "../../src/hardware/index.js";
import { predict, validate } from "../../src/model/index.js";

const time = (kernel: "gemv" | "gemm" | "add", shape: number[], options: object = {}): number =>
  predict({ kernel, shape, precision: "FP16", device: "h100", mode: "planner", ...options }).predicted_time_us;

describe("the cache", () => {
  it("that is warm spares the DRAM what fits L2, and nothing of what is far larger", () => {
    // 8 MB and 512 MB of weights; the L2 of an H100 has 50 MB.
    expect(time("gemv", [2048, 2048], { cache: "warm" })).toBeLessThan(0.95 * time("gemv", [2048, 2048]));
    expect(time("gemv", [16384, 16384], { cache: "warm" })).toBe(time("gemv", [16384, 16384]));
  });

  it("of rotating copies keeps only what fits together", () => {
    // 34 MB fit alone; five copies of them do not.
    const shape = [4096, 4096];
    expect(time("gemv", shape, { cache: "warm" })).toBeLessThan(time("gemv", shape));
    expect(time("gemv", shape, { cache: "rotating" })).toBe(time("gemv", shape));
    expect(time("gemv", [1024, 1024], { cache: "rotating" })).toBe(time("gemv", [1024, 1024], { cache: "warm" }));
  });

  it("never makes anything slower, and a larger L2 keeps no less", () => {
    const extent = fc.integer({ min: 16, max: 16384 });
    const h100 = device("h100");
    const larger = { ...h100, cache: { ...h100.cache, l2: 2 * (h100.cache.l2 ?? 0) } };
    fc.assert(
      fc.property(extent, extent, extent, (m, n, k) => {
        const [cold, rotating, warm] = ["cold", "rotating", "warm"].map((cache) => time("gemm", [m, n, k], { cache }));
        expect(warm).toBeLessThanOrEqual(rotating);
        expect(rotating).toBeLessThanOrEqual(cold);
        expect(time("gemm", [m, n, k], { cache: "warm", device: larger })).toBeLessThanOrEqual(warm);
      }),
    );
  });

  it("is said in the prediction where it is not cold, and in words", () => {
    const warm = predict({ kernel: "gemv", shape: [2048, 2048], precision: "FP16", device: "h100", cache: "warm" });
    expect(warm).toMatchObject({ cache: "warm", model: "planner" });
    expect(warm.notes.join(" ")).toContain("Of its data 100 % are still in L2.");
    const cold = { ...predict({ kernel: "gemv", shape: [2048, 2048], precision: "FP16", device: "h100" }) };
    expect(Object.keys(cold)).not.toContain("cache");
  });

  it("is taken from a benchmark file's protocol", () => {
    const entry = { kernel_type: "gemv", shape: [2048, 2048], precision: "FP16", measured_time_us: 5 };
    const predicted = (cache: string): number =>
      validate({ hardware_key: "h100", protocol: { launch: "graph", cache }, benchmarks: [entry] }).results[0]
        .predicted_time_us;
    expect(predicted("warm")).toBe(time("gemv", [2048, 2048], { cache: "warm" }));
    expect(predicted("cold")).toBe(time("gemv", [2048, 2048]));
  });

  it("is one of three words", () => {
    expect(() => time("gemv", [8, 8], { cache: "hot" })).toThrow(
      'cache: unknown cache "hot"\nKnown: "cold", "warm" or "rotating".',
    );
  });
});

describe("quantisation", () => {
  const narrow = (quantise?: string): number =>
    time("gemm", [4096, 4096, 4096], { precision: "FP8_E4M3", ...(quantise !== undefined && { quantise }) });

  it("is not included unless asked for, and costs a pass over the activations at least", () => {
    // 4096 x 4096 activations: 33.6 MB read, 16.8 MB written, at 3.35 TB/s.
    const pass = (1.5 * 2 * 4096 * 4096) / 3.35e6;
    for (const way of ["rows", "blocks"]) expect(narrow(way) - narrow()).toBeGreaterThan(pass);
    // Read three times, written one and a half times.
    expect(narrow("matrix") - narrow()).toBeGreaterThan(3 * pass);
  });

  it("is nothing where the format is not narrower than the activations", () => {
    const shape = [1024, 1024, 1024];
    expect(time("gemm", shape, { quantise: "rows" })).toBe(time("gemm", shape));
  });

  it("is one of three words", () => {
    expect(() => narrow("all")).toThrow('quantise: unknown quantisation "all"\nKnown: "matrix", "rows" or "blocks".');
  });
});
