// What the steps of a language model cost by the model of its device, against predictions of whole graphs and published figures.
import { describe, expect, it } from "vitest";
import { model, type NodeTime, predictParallel } from "../../../src/model/index.js";
import { stepCosts } from "../../../src/serving/cost/llm-steps.js";
import { StepTime } from "../../../src/serving/llm/step-time.js";
import { type LlmService, readScenario } from "../../../src/serving/scenario/index.js";

const costsOf = (serving: LlmService, device?: string, target: object = {}) =>
  stepCosts(
    readScenario({
      name: "steps",
      workload: { rps: 1, duration_s: 1 },
      target: { ...target, ...(device === undefined ? {} : { device }) },
      serving,
    }),
  );

/** Every node of the whole model on one of the devices. */
const nodesOf = (name: string, device: string, options: object, tensorParallel = 1): readonly NodeTime[] =>
  predictParallel(model(name, options), { device, tensorParallel }).stages[0].schedule.nodes;
const sum = (nodes: readonly NodeTime[], which: (node: NodeTime["node"]) => boolean): number =>
  nodes.reduce((seconds, { node, time }) => seconds + (which(node) ? time : 0), 0);

describe("at the points of its tables", () => {
  it.each([
    ["gpt2", "a100-sxm-80gb", 1],
    ["llama-3-8b", "h100-sxm", 1],
    ["opt-6.7b", "v100-pcie-32gb", 1],
    ["llama-3-70b", "h100-sxm", 4],
  ])("is what the whole model takes, though three layers were priced: %s on %s x %d", (name, device, devices) => {
    const costs = costsOf(
      { model: name, tensor_parallel: devices, max_batch_size: 128, max_batched_tokens: 512 },
      device,
    );
    const nodes = nodesOf(name, device, { sequence: 128 }, devices);
    const i = costs.layers.tokens.indexOf(128);
    expect(costs.layers.seconds[i]).toBeCloseTo(
      sum(nodes, ({ part, type }) => part !== "head" && type !== "attention"),
      12,
    );
    expect(costs.head.seconds[costs.head.requests.indexOf(128)]).toBeCloseTo(
      sum(nodes, ({ part }) => part === "head"),
      12,
    );
    expect(costs.prefill_attention.seconds[i][0]).toBeCloseTo(
      sum(nodes, ({ type }) => type === "attention"),
      12,
    );
  });

  it.each([1, 4])("takes attention to a cache as the whole model has it, on %d devices", (devices) => {
    const costs = costsOf({ model: "llama-3-8b", tensor_parallel: devices }, "h100-sxm").decode_attention;
    const nodes = nodesOf("llama-3-8b", "h100-sxm", { batch: 64, sequence: 1, cached: 1023 }, devices);
    const seconds = costs.seconds[costs.requests.indexOf(64)][costs.context.indexOf(1024)];
    expect(seconds).toBeCloseTo(
      sum(nodes, ({ type }) => type === "attention"),
      12,
    );
  });
});

describe("between the points", () => {
  it.each([
    ["gpt2", "a100-sxm-80gb"],
    ["llama-3-8b", "h100-sxm"],
  ])("is off by 2 %% on average and 12 %% at most: %s on %s", (name, device) => {
    const time = new StepTime(costsOf({ model: name }, device), 0);
    const errors: number[] = [];
    for (const tokens of [3, 7, 18, 45, 90, 210, 430, 600, 1300, 2600, 6000]) {
      time.begin();
      time.prompt(tokens, 0, 0);
      const direct = sum(nodesOf(name, device, { sequence: tokens }), ({ part }) => part !== "head");
      errors.push(Math.abs(time.seconds() / direct - 1));
    }
    for (const [requests, context] of [
      [3, 333],
      [11, 150],
      [45, 700],
      [70, 50],
      [150, 1500],
      [250, 333],
    ]) {
      time.begin();
      time.decode(requests, requests * context);
      const direct = sum(nodesOf(name, device, { batch: requests, sequence: 1, cached: context - 1 }), () => true);
      errors.push(Math.abs(time.seconds() / direct - 1));
    }
    expect(errors.reduce((total, error) => total + error, 0) / errors.length).toBeLessThan(0.02);
    expect(Math.max(...errors)).toBeLessThan(0.12);
  });
});

