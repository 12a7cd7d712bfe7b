// The fields of a scenario in the order in which a form asks for them: where they stand, what they are called, in which unit.
// Knows no DOM; what may stand in them is the scenario's own business.
import { arrivalKinds, routerKinds } from "../../src/serving/scenario/index.js";
import type { Draft, Path } from "./draft.js";
import { valueAt } from "./draft.js";

export interface Field {
  readonly path: Path;
  readonly label: string;
  /** `number`, `numbers` between commas, `text`, or the words to choose from. */
  readonly kind: "number" | "numbers" | "text" | readonly string[];
  readonly unit?: string;
  /** What holds where the field is empty. */
  readonly fallback: string;
  readonly hint?: string;
  /** Names of things to choose from while typing. */
  readonly suggestions?: "devices" | "models" | "precisions";
  /** Whether it says something in this scenario; always unless given. */
  applies?(draft: Draft): boolean;
}

export interface FieldGroup {
  readonly name: string;
  readonly fields: readonly Field[];
  applies?(draft: Draft): boolean;
}

/** Whether a language model serves, in place of a pipeline. */
export function isLanguageModel(draft: Draft): boolean {
  return draft["serving"] !== undefined;
}

const isPipeline = (draft: Draft): boolean => !isLanguageModel(draft);
const arrives =
  (kind: string) =>
  (draft: Draft): boolean =>
    valueAt(draft, "workload.arrivals") === kind;
const batches = (draft: Draft): boolean => isPipeline(draft) && Number(valueAt(draft, "workload.batch_size") ?? 1) > 1;
const isSplit = (draft: Draft): boolean => valueAt(draft, "serving.disaggregated") !== undefined;

export const fieldGroups: readonly FieldGroup[] = [
  {
    name: "Workload",
    fields: [
      { path: "workload.rps", label: "Rate", kind: "number", unit: "/s", fallback: "" },
      { path: "workload.duration_s", label: "Duration", kind: "number", unit: "s", fallback: "" },
      { path: "workload.arrivals", label: "Arrivals", kind: arrivalKinds, fallback: "constant" },
      {
        path: "workload.jitter_pct",
        label: "Jitter",
        kind: "number",
        unit: "%",
        fallback: "0",
        applies: (draft) => ["jittered", undefined].includes(valueAt(draft, "workload.arrivals") as string),
      },
      {
        path: "workload.cv",
        label: "Variation of the gaps",
        kind: "number",
        unit: "cv",
        fallback: "1",
        applies: arrives("gamma"),
      },
      {
        path: "workload.burst",
        label: "Requests in a burst",
        kind: "number",
        fallback: "10",
        applies: arrives("burst"),
      },
      {
        path: "workload.recorded_ms",
        label: "Moments of arrival",
        kind: "numbers",
        unit: "ms",
        fallback: "",
        applies: arrives("recorded"),
      },
      {
        path: "workload.batch_size",
        label: "Batch size",
        kind: "number",
        unit: "requests",
        fallback: "1",
        applies: isPipeline,
      },
      {
        path: "workload.batch_timeout_ms",
        label: "A batch waits at most",
        kind: "number",
        unit: "ms",
        fallback: "10",
        applies: batches,
      },
      {
        path: "workload.input_tokens",
        label: "Prompt",
        kind: "number",
        unit: "tokens",
        fallback: "512",
        applies: (draft) => isLanguageModel(draft) && typeof valueAt(draft, "workload.input_tokens") !== "object",
      },
      {
        path: "workload.input_tokens.mean",
        label: "Prompt, mean",
        kind: "number",
        unit: "tokens",
        fallback: "",
        applies: (draft) => typeof valueAt(draft, "workload.input_tokens") === "object",
      },
      {
        path: "workload.output_tokens",
        label: "Answer",
        kind: "number",
        unit: "tokens",
        fallback: "128",
        applies: (draft) => isLanguageModel(draft) && typeof valueAt(draft, "workload.output_tokens") !== "object",
      },
      {
        path: "workload.output_tokens.mean",
        label: "Answer, mean",
        kind: "number",
        unit: "tokens",
        fallback: "",
        applies: (draft) => typeof valueAt(draft, "workload.output_tokens") === "object",
      },
      { path: "workload.warmup_s", label: "Warm-up", kind: "number", unit: "s", fallback: "0" },
      { path: "workload.cooldown_s", label: "Cool-down", kind: "number", unit: "s", fallback: "0" },
      { path: "seed", label: "Seed", kind: "number", fallback: "0" },
    ],
  },
  {
    name: "Target",
    fields: [
      {
        path: "target.device",
        label: "Device",
        kind: "text",
        fallback: "none",
        suggestions: "devices",
      },
      { path: "target.tflops", label: "Compute", kind: "number", unit: "TFLOPS", fallback: "device's" },
      { path: "target.mem_gbps", label: "Memory", kind: "number", unit: "GB/s", fallback: "device's" },
      {
        path: "target.ms_per_token",
        label: "One token",
        kind: "number",
        unit: "ms",
        fallback: "",
        applies: isPipeline,
      },
      { path: "target.h2d_gbps", label: "Host to device", kind: "number", unit: "GB/s", fallback: "device's" },
      { path: "target.d2h_gbps", label: "Device to host", kind: "number", unit: "GB/s", fallback: "device's" },
      {
        path: "target.concurrency",
        label: "GPU slots",
        kind: "number",
        unit: "at a time",
        fallback: "1",
        applies: isPipeline,
      },
      { path: "target.cpu_workers", label: "CPU workers", kind: "number", fallback: "4", applies: isPipeline },
      {
        path: "target.copy_engines",
        label: "Copies at a time",
        kind: "number",
        unit: "each way",
        fallback: "1",
        applies: isPipeline,
      },
      { path: "target.queue_limit", label: "Queue limit", kind: "number", unit: "requests", fallback: "none" },
    ],
  },
  {
    name: "Language model",
    applies: isLanguageModel,
    fields: [
      { path: "serving.model", label: "Model", kind: "text", fallback: "", suggestions: "models" },
      { path: "serving.precision", label: "Precision", kind: "text", fallback: "FP16", suggestions: "precisions" },
      {
        path: "serving.kv_precision",
        label: "Precision of the KV cache",
        kind: "text",
        fallback: "as the model",
        suggestions: "precisions",
      },
      { path: "serving.tensor_parallel", label: "Tensor parallel", kind: "number", unit: "devices", fallback: "1" },
      {
        path: "serving.replicas",
        label: "Replicas",
        kind: "number",
        fallback: "1",
        applies: (draft) => !isSplit(draft),
      },
      { path: "serving.router", label: "Router", kind: routerKinds, fallback: "round-robin" },
      { path: "serving.max_batch_size", label: "Running at a time", kind: "number", unit: "requests", fallback: "256" },
      { path: "serving.max_batched_tokens", label: "Tokens of a step", kind: "number", fallback: "8192" },
      {
        path: "serving.prefill_chunk_tokens",
        label: "Prompts cut into",
        kind: "number",
        unit: "tokens",
        fallback: "whole",
      },
      { path: "serving.kv_cache_gb", label: "KV cache", kind: "number", unit: "GB", fallback: "90 %" },
      { path: "serving.kv_block_tokens", label: "Tokens of a block", kind: "number", fallback: "16" },
      { path: "serving.preemption", label: "Preemption", kind: ["recompute", "swap"], fallback: "recompute" },
      {
        path: "serving.disaggregated.prefill_replicas",
        label: "Prefill replicas",
        kind: "number",
        fallback: "",
        applies: isSplit,
      },
      {
        path: "serving.disaggregated.decode_replicas",
        label: "Decode replicas",
        kind: "number",
        fallback: "",
        applies: isSplit,
      },
      {
        path: "serving.disaggregated.link_gbps",
        label: "Link between them",
        kind: "number",
        unit: "GB/s",
        fallback: "",
        applies: isSplit,
      },
    ],
  },
  {
    name: "Limits to keep (SLO)",
    fields: [
      { path: "slo.latency_ms", label: "Latency", kind: "number", unit: "ms", fallback: "none" },
      {
        path: "slo.ttft_ms",
        label: "Time to first token",
        kind: "number",
        unit: "ms",
        fallback: "none",
        applies: isLanguageModel,
      },
      {
        path: "slo.tpot_ms",
        label: "Time per output token",
        kind: "number",
        unit: "ms",
        fallback: "none",
        applies: isLanguageModel,
      },
    ],
  },
];

