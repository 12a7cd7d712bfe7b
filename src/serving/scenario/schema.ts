// The form of a scenario's file as JSON Schema: what is checked field by field, and what is published. Rules between fields are elsewhere.
import type { Schema } from "../../core/schema.js";
import { llmServiceSchema, tokenCountsSchema } from "./llm-service.js";
import { arrivalKinds, distributionKinds, limits, resourceNames, stageKinds } from "./scenario.js";

const positive = (description: string): Schema => ({ type: "number", exclusiveMinimum: 0, maximum: 1e15, description });
const nonNegative = (description: string): Schema => ({ type: "number", minimum: 0, maximum: 1e15, description });
const whole = (minimum: number, maximum: number, description: string): Schema => ({
  type: "integer",
  minimum,
  maximum,
  description,
});
const label = (description: string): Schema => ({ type: "string", minLength: 1, description });

const workload: Schema = {
  type: "object",
  description: "Which requests arrive, and when.",
  required: ["rps", "duration_s"],
  properties: {
    name: { type: "string" },
    rps: positive("Requests a second that are offered."),
    duration_s: positive("Arrivals come for so many seconds."),
    batch_size: whole(1, limits.batchSize, "Requests that go through the copies and the GPU together."),
    batch_timeout_ms: nonNegative("A batch that is not full leaves when its first request has waited so long."),
    jitter_pct: {
      type: "number",
      minimum: 0,
      maximum: 100,
      description: "Percent of the interval between arrivals by which they move, from 0 to 100.",
    },
    arrivals: { type: "string", enum: arrivalKinds, description: "How arrivals are spread over time." },
    cv: {
      type: "number",
      minimum: limits.leastCv,
      maximum: limits.cv,
      description: `Coefficient of variation of the gaps of gamma arrivals, from ${limits.leastCv} to ${limits.cv}.`,
    },
    burst: whole(1, limits.burst, "Requests that arrive at one moment with burst arrivals."),
    recorded_ms: {
      type: "array",
      minItems: 1,
      items: nonNegative("A moment in milliseconds from the beginning of the run."),
      description: "The moments of recorded arrivals in milliseconds, in order.",
    },
    warmup_s: nonNegative("What is before this moment is served and not measured."),
    cooldown_s: nonNegative("What is in the last so many seconds is served and not measured."),
    input_tokens: tokenCountsSchema,
    output_tokens: tokenCountsSchema,
  },
  additionalProperties: false,
};

const target: Schema = {
  type: "object",
  description: "What serves the requests: a machine with CPU workers, copy engines and GPU slots.",
  properties: {
    name: { type: "string" },
    device: label("A device by key or alias: h100, l40s, ..."),
    tflops: positive("Dense peak of the precision that the service computes in, in TFLOPS."),
    mem_gbps: positive("Memory bandwidth in GB/s."),
    ms_per_token: positive("Milliseconds that one token of one request takes."),
    h2d_gbps: positive("Bandwidth from host to device in GB/s."),
    d2h_gbps: positive("Bandwidth from device to host in GB/s."),
    concurrency: whole(1, limits.servers, "GPU slots: batches that compute at a time."),
    cpu_workers: whole(1, limits.servers, "Requests that the CPU serves at a time."),
    copy_engines: whole(1, limits.copyEngines, "Transfers of one direction that go on at a time."),
    queue_limit: whole(0, limits.arrivals, "Requests that may wait for a resource before one is turned away."),
  },
  additionalProperties: false,
};

const stage: Schema = {
  type: "object",
  description: "A step of a request: { name, kind, value }.",
  required: ["name", "kind"],
  properties: {
    name: label("What the stage is called; no two have one name."),
    kind: { type: "string", enum: stageKinds, description: "What the stage does." },
    value: nonNegative("Milliseconds of fixed_ms, bytes of bytes, tokens of tokens; for one request."),
    flop: nonNegative("Operations of one request."),
    bytes: nonNegative("Bytes that one request moves in the device's memory."),
    batch_bytes: nonNegative("Bytes that a batch moves once, however many requests it has: weights."),
    model: label("A model by name: gpt2, bert-base, resnet50, llama-3-8b, ..."),
    precision: label("FP16, BF16, FP8, INT8, ..."),
    tokens: whole(1, limits.tokens, "Tokens of one request."),
    resource: { type: "string", enum: resourceNames, description: "Where the stage is served." },
    distribution: {
      type: "string",
      enum: distributionKinds,
      description: "How its times are spread about their mean.",
    },
    cv: {
      type: "number",
      minimum: limits.leastCv,
      maximum: limits.cv,
      description: `Coefficient of variation of gamma times, from ${limits.leastCv} to ${limits.cv}.`,
    },
  },
  additionalProperties: false,
};

/** The form of a scenario; `readScenario` also checks what fields ask of one another. */
export const scenarioSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Scenario",
  description: "Requests and what serves them: a pipeline of stages, or a language model.",
  type: "object",
  required: ["name", "workload", "target"],
  properties: {
    name: label("What the scenario is called."),
    description: { type: "string", description: "What the scenario shows, in a sentence." },
    workload,
    target,
    pipeline: { type: "array", minItems: 1, items: stage, description: "The stages of a request, in order." },
    serving: llmServiceSchema,
    slo: {
      type: "object",
      description: "What a request must keep to count into goodput.",
      properties: {
        latency_ms: positive("Milliseconds from arrival to end."),
        ttft_ms: positive("Milliseconds to the first token."),
        tpot_ms: positive("Milliseconds for each token after the first."),
      },
      additionalProperties: false,
    },
    seed: whole(0, Number.MAX_SAFE_INTEGER, "A whole number from 0 to 2^53 - 1."),
  },
  additionalProperties: false,
};
