// The bars of acceptance, the noise floor, and what is said of them.
import { describe, expect, it } from "vitest";
import { acceptanceOf, describeCheck, noiseFloor, predict, validate } from "../../src/model/index.js";

/** Benchmarks whose time is the prediction's times a factor. */
const off = (factor: number, kernel: "gemv" | "gemm" = "gemm", extent = 8192) => {
  const shape = kernel === "gemm" ? [extent, extent, extent] : [extent, extent];
  const time = predict({ kernel, shape, precision: "FP16", device: "h100" }).predicted_time_us;
  return { kernel_type: kernel, shape, precision: "FP16", measured_time_us: time * factor };
};
const checked = (...benchmarks: ReturnType<typeof off>[]) => {
  const report = validate({ hardware_key: "h100", benchmarks });
  const { checks, ...rest } = acceptanceOf(report);
  return { ...rest, checks, said: checks.map((check) => describeCheck(check, report.results)) };
};

describe("acceptance", () => {
  it("asks for less than 15 % where arithmetic binds, less than 20 % where memory does", () => {
    // Predicted over measured is 1 / factor: 1 / 1.2 is an error of 16.7 %.
    const { checks, accepted, said } = checked(off(1.2), off(1.2, "gemv"));
    expect(checks.map(({ rows, value_pct, holds }) => ({ rows, value_pct, holds }))).toEqual([
      { rows: 1, value_pct: 16.7, holds: false },
      { rows: 1, value_pct: 16.7, holds: true },
      { rows: 2, value_pct: 100, holds: true },
    ]);
    expect(accepted).toBe(false);
    expect(said).toEqual([
      "compute-bound error: 16.7 % of 1 row, allowed is less than 15 %: fails, first of all gemm 8192 x 8192 x 8192 FP16",
      "memory-bound error: 16.7 % of 1 row, allowed is less than 20 %: holds",
      "bottleneck right: 100 % of 2 rows, wanted is more than 90 %: holds",
    ]);
  });

  it("takes the mean of the rows, and names those beyond the bar, the worst first", () => {
    const { checks, accepted } = checked(off(1), off(1.25), off(1.5), off(1), off(1));
    expect(checks[0]).toMatchObject({ rows: 5, value_pct: 10.7, holds: true, failing: [2, 1] });
    expect(accepted).toBe(true);
  });

  it("has nothing to say without rows", () => {
    const { checks, accepted, said } = checked(off(1, "gemv"));
    expect(checks[0]).toMatchObject({ rows: 0, value_pct: null, holds: null });
    expect(said[0]).toBe("compute-bound error: no rows");
    expect(accepted).toBe(true);
  });

  it("does not judge the bottleneck of a kernel that reaches a third of neither peak", () => {
    const { checks, undecided } = checked(off(10));
    expect(checks[2]).toMatchObject({ rows: 0, holds: null });
    expect(undecided).toBe(1);
  });
});

describe("the noise floor", () => {
  it("is how far repeats differ from their median", () => {
    const { results } = validate({ hardware_key: "h100", benchmarks: [off(1), off(1.1), off(0.9), off(1, "gemv")] });
    expect(noiseFloor(results)).toEqual({ repeated: 1, mean_deviation_pct: 6.7 });
  });

  it("is unknown where nothing was repeated", () => {
    const { results } = validate({ hardware_key: "h100", benchmarks: [off(1), off(1, "gemv")] });
    expect(noiseFloor(results)).toEqual({ repeated: 0, mean_deviation_pct: null });
  });
});