/** The unit of a stage's `value`. */
export const valueUnits: Readonly<Record<string, string>> = { fixed_ms: "ms", bytes: "bytes", tokens: "tokens" };

/** A field of a stage; its path follows that of the stage. */
export interface StageField extends Omit<Field, "applies"> {
  /** The kinds of stages that have it; all unless given. */
  readonly kinds?: readonly string[];
}

export const stageFields: readonly StageField[] = [
  { path: "flop", label: "Operations of a request", kind: "number", unit: "FLOP", fallback: "", kinds: ["work"] },
  { path: "bytes", label: "Bytes of a request", kind: "number", unit: "bytes", fallback: "0", kinds: ["work"] },
  { path: "batch_bytes", label: "Bytes of a batch", kind: "number", unit: "bytes", fallback: "0", kinds: ["work"] },
  { path: "model", label: "Model", kind: "text", fallback: "", suggestions: "models", kinds: ["graph"] },
  {
    path: "precision",
    label: "Precision",
    kind: "text",
    fallback: "FP16",
    suggestions: "precisions",
    kinds: ["graph"],
  },
  { path: "tokens", label: "Tokens", kind: "number", fallback: "128", kinds: ["graph"] },
  { path: "resource", label: "Served by", kind: ["cpu", "h2d", "gpu", "d2h"], fallback: "by its kind" },
  {
    path: "distribution",
    label: "Times are",
    kind: ["constant", "exponential", "gamma"],
    fallback: "constant",
    kinds: ["fixed_ms", "tokens", "work", "graph"],
  },
  {
    path: "cv",
    label: "Their variation",
    kind: "number",
    unit: "cv",
    fallback: "1",
    kinds: ["fixed_ms", "tokens", "work", "graph"],
  },
];
