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
