// Rows of tables that time what memory binds: which kernels each table's authors launched, and how they took the time.
import { describe, expect, it } from "vitest";
import { loadDevice } from "../../src/hardware/index.js";
import { accuracy } from "../../src/model/index.js";

/** 1 TB/s, of which streams get 870 GB/s; instructions are no matter. */
const fast = loadDevice({
  key: "fast",
  name: "Fast",
  vendor: "Nobody",
  kind: "gpu",
  architecture: "None",
  aliases: ["Fast GPU"],
  sms: 100,
  boost_clock_mhz: 1000,
  peak_tflops: { FP32: 100, FP16: 100 },
  dram: { type: "HBM3", bandwidth_gb_s: 1000, capacity_gb: 10 },
  sources: {},
  unsure: [],
});

/** Microseconds predicted for one row: the error on a measured time of 1 us, in percent, and that time. */
function predicted(heading: string, cells: string): number {
  const text = `gpu,${heading},measured_us\nFast GPU,${cells},1`;
  const { summary, skipped } = accuracy([{ name: "rows.csv", text }], { devices: [fast] });
  expect(skipped).toEqual([]);
  return 1 + (summary.mean_error_pct as number) / 100;
}

describe("a row of an operator that memory binds", () => {
  const neusight = (op: string, rows: number, columns: number) =>
    predicted("source,op,rows,cols,dtype", `neusight,${op},${rows},${columns},fp32`);

  it("of NeuSight is a call between events: a function, a scalar or module around it, softmax and layer norm in Python", () => {
    expect(["add", "tanh", "addu", "relu", "softmax", "ln"].map((op) => neusight(op, 1, 8))).toEqual(
      [28, 28, 32.6, 32.6, 37.2, 51].map((us) => expect.closeTo(us, 6)),
    );
  });

  it("of NeuSight waits for the kernel where that takes longer than the host", () => {
    // 12 bytes an element at 870 GB/s, behind 15 us of the host and 1.4 of the kernel's start.
    expect(neusight("add", 1 << 13, 1 << 13)).toBeCloseTo(15 + 1.4 + (12 * (1 << 26)) / 870e3, 2);
    expect(neusight("mulu", 1 << 13, 1 << 13)).toBeCloseTo(19.6 + 1.4 + (8 * (1 << 26)) / 870e3, 2);
  });

  const vidur = (op: string, model: string) =>
    predicted("source,op,model,rows,cols,dtype", `vidur,${op},${model},8192,8192,fp16`);
  const matrix = (2 * (1 << 26)) / 870e3;

  it("of Vidur is the kernels alone: phi-2 adds twice, and its activation has no gate", () => {
    expect(vidur("add", "Llama-2-7b-hf")).toBeCloseTo(1.4 + 3 * matrix, 1);
    expect(vidur("add", "phi-2")).toBeCloseTo(2 * (1.4 + 3 * matrix), 1);
    expect(vidur("mlp_act", "phi-2")).toBeCloseTo(1.4 + 2 * matrix, 1);
  });

  it("of Vidur waits for every element of a row in turn where vLLM's kernels are its own", () => {
    // 8192 rows on 100 SMs of two blocks, eight steps of 1024 threads each from the DRAM; 66 instructions an element.
    const wave = 8 * 600e-3;
    const issue = (82 * 8192 * 66) / (100e12 / (2 * 100 * 1e9)) / 1e3;
    expect(vidur("mlp_act", "Llama-2-7b-hf")).toBeCloseTo(1.4 + Math.max(3 * matrix, 41 * wave + issue), 1);
    expect(vidur("input_layernorm", "Llama-2-7b-hf")).toBeGreaterThan(1.4 + 3 * matrix);
  });

  it("of LLMCompass is a host's clock around a call, which torch.compile makes longer", () => {
    const llmcompass = (op: string, m: number, n: number) =>
      predicted("source,op,B,M,N,K,dtype", `llmcompass,${op},1,${m},${n},,fp16`);
    expect(llmcompass("gelu", 1024, 1)).toBeCloseTo(49, 6);
    expect(llmcompass("gelu", 1 << 26, 1)).toBeCloseTo(40 + 1.4 + 2 * matrix, 1);
    expect(llmcompass("softmax", 1, 32)).toBeCloseTo(13, 1);
    expect(llmcompass("layernorm", 1, 32)).toBeCloseTo(49, 6);
  });

  it("of another table is what its column protocol says, from a CUDA graph where it says nothing", () => {
    const row = (protocol: string) => predicted("op,rows,cols,dtype,protocol", `copy,8192,8192,fp16,${protocol}`);
    expect(row("kernel")).toBeCloseTo(1.4 + 2 * matrix, 1);
    expect(row("graph")).toBeCloseTo(1.2 + 1.4 + 2 * matrix, 1);
    expect(row("")).toBe(row("graph"));
    expect(row("eager")).toBeCloseTo(15 + 1.4 + 2 * matrix, 1);
  });
});
