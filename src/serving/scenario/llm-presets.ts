// Language models to begin with. Knows nothing of how they are run.
import type { Scenario } from "./scenario.js";

/** Conversations: prompts and answers of very different lengths, as lognormal counts have them. */
const llm: Scenario = {
  name: "llm",
  description: "Llama 3 of 8 billion parameters on an H100, answering conversations of very different lengths.",
  workload: {
    name: "conversations",
    rps: 12,
    duration_s: 60,
    arrivals: "poisson",
    warmup_s: 5,
    input_tokens: { distribution: "lognormal", mean: 512, cv: 1, min: 8, max: 4096 },
    output_tokens: { distribution: "lognormal", mean: 128, cv: 1, min: 1, max: 1024 },
  },
  target: { name: "one H100", device: "h100-sxm" },
  serving: { model: "llama-3-8b" },
  slo: { ttft_ms: 200, tpot_ms: 20 },
};

/** A model on one device; the same with its prompts in chunks; the same with prefill and decode on a device each. */
export const llmPresets: readonly Scenario[] = [
  llm,
  {
    ...llm,
    name: "llm-chunked",
    description: "The same with prompts cut into chunks, so that a long one holds up no answer.",
    serving: { model: "llama-3-8b", prefill_chunk_tokens: 512 },
  },
  {
    ...llm,
    name: "llm-disaggregated",
    description:
      "The same with prompts and answers on a device each, the keys and values going over a link between them.",
    target: { name: "two H100", device: "h100-sxm" },
    serving: {
      model: "llama-3-8b",
      disaggregated: { prefill_replicas: 1, decode_replicas: 1, link_gbps: 50 },
    },
  },
];
