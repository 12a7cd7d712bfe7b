import { expect, test } from "vitest";
import { accuracy } from "../../src/model/accuracy/index.js";

// Rows of NeuSight's measurements (sitar-lab/NeuSight, MIT): PyTorch, FP32 without TF32, attention operator by operator.
const text = `source,gpu,model,mode,seq,batch,option,dtype,measured_us
neusight,A100-PCIe-40GB,bert_large,inf,512,16,,fp32,396475
neusight,A100-PCIe-40GB,gpt2_large,inf,1024,4,,fp32,535821
neusight,V100-PCIe-32GB,opt_13,inf,2048,2,,fp32,1273750
neusight,A100-PCIe-40GB,bert_large,inf,512,16,fusion,fp32,345172
neusight,A100-PCIe-80GB,bert_large,train,512,2,,fp32,213180
neusight,H100-SXM,gpt2_large,train,1024,16,tp4,fp32,729665
neusight,V100-PCIe-32GB,switchxl4,inf,512,1,,fp32,323107
`;

test("models are held against what PyTorch took for them, and what is not covered is counted by reason", () => {
  const { groups, skipped, summary } = accuracy([{ name: "models.csv", text }]);
  expect(groups.map(({ op, gpu }) => [op, gpu])).toEqual([
    ["bert_large", "A100-PCIe-40GB"],
    ["gpt2_large", "A100-PCIe-40GB"],
    ["opt_13", "V100-PCIe-32GB"],
    ["bert_large fusion", "A100-PCIe-40GB"],
  ]);
  for (const { mean_error_pct } of groups) expect(mean_error_pct).toBeLessThan(15);
  expect(summary).toMatchObject({ rows: 7, used: 4 });
  expect(skipped.map(({ reason, rows }) => [reason, rows])).toEqual([
    ["mode train is not predicted yet", 2],
    ["model switchxl4 is not predicted yet", 1],
  ]);
});

test("models of one's own tables go by their names, executed as a column says", () => {
  const own = `gpu,model,seq,batch,dtype,execution,measured_us
h100,llama-3-8b,2048,1,bf16,engine,100000
h100,llama-3-8b,2048,1,bf16,eager,100000
h100,mlp-512-1024-512-256,,64,fp16,compiled,100
h100,llama-3-8b,2048,1,bf16,lazy,100000
h100,llama-4,2048,1,bf16,eager,100000
h100,gpt2,1024,,bf16,eager,100000
`;
  const { summary, skipped } = accuracy([{ name: "own.csv", text: own }]);
  expect(summary).toMatchObject({ rows: 6, used: 3 });
  expect(skipped.map(({ reason }) => reason)).toEqual([
    'execution "lazy" is none of eager, compiled, engine',
    "model llama-4 is not predicted yet",
    'batch is ""',
  ]);
});

// NVIDIA/TensorRT, demo/BERT/README.md, Apache-2.0: average latencies on an A100, INT8 and FP16.
const engines = `source,gpu,model,seq,batch,dtype,measured_us
TensorRT-demoBERT,NVIDIA A100 (40GB),bert base,128,1,fp16,620
TensorRT-demoBERT,NVIDIA A100 (40GB),bert base,384,32,fp16,12790
TensorRT-demoBERT,NVIDIA A100 (40GB),bert large,128,8,int8,2640
TensorRT-demoBERT,NVIDIA A100 (40GB),bert large,384,128,int8,87690
TensorRT-demoBERT,NVIDIA A100 (40GB),megatron large with sparsity,128,1,int8,1140
`;

test("BERT is held against TensorRT's engine", () => {
  const { groups, skipped } = accuracy([{ name: "engines.csv", text: engines }]);
  for (const { mean_error_pct } of groups) expect(mean_error_pct).toBeLessThan(15);
  expect(groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(4);
  expect(skipped).toEqual([{ file: "engines.csv", reason: "sparse weights are not predicted yet", rows: 1 }]);
});
