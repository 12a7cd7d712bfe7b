// Scenarios to begin with. Knows nothing of how they are run.
import { llmPresets } from "./llm-presets.js";
import type { Scenario } from "./scenario.js";

const demo: Scenario = {
  name: "demo",
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
    { ...demo, name: "overload", workload: { ...demo.workload, name: "too much", rps: 300 } },
    {
      ...demo,
      name: "poisson",
      workload: { name: "random arrivals", rps: 120, duration_s: 120, arrivals: "poisson" as const, warmup_s: 10 },
    },
    {
      ...demo,
      name: "batched",
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
      name: "classifier",
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
