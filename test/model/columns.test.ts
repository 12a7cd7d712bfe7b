// Predictions over columns: equal to `predict` row by row, and refusals that name the row.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import {
  bottlenecks,
  operators,
  type PredictColumnsOptions,
  type PredictorOptions,
  predict,
  predictColumns,
} from "../../src/model/index.js";

describe("predictColumns", () => {
  it("has a row for every extent, with the fields of predictions as typed arrays", () => {
    const columns = predictColumns({
      kernel: "gemv",
      shape: { N: Float64Array.of(1000, 2000), K: [500, 1000] },
      precision: "FP16",
      device: "h100",
      mode: "ideal",
    });
    // 2 bytes x (N K + N + K) over 3350 GB/s.
    expect(columns.predicted_time_us).toBeInstanceOf(Float64Array);
    expect(columns).toMatchObject({ length: 2, model: "ideal" });
    expect([...columns.bytes]).toEqual([2 * 501_500, 2 * 2_003_000]);
    expect([...columns.flops]).toEqual([1e6, 4e6]);
    expect(columns.predicted_time_us[1]).toBeCloseTo((4_006_000 / 3350e9) * 1e6, 12);
    expect([...columns.bottleneck].map((code) => bottlenecks[code])).toEqual(["memory", "memory"]);
  });

  it("takes a number for a column of it", () => {
    const asked = { kernel: "gemm", precision: "FP16", device: "h100" } as const;
    const numbers = predictColumns({ ...asked, shape: { M: [64, 128, 256], N: 4096, K: 1024 } });
    const columns = predictColumns({
      ...asked,
      shape: { M: [64, 128, 256], N: [4096, 4096, 4096], K: [1024, 1024, 1024] },
    });
    expect(numbers).toEqual(columns);
    expect(predictColumns({ ...asked, shape: { M: 64, N: 4096, K: 1024 } }).length).toBe(1);
    expect(predictColumns({ ...asked, shape: { M: [], N: 4096, K: 1024 } }).length).toBe(0);
  });

  it("says what predict says, for every operator, device and mode", () => {
    const extent = fc.integer({ min: 1, max: 16384 });
    const product = fc.record({ M: extent, N: extent, K: extent });
    const device = fc.constantFrom("gb10", "a100", "h100", "t4");
    const mode = fc.constantFrom("ideal", "realistic", "planner");
    fc.assert(
      fc.property(fc.array(product, { minLength: 1, maxLength: 5 }), device, mode, (rows, device, mode) => {
        const asked: PredictorOptions = { kernel: "gemm", precision: "FP16", device, mode, weight: "INT8" };
        for (const options of [asked, { ...asked, weight: "FP16", protocol: "eager", interval: true }]) {
          expectEqualRows(options, rows);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([...operators.values()].map((known) => [known.type, known] as const))(
    "knows %s",
    (kernel, { dimensions }) => {
      const example = Object.fromEntries(dimensions.map(({ name, example }) => [name, example]));
      const given = Object.fromEntries(
        dimensions.filter(({ otherwise }) => otherwise === undefined).map(({ name, example }) => [name, example]),
      );
      for (const mode of ["ideal", "realistic"]) {
        expectEqualRows({ kernel, precision: "FP16", device: "h100", mode }, [example, example]);
        expectEqualRows({ kernel, precision: "FP16", device: "h100", mode }, [given]);
      }
    },
  );

  it.each([
    [{ shape: { M: [1], N: 1 } }, "shape: gemm needs a column K"],
    [{ shape: { M: [1], N: 1, K: 1, L: 1 } }, 'shape: gemm has no extent "L"'],
    [{ shape: { M: [1, 2], N: [1], K: 1 } }, "shape.N: the column has 1 rows, another 2"],
    [{ shape: { M: [1, 0], N: 1, K: 1 } }, "shape.M[1]: M must be a whole number of at least 1, got 0"],
    [{ shape: { M: 1.5, N: 1, K: 1 } }, "shape.M: M must be a whole number of at least 1, got 1.5"],
    [{ shape: { M: "4096", N: 1, K: 1 } }, 'shape.M: M must be a whole number of at least 1, got "4096"'],
    [{ shape: undefined }, "shape: gemm needs a column M"],
    [{ mode: "fast" }, 'mode: unknown mode "fast"'],
    [{ precision: "FP8", device: "a100" }, "precision: A100 PCIe 80 GB has no peak for FP8_E4M3"],
  ])("refuses %j", (change, message) => {
    const good = { kernel: "gemm", shape: { M: [1, 2], N: 1, K: 1 }, precision: "FP16", device: "h100" };
    const ask = () => predictColumns({ ...good, ...change } as unknown as PredictColumnsOptions);
    expect(ask).toThrow(InputError);
    expect(ask).toThrow(message);
  });
});

function expectEqualRows(options: PredictorOptions, rows: readonly Readonly<Record<string, number>>[]): void {
  const shape = Object.fromEntries(
    Object.keys(rows[0]).map((name) => [name, Float64Array.from(rows, (row) => row[name])]),
  );
  const columns = predictColumns({ ...options, shape });
  expect(columns.length).toBe(rows.length);
  for (const [i, row] of rows.entries()) {
    const prediction = predict({ ...options, shape: row });
    expect({
      model: columns.model,
      predicted_time_us: columns.predicted_time_us[i],
      low: columns.predicted_time_low_us?.[i],
      high: columns.predicted_time_high_us?.[i],
      predicted_tflops: columns.predicted_tflops[i],
      ai: columns.ai[i],
      flops: columns.flops[i],
      bytes: columns.bytes[i],
      bottleneck: bottlenecks[columns.bottleneck[i]],
    }).toEqual({
      model: prediction.model,
      predicted_time_us: prediction.predicted_time_us,
      low: prediction.predicted_time_low_us,
      high: prediction.predicted_time_high_us,
      predicted_tflops: prediction.predicted_tflops,
      ai: prediction.ai,
      flops: prediction.flops,
      bytes: prediction.bytes,
      bottleneck: prediction.bottleneck,
    });
  }
}
