// Accuracy over tables of latencies: what a row asks, what is counted as not covered, and how errors are put together.
import { describe, expect, it } from "vitest";
import { loadDevice } from "../../src/hardware/index.js";
import { accuracy, predict, uniform } from "../../src/model/index.js";
import { cheapestMatmul, measuredTime, planningMachine } from "../../src/model/planner/index.js";

const heading = "source,gpu,op,B,M,N,K,dtype,measured_us,protocol";
const table = (...rows: string[]) => [{ name: "own.csv", text: [heading, ...rows].join("\n") }];

describe("accuracy", () => {
  it("is the unweighted mean and median of |predicted - measured| / measured, ideal beside realistic", () => {
    const asked = { kernel: "gemm", shape: [512, 1024, 2048], precision: "BF16", device: "h100" } as const;
    const planned = predict({ ...asked, mode: "planner" }).predicted_time_us;
    const ideal = predict({ ...asked, mode: "ideal" }).predicted_time_us;
    const measured = [planned * 0.5, planned, planned * 2];
    const rows = measured.map((us) => `,H100-SXM,gemm,,512,1024,2048,bfloat16,${us},graph`);
    const { groups, summary } = accuracy(table(...rows));
    // |1 / 0.5 - 1| = 1, 0 and 0.5.
    expect(groups).toMatchObject([{ file: "own.csv", gpu: "H100-SXM", op: "gemm", dtype: "bfloat16", rows: 3 }]);
    expect(summary).toMatchObject({ rows: 3, used: 3, used_pct: 100, mean_error_pct: 50, median_error_pct: 50 });
    const idealErrors = measured.map((us) => Math.abs(ideal - us) / us);
    const mean = idealErrors.reduce((sum, error) => sum + error, 0) / 3;
    expect(summary.ideal_mean_error_pct).toBeCloseTo(100 * mean, 1);
  });

  it("counts what it does not predict by its reason, and guesses nothing", () => {
    const report = accuracy(
      table(
        ",H100-SXM,gemm,1,64,64,64,fp16,10,graph",
        ",H100-SXM,softmax,,,,,fp16,10,graph",
        ",H100-SXM,softmax,,,,,fp16,12,graph",
        ",NoSuch9000,gemm,1,64,64,64,fp16,10,graph",
        ",H100-SXM,gemm,1,64,64,64,int3,10,graph",
        ",H100-SXM,gemm,1,64,64,64,fp16,,graph",
        ",H100-SXM,gemm,1,64,64,64,fp16,10,stopwatch",
        ",H100-SXM,gemm,0,64,64,64,fp16,10,graph",
        ",V100,gemm,1,64,64,64,bf16,10,graph",
        ",TPU v5e,gemm,1,64,64,64,bf16,10,graph",
      ),
    );
    expect(report.summary).toMatchObject({ rows: 10, used: 1, used_pct: 10 });
    expect(report.skipped.map(({ rows, reason }) => `${rows} ${reason}`)).toEqual([
      "2 operator softmax is not predicted yet",
      '1 unknown device "NoSuch9000"',
      "1 dtype int3 is not predicted yet",
      '1 measured_us is ""',
      '1 protocol "stopwatch" is none of graph, loop, events, eager, kernel',
      '1 B is "0"',
      "1 precision: V100 SXM2 has no peak for BF16",
      "1 TPU v5e states no sms, which the planner needs",
    ]);
    expect(String(report)).toMatch(/^1 of 10 rows: realistic [\d.]+ % off on average, ideal [\d.]+ %$/);
  });

  it("takes devices that nobody has heard of, and a batch", () => {
    const own = loadDevice({
      key: "mine",
      name: "Mine",
      vendor: "Me",
      kind: "gpu",
      architecture: "Own",
      aliases: ["My GPU"],
      sms: 10,
      boost_clock_mhz: 1000,
      peak_tflops: { FP32: 10 },
      dram: { type: "HBM3", bandwidth_gb_s: 1000, capacity_gb: 10 },
      sources: {},
      unsure: [],
    });
    const plan = cheapestMatmul(planningMachine(own, "FP32"), {
      kind: "matmul",
      batch: 8,
      m: 256,
      n: 256,
      k: 256,
      formats: uniform("FP32"),
    });
    const us = measuredTime(plan.time, "loop") * 1e6;
    const { summary } = accuracy(table(`,My GPU,bmm,8,256,256,256,fp32,${us},loop`), { devices: [own] });
    expect(summary.mean_error_pct).toBe(0);
  });

  it("adds the conversion of activations where a table's times contain it", () => {
    const row = (source: string, framework: string) =>
      accuracy([
        {
          name: "fp8.csv",
          text: `source,gpu,op,M,N,K,dtype,framework,measured_us\n${source},H100-SXM,gemm,4096,4096,4096,fp8,${framework},1e-6`,
        },
      ]).summary.mean_error_pct as number;
    expect(row("aiconfigurator", "trtllm-1")).toBeGreaterThan(row("aiconfigurator", "vllm-0"));
    expect(row("aiconfigurator", "vllm-0")).toBeGreaterThan(row("own", "vllm-0"));
  });

  it("refuses what is no such table", () => {
    expect(() => accuracy([{ name: "x.csv", text: "a,b\n1,2" }])).toThrow(
      'x.csv: the table has no column "gpu" and no column "dtype" and no column "measured_us"',
    );
  });
});

describe("a measured time", () => {
  it("is the kernel's and what its protocol adds", () => {
    expect(measuredTime(0, "graph")).toBe(1.2e-6);
    expect(measuredTime(1e-3, "events")).toBeCloseTo(1.0042e-3, 9);
  });
});
