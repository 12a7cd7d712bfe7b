import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { measured, predict, readMeasurements, statusOf, validate } from "../../src/model/index.js";

const text = readFileSync("hardware/measurements/gb10.json", "utf8");
const gemv = { kernel_type: "gemv", shape: [4096, 4096], precision: "FP16", measured_time_us: 203.4 };
const file = (...benchmarks: unknown[]) => ({ hardware_key: "gb10", benchmarks });

describe("validate, on the five GB10 figures", () => {
  const report = validate(text);

  it("holds each within its tolerance", () => {
    const tolerance = [20, 5, 1500, 100, 400];
    report.results.forEach(({ predicted_time_us, measured_time_us }, i) => {
      expect(Math.abs(predicted_time_us - measured_time_us)).toBeLessThanOrEqual(tolerance[i]);
    });
    expect(report.results.map(({ status }) => status)).toEqual(Array(5).fill("green"));
    expect(report.summary).toEqual({ mean_error_pct: 0.2, max_error_pct: 0.5, num_benchmarks: 5, accepted: true });
  });

  it("answers with exactly the promised fields", () => {
    const json = JSON.parse(JSON.stringify(report));
    expect(Object.keys(json)).toEqual(["results", "skipped", "summary"]);
    expect(json.results[0]).toEqual({
      kernel_type: "gemv",
      shape: [4096, 4096],
      precision: "FP16",
      predicted_time_us: expect.closeTo(203.43, 2),
      measured_time_us: 203.4,
      error_pct: 0,
      predicted_tflops: expect.closeTo(0.165, 3),
      measured_tflops: expect.closeTo(0.165, 3),
      bottleneck: "memory",
      status: "green",
    });
  });

  it("is one line where it is printed", () => {
    expect(inspect(report)).toBe("GB10: 5 benchmarks, all within the band, mean error 0.2 %, greatest 0.5 %");
  });

  it("keeps its device and predictions at hand, outside the JSON", () => {
    expect(report.device.key).toBe("gb10");
    expect(report.predictions[1].notes[0]).toContain("An efficiency of 1.68");
  });

  it("has the planner's answers beside those of the table, outside the JSON", () => {
    expect(report.planned.map((prediction) => prediction?.model)).toEqual(Array(5).fill("planner"));
    const [first] = report.planned;
    expect(first).toEqual(
      predict({ kernel: "gemv", shape: [4096, 4096], precision: "FP16", device: "gb10", mode: "planner" }),
    );
    const elsewhere = validate({ hardware_key: "h100-sxm", benchmarks: [gemv] });
    expect(elsewhere.planned).toEqual([undefined]);
  });

  it("reads the same from text, from the parsed file, and from what comes with warplab", () => {
    expect(validate(JSON.parse(text))).toEqual(report);
    expect(validate(measured("GB10"))).toEqual(report);
    expect(measured("h100")).toEqual(measured("h100-sxm"));
    expect(() => measured("t4")).toThrow(
      'no measurements of "t4" come with warplab\nThere are measurements of "a100-sxm-80gb", "b200", "gb10", "h100-sxm" or "v100-pcie-32gb".',
    );
    expect(() => measured("gb11")).toThrow('unknown device "gb11"\nDid you mean "gb10"?');
  });
});

describe("an error's status", () => {
  it.each([
    [0, "green"],
    [9.9, "green"],
    [10, "yellow"],
    [25, "yellow"],
    [25.1, "red"],
  ])("of %d %% is %s", (error, status) => {
    expect(statusOf(error)).toBe(status);
  });

  it("is that of the error as it is written", () => {
    fc.assert(
      fc.property(fc.double({ min: 50, max: 1000, noNaN: true }), (measured_time_us) => {
        const [result] = validate(file({ ...gemv, measured_time_us })).results;
        expect(result.status).toBe(statusOf(result.error_pct));
        const exact = (Math.abs(result.predicted_time_us - measured_time_us) / measured_time_us) * 100;
        expect(Math.abs(result.error_pct - exact)).toBeLessThanOrEqual(0.05 + 1e-9);
      }),
    );
  });

  it("red is not accepted", () => {
    const report = validate(file(gemv, { ...gemv, measured_time_us: 100 }));
    expect(report.summary).toEqual({ mean_error_pct: 51.7, max_error_pct: 103.4, num_benchmarks: 2, accepted: false });
    expect(String(report)).toContain("2 benchmarks, 1 outside the band");
  });
});

