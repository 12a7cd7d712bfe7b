// A language model's service as its simulator reads it: defaults filled in, SI units. Knows nothing of requests.
import type { StepCosts } from "../cost/index.js";
import type { RouterKind, Scenario } from "../scenario/index.js";
import { llmDefaults } from "../scenario/settings.js";

/** Which part of a request a replica does. */
export type Role = "both" | "prefill" | "decode";

export interface LlmSettings {
  /** Replicas that take requests as they arrive. */
  readonly first: { readonly role: "both" | "prefill"; readonly count: number };
  /** Where prefill and decode are apart: those that decode, and bytes a second of the link to them. */
  readonly decoders: { readonly count: number; readonly link: number } | undefined;
  readonly router: RouterKind;
  readonly maxBatch: number;
  readonly maxTokens: number;
  /** Prompt tokens that a step takes beside decoding requests; undefined where prompts are whole. */
  readonly chunk: number | undefined;
  readonly blockTokens: number;
  /** Of a replica. */
  readonly blocks: number;
  readonly blockBytes: number;
  readonly kvBytesPerToken: number;
  readonly preemption: "recompute" | "swap";
  /** Seconds that the host adds to a step. */
  readonly overhead: number;
}

export function llmSettings({ serving }: Scenario, costs: StepCosts): LlmSettings {
  if (serving === undefined) throw new Error("the scenario serves no language model");
  const { disaggregated, kv_cache_gb, kv_block_tokens: blockTokens = 16 } = serving;
  const blockBytes = blockTokens * costs.kv_bytes_per_token;
  const bytes = kv_cache_gb === undefined ? costs.kv_bytes : kv_cache_gb * 1e9;
  return {
    first:
      disaggregated === undefined
        ? { role: "both", count: serving.replicas ?? 1 }
        : { role: "prefill", count: disaggregated.prefill_replicas },
    decoders:
      disaggregated === undefined
        ? undefined
        : { count: disaggregated.decode_replicas, link: disaggregated.link_gbps * 1e9 },
    router: serving.router ?? "round-robin",
    maxBatch: serving.max_batch_size ?? llmDefaults.max_batch_size,
    maxTokens: serving.max_batched_tokens ?? llmDefaults.max_batched_tokens,
    chunk: serving.prefill_chunk_tokens,
    blockTokens,
    blocks: Math.floor(bytes / blockBytes),
    blockBytes,
    kvBytesPerToken: costs.kv_bytes_per_token,
    preemption: serving.preemption ?? "recompute",
    overhead: (serving.step_overhead_ms ?? 0) / 1e3,
  };
}
