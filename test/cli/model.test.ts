import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bertBase } from "../../src/model/graph/models/bert.js";
import { bertFile } from "../model/graph/onnx/bert-file.js";
import { model, node, value } from "../model/graph/onnx/write-onnx.js";
import { warplab, warplabJson } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "warplab-model-"));

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("warplab model", () => {
  it("predicts a model that is built in, part by part", async () => {
    const words = ["model", "bert-base", "--device", "h100", "--precision", "fp16", "--batch", "8", "--seq", "128"];
    const answer = (await warplabJson(words)) as { parts: { name: string; share: number }[]; parameters: number };
    expect(answer).toMatchObject({
      graph: "bert-base",
      device: "h100-sxm",
      execution: "engine",
      parameters: 109_482_240,
      unknown: {},
    });
    expect(answer.parts.map(({ name }) => name)).toEqual(["embedding", "attention", "feed-forward", "pooler"]);
    expect(answer.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  it("shows it as a table, by part or by type", async () => {
    const words = ["model", "gpt2", "--device", "a100", "--batch", "1", "--seq", "64"];
    const byPart = await warplab(words);
    expect(byPart.status).toBe(0);
    expect(byPart.stdout).toMatch(/^gpt2 on a100-pcie-80gb: [\d.]+ ms, /);
    expect(byPart.stdout).toMatch(/\nattention +\d+ +\d+ /);
    expect(byPart.stdout).toContain("124439808 parameters in 248.9 MB;");
    const byType = await warplab([...words, "--by", "type", "--execution", "eager"]);
    expect(byType.stdout).toMatch(/\nlinear +\d+ +\d+ /);
    expect(byType.stdout).toMatch(/The device waits [\d.]+ us of it for its host\./);
  });

  it("predicts an ONNX file, whose batch and sequence are known by their usual names", async () => {
    const path = fileOf("small.onnx", bertFile({ ...bertBase, layers: 2 }));
    const read = await warplabJson([
      "model",
      path,
      "--device",
      "h100",
      "--precision",
      "fp16",
      "--batch",
      "8",
      "--seq",
      "128",
    ]);
    expect(read).toMatchObject({ graph: "small.onnx", unknown: {}, kernels: expect.any(Number) });
  });

  it("says without a device what the model asks for", async () => {
    expect(await warplabJson(["model", "mlp-512-1024-512-256"])).toMatchObject({
      graph: "mlp-512-1024-512-256",
      parameters: 1_181_440,
      weight_bytes: 2 * 1_181_440,
      unknown: {},
    });
  });

  it("names and counts the operators that it does not know", async () => {
    const path = fileOf(
      "strange.onnx",
      model({
        nodes: [node("Frobnicate", ["x"], ["y"], {}, "com.example"), node("Relu", ["x"], ["z"])],
        inputs: [value("x", [8, 8])],
      }),
    );
    const { stdout, status } = await warplab(["model", path, "--device", "h100"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^strange\.onnx on h100-sxm: .*; 1 operators? unknown\n/);
    expect(stdout).toContain("Not known, and so not in these figures: Frobnicate (1).");
  });

  it("shares a model between devices: sums over their links, stages, a bubble", async () => {
    const words = ["model", "gpt3-13b", "--device", "a100-sxm-80gb", "--seq", "256", "--tp", "4"];
    expect(await warplabJson([...words, "--pp", "2", "--micro-batches", "8"])).toMatchObject({
      graph: "gpt3-13b",
      tensor_parallel: 4,
      pipeline_parallel: 2,
      micro_batches: 8,
      stages: [{ graph: "gpt3-13b, stage 1" }, { graph: "gpt3-13b, stage 2" }],
    });
    const { stdout } = await warplab([...words, "--by", "type"]);
    expect(stdout).toMatch(/^gpt3-13b on 4 a100-sxm-80gb \(4 x 1\): [\d.]+ ms, [\d.]+ ms of exchanges\n/);
    expect(stdout).toMatch(/\nall_reduce +80 +80 /);
  });

  it("lists the models that are built in", async () => {
    expect(await warplabJson(["model", "--list"])).toContainEqual({
      name: "bert-large",
      description: "BERT-large, encoder of 24 layers",
      sequence: 128,
    });
  });

  it.each([
    [["gpt22"], 'model: unknown model "gpt22"\nDid you mean "gpt2"?'],
    [[], "model: no model is given\nName one of `warplab model --list`, or a file that ends in .onnx."],
    [["none.onnx"], "none.onnx: ONNX file: there is no such file or folder"],
    [["gpt2", "--batch", "x"], '--batch: "x" is no count\nWrite a whole number: --batch 8.'],
    [["gpt2", "--dim", "past=1"], "--dim: gpt2 has no dimensions of its own"],
    [["gpt2", "--device", "h100", "--by", "layer"], '--by: nothing is summed up by "layer"\nKnown: part or type.'],
    [["gpt2", "--device", "h100", "--tp", "5"], "tensorParallel: 5 devices cannot share the 12 heads"],
    [["gpt2", "--device", "l4", "--tp", "4"], "links.peer_gb_s: L4 states no links between devices"],
    [["gpt2", "--device", "h100", "--execution", "fast"], 'execution: unknown execution "fast"'],
    [["gpt2", "--device", "v100", "--precision", "fp8"], "FP8_E4M3"],
  ])("refuses %j", async (words, says) => {
    const { stderr, stdout, status } = await warplab(["model", ...words]);
    expect(stderr).toContain(says);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  it("says which file is none of ONNX", async () => {
    const path = fileOf("text.onnx", new TextEncoder().encode("not a model"));
    const { stderr, status } = await warplab(["model", path, "--device", "h100"]);
    expect(status).toBe(2);
    expect(stderr).toContain(`${path}: not a protocol buffer`);
  });

  it("asks for the dimensions of a file that it has no number for", async () => {
    const path = fileOf("open.onnx", bertFile({ ...bertBase, layers: 1 }));
    const { stderr, status } = await warplab(["model", path, "--device", "h100", "--batch", "1"]);
    expect(status).toBe(2);
    expect(stderr).toContain("a dimension is not known: sequence");
  });
});
