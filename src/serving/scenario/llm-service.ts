// A language model behind a scheduler that batches continuously: the part `serving` of a scenario. Knows nothing of how it is run.

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
  /** Prompts are cut so that a step takes so many prompt tokens beside the decoding requests; whole prompts unless given. */
  readonly prefill_chunk_tokens?: number;
  /** Bytes for keys and values in a replica; 90 % of the device's memory less the weights unless given. */
  readonly kv_cache_gb?: number;
  /** 16 unless given. */
  readonly kv_block_tokens?: number;
  /** What happens to the youngest running request when no block is free; `recompute` unless given. */
  readonly preemption?: "recompute" | "swap";
  /** Prefill and decode on replicas of their own, the keys and values going over a link between them. */
  readonly disaggregated?: {
    readonly prefill_replicas: number;
    readonly decode_replicas: number;
    readonly link_gbps: number;
  };
}

export const routerKinds = ["round-robin", "random", "least-requests", "least-tokens", "power-of-two"] as const;
export type RouterKind = (typeof routerKinds)[number];
