// scripts/measurements.mjs: benchmark files from tables of latencies, rows by their place alone.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readMeasurements } from "../../src/model/index.js";
import { repository } from "./command.js";

function made(key: string, table: string, text: string): { selection: string; file: Record<string, unknown> } {
  const folder = mkdtempSync(join(tmpdir(), "warplab-tables-"));
  writeFileSync(join(folder, table), text);
  execFileSync(process.execPath, [`${repository}scripts/measurements.mjs`, folder, "--only", key, "--out", folder]);
  const file = JSON.parse(readFileSync(join(folder, `${key}.json`), "utf8"));
  return { selection: file.provenance.selection, file };
}

it("takes every n-th row of those that are asked for, in their order", () => {
  const rows = Array.from({ length: 121 }, (_, i) => `neusight,V100-PCIe-32GB,linear,1,${i + 1},64,64,fp32,${i + 100}`);
  const others = ["neusight,V100-PCIe-32GB,bmm,1,7,7,7,fp32,7", "neusight,T4,linear,1,7,7,7,fp32,7"];
  const text = ["source,gpu,op,B,M,N,K,dtype,measured_us", ...others, ...rows].join("\n");
  const { selection, file } = made("v100-pcie-32gb", "gemm_neusight_fp32.csv", text);
  expect(selection).toBe("60 of 121 rows, one in 2, with gpu V100-PCIe-32GB, op linear");
  const { measurements } = readMeasurements(file);
  expect(measurements.map(({ shape }) => shape[0])).toEqual(Array.from({ length: 60 }, (_, i) => 2 * i + 1));
  expect(measurements[1]).toMatchObject({ kernel: "gemm", shape: [3, 64, 64], precision: "FP32", time: 102 });
});

it("takes all rows where nothing else is said, each as the operator that it timed", () => {
  const text = `source,gpu,op,B,M,N,K,dtype,measured_us
llmcompass,A100-SXM4-80GB,matmul,1,64,32,16,fp16,190
llmcompass,A100-SXM4-80GB,softmax,1,4096,32,0,fp16,13.5
llmcompass,A100-SXM4-80GB,layernorm,1,4096,64,0,fp16,54
llmcompass,A100-SXM4-80GB,gelu,1,1024,2,0,fp16,48`;
  const { measurements } = readMeasurements(made("a100-sxm-80gb", "llmcompass_fp16.csv", text).file);
  expect(measurements.map(({ kernel, shape, time }) => [kernel, shape, time])).toEqual([
    ["gemm", [64, 32, 16], 190],
    ["softmax", [4096, 32], 13.5],
    ["layer_norm", [4096, 64], 54],
    ["gelu", [2048], 48],
  ]);
});
