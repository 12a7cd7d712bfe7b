// The JSON document of a validation, beyond the results: acceptance, noise floor, and what was skipped by reason.
import { describe, expect, it } from "vitest";
import { checkSchema } from "../../src/core/schema.js";
import {
  acceptanceOf,
  describeSkipped,
  measured,
  skippedReasons,
  validate,
  validationAnswer,
  validationAnswerSchema,
} from "../../src/model/index.js";

const gemv = { kernel_type: "gemv", shape: [4096, 4096], precision: "FP16", measured_time_us: 203.4 };
const answer = (...benchmarks: object[]) => validationAnswer(validate({ hardware_key: "gb10", benchmarks }));

describe("the answer", () => {
  it("keeps results, skipped and summary as the report has them", () => {
    const report = validate(measured("gb10"));
    expect(validationAnswer(report)).toMatchObject(JSON.parse(JSON.stringify(report)));
  });

  it("says which bars hold, which rows fail them, and why", () => {
    // The table says 203.4 us: against 100 us that is an error of 103.4 %.
    const { acceptance, summary } = answer(gemv, { ...gemv, measured_time_us: 100 });
    expect(summary.accepted).toBe(false);
    expect(acceptance).toMatchObject({ accepted: false, undecided: 0 });
    expect(acceptance.checks[1]).toEqual({
      name: "memory-bound error",
      rows: 2,
      value_pct: 51.7,
      limit_pct: 20,
      holds: false,
      failing: [{ index: 1, reason: "103.4 % off" }],
      description:
        "memory-bound error: 51.7 % of 2 rows, allowed is less than 20 %: fails, first of all gemv 4096 x 4096 FP16",
    });
    expect(acceptance.checks.map(({ name }) => name)).toEqual(
      acceptanceOf(validate(measured("gb10"))).checks.map(({ name }) => name),
    );
  });

  it("says of a bottleneck what was predicted, and what the time says", () => {
    const a100 = validationAnswer(validate(measured("a100-sxm-80gb"))).acceptance.checks[2];
    expect(a100.failing.length).toBeGreaterThan(0);
    for (const { reason } of a100.failing) {
      expect(reason).toMatch(/^predicted (compute|memory|overhead)-bound, by its time (compute|memory)-bound$/);
    }
  });

  it("has the noise floor of what was measured more than once", () => {
    expect(answer(gemv).noise_floor).toEqual({ repeated: 0, mean_deviation_pct: null });
    // 100, 110 and 90 lie 0, 10 and 10 % from their median.
    const repeats = [100, 110, 90].map((measured_time_us) => ({ ...gemv, measured_time_us }));
    expect(answer(...repeats).noise_floor).toEqual({ repeated: 1, mean_deviation_pct: 6.7 });
  });

  it.each([
    ["something", [gemv]],
    ["nothing", [{ ...gemv, kernel_type: "sort" }]],
  ])("has its form where %s was compared", (_, benchmarks) => {
    expect(() => checkSchema(JSON.parse(JSON.stringify(answer(...benchmarks))), validationAnswerSchema)).not.toThrow();
  });
});

describe("what was skipped", () => {
  it("is counted by reason: unknown kernels, unknown precisions, and those that the device does not have", () => {
    const a100 = validate({
      hardware_key: "a100",
      benchmarks: [
        { ...gemv, kernel_type: "sort" },
        { ...gemv, precision: "FP8_E4M3" },
        gemv,
        { ...gemv, precision: "FP15" },
        { ...gemv, precision: "FP8_E4M3" },
      ],
    });
    expect(validationAnswer(a100).skipped_reasons).toEqual([
      { reason: "A100 PCIe 80 GB has no peak for FP8_E4M3", count: 2 },
      { reason: expect.stringContaining('kernel type "sort" is not predicted'), count: 1 },
      { reason: expect.stringContaining('unknown precision "FP15"'), count: 1 },
    ]);
    expect(skippedReasons(a100.skipped).map(({ indices }) => indices)).toEqual([[1, 4], [0], [3]]);
  });

  it("is said in a sentence, whose places end after ten", () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ index, reason: "why" }));
    expect(skippedReasons(many).map(describeSkipped)).toEqual([
      "12 benchmarks (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...): why",
    ]);
    expect(skippedReasons([{ index: 3, reason: "why" }]).map(describeSkipped)).toEqual(["1 benchmark (3): why"]);
    expect(skippedReasons([])).toEqual([]);
  });
});
