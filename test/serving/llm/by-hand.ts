// Costs by which steps can be reckoned by hand, and scenarios that use them.
import type { StepCosts } from "../../../src/serving/cost/index.js";
import { simulateLlm } from "../../../src/serving/llm/index.js";
import type { ServiceRun } from "../../../src/serving/result/index.js";
import { type LlmService, readScenario, type Scenario, type Workload } from "../../../src/serving/scenario/index.js";

/**
 * A step takes 8 ms and 1 ms for each of its tokens, attention and head nothing: n tokens are 8 + n milliseconds. A token takes 1000
 * bytes of the cache.
 */
export const plainSteps: StepCosts = {
  layers: { tokens: [1, 1001], seconds: [0.009, 1.009] },
  head: { requests: [1], seconds: [0] },
  decode_attention: { requests: [1], context: [1], seconds: [[0]] },
  prefill_attention: { tokens: [1], context: [0], seconds: [[0]] },
  kv_bytes_per_token: 1000,
  kv_bytes: 1e9,
  swap: { out: 1e6, in: 2e6 },
};

export interface Asked {
  readonly workload?: Partial<Workload>;
  readonly serving?: Partial<LlmService>;
  readonly slo?: Scenario["slo"];
  readonly target?: Scenario["target"];
}

/** A request a second for one second, 4 prompt tokens and an answer of 3, unless told otherwise. */
export function llmScenario({ workload, serving, slo, target = {} }: Asked = {}): Scenario {
  return readScenario({
    name: "by hand",
    workload: { rps: 1, duration_s: 1, input_tokens: 4, output_tokens: 3, ...workload },
    target,
    serving: { model: "gpt2", ...serving },
    ...(slo === undefined ? {} : { slo }),
  });
}

export function runLlm(asked: Asked = {}, steps: StepCosts = plainSteps, seed = 0): ServiceRun {
  return simulateLlm(llmScenario(asked), { stages: {}, links: {}, steps }, { seed, keep: "log" });
}

/** Arrivals at these moments, in milliseconds, with these prompts and answers. */
export function recorded(rows: readonly (readonly [at: number, prompt: number, output: number])[]): Partial<Workload> {
  return {
    arrivals: "recorded",
    recorded_ms: rows.map(([at]) => at),
    input_tokens: { distribution: "recorded", values: rows.map(([, prompt]) => prompt) },
    output_tokens: { distribution: "recorded", values: rows.map(([, , output]) => output) },
  };
}

/** The steps of a track as `start-end: prefill tokens + decoding`, in milliseconds. */
export function stepsOf({ log }: ServiceRun, replica = 0): readonly string[] {
  const { start, end, figures } = log!.tracks[replica];
  const ms = (seconds: number) => Number((seconds * 1e3).toFixed(6));
  return [...start].map(
    (from, i) => `${ms(from)}-${ms(end[i])}: ${figures["prefill tokens"][i]} + ${figures["decoding"][i]}`,
  );
}

/** In milliseconds, by request. */
export function endsOf({ log }: ServiceRun): readonly number[] {
  return [...log!.requests.end].map((seconds) => Number((seconds * 1e3).toFixed(6)));
}

export function firstTokensOf({ log }: ServiceRun): readonly number[] {
  return [...log!.stages[0].end].map((seconds) => Number((seconds * 1e3).toFixed(6)));
}
