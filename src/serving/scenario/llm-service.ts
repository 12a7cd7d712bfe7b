// A language model behind a scheduler that batches continuously: the part `serving` of a scenario, its form and what of it must fit
// together. Knows nothing of how it is run.
import { InputError } from "../../core/errors.js";
import type { Schema } from "../../core/schema.js";
import type { Scenario, TokenCounts } from "./scenario.js";
import { llmDefaults } from "./settings.js";

/** Prompts are prefilled, answers decoded token by token, each step of a replica for all of its running requests together. */
export interface LlmService {
  /** A decoder of `models()`: gpt2, llama-3-8b, ... */
  readonly model: string;
  /** Of weights and arithmetic; FP16 unless given. */
  readonly precision?: string;
  /** Of the KV cache; `precision` unless given. */
  readonly kv_precision?: string;
  /** Copies of the model, each on `tensor_parallel` devices; 1 unless given. */
  readonly replicas?: number;
  readonly tensor_parallel?: number;
  /** How a request finds its replica; `round-robin` unless given. */
  readonly router?: RouterKind;
  /** Requests that run at a time in a replica; 256 unless given. */
  readonly max_batch_size?: number;
  /** Tokens of one step; 8192 unless given. */
  readonly max_batched_tokens?: number;
  /**
   * A step takes so many prompt tokens at most, beside every decoding request: prompts are cut, and decodes go on. Unless given prompts
   * are whole, in steps of their own that come before those that decode.
   */
  readonly prefill_chunk_tokens?: number;
  /** Bytes for keys and values in a replica, in 10^9; 90 % of its devices' memory less the weights unless given. */
  readonly kv_cache_gb?: number;
  /** 16 unless given. */
  readonly kv_block_tokens?: number;
  /** What happens to the youngest running request when no block is free; `recompute` unless given. */
  readonly preemption?: "recompute" | "swap";
  /** What the host adds to every step; 0 unless given, since it is the engine's and not the device's. */
  readonly step_overhead_ms?: number;
  /** Prefill and decode on replicas of their own in place of `replicas`, the keys and values going over a link that they share. */
  readonly disaggregated?: {
    readonly prefill_replicas: number;
    readonly decode_replicas: number;
    readonly link_gbps: number;
  };
}

export const routerKinds = ["round-robin", "random", "least-requests", "least-tokens", "power-of-two"] as const;
/**
 * `round-robin` takes them in turn, `random` by lot; `least-requests` and `least-tokens` the one with the fewest requests, or tokens of
 * prompts and of answers so far; `power-of-two` the one with fewer requests of two that are drawn.
 */
export type RouterKind = (typeof routerKinds)[number];

const count = (description: string, maximum: number): Schema => ({
  type: "integer",
  minimum: 1,
  maximum,
  description,
});
const positive = (description: string): Schema => ({ type: "number", exclusiveMinimum: 0, description });

/** The form of `serving`. */
export const llmServiceSchema: Schema = {
  type: "object",
  description: "A language model that is served with continuous batching.",
  required: ["model"],
  additionalProperties: false,
  properties: {
    model: { type: "string", minLength: 1, description: "A decoder by name: gpt2, llama-3-8b, ..." },
    precision: { type: "string", minLength: 1, description: "Of weights and arithmetic, FP16 unless given." },
    kv_precision: { type: "string", minLength: 1, description: "Of the KV cache, `precision` unless given." },
    replicas: count("Copies of the model, 1 to 1024; 1 unless given.", 1024),
    tensor_parallel: count("Devices of a replica, 1 to 64; 1 unless given.", 64),
    router: { type: "string", enum: routerKinds, description: "How a request finds its replica." },
    max_batch_size: count(
      `Requests that run at a time in a replica, 1 to 65536; ${llmDefaults.max_batch_size} unless given.`,
      65536,
    ),
    max_batched_tokens: count(
      `Tokens of one step, 1 to 1048576; ${llmDefaults.max_batched_tokens} unless given.`,
      1048576,
    ),
    prefill_chunk_tokens: count(
      "Prompt tokens that a step takes beside those that decode; without it prompts stay whole.",
      1048576,
    ),
    kv_cache_gb: positive("Memory for keys and values in a replica, in 10^9 bytes."),
    kv_block_tokens: count("Tokens of a block of the KV cache, 1 to 4096; 16 unless given.", 4096),
    preemption: { type: "string", enum: ["recompute", "swap"], description: "What happens when no block is free." },
    step_overhead_ms: { type: "number", minimum: 0, description: "What the host adds to every step, in milliseconds." },
    disaggregated: {
      type: "object",
      description: "Prefill and decode on replicas of their own.",
      required: ["prefill_replicas", "decode_replicas", "link_gbps"],
      additionalProperties: false,
      properties: {
        prefill_replicas: count("Replicas that prefill, 1 to 1024.", 1024),
        decode_replicas: count("Replicas that decode, 1 to 1024.", 1024),
        link_gbps: positive(
          "Of the link that keys and values go over, in 10^9 bytes a second; all transfers share it.",
        ),
      },
    },
  },
};

