// Scenarios to begin with. Knows nothing of how they are run.
import { llmPresets } from "./llm-presets.js";
import type { Scenario } from "./scenario.js";

const demo: Scenario = {
  name: "demo",
  description: "Two requests a second through copies and a GPU that could serve 156: nobody waits.",
  workload: { name: "steady", rps: 2, duration_s: 10, batch_size: 1, jitter_pct: 0 },
  target: {
    name: "L40",
    tflops: 180,
    mem_gbps: 3000,
    ms_per_token: 0.2,
    h2d_gbps: 32,
    d2h_gbps: 32,
    concurrency: 4,
  },
  pipeline: [
    { name: "preprocess", kind: "fixed_ms", value: 2 },
    { name: "h2d", kind: "bytes", value: 8 * 2 ** 20 },
    { name: "compute", kind: "tokens", value: 128 },
    { name: "d2h", kind: "bytes", value: 2 * 2 ** 20 },
    { name: "postprocess", kind: "fixed_ms", value: 1 },
  ],
};

/** By name; each is what `readScenario` takes. */
export const presets: ReadonlyMap<string, Scenario> = new Map(
  [
    demo,
    {
      ...demo,
      name: "overload",
      description: "Twice as many requests as the GPU can serve: the queue grows for as long as they come.",
      workload: { ...demo.workload, name: "too much", rps: 300 },
    },
    {
      ...demo,
      name: "poisson",
      description: "Random arrivals at three quarters of the capacity: enough on average, and still some wait.",
      workload: { name: "random arrivals", rps: 120, duration_s: 120, arrivals: "poisson" as const, warmup_s: 10 },
    },
    {
      ...demo,
      name: "batched",
      description:
        "Four times as many requests as one by one could be served, in batches of 8 that compute as long as one.",
      workload: {
        name: "random arrivals in batches",
        rps: 600,
        duration_s: 60,
        arrivals: "poisson" as const,
        batch_size: 8,
        batch_timeout_ms: 20,
        warmup_s: 5,
      },
    },
    {
      name: "queue",
      description: "A single server at a load of 0.8 whose mean time queueing theory knows: M/M/1.",
      workload: { name: "random arrivals", rps: 80, duration_s: 1000, arrivals: "poisson" as const, warmup_s: 50 },
      target: { name: "one server", cpu_workers: 1 },
      pipeline: [{ name: "serve", kind: "fixed_ms" as const, value: 10, distribution: "exponential" as const }],
    },
    {
      name: "classifier",
      description:
        "BERT-base on an H100, priced by the model of the device; sentences come twenty at a time, in batches of 16.",
      workload: {
        name: "bursts of sentences",
        rps: 800,
        duration_s: 60,
        arrivals: "burst" as const,
        burst: 20,
        batch_size: 16,
        batch_timeout_ms: 5,
      },
      target: { name: "one H100", device: "h100", cpu_workers: 8, copy_engines: 2 },
      pipeline: [
        { name: "tokenise", kind: "fixed_ms" as const, value: 1, distribution: "gamma" as const, cv: 0.5 },
        { name: "copy in", kind: "bytes" as const, value: 128 * 8 },
        { name: "bert-base", kind: "graph" as const, model: "bert-base", tokens: 128 },
        { name: "copy out", kind: "bytes" as const, value: 768 * 4 },
      ],
      slo: { latency_ms: 30 },
    },
    ...llmPresets,
  ].map((scenario) => [scenario.name, scenario]),
);