describe("how it was timed", () => {
  const small = { kernel_type: "gemm", shape: { M: 64, N: 64, K: 64 }, precision: "FP16", measured_time_us: 5 };
  const times = (benchmarks: object[], protocol?: unknown) => {
    const { results, skipped } = validate({
      hardware_key: "h100-sxm",
      ...(protocol !== undefined && { protocol }),
      benchmarks,
    });
    expect(skipped).toEqual([]);
    return results.map(({ predicted_time_us }) => predicted_time_us);
  };
  const predicted = (protocol: string, cache?: string) =>
    predict({ kernel: "gemm", shape: small.shape, precision: "FP16", device: "h100", protocol, cache })
      .predicted_time_us;

  it("is predicted as the benchmark says, else as the file does, else from a CUDA graph", () => {
    const own = { ...small, protocol: "eager" };
    expect(times([small, own])).toEqual([predicted("graph"), predicted("eager")]);
    expect(times([small, own], { launch: "events", cache: "warm" })).toEqual([
      predicted("events", "warm"),
      predicted("eager", "warm"),
    ]);
  });

  it("says whether bringing activations into a narrow format is included, of the file or of one benchmark", () => {
    const narrow = { ...small, shape: [4096, 4096, 4096], precision: "FP8_E4M3", output: "BF16" };
    const asked = (quantise?: string) => {
      const { shape, precision, output } = narrow;
      return predict({ kernel: "gemm", shape, precision, output, device: "h100", quantise }).predicted_time_us;
    };
    const own = { ...narrow, protocol: { quantise: "rows" } };
    expect(times([narrow])).toEqual([asked()]);
    expect(times([narrow, own], { launch: "graph", quantise: "matrix" })).toEqual([asked("matrix"), asked("rows")]);
    expect(asked("matrix")).toBeGreaterThan(asked("rows"));
  });

  it("leaves weights in the precision in which they were stored", () => {
    const wide = { ...small, shape: [1, 8192, 8192], precision: "BF16" };
    const [sixteen, eight] = times([wide, { ...wide, weight: "int8" }]);
    expect(eight / sixteen).toBeGreaterThan(0.45);
    expect(eight / sixteen).toBeLessThan(0.65);
  });

  it("goes for every operator, its shape as a list or by name", () => {
    const attention = { batch: 1, heads: 8, head_dim: 64, q_len: 256, causal: true };
    const asked = { kernel_type: "attention", precision: "BF16", measured_time_us: 10 };
    const [named, listed] = times([
      { ...asked, shape: attention },
      { ...asked, shape: [1, 8, 8, 64, 256, 256, 1, 0, 1] },
    ]);
    expect(named).toBe(listed);
  });
});