/** The form of `input_tokens` and `output_tokens` where they are no plain number. */
export const tokenCountsSchema: Schema = {
  type: ["integer", "object"],
  minimum: 1,
  maximum: 1e6,
  description: 'A whole number from 1 to 1000000, or { "distribution": ... }.',
  required: ["distribution"],
  additionalProperties: false,
  properties: {
    distribution: {
      type: "string",
      enum: ["constant", "uniform", "lognormal", "recorded"],
      description: 'constant and lognormal take "mean", uniform "min" and "max", recorded "values".',
    },
    mean: { type: "number", minimum: 1, maximum: 1e6, description: "Mean number of tokens." },
    cv: positive("Coefficient of variation of lognormal, 1 unless given."),
    min: count("The fewest tokens.", 1e6),
    max: count("The most tokens.", 1e6),
    values: {
      type: "array",
      minItems: 1,
      items: { type: "integer", minimum: 1, maximum: 1e6 },
      description: "Taken in turn.",
    },
  },
};

/** What of a service and its tokens must fit together, beyond the form. Throws InputError at the field. */
export function checkLlmService({ serving, workload, target }: Scenario, name: string): void {
  const fail = (field: string, what: string, fix: string): never => {
    throw new InputError(what, { where: `${name}: ${field}`, fix });
  };
  checkTokenCounts(workload.input_tokens, `${name}: workload.input_tokens`);
  checkTokenCounts(workload.output_tokens, `${name}: workload.output_tokens`);
  if (serving === undefined) return;
  for (const [field, value] of [
    ...pipelineOnly.workload.map((one) => [`workload.${one}`, workload[one]] as const),
    ...pipelineOnly.target.map((one) => [`target.${one}`, target[one]] as const),
  ]) {
    if (value !== undefined) {
      fail(
        field,
        "belongs to a pipeline: a language model has no use for it",
        "Leave it out; see serving and its fields.",
      );
    }
  }
  const {
    max_batch_size: batch = llmDefaults.max_batch_size,
    max_batched_tokens: tokens = llmDefaults.max_batched_tokens,
    prefill_chunk_tokens: chunk,
  } = serving;
  if (tokens < batch) {
    fail(
      "serving.max_batched_tokens",
      `${tokens} tokens a step are fewer than the ${batch} requests that decode a token each in it`,
      "Raise max_batched_tokens to max_batch_size at least, or lower max_batch_size.",
    );
  }
  if (chunk !== undefined && chunk > tokens) {
    fail(
      "serving.prefill_chunk_tokens",
      `a step of ${tokens} tokens has no room for ${chunk} prompt tokens`,
      "Lower prefill_chunk_tokens to max_batched_tokens at most.",
    );
  }
  if (serving.disaggregated !== undefined && serving.replicas !== undefined) {
    fail(
      "serving.replicas",
      "replicas do nothing beside disaggregated, which has replicas of its own",
      "Leave replicas out, or write them as prefill_replicas and decode_replicas.",
    );
  }
}

/** What would change nothing here, and so must not be there. */
const pipelineOnly = {
  workload: ["batch_size", "batch_timeout_ms"],
  target: ["tflops", "mem_gbps", "ms_per_token", "concurrency", "cpu_workers", "copy_engines"],
} as const;

function checkTokenCounts(counts: number | TokenCounts | undefined, where: string): void {
  if (counts === undefined || typeof counts === "number") return;
  const { distribution, min = 1, max } = counts;
  const needs: Readonly<Record<TokenCounts["distribution"], readonly (keyof TokenCounts)[]>> = {
    constant: ["mean"],
    uniform: ["min", "max"],
    lognormal: ["mean"],
    recorded: ["values"],
  };
  const takes: Readonly<Record<TokenCounts["distribution"], readonly (keyof TokenCounts)[]>> = {
    constant: ["mean"],
    uniform: ["min", "max"],
    lognormal: ["mean", "cv", "min", "max"],
    recorded: ["values"],
  };
  for (const field of needs[distribution]) {
    if (counts[field] !== undefined) continue;
    throw new InputError(`${distribution} needs "${field}"`, { where, fix: `Add "${field}".` });
  }
  for (const field of ["mean", "cv", "min", "max", "values"] as const) {
    if (counts[field] === undefined || takes[distribution].includes(field)) continue;
    throw new InputError(`"${field}" means nothing to ${distribution}`, { where, fix: `Take "${field}" out.` });
  }
  if (distribution === "constant" && !Number.isInteger(counts.mean)) {
    throw new InputError(`a constant number of tokens must be whole, got ${counts.mean}`, { where });
  }
  if (max !== undefined && max < min) {
    throw new InputError(`max ${max} is less than min ${min}`, { where, fix: "Exchange them." });
  }
}
