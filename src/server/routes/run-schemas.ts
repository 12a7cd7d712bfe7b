// Runs as OpenAPI has them. The meaning of each figure stands with its type in serving/result.
import { scenarioSchema } from "../../serving/index.js";
import { openSchema } from "./contract.js";

const number = { type: "number" };
const nullable = { type: ["number", "null"] };
const whole = { type: "integer" };
const text = { type: "string" };
const time = { type: "string", format: "date-time" };
const figure = (description: string): object => ({ type: "number", description });
/** A figure that is null where nothing was measured for it. */
const measured = (description: string): object => ({ type: ["number", "null"], description });

export const runRequestSchema: object = {
  description: "One of scenario and scenario_id.",
  type: "object",
  properties: {
    scenario: openSchema(scenarioSchema),
    scenario_id: { ...text, description: "What POST /v1/scenarios answered." },
    seed: { type: "integer", minimum: 0, description: "In place of the scenario's own." },
  },
};

const summarySchema = {
  type: "object",
  properties: {
    throughput_rps: figure("Completed within the measured time, a second: what the service does, whatever is offered."),
    p50_ms: measured("Quantiles of the time from arrival to end."),
    p90_ms: measured("As p50_ms."),
    p99_ms: measured("As p50_ms."),
    avg_queue_ms: measured("Mean time that a request waited for resources and batches."),
    gpu_util_percent: figure("Busy share of the GPU's slots over the measured time."),
    total_requests: figure("That arrived, in the whole run."),
    duration_s: number,
    offered_rps: number,
    completed_requests: number,
    rejected_requests: number,
    goodput_rps: figure("Completed within the SLO, a second."),
    avg_ms: measured("Mean time from arrival to end."),
    max_ms: measured("The longest."),
    overloaded: { type: "boolean", description: "More is offered than the bottleneck can serve." },
    capacity_rps: measured("What the bottleneck could serve."),
    avg_ms_interval: {
      type: "array",
      nullable: true,
      items: number,
      description: "95 % confidence interval of avg_ms.",
    },
    quantile_error_percent: figure("By which a quantile may be off; where it is absent they are exact."),
    tokens: {
      type: "object",
      description:
        "Of a language model only: time to the first token, per further token, and between tokens; tokens a second.",
      properties: {
        ...Object.fromEntries(
          ["ttft", "tpot", "itl"].flatMap((name) => [50, 90, 99].map((p) => [`${name}_p${p}_ms`, nullable])),
        ),
        output_tokens_per_s: number,
        total_tokens_per_s: number,
        preemptions: whole,
        kv_peak_percent: figure("Of the memory for keys and values, at most."),
      },
    },
  },
};

const progressSchema = {
  description: "Requests done, and of how many.",
  type: "object",
  properties: { done: number, total: nullable },
};

const stageAggregates = {
  type: "array",
  items: {
    type: "object",
    properties: { name: text, category: text, avg_ms: number, total_ms: number, count: { type: "integer" } },
  },
};

export const breakdownSchema: object = {
  type: "object",
  properties: {
    stage_aggregates: stageAggregates,
    requests: {
      type: "array",
      items: {
        type: "object",
        properties: {
          id: { type: "integer" },
          arrival_ms: number,
          start_ms: number,
          end_ms: number,
          queue_ms: number,
          total_ms: number,
          stages: {
            type: "array",
            items: { type: "object", properties: { name: text, cat: text, start_ms: number, end_ms: number } },
          },
        },
      },
    },
  },
};

export const runSchema: object = {
  type: "object",
  required: ["run_id", "status"],
  properties: {
    run_id: text,
    status: { type: "string", enum: ["queued", "running", "done", "failed", "cancelled"] },
    scenario_id: text,
    summary: summarySchema,
    seed: { type: "integer" },
    bottleneck: { type: "object", properties: { resource: text, kind: text, evidence: text } },
    resources: {
      type: "array",
      items: {
        type: "object",
        properties: {
          name: text,
          capacity: number,
          util_percent: number,
          mean_queue: figure("Requests, over the measured time."),
          max_queue: number,
          mean_wait_ms: number,
          capacity_rps: measured("Requests a second that it could serve."),
        },
      },
    },
    stages: stageAggregates,
    checks: {
      description: "What must hold of any such run, held against this one.",
      type: "array",
      items: {
        type: "object",
        properties: {
          name: text,
          holds: { type: "boolean" },
          expected: number,
          measured: number,
          interval: { type: "array", items: number, description: "95 %." },
          unit: text,
          detail: text,
        },
      },
    },
    breakdown: {
      ...breakdownSchema,
      description: "In the answer of POST alone; GET has it under artifacts.breakdown.",
    },
    artifacts: { type: "object", properties: { trace: text, breakdown: text }, description: "Paths." },
    progress: progressSchema,
    error: { ...text, description: "Why it failed." },
    created: time,
    ended: time,
    warplab: { ...text, description: "The version that computed it." },
    scenario: { type: "object", additionalProperties: true },
  },
};

export const runListSchema: object = {
  type: "object",
  properties: {
    runs: {
      type: "array",
      items: {
        type: "object",
        properties: {
          run_id: text,
          status: text,
          name: text,
          scenario_id: text,
          created: time,
          ended: time,
          error: text,
          progress: progressSchema,
          summary: summarySchema,
        },
      },
    },
  },
};

export const traceSchema: object = {
  type: "object",
  properties: { traceEvents: { type: "array", items: { type: "object", additionalProperties: true } } },
};

export const loadSchema: object = {
  type: "object",
  properties: {
    workers: { ...whole, description: "Threads that compute." },
    computing: whole,
    waiting: whole,
    limits: { type: "object", properties: { requests: whole, waiting: whole, seconds: whole } },
  },
};
