// `node scripts/measurements.mjs DIR`: makes hardware/measurements/ for devices that others have measured, from their tables of latencies
// in a folder. Which rows are taken is decided by their place in the table alone, never by how well anything predicts them.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fromCSV } from "arquero";

/**
 * What becomes of a table: `parts` are picked one by one, every n-th row of those that `where` matches, n such that `rows` are left;
 * all of them without. `of` makes a benchmark of a row.
 */
export const recipes = {
  "h100-sxm": {
    table: "gemm_aiconfigurator.csv",
    source:
      "NVIDIA aiconfigurator (github.com/ai-dynamo/aiconfigurator), Apache-2.0: products of matrices by TensorRT-LLM 1.3.0rc20 on an H100 SXM.",
    protocol: {
      launch: "graph",
      cache: "rotating",
      quantise: "matrix",
      authors:
        "3 warm-ups and 6 runs of a CUDA graph, over up to 5 copies of the weights in turn. FP8 includes bringing the activations into FP8, with one scale for the matrix.",
    },
    parts: [
      { where: { gpu: "H100-SXM", framework: "trtllm-1.3.0rc20", dtype: "bf16" }, rows: 30 },
      { where: { gpu: "H100-SXM", framework: "trtllm-1.3.0rc20", dtype: "fp8" }, rows: 30 },
    ],
    of: product,
  },
  b200: {
    table: "gemm_aiconfigurator.csv",
    source:
      "NVIDIA aiconfigurator (github.com/ai-dynamo/aiconfigurator), Apache-2.0: products of matrices by vLLM 0.24.0 on a B200 SXM.",
    protocol: {
      launch: "graph",
      cache: "rotating",
      quantise: "rows",
      authors:
        "3 warm-ups and 6 runs of a CUDA graph, over up to 5 copies of the weights in turn. FP8 and NVFP4 include bringing the activations into that format: FP8 with a scale for each row, NVFP4 with one for each block of a row.",
    },
    parts: [
      { where: { gpu: "B200-SXM", framework: "vllm-0.24.0", dtype: "bf16" }, rows: 25 },
      { where: { gpu: "B200-SXM", framework: "vllm-0.24.0", dtype: "fp8" }, rows: 25 },
      { where: { gpu: "B200-SXM", framework: "vllm-0.24.0", dtype: "nvfp4" }, rows: 25 },
    ],
    of: (row) => ({ ...product(row), ...(row.dtype === "nvfp4" && { protocol: { quantise: "blocks" } }) }),
  },
  "a100-sxm-80gb": {
    table: "llmcompass_fp16.csv",
    source:
      "LLMCompass (github.com/PrincetonUniversity/LLMCompass), BSD-3-Clause: one operator of PyTorch at a time on an A100 SXM 80 GB.",
    protocol: {
      launch: "eager",
      authors:
        "A clock of the host around one call and a wait for the device. Products and softmax are called as they are, layer norm and GELU through torch.compile, which first checks on the host what was compiled.",
    },
    parts: [{ where: { gpu: "A100-SXM4-80GB" } }],
    of: operator,
  },
  "v100-pcie-32gb": {
    table: "gemm_neusight_fp32.csv",
    source: "NeuSight (github.com/sitar-lab/NeuSight), MIT: linear layers of PyTorch in FP32 on a V100 PCIe 32 GB.",
    protocol: {
      launch: "eager",
      authors: "Events around one call of PyTorch, so that the host's way to the kernel is inside. A bias is added.",
    },
    parts: [{ where: { gpu: "V100-PCIe-32GB", op: "linear" }, rows: 60 }],
    of: product,
  },
};

const precisions = { bf16: "BF16", fp16: "FP16", fp32: "FP32", fp8: "FP8_E4M3", nvfp4: "NVFP4" };
// Narrow products write 16 bits.
const narrow = new Set(["fp8", "nvfp4"]);

/** The file that a recipe makes of the text of its table. */
export function measurementFile(key, { source, protocol, parts, of }, text, table) {
  const rows = fromCSV(text, { autoType: false }).objects();
  const picked = parts.map(({ where, rows: wanted }) => {
    const all = rows.filter((row) => Object.entries(where).every(([column, value]) => row[column] === value));
    if (all.length === 0) throw new Error(`${table}: no rows with ${JSON.stringify(where)}`);
    const step = wanted === undefined ? 1 : Math.max(1, Math.floor(all.length / wanted));
    const taken = all.filter((_, i) => i % step === 0).slice(0, wanted);
    return {
      taken,
      said: `${taken.length} of ${all.length} rows${step === 1 ? "" : `, one in ${step}`}, with ${listed(where)}`,
    };
  });
  return {
    hardware_key: key,
    source,
    provenance: {
      table,
      selection: picked.map(({ said }) => said).join("; "),
      rule: "Rows in the order of the table, by their place alone. Times as the table has them.",
    },
    protocol,
    benchmarks: picked.flatMap(({ taken }) => taken.map(of)),
  };
}

function product({ M, N, K, dtype, measured_us }) {
  return {
    kernel_type: "gemm",
    shape: [Number(M), Number(N), Number(K)],
    precision: precisions[dtype],
    ...(narrow.has(dtype) && { output: "BF16" }),
    measured_time_us: Number(measured_us),
  };
}

function operator(row) {
  const { op, M, N, dtype, measured_us } = row;
  if (op === "matmul") return product(row);
  const kernels = { softmax: "softmax", layernorm: "layer_norm", gelu: "gelu" };
  const shape = op === "gelu" ? [Number(M) * Number(N)] : [Number(M), Number(N)];
  return { kernel_type: kernels[op], shape, precision: precisions[dtype], measured_time_us: Number(measured_us) };
}

function listed(where) {
  return Object.entries(where)
    .map(([column, value]) => `${column} ${value}`)
    .join(", ");
}

/** JSON as Biome formats it: a line for each benchmark that fits one. */
export function written({ benchmarks, ...head }) {
  const lines = benchmarks.map((benchmark) => `    ${inLines(benchmark)}`).join(",\n");
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "benchmarks": [\n${lines}\n  ]\n}\n`;
}

function inLines(benchmark) {
  const line = inOneLine(benchmark);
  if (line.length <= 115) return line;
  const fields = Object.entries(benchmark).map(([field, value]) => `      "${field}": ${inOneLine(value)}`);
  return `{\n${fields.join(",\n")}\n    }`;
}

function inOneLine(value) {
  const spaced = JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
  return spaced.replaceAll("[ ", "[").replaceAll(" ]", "]");
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string" }, out: { type: "string" } },
  });
  if (positionals.length !== 1) {
    console.error(`node scripts/measurements.mjs DIR [--only KEY] [--out FOLDER]: DIR has ${listedTables()}`);
    process.exit(2);
  }
  const out = values.out ?? fileURLToPath(new URL("../hardware/measurements/", import.meta.url));
  for (const [key, recipe] of Object.entries(recipes)) {
    if (values.only !== undefined && values.only !== key) continue;
    const text = readFileSync(join(positionals[0], recipe.table), "utf8");
    writeFileSync(join(out, `${key}.json`), written(measurementFile(key, recipe, text, recipe.table)));
    console.log(`hardware/measurements/${key}.json`);
  }
}

function listedTables() {
  return [...new Set(Object.values(recipes).map(({ table }) => table))].join(", ");
}
