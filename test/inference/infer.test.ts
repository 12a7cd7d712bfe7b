// An inference's figures: parameters and bytes by hand, times against the planner's own prediction, what was computed against plain
// arithmetic, and a message for what cannot be.
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProgressReporter } from "../../src/core/progress.js";
import { device } from "../../src/hardware/index.js";
import { type InferOptions, infer } from "../../src/inference/index.js";
import { model, predictGraph } from "../../src/model/index.js";
import type { StreamWork } from "../../src/model/operator/index.js";
import { max } from "../../src/model/operator/reduction.js";
import { plannerOf } from "../../src/model/planner/index.js";

const timed = { device: "h100", values: "timed" } as const;

describe("the MLP", () => {
  const run = infer("mlp", timed);

  it("has 1,181,440 parameters, whose bytes, inputs and activations add up", () => {
    // Weights of 512 x 1024, 1024 x 512 and 512 x 256, and a bias for each output.
    expect(run.parameters).toBe(524_288 + 1024 + 524_288 + 512 + 131_072 + 256);
    expect(run.memory).toEqual({
      weights: 2 * 1_181_440,
      inputs: 2 * 32 * 512,
      // ReLU reads and writes 32 x 1024.
      activations: 2 * 2 * 32 * 1024,
      workspace: 8 * 4 * 2 ** 20,
      kvCache: 0,
      kvCachePerToken: 0,
      peak: 2 * 1_181_440 + 2 * 32 * 512 + 4 * 32 * 1024 + 32 * 2 ** 20,
    });
  });

  it("runs ten iterations of five launches, as long on the device as the planner predicts", () => {
    const prediction = predictGraph(model("mlp-512-1024-512-256", { batch: 32 }), {
      device: "h100",
      execution: "eager",
    });
    const kernels = prediction.schedule.plans.reduce((sum, { time }) => sum + time, 0);
    expect(run.iterations).toHaveLength(10);
    for (const [index, { name, launches, deviceTime, time }] of run.iterations.entries()) {
      expect({ name, launches }).toEqual({ name: `iteration ${index + 1}`, launches: 5 });
      expect(deviceTime).toBeCloseTo(kernels, 12);
      // And the host takes 2 us for the call in which it waits.
      expect(time).toBeCloseTo(prediction.schedule.time + 2e-6, 12);
    }
    expect(run.deviceTime).toBeCloseTo(10 * kernels, 11);
    expect(run.iterationTime).toBeCloseTo(run.inferenceTime / 10, 12);
    expect(run.throughput).toBeCloseTo((10 * 32) / run.inferenceTime, 6);
  });

  it("is said in a line, and as JSON", () => {
    expect(inspect(run)).toBe(
      "mlp-512-1024-512-256 on h100-sxm (FP16, batch 32): 10 iterations in 1.55 ms, 206,000 samples/s",
    );
    expect(JSON.parse(JSON.stringify(run))).toMatchObject({
      model: "mlp-512-1024-512-256",
      device: "h100-sxm",
      parameters: 1_181_440,
      computed: { not_computed: "it was asked for times alone" },
    });
    expect(run.ttft).toBeUndefined();
    expect(run.tpot).toBeUndefined();
  });
});

