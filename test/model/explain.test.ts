// Why a plan is what it is: candidates with their costs, and mixed precision and protocols in what they explain.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain, type PredictOptions, predict } from "../../src/model/index.js";

const product = { kernel: "gemm", shape: [4096, 4096, 4096], precision: "BF16", device: "h100" } as const;

describe("explain", () => {
  it("gives every way that was priced for each kernel, the taken one first", () => {
    const { prediction, kernels, launch_us } = explain(product);
    expect(prediction).toEqual(predict({ ...product, mode: "planner" }));
    const [kernel] = kernels;
    expect(kernel).toMatchObject({ kind: "matmul", limiter: "arithmetic" });
    expect(kernel.candidates.length).toBeGreaterThan(10);
    expect(kernel.candidates[0]).toMatchObject({ time_us: kernel.time_us, resources_us: kernel.resources_us });
    expect(Object.keys(kernel.candidates[0].choice)).toEqual(["tile", "split", "blocks", "waves"]);
    for (const { time_us } of kernel.candidates) expect(time_us).toBeGreaterThanOrEqual(kernel.time_us);
    expect(kernel.time_us + launch_us).toBeCloseTo(prediction.predicted_time_us, 9);
  });

  it("explains an operator of several kernels one by one, in the order in which they run", () => {
    const { kernels, prediction, launch_us } = explain({
      kernel: "ffn",
      shape: { batch: 1, seq: 16, hidden: 4096, inner: 11008, gated: true },
      precision: "BF16",
      device: "a100",
    });
    expect(kernels.length).toBeGreaterThan(1);
    const sum = kernels.reduce((total, { time_us }) => total + time_us, launch_us);
    expect(sum).toBeCloseTo(prediction.predicted_time_us, 6);
  });

  it("asks the planner where the table would have answered", () => {
    const gb10 = { ...product, device: "gb10", precision: "FP16" };
    expect(predict(gb10).model).toBe("table");
    expect(explain(gb10).prediction).toMatchObject({ mode: "planner", model: "planner" });
  });

  it("is text where it is printed: the prediction, and a line for each kernel", () => {
    expect(String(explain(product))).toMatch(
      /^gemm 4096 x .* \(planner\)\n {2}matmul: \d+ us, bound by arithmetic, the best of \d+\. Planned: tiles of .*\.$/,
    );
  });
});

describe("a prediction's protocol", () => {
  it("is a graph's unless asked otherwise, and null where nothing is launched", () => {
    expect(predict(product).protocol).toBe("graph");
    expect(predict({ ...product, mode: "ideal", protocol: "eager" }).protocol).toBeNull();
  });

  it("makes small products slower the more of the host is in it, and large ones hardly", () => {
    const time = (shape: number[], protocol: string) => predict({ ...product, shape, protocol }).predicted_time_us;
    const small = [64, 64, 64];
    expect(time(small, "graph")).toBeLessThan(time(small, "events"));
    expect(time(small, "events")).toBeLessThan(time(small, "eager"));
    expect(predict({ ...product, shape: small, protocol: "eager" })).toMatchObject({ limiter: "overhead" });
    const large = [8192, 8192, 8192];
    expect(time(large, "events") / time(large, "graph")).toBeCloseTo(1, 1);
  });

  it("is refused when it is none", () => {
    expect(() => predict({ ...product, protocol: "warm" })).toThrow(
      'protocol: unknown protocol "warm"\nKnown: "graph", "loop", "events", "eager" or "kernel".',
    );
  });
});

describe("mixed precision", () => {
  const decode: PredictOptions = { kernel: "gemm", shape: [1, 4096, 4096], precision: "BF16", device: "h100" };

  it("moves what is stored in its own format", () => {
    const { bytes, weight, input } = predict({ ...decode, weight: "INT4" });
    // 4096 x 4096 weights of half a byte, 4096 inputs and 4096 outputs of two.
    expect({ bytes, weight, input }).toEqual({ bytes: 4096 * 2048 + 2 * 2 * 4096, weight: "INT4", input: undefined });
    expect(String(predict({ ...decode, weight: "INT4" }))).toContain("gemm 1 x 4096 x 4096 BF16, weight INT4 on h100");
  });

  it("is the same where the formats are, and leaves no trace of them", () => {
    const same = predict({ ...decode, weight: "bfloat16", input: "BF16" });
    expect(JSON.stringify(same)).toBe(JSON.stringify(predict(decode)));
  });

  it("has no entry in a table of what was measured in one format", () => {
    const gb10 = { ...decode, precision: "FP16", device: "gb10" };
    expect(predict(gb10).model).toBe("table");
    expect(predict({ ...gb10, weight: "INT8" }).model).toBe("planner");
  });

  it("never moves more with narrower weights", () => {
    const extent = fc.integer({ min: 1, max: 8192 });
    fc.assert(
      fc.property(extent, extent, extent, fc.constantFrom("ideal", "planner"), (m, n, k, mode) => {
        const time = (weight: string) => predict({ ...decode, shape: [m, n, k], weight, mode });
        expect(time("INT4").bytes).toBeLessThanOrEqual(time("INT8").bytes);
        expect(time("INT8").bytes).toBeLessThan(time("BF16").bytes);
        expect(time("INT4").predicted_time_us).toBeLessThanOrEqual(time("BF16").predicted_time_us * (1 + 1e-12));
      }),
      { numRuns: 50 },
    );
  });
});
