// Realistic and ideal against the same measured times.
import { describe, expect, it } from "vitest";
import { describeMode, measured, modeSummary, predict, statusesOf, validate } from "../../src/model/index.js";

const gemv = { kernel_type: "gemv", shape: [4096, 4096], precision: "FP16" };
const report = validate({
  hardware_key: "gb10",
  benchmarks: [117, 130, 203.4, 400].map((measured_time_us) => ({ ...gemv, measured_time_us })),
});

describe("the two models of a validation", () => {
  it("are predict's own modes", () => {
    const asked = (mode: string) =>
      predict({ kernel: "gemv", shape: [4096, 4096], precision: "FP16", device: "gb10", mode }).predicted_time_us;
    expect(report.ideal.map(({ predicted_time_us }) => predicted_time_us)).toEqual(Array(4).fill(asked("ideal")));
    expect(report.predictions.map(({ predicted_time_us }) => predicted_time_us)).toEqual(
      Array(4).fill(asked("realistic")),
    );
  });

  it("have an error and a status each, by the same bounds", () => {
    // Ideal: 33.6 MB / 287 GB/s = 116.98 us. Realistic: that / 0.575 = 203.4 us.
    expect(statusesOf(report, "ideal")).toEqual(["green", "yellow", "red", "red"]);
    expect(statusesOf(report, "realistic")).toEqual(["red", "red", "green", "red"]);
    expect(modeSummary(report, "ideal")).toEqual({
      mode: "ideal",
      mean_error_pct: 30.8,
      max_error_pct: 70.8,
      green: 1,
      yellow: 1,
      red: 2,
    });
  });

  it("agree with the report where the realistic one is meant", () => {
    for (const key of ["gb10", "h100-sxm"]) {
      const whole = validate(measured(key));
      const { mean_error_pct, max_error_pct } = modeSummary(whole, "realistic");
      expect({ mean_error_pct, max_error_pct }).toEqual({
        mean_error_pct: whole.summary.mean_error_pct,
        max_error_pct: whole.summary.max_error_pct,
      });
      expect(statusesOf(whole, "realistic")).toEqual(whole.results.map(({ status }) => status));
    }
  });

  it("are told in a line each", () => {
    expect(describeMode(modeSummary(report, "ideal"))).toBe(
      "ideal: mean error 30.8 %, greatest 70.8 %; 1 of 4 rows within 10 %, 2 within 25 %",
    );
    const none = validate({ hardware_key: "gb10", benchmarks: [{ ...gemv, precision: "FP15", measured_time_us: 1 }] });
    expect(describeMode(modeSummary(none, "ideal"))).toBe("ideal: nothing to compare");
  });
});