describe("the tables", () => {
  it("take more for more tokens of a prompt, for more requests and for longer contexts, from one end to the other", () => {
    const { layers, decode_attention, prefill_attention } = costsOf({ model: "llama-3-8b" }, "h100-sxm");
    const rises = (values: readonly number[]) => expect(values[values.length - 1]).toBeGreaterThan(values[0]);
    rises(layers.seconds);
    for (const row of decode_attention.seconds) rises(row);
    rises(decode_attention.seconds.map((row) => row[10]));
    rises(prefill_attention.seconds.map(([alone]) => alone));
  });

  it("say where the layers are bound by memory, and where by arithmetic", () => {
    const { layers } = costsOf({ model: "llama-3-8b" }, "h100-sxm");
    expect(layers.bound![0]).toBe("memory");
    expect(layers.bound![layers.tokens.length - 1]).toBe("compute");
  });

  it("are there for a device without SMs too, by the roofline", () => {
    const costs = costsOf({ model: "gpt2", precision: "bf16" }, "tpu-v4");
    expect(costs.layers.seconds.every((seconds) => seconds > 0)).toBe(true);
    expect(costs.decode_attention.seconds[0][3]).toBeGreaterThan(0);
  });
});

describe("memory", () => {
  it("of a token of OPT-13B is 800 KiB, of its weights 26 GB (W. Kwon et al., SOSP 2023, sections 1 and 3)", () => {
    const costs = costsOf({ model: "opt-13b" }, "a100-sxm-40gb");
    expect(costs.kv_bytes_per_token).toBe(800 * 1024);
    const weights = 0.9 * 40e9 - costs.kv_bytes;
    expect(weights / 1e9).toBeCloseTo(26, 0);
  });

  it("of a token is that of the keys' heads, in the cache's precision, whoever shares them", () => {
    const perToken = (serving: Partial<LlmService>) =>
      costsOf({ model: "llama-3-8b", ...serving }, "h100-sxm").kv_bytes_per_token;
    expect(perToken({})).toBe(2 * 32 * 8 * 128 * 2);
    expect(perToken({ kv_precision: "fp8" })).toBe(2 * 32 * 8 * 128);
    expect(perToken({ tensor_parallel: 4 })).toBe(2 * 32 * 8 * 128 * 2);
  });

  it("that a narrower cache saves is time that attention saves", () => {
    const attention = (kv_precision: string) => {
      const { decode_attention } = costsOf({ model: "llama-3-8b", kv_precision }, "h100-sxm");
      return decode_attention.seconds[decode_attention.requests.indexOf(64)][decode_attention.context.indexOf(4096)];
    };
    expect(attention("fp8") / attention("fp16")).toBeLessThan(0.75);
  });

  it("goes over the host link at the target's bandwidth, or the device's, one to each device", () => {
    expect(costsOf({ model: "gpt2" }, "h100-sxm").swap).toEqual({ out: 64e9, in: 64e9 });
    expect(costsOf({ model: "gpt2", tensor_parallel: 4 }, "h100-sxm").swap).toEqual({ out: 256e9, in: 256e9 });
    expect(costsOf({ model: "gpt2" }, "h100-sxm", { h2d_gbps: 20, d2h_gbps: 10 }).swap).toEqual({
      out: 10e9,
      in: 20e9,
    });
  });
});

describe("what cannot be served", () => {
  it.each<[string, LlmService, string | undefined, string]>([
    [
      "without a device",
      { model: "gpt2" },
      undefined,
      'target.device: is missing\nA language model needs a device by whose figures its steps are predicted: "h100-sxm"',
    ],
    ["an unknown device", { model: "gpt2" }, "h10", 'target.device: unknown device "h10"'],
    ["an unknown model", { model: "gpt-2" }, "h100", 'serving.model: unknown model "gpt-2"\nDid you mean "gpt2"?'],
    ["an encoder", { model: "bert-base" }, "h100", "serving.model: bert-base is no decoder: it generates no tokens"],
    ["images", { model: "resnet50" }, "h100", "serving.model: resnet50 is no decoder"],
    [
      "weights that do not fit",
      { model: "llama-3-70b" },
      "h100-sxm",
      "serving.model: the weights of llama-3-70b in FP16 are 141 GB and H100 SXM has 80 GB, of which nine tenths can be used\n" +
        "Raise tensor_parallel, take a narrower precision or a device with more memory",
    ],
    [
      "a cache that does not fit",
      { model: "llama-3-70b", tensor_parallel: 2, kv_cache_gb: 30 },
      "h100-sxm",
      "serving.kv_cache_gb: 30 GB for keys and values beside 143 GB of weights do not fit: 2 x H100 SXM have 160 GB",
    ],
    [
      "a precision that the device lacks",
      { model: "gpt2" },
      "tpu-v4",
      "serving.precision: TPU v4 has no peak for FP16\nIt has BF16 or INT8.",
    ],
    [
      "heads that cannot be shared",
      { model: "gpt2", tensor_parallel: 5 },
      "h100-sxm",
      "serving.tensor_parallel: 5 devices cannot share the",
    ],
  ])("is refused by its field: %s", (_, serving, device, message) => {
    expect(() => costsOf(serving, device)).toThrow(message);
  });
});
