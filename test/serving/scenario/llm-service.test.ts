// A language model's service and its tokens, read: what fits together, and what is refused by its field.
import { describe, expect, it } from "vitest";
import { presets, readScenario } from "../../../src/serving/scenario/index.js";
import { simulate } from "../../../src/serving/simulate.js";

const read = (serving: object, workload: object = {}) =>
  readScenario({
    name: "service",
    workload: { rps: 1, duration_s: 1, ...workload },
    target: { device: "h100" },
    serving: { model: "gpt2", ...serving },
  });

it.each(["llm", "llm-chunked", "llm-disaggregated"])(
  "the preset %s is taken as it is, runs, keeps its laws and is not overloaded",
  (name) => {
    const preset = presets.get(name)!;
    expect(readScenario(JSON.parse(JSON.stringify(preset)))).toEqual(preset);
    const { summary, checks } = simulate(preset, { keep: "figures" });
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(summary.overloaded).toBe(false);
    expect(summary.tokens!.ttft_p50_ms).toBeGreaterThan(5);
  },
);

describe("is refused by its field", () => {
  it.each<[object, object, string]>([
    [{ replica: 2 }, {}, 'scenario: serving.replica: unknown field\nDid you mean "replicas"?'],
    [{ router: "sticky" }, {}, 'serving.router: must be "round-robin", "random"'],
    [{ max_batch_size: 0 }, {}, "serving.max_batch_size: must be at least 1, got 0"],
    [
      { max_batched_tokens: 100 },
      {},
      "serving.max_batched_tokens: 100 tokens a step are fewer than the 256 requests that decode a token each in it\n" +
        "Raise max_batched_tokens to max_batch_size at least",
    ],
    [
      { prefill_chunk_tokens: 9000 },
      {},
      "serving.prefill_chunk_tokens: a step of 8192 tokens has no room for 9000 prompt tokens",
    ],
    [
      { replicas: 2, disaggregated: { prefill_replicas: 1, decode_replicas: 1, link_gbps: 1 } },
      {},
      "serving.replicas: replicas do nothing beside disaggregated",
    ],
    [{ disaggregated: { prefill_replicas: 1 } }, {}, "serving.disaggregated.decode_replicas: is missing"],
    [{}, { batch_size: 4 }, "workload.batch_size: belongs to a pipeline: a language model has no use for it"],
    [{}, { input_tokens: 0 }, "workload.input_tokens: must be at least 1, got 0"],
    [{}, { input_tokens: 1.5 }, "workload.input_tokens: must be a whole number or an object"],
    [{}, { output_tokens: { distribution: "uniform", min: 2 } }, 'workload.output_tokens: uniform needs "max"'],
    [
      {},
      { output_tokens: { distribution: "constant", mean: 2.5 } },
      "a constant number of tokens must be whole, got 2.5",
    ],
    [
      {},
      { output_tokens: { distribution: "constant", mean: 2, cv: 1 } },
      'workload.output_tokens: "cv" means nothing to constant',
    ],
    [
      {},
      { input_tokens: { distribution: "lognormal", mean: 20, min: 9, max: 8 } },
      "workload.input_tokens: max 8 is less than min 9",
    ],
    [
      {},
      { input_tokens: { distribution: "recorded", values: [] } },
      "input_tokens.values: must have at least 1 element",
    ],
  ])("%o, %o", (serving, workload, message) => {
    expect(() => read(serving, workload)).toThrow(message);
  });

  it("answers that are too long for a run, or to keep", () => {
    const scenario = read({ max_batched_tokens: 1e6 }, { rps: 1000, duration_s: 100, output_tokens: 900 });
    expect(() => simulate(scenario)).toThrow(
      'keep: the answers of the first 11112 requests have more than 10000000 tokens, too many to keep\nSet keep: "figures"',
    );
  });
});