describe("GPT-2", () => {
  const run = infer("gpt2", { device: "a100-sxm-80gb", tokens: 20, prompt: 7 });

  it("has 124,439,808 parameters in 0.23 GiB, and a cache of 36,864 bytes a token", () => {
    expect(run.parameters).toBe(124_439_808);
    expect(run.memory.weights / 2 ** 30).toBeCloseTo(0.2318, 4);
    expect(run.memory).toMatchObject({
      weights: 2 * 124_439_808,
      // Tokens and positions in 64 bits, and a mask of a byte each.
      inputs: 8 * 27 + 8 * 27 + 27 * 27,
      workspace: 2 * 4 * 2 ** 20 + 8 * 16 * 1024,
      kvCachePerToken: 2 * 12 * 768 * 2,
      kvCache: 26 * 2 * 12 * 768 * 2,
    });
  });

  it("takes for the prompt and for each later token what the planner predicts of its graph", () => {
    const spec = device("a100-sxm-80gb");
    const formats = { math: "FP16", input: "FP16", weight: "FP16", output: "FP64" } as const;
    // The scores have just been written.
    const choice = max
      .kernels([1, 50_257], formats)
      .reduce((sum, work) => sum + plannerOf(spec).plan({ ...(work as StreamWork), warm: 2 * 50_257 }).time, 0);
    expect(run.tokens).toHaveLength(20);
    for (const [index, { deviceTime }] of run.tokens.entries()) {
      const sizes = index === 0 ? { sequence: 7, cached: 0 } : { sequence: 1, cached: 6 + index };
      const { plans } = predictGraph(model("gpt2", sizes), { device: spec, execution: "eager" }).schedule;
      expect(deviceTime).toBeCloseTo(
        plans.reduce((sum, { time }) => sum + time, choice),
        12,
      );
    }
  });

  it("says the time to the first token and for each later one, which add up to the iteration", () => {
    const [iteration] = run.iterations;
    const [ttft, tpot] = [run.ttft as number, run.tpot as number];
    expect(ttft).toBe(run.tokens[0].time);
    expect(ttft + 19 * tpot).toBeCloseTo(iteration.time, 12);
    expect(run.throughput).toBeCloseTo(20 / run.inferenceTime, 9);
    expect(run.unit).toBe("tokens");
  });

  it("has no time for each later token where there is but one", () => {
    const short = infer("gpt2", { device: "h100", tokens: 1 });
    expect(short.tpot).toBeUndefined();
    expect(short.toString()).toMatch(/: 1 token in [\d.]+ ms, [\d.]+ tokens\/s, first token [\d.]+ ms$/);
  });

  it("frees the cache of each iteration before the next, which takes the same time", () => {
    const twice = infer("gpt2", { device: "h100", tokens: 3, iterations: 2 });
    const [first, second] = twice.iterations;
    expect(second.deviceTime).toBeCloseTo(first.deviceTime, 12);
    expect(twice.tokens.map(({ name }) => name)).toEqual([1, 2, 3, 1, 2, 3].map((token) => `token ${token}`));
    expect(twice.memory.peak).toBe(infer("gpt2", { device: "h100", tokens: 3 }).memory.peak);
  });
});

