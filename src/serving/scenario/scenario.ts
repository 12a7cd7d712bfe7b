// What a scenario consists of: the file that a person writes. Units stand in the names of its fields. Knows nothing of how it is run.
import type { LlmService } from "./llm-service.js";

/**
 * Requests and what serves them: either a `pipeline` of stages, or `serving`, an autoregressive model behind a scheduler. A field that
 * is absent has the default that its comment names.
 */
export interface Scenario {
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly description?: string;
  readonly workload: Workload;
  readonly target: Target;
  /** The stages of a request, in order. */
  readonly pipeline?: readonly Stage[];
  /** A language model in place of a pipeline. */
  readonly serving?: LlmService;
  /** What a request must keep to count into goodput; without it goodput is throughput. */
  readonly slo?: Slo;
  /** 0 to 2^53 - 1; the same seed gives the same bytes. 0 unless given. */
  readonly seed?: number;
}

export interface Workload {
  readonly name?: string;
  /** Requests a second that are offered. */
  readonly rps: number;
  /** Arrivals come for so long; what has arrived is then served to its end. */
  readonly duration_s: number;
  /** Requests that go through the copies and the GPU together; 1 unless given. */
  readonly batch_size?: number;
  /** A batch that is not full leaves when its first request has waited so long; 10 unless given. */
  readonly batch_timeout_ms?: number;
  /**
   * Arrivals move by up to half of this share of the interval to either side of their place, and so stay in order and as many; 0 unless
   * given.
   */
  readonly jitter_pct?: number;
  /** `constant` unless given, `jittered` where `jitter_pct` is not 0. */
  readonly arrivals?: ArrivalKind;
  /** Coefficient of variation of the gaps of `gamma` arrivals; 1 (which is poisson) unless given. */
  readonly cv?: number;
  /** Requests that arrive at one moment with `burst`: every burst / rps seconds so many. 10 unless given. */
  readonly burst?: number;
  /** Moments of `recorded` arrivals, from the beginning of the run; in their place `rps` and `duration_s` say only what is offered. */
  readonly recorded_ms?: readonly number[];
  /** What is before this moment is served and not measured; 0 unless given. */
  readonly warmup_s?: number;
  /** What is in the last so many seconds of `duration_s` is served and not measured; 0 unless given. */
  readonly cooldown_s?: number;
  /** Of a language model: tokens of a prompt, 512 unless given. */
  readonly input_tokens?: number | TokenCounts;
  /** Of a language model: tokens of an answer, 128 unless given. */
  readonly output_tokens?: number | TokenCounts;
}

export const arrivalKinds = ["constant", "jittered", "poisson", "gamma", "burst", "recorded"] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

/** Whole numbers of tokens, at least 1. */
export interface TokenCounts {
  readonly distribution: "constant" | "uniform" | "lognormal" | "recorded";
  readonly mean?: number;
  /** Coefficient of variation of `lognormal`; 1 unless given. */
  readonly cv?: number;
  readonly min?: number;
  readonly max?: number;
  /** Taken in turn, again from the start where there are more requests. */
  readonly values?: readonly number[];
}

export interface Target {
  readonly name?: string;
  /** A device of `hardware/` by key or alias: its peak, its bandwidth and its host link stand in for fields that are absent. */
  readonly device?: string;
  /** Dense peak of the precision that the service computes in. */
  readonly tflops?: number;
  readonly mem_gbps?: number;
  /**
   * One token of one request: the time in which what it needs is read from memory. A batch of n reads it once and does n times the
   * operations: two for each weight of two bytes, so that it takes ms_per_token * max(1, n * mem_gbps / (1000 * tflops)).
   */
  readonly ms_per_token?: number;
  /** Host to device, GB/s; shared by the transfers that go on at a time. */
  readonly h2d_gbps?: number;
  readonly d2h_gbps?: number;
  /** GPU slots: batches that compute at a time, each as fast as alone. 1 unless given. */
  readonly concurrency?: number;
  /** 4 unless given. */
  readonly cpu_workers?: number;
  /** Transfers of one direction that go on at a time; 1 unless given. */
  readonly copy_engines?: number;
  /** Requests that may wait for a resource; one that finds so many is rejected. No limit unless given. */
  readonly queue_limit?: number;
}

/** What a run can be asked for, so that none exhausts the machine. */
export const limits = {
  arrivals: 50_000_000,
  /** Of requests through stages: some minutes of computing. */
  passages: 1_000_000_000,
  /** Requests that wait at a time: some gigabytes. */
  waiting: 10_000_000,
  stages: 64,
  batchSize: 65_536,
  /** CPU workers, and GPU slots. */
  servers: 65_536,
  copyEngines: 256,
  burst: 1_000_000,
  tokens: 10_000_000,
  /** Of coefficients of variation: beyond it the mean of a run says nothing about the mean. */
  cv: 100,
  leastCv: 0.01,
} as const;

export const stageKinds = ["fixed_ms", "bytes", "tokens", "work", "graph"] as const;
export type StageKind = (typeof stageKinds)[number];
export const distributionKinds = ["constant", "exponential", "gamma"] as const;
export type DistributionKind = (typeof distributionKinds)[number];
export const resourceNames = ["cpu", "h2d", "gpu", "d2h"] as const;
export type ResourceName = (typeof resourceNames)[number];

export interface Stage {
  readonly name: string;
  /**
   * `fixed_ms` takes `value` milliseconds for a request, a batch so many times as long; `bytes` moves `value` bytes for a request; `tokens` computes `value` tokens for a
   * request; `work` does `flop` and `bytes` for a request at the target's peaks; `graph` runs `model` on the target's device.
   */
  readonly kind: StageKind;
  readonly value?: number;
  /** Of `work`: operations and bytes of a request, and bytes that a batch moves once (weights). */
  readonly flop?: number;
  readonly bytes?: number;
  readonly batch_bytes?: number;
  /** Of `graph`: a model of `models()`, with its precision (FP16 unless given) and tokens (128 unless given). */
  readonly model?: string;
  readonly precision?: string;
  readonly tokens?: number;
  /**
   * Where it is served. Unless given, `fixed_ms` by the CPU (the GPU can do it too), `bytes` by d2h after the first stage on the GPU and
   * by h2d before, the others by the GPU.
   */
  readonly resource?: ResourceName;
  /** How its times are spread about their mean: `constant` unless given, `exponential`, or `gamma` with `cv`. Not of `bytes`. */
  readonly distribution?: DistributionKind;
  readonly cv?: number;
}

/** Limits; each that is given has to hold. */
export interface Slo {
  readonly latency_ms?: number;
  /** Time to first token. */
  readonly ttft_ms?: number;
  /** Time per output token after the first. */
  readonly tpot_ms?: number;
}