describe("what cannot be compared", () => {
  it("is listed with its place and reason", () => {
    const report = validate(
      file({ kernel_type: "fft", shape: [3], precision: "FP16", measured_time_us: 1 }, gemv, {
        ...gemv,
        kernel_type: "sort",
        shape: { height: 3 },
      }),
    );
    expect(report.results).toHaveLength(1);
    expect(report.skipped).toEqual([
      { index: 0, reason: expect.stringMatching(/^kernel type "fft" is not predicted, only "gemv", "gemm", .* or "/) },
      { index: 2, reason: expect.stringMatching(/^kernel type "sort" is not predicted, only "gemv", "gemm", .* or "/) },
    ]);
    expect(String(report)).toMatch(/; 2 skipped$/);
  });

  it("includes a precision that nobody knows", () => {
    const { skipped, results } = validate(file({ ...gemv, precision: "FP15" }, { ...gemv, weight: "int9" }, gemv));
    expect(results).toHaveLength(1);
    expect(skipped).toEqual([
      {
        index: 0,
        reason: expect.stringMatching(
          /^(precision|math): unknown precision "FP15"\. Did you mean FP\d+\? Known: FP64, /,
        ),
      },
      { index: 1, reason: expect.stringMatching(/^weight: unknown precision "int9"\. Did you mean INT\d\?/) },
    ]);
  });

  it("includes a precision that the device has no peak for", () => {
    const report = validate(file({ ...gemv, precision: "fp8" }), { device: "a100" });
    expect(report.skipped).toEqual([{ index: 0, reason: "A100 PCIe 80 GB has no peak for FP8_E4M3" }]);
    expect(report.summary).toEqual({ mean_error_pct: null, max_error_pct: null, num_benchmarks: 0, accepted: false });
    expect(String(report)).toBe("A100 PCIe 80 GB: nothing to compare; 1 skipped");
  });
});

it("predicts another device when asked", () => {
  const [result] = validate(file(gemv), { device: "h100" }).results;
  const prediction = predict({ kernel: "gemv", shape: [4096, 4096], precision: "FP16", device: "h100" });
  expect(result.predicted_time_us).toBe(prediction.predicted_time_us);
});

it("takes the throughput that the file states", () => {
  expect(validate(file({ ...gemv, measured_tflops: 0.17 })).results[0].measured_tflops).toBe(0.17);
});

describe("a file that cannot be read", () => {
  it.each([
    ["[1,", "benchmark, line 1, column 4: not valid JSON: expected a value, found the end of the text"],
    [[], 'benchmark: must be an object { ... }, got []\nWrite { "hardware_key"'],
    [{ benchmarks: [] }, "benchmark: hardware_key: is missing\nThe device that was measured"],
    [{ hardware: "gb10", benchmarks: [gemv] }, "benchmark: hardware_key: is missing"],
    [file(), "benchmark: benchmarks: must have at least 1 element(s), got 0"],
    [file(gemv, 3), "benchmark: benchmarks[1]: must be an object { ... }, got 3"],
    [file({ ...gemv, shape: [4096] }), "benchmark: benchmarks[0].shape: gemv has 2 extents, got [4096]"],
    [file({ ...gemv, measured_time_us: 0 }), "benchmark: benchmarks[0].measured_time_us: must be more than 0, got 0"],
    [
      file({ ...gemv, measured_time_us: "203" }),
      'benchmark: benchmarks[0].measured_time_us: must be a number, got "203"',
    ],
    [
      file({ kernel_type: "gemv", shape: [1, 1], precision: "FP16", measured_time_ms: 1 }),
      'benchmarks[0].measured_time_us: is missing\nThere is "measured_time_ms": rename it to "measured_time_us".',
    ],
    [
      file({ ...gemv, measured_tflop: 1 }),
      'benchmarks[0].measured_tflop: unknown field\nDid you mean "measured_tflops"?',
    ],
    [
      file({ ...gemv, measured_time_us: Infinity }),
      "benchmark: benchmarks[0].measured_time_us: must be a number, got a number that is too large to be one here",
    ],
    [{ ...file(gemv), hardware_key: "gb12" }, 'benchmark: hardware_key: unknown device "gb12"\nDid you mean "gb10"?'],
  ])("names the field (%#)", (json, message) => {
    expect(() => validate(json)).toThrow(InputError);
    expect(() => validate(json)).toThrow(message);
  });

  it("is called by its name", () => {
    expect(() => validate("{", { name: "mine.json" })).toThrow("mine.json, line 1, column 2: not valid JSON");
  });

  it("may say more than we read, which is listed", () => {
    const { unread } = readMeasurements({
      ...file({ ...gemv, note: "warm", protocol: "by stopwatch" }),
      author: "me",
      source: "x",
    });
    expect(unread).toEqual(["author", "benchmarks[0].protocol", "benchmarks[0].note"]);
    const half = { launch: "graph", cache: "lukewarm", warmups: 3 };
    expect(readMeasurements({ ...file({ ...gemv, protocol: half }), protocol: { clock: "wall" } }).unread).toEqual([
      "protocol",
      "benchmarks[0].protocol.cache",
    ]);
    expect(validate({ ...file({ ...gemv, note: "warm" }), author: "me" }).results).toHaveLength(1);
  });
});
