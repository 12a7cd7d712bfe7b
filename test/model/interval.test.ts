// Intervals: how far measured times lie about predicted ones, and the share of measured rows that lie in them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracy, predict } from "../../src/model/index.js";
import { errorQuantiles } from "../../src/model/prediction/error-quantiles.js";
import { cellNames, kindOf, spreadOf } from "../../src/model/prediction/interval.js";

const product = { kernel: "gemm", shape: [512, 1024, 2048], precision: "BF16", device: "h100" } as const;

describe("the interval of a prediction", () => {
  it("is absent unless asked for", () => {
    expect(JSON.stringify(predict(product))).not.toContain("_low_");
    expect(predict({ ...product, interval: false })).toEqual(predict(product));
  });

  it("is the predicted time by the factors of its model, kind of kernel and bottleneck", () => {
    for (const mode of ["planner", "ideal"] as const) {
      const prediction = predict({ ...product, mode, interval: true });
      const { predicted_time_us, predicted_time_low_us, predicted_time_high_us, bottleneck } = prediction;
      const { low, high } = spreadOf({ model: mode, kind: "matmul", bottleneck });
      expect(predicted_time_low_us).toBeCloseTo(predicted_time_us * low, 9);
      expect(predicted_time_high_us).toBeCloseTo(predicted_time_us * high, 9);
    }
  });

  it("is part of the line and of the JSON", () => {
    const prediction = predict({ ...product, interval: true });
    expect(String(prediction)).toMatch(/: [\d.]+ us \([\d.]+ to [\d.]+\), /);
    const keys = Object.keys(JSON.parse(JSON.stringify(prediction)));
    const time = keys.indexOf("predicted_time_us");
    expect(keys.slice(time, time + 3)).toEqual([
      "predicted_time_us",
      "predicted_time_low_us",
      "predicted_time_high_us",
    ]);
  });

  it("says where it is that of other kernels, for lack of measured times", () => {
    const sum = {
      kernel: "all_reduce",
      shape: { elements: 1000, devices: 8 },
      precision: "FP16",
      device: "h100",
    } as const;
    const [note] = predict({ ...sum, interval: true }).notes.slice(-1);
    expect(note).toBe(
      "No measured times of kind collective that overhead binds were at hand: the interval is that of other kernels.",
    );
    expect(predict(sum).notes.join(" ")).not.toContain("interval");
    expect(predict({ ...product, interval: true }).notes.join(" ")).not.toContain("interval");
  });

  it("has the planner's time inside, and the roofline's below: nothing is measured to be faster", () => {
    const extent = fc.integer({ min: 1, max: 16384 });
    fc.assert(
      fc.property(extent, extent, extent, fc.constantFrom("h100", "t4", "a100"), (m, n, k, device) => {
        const asked = { ...product, precision: "FP16", shape: [m, n, k], device, interval: true };
        const planned = predict({ ...asked, mode: "planner" });
        expect(planned.predicted_time_low_us).toBeLessThan(planned.predicted_time_us);
        expect(planned.predicted_time_high_us).toBeGreaterThan(planned.predicted_time_us);
        const ideal = predict({ ...asked, mode: "ideal" });
        expect(ideal.predicted_time_low_us).toBeGreaterThanOrEqual(ideal.predicted_time_us);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the table of spreads", () => {
  it("answers from the finest cell that it has", () => {
    const quantiles = { planner: { low: 0.5, high: 2 }, "planner memory": { low: 0.7, high: 1.4 } };
    const cell = { model: "planner", kind: "matmul", bottleneck: "memory" } as const;
    expect(cellNames(cell)).toEqual(["planner matmul memory", "planner memory", "planner"]);
    expect(spreadOf(cell, quantiles)).toEqual({ low: 0.7, high: 1.4 });
    expect(spreadOf({ ...cell, bottleneck: "compute" }, quantiles)).toEqual({ low: 0.5, high: 2 });
  });

  it("has something for every model, low below high", () => {
    for (const model of ["ideal", "table", "planner"]) expect(errorQuantiles[model]).toBeDefined();
    for (const { low, high } of Object.values(errorQuantiles)) expect(low).toBeLessThan(high);
  });

  it("takes several kernels for what is more than a pass over memory in them, and very many for a model", () => {
    const formats = { math: "FP16", input: "FP16", weight: "FP16", output: "FP16" } as const;
    const pass = { kind: "stream", read: 1, written: 1, elements: 1, operationsPerElement: 1, math: "FP16" } as const;
    const matmul = { kind: "matmul", batch: 1, m: 1, n: 1, k: 1, formats } as const;
    expect(kindOf([pass])).toBe("stream");
    expect(kindOf([pass, matmul, pass])).toBe("matmul");
    expect(kindOf(Array(100).fill(matmul))).toBe("model");
  });
});

describe("accuracy", () => {
  it("says which share of the rows lies in the predictions' intervals", () => {
    const planned = predict({ ...product, mode: "planner", interval: true });
    const low = planned.predicted_time_low_us as number;
    const high = planned.predicted_time_high_us as number;
    const measured = [low * 0.99, low * 1.01, planned.predicted_time_us, high * 0.99, high * 1.01];
    const rows = measured.map((us) => `H100-SXM,gemm,512,1024,2048,bfloat16,${us},graph`);
    const text = ["gpu,op,M,N,K,dtype,measured_us,protocol", ...rows].join("\n");
    const { groups, summary } = accuracy([{ name: "own.csv", text }]);
    expect(groups).toMatchObject([{ rows: 5, in_interval_pct: 60 }]);
    expect(summary.in_interval_pct).toBe(60);
  });
});