describe("laws of every run", () => {
  const options = fc.record({
    batch: fc.integer({ min: 1, max: 40 }),
    precision: fc.constantFrom("FP32", "BF16", "FP16", "FP8_E4M3"),
    iterations: fc.integer({ min: 1, max: 3 }),
  });

  it("stages follow each other without a gap, and iterations fill theirs", () => {
    fc.assert(
      fc.property(options, fc.option(fc.integer({ min: 1, max: 4 })), (sizes, tokens) => {
        const run =
          tokens === null ? infer("mlp", { ...timed, ...sizes }) : infer("gpt2", { device: "h100", tokens, ...sizes });
        let end = 0;
        for (const { start, time } of run.stages) {
          expect(start).toBeCloseTo(end, 12);
          end = start + time;
        }
        expect(run.time).toBeCloseTo(end, 12);
        const spans = run.iterations.reduce((sum, { time }) => sum + time, 0);
        expect(spans).toBeCloseTo(run.inferenceTime, 12);
        const launches = run.stages.reduce((sum, stage) => sum + stage.launches, 0);
        expect(launches).toBe(run.iterations.reduce((sum, iteration) => sum + iteration.launches, 0));
      }),
      { numRuns: 25 },
    );
  });

  it("more sequences, more tokens or wider numbers never take less memory or less of the device's time", () => {
    const sizes = fc.record({ batch: fc.integer({ min: 1, max: 8 }), tokens: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(sizes, ({ batch, tokens }) => {
        const [run, ...larger] = [
          { batch, tokens },
          { batch: batch + 1, tokens },
          { batch, tokens: tokens + 1 },
          { batch, tokens, precision: "FP32" },
        ].map((each) => infer("gpt2", { device: "h100", prompt: 4, ...each }));
        for (const more of larger) {
          expect(more.memory.peak).toBeGreaterThan(run.memory.peak);
          expect(more.deviceTime).toBeGreaterThanOrEqual(run.deviceTime);
        }
        expect(larger[1].memory.kvCache - run.memory.kvCache).toBe(batch * 36_864);
      }),
      { numRuns: 6 },
    );
  });
});

describe("what is computed", () => {
  it.each([
    ["FP16 by tensor cores", { precision: "FP16" }, "linear_tensor_f16"],
    ["BF16, rows that 16 does not divide", { precision: "BF16", batch: 21 }, "linear_tensor_bf16"],
    ["FP16 by threads where a device has no tensor cores", { device: "p100-pcie-16gb", batch: 2 }, "linear_f16"],
    ["FP16 by threads where there are few rows", { batch: 3 }, "linear_f16"],
    ["FP32 by threads", { precision: "FP32", batch: 5 }, "linear_f32"],
  ] as const)("agrees with plain arithmetic: %s", (_, options, kernel) => {
    const { computed } = infer("mlp", { device: "h100", iterations: 2, seed: 3, ...options });
    expect(computed).toMatchObject({ launches: 5, agrees: true });
    if (!("kernels" in computed)) throw new Error(computed.reason);
    expect(computed.kernels[0]).toBe(kernel);
    expect(computed.maxError).toBeGreaterThan(0);
    expect(computed.relativeError).toBeLessThan(computed.bound);
  });

  it("takes as long, and makes as many calls, as what is only timed", () => {
    const [computed, only] = [infer("mlp", { device: "h100", batch: 16 }), infer("mlp", { ...timed, batch: 16 })];
    expect(computed.iterations.map(({ time }) => time)).toHaveLength(10);
    expect(computed.inferenceTime).toBeCloseTo(only.inferenceTime, 12);
    expect(computed.memory).toEqual(only.memory);
  });

  it.each([
    [{ precision: "FP8_E4M3" }, "there are kernels for FP16, BF16 and FP32, not for FP8_E4M3"],
    [{ batch: 257 }, "a batch of more than 256 samples takes the virtual GPU too long"],
    [{ precision: "FP32", batch: 65 }, "a batch of more than 64 samples takes the virtual GPU too long"],
  ] as const)("is nothing for %o, and says why", (options, reason) => {
    expect(infer("mlp", { device: "h100", ...options }).computed).toEqual({ reason });
  });
});

describe("progress", () => {
  it("is told by iterations of the MLP, and by tokens of GPT-2", () => {
    const told: string[] = [];
    const progress: ProgressReporter = ({ label, total, unit }) => ({
      update: ({ done, status }) => void told.push(`${label}: ${done} of ${total} ${unit}, ${status}`),
    });
    infer("mlp", { ...timed, progress });
    infer("gpt2", { device: "h100", tokens: 2, iterations: 3, progress });
    expect(told.filter((line) => line.endsWith("done"))).toEqual([
      "inference of mlp: 10 of 10 iterations, done",
      "inference of gpt2: 6 of 6 tokens, done",
    ]);
  });
});

describe("what cannot be", () => {
  it.each<[string, string, InferOptions]>([
    ['unknown workload "gpt3"', "gpt3", { device: "h100" }],
    ["runs no CUDA kernels", "mlp", { device: "tpu-v4" }],
    ["GPT-2 has 1024\nTake at most 1008 tokens, or a shorter prompt.", "gpt2", { device: "h100", tokens: 1009 }],
    ["tokens: must be a whole number of at least 1, got 0", "gpt2", { device: "h100", tokens: 0 }],
    ["seed: must be a whole number of at least 0, got -1", "mlp", { device: "h100", seed: -1 }],
    ['infer: there is no option "token"\nDid you mean "tokens"?', "gpt2", { device: "h100", token: 3 } as InferOptions],
    ["infer: no device is given", "gpt2", undefined as unknown as InferOptions],
    ["GPT-2 has 1024\nTake a shorter prompt.", "gpt2", { device: "h100", prompt: 1024 }],
    ["batch: must be a whole number of at least 1, got 1.5", "mlp", { device: "h100", batch: 1.5 }],
    ["tokens: an MLP has no tokens", "mlp", { device: "h100", tokens: 3 }],
    ["seed: GPT-2 is timed and not computed", "gpt2", { device: "h100", seed: 3 }],
    ["activations are not stored in NVFP4", "gpt2", { device: "b200", precision: "nvfp4" }],
    ["has no peak for FP8_E4M3", "gpt2", { device: "v100-pcie-32gb", precision: "fp8" }],
    ["batch: gpt2 needs 107.1 GB of memory: L4 has 24.00 GB", "gpt2", { device: "l4", batch: 5000, tokens: 500 }],
  ])("%s", (message, name, options) => {
    expect(() => infer(name, options)).toThrow(message);
  });
});
