// `warplab infer`: the tables that people read, one JSON document, the JSONL that jq counts, and one message for bad input.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-infer-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the MLP", () => {
  it("is told by stages and iterations, with what was computed", async () => {
    const { status, stdout, stderr } = await warplab(["infer", "mlp", "--device", "h100"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [first] = stdout.split("\n");
    expect(first).toBe(
      "mlp-512-1024-512-256 on h100-sxm (FP16, batch 32): 10 iterations in 1.55 ms, 206,000 samples/s",
    );
    for (const line of [
      /^stage +ms +share +driver calls +launches +kernels ms$/m,
      /^load weights +0\.196 +0\.1% +12 +0 +0\.000$/m,
      /^inference +1\.551 +0\.6% +60 +50 +0\.089$/m,
      /^all +272\.002 +100\.0% +91 +50 +0\.089$/m,
      /^iteration +ms +kernels ms +launches\n1 +0\.155 +0\.009 +5$/m,
      /^10 +0\.155 +0\.009 +5$/m,
      /^An iteration takes 0\.1551 ms on average\.$/m,
      /^1,181,440 parameters in 2\.253 MiB; inputs 0\.03125 MiB, activations 0\.125 MiB, workspace 32 MiB;$/m,
      /^Computed: the 5 launches of the first iteration, by linear_tensor_f16 and relu_f16, \d+ warp instructions\.$/m,
      /^It agrees with plain arithmetic: off by \S+ at most/m,
    ])
      expect(stdout).toMatch(line);
  });
});

describe("GPT-2", () => {
  it("is told by tokens, with its first and its later ones", async () => {
    const { stdout } = await warplab(["infer", "gpt2", "--device", "a100"]);
    for (const line of [
      /^gpt2 on a100-pcie-80gb \(FP16, batch 1\): 20 tokens in 198 ms, 101 tokens\/s, first token 9\.24 ms$/m,
      /^inference +198\.368 +45\.7% +6636 +6576 +15\.567$/m,
      /^1 +9\.235 +0\.757 +306$/m,
      /^Time to first token 9\.235 ms \(a prompt of 16\)\.$/m,
      /^Time per output token 9\.954 ms on average\.$/m,
      /^124,439,808 parameters in 237\.4 MiB;/m,
      /KV cache 1\.23 MiB \(36,864 bytes a token, allocated as it grows\);$/m,
      /^Not computed: /m,
    ])
      expect(stdout).toMatch(line);
  });

  it("leaves out tokens in the middle of many, and says so", async () => {
    const { stdout } = await warplab(["infer", "gpt2", "--device", "h100", "--tokens", "30"]);
    expect(stdout).toMatch(/^20 +.*\n28 +.*\n29 +.*\n30 +.*\n7 more tokens between them, all in --json\.$/m);
  });

  it("is one JSON document", async () => {
    const run = await warplabJson(["infer", "gpt2", "--device", "h100", "--tokens", "3", "--precision", "bf16"]);
    expect(run).toMatchObject({
      model: "gpt2",
      device: "h100-sxm",
      precision: "BF16",
      prompt_tokens: 16,
      tokens: 3,
      parameters: 124_439_808,
      memory_bytes: { weights: 248_879_616, kv_cache: 18 * 36_864, kv_cache_per_token: 36_864 },
      token_times: [{ name: "token 1" }, { name: "token 2" }, { name: "token 3" }],
    });
  });

  it("writes every call as a line that jq counts by name", async () => {
    const path = join(folder, "gpt2.jsonl");
    const { status, stderr } = await warplab(["infer", "gpt2", "--device", "h100", "--tokens", "2", "--jsonl", path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `Wrote ${path}\n` });
    const text = readFileSync(path, "utf8");
    const [header, ...calls] = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ format: "warplab-trace", version: 1, source: "simulated", device: "H100 SXM" });
    expect(calls.filter(({ name }) => name === "cuLaunchKernel")).toHaveLength(306 + 330);
    expect(calls.filter(({ name }) => name === "cuMemAlloc_v2")).toHaveLength(
      calls.filter(({ name }) => name === "cuMemFree_v2").length,
    );
  });
});

describe("a Chrome trace", () => {
  it("is written beside the answer", async () => {
    const path = join(folder, "mlp.json");
    const { stderr } = await warplab(["infer", "mlp", "--device", "h100", "--chrome", path]);
    expect(stderr).toBe(`Wrote ${path}; https://ui.perfetto.dev opens it\n`);
    const { traceEvents } = JSON.parse(readFileSync(path, "utf8")) as { traceEvents: { name: string; ph: string }[] };
    const slices = traceEvents.filter(({ ph }) => ph === "X").map(({ name }) => name);
    // Each of the five kernels of an iteration on the device.
    expect(slices.filter((name) => name === "linear_tensor_f16")).toHaveLength(30);
    expect(slices.filter((name) => name === "relu_f16")).toHaveLength(20);
    expect(slices.filter((name) => name === "cuLaunchKernel")).toHaveLength(50);
  });
});

describe("what if the host were faster", () => {
  it("is told apart for the program's start and for the work", async () => {
    const path = join(folder, "what-if.jsonl");
    await warplab(["infer", "mlp", "--device", "h100", "--jsonl", path]);
    const { stdout } = await warplab(["trace", path, "--what-if", "host=4"]);
    expect(stdout).toMatch(
      /^What if: .* 3\.9\d+ times as fast\. Of that the start, until the device's first work, is 67\.51 ms instead of 270 ms; the rest /m,
    );
    const kernels = await warplab(["trace", path, "--what-if", "kernels=4"]);
    expect(kernels.stdout).not.toContain("until the device's first work");
  });
});

describe("what cannot be", () => {
  it.each([
    [["gpt3", "--device", "h100"], 'infer: unknown workload "gpt3"\nKnown: "mlp" or "gpt2".'],
    [["bert"], 'infer: unknown workload "bert"\nKnown: "mlp" or "gpt2".'],
    [["bert", "--device", "h1000"], 'infer: unknown workload "bert"'],
    [["mlp"], "--device: no device is named\nWrite warplab infer mlp --device h100; warplab devices lists all."],
    [["mlp", "--device", "h1000"], 'unknown device "h1000"'],
    [["mlp", "--device", "tpu-v4"], "TPU v4 runs no CUDA kernels"],
    [["mlp", "--device", "h100", "--tokens", "3"], "tokens: an MLP has no tokens"],
    [["gpt2", "--device", "h100", "--tokens", "0"], "tokens: must be a whole number of at least 1, got 0"],
    [["gpt2", "--device", "h100", "--tokens", "many"], '--tokens: "many" is no whole number'],
    [["gpt2", "--device", "h100", "--tokens", "1010"], "GPT-2 has 1024"],
    [["gpt2", "--device", "h100", "--jsonl", folder], "this is a folder"],
    [
      ["mlp", "--device", "h100", "--jsonl", `${folder}/one.json`, "--chrome", `${folder}/./one.json`],
      "one.json is written already\nGive each output a file of its own.",
    ],
  ])("%o", async (words, message) => {
    const { status, stdout, stderr } = await warplab(["infer", ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
