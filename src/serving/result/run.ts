// What a run of a scenario gave: figures, and what happened, as data. Knows nothing of how it was simulated or of how it is shown.
import type { ResourceName, Scenario } from "../scenario/index.js";

/** A run. `describeRun` says it in one line, as Node prints it; everything in it can cross into a worker or a page as it is (structured clone, JSON of its parts). */
export interface ServiceRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly summary: RunSummary;
  /** The times of the stages over all measured requests. */
  readonly stages: readonly StageAggregate[];
  readonly resources: readonly ResourceUse[];
  readonly bottleneck: Bottleneck;
  /** What must hold of any such run, held against this one. */
  readonly checks: readonly RunCheck[];
  /** What happened; undefined where it was not kept, so that memory does not grow with the requests. */
  readonly log?: RunLog | undefined;
}

/** The contract's names first. Milliseconds; NaN never: a figure that nothing was measured for is null. */
export interface RunSummary {
  /** Completed within the measured time, a second. Under overload it is what the service does, not what is offered. */
  readonly throughput_rps: number;
  /** Quantiles of the time from arrival to end, of measured requests. */
  readonly p50_ms: number | null;
  readonly p90_ms: number | null;
  readonly p99_ms: number | null;
  /** Mean time that a measured request waited for resources and batches. */
  readonly avg_queue_ms: number | null;
  /** Busy share of the GPU's slots over the measured time. */
  readonly gpu_util_percent: number;
  /** Requests that arrived, in the whole run. */
  readonly total_requests: number;
  readonly duration_s: number;
  /** Arrived a second within the measured time. */
  readonly offered_rps: number;
  /** In the whole run. */
  readonly completed_requests: number;
  /** Turned away by a full queue, in the whole run. */
  readonly rejected_requests: number;
  /** Completed within the measured time and within the SLO, a second. */
  readonly goodput_rps: number;
  readonly avg_ms: number | null;
  readonly max_ms: number | null;
  /** More is offered than the bottleneck can serve: the queue grows for as long as that lasts. */
  readonly overloaded: boolean;
  /** Requests a second that the bottleneck could serve; null where nothing limits. */
  readonly capacity_rps: number | null;
  /** 95 % confidence interval of `avg_ms` by batch means; null where there are too few requests, and under overload. */
  readonly avg_ms_interval: readonly [number, number] | null;
  /** Percent by which a quantile may be off, where they come from a histogram; where it is absent they are exact. */
  readonly quantile_error_percent?: number;
  /** Of a language model only. */
  readonly tokens?: TokenSummary;
}

/** Milliseconds and tokens a second. */
export interface TokenSummary {
  readonly ttft_p50_ms: number | null;
  readonly ttft_p90_ms: number | null;
  readonly ttft_p99_ms: number | null;
  readonly tpot_p50_ms: number | null;
  readonly tpot_p90_ms: number | null;
  readonly tpot_p99_ms: number | null;
  readonly itl_p50_ms: number | null;
  readonly itl_p90_ms: number | null;
  readonly itl_p99_ms: number | null;
  readonly output_tokens_per_s: number;
  readonly total_tokens_per_s: number;
  readonly preemptions: number;
  readonly kv_peak_percent: number;
}

/** The contract's `stage_aggregates`. */
export interface StageAggregate {
  readonly name: string;
  /** queue, cpu, h2d, gpu, d2h, batch, prefill, decode, transfer. */
  readonly category: string;
  readonly avg_ms: number;
  readonly total_ms: number;
  readonly count: number;
}

export interface ResourceUse {
  /** cpu, h2d, gpu, d2h; of a language model the replica: `replica 0`, `prefill 1`. */
  readonly name: ResourceName | (string & Record<never, never>);
  readonly capacity: number;
  readonly util_percent: number;
  /** Requests, over the measured time. */
  readonly mean_queue: number;
  readonly max_queue: number;
  readonly mean_wait_ms: number;
  /** Requests a second that it could serve with this mix and these batches; null for what is not asked for. */
  readonly capacity_rps: number | null;
}

/** Which resource limits, and why one can say so. */
export interface Bottleneck {
  /** One of `resources`, or `batching` where requests wait for their batch most of the time. */
  readonly resource: string;
  readonly kind: "queue" | "gpu" | "kv-cache" | "transfer" | "cpu" | "none";
  /** In words, with its figures. */
  readonly evidence: string;
}

/** A law or a closed form held against the run. */
export interface RunCheck {
  /** `Little's law`, `utilisation law`, `conservation of requests`, `M/M/1 mean time`, ... */
  readonly name: string;
  readonly holds: boolean;
  readonly expected: number;
  readonly measured: number;
  /** 95 % interval of `measured`, where it is an estimate. */
  readonly interval?: readonly [number, number];
  readonly unit: string;
  /** In words. */
  readonly detail: string;
}

/** What happened, in columns; times in seconds from the beginning of the run, in order of arrival. */
export interface RunLog {
  readonly requests: {
    readonly count: number;
    readonly arrival: Float64Array;
    /** NaN for a request that was turned away. */
    readonly end: Float64Array;
  };
  /** In the order in which a request passes them. A stage that a request did not reach has NaN. */
  readonly stages: readonly StageLog[];
  /** Steps that belong to no one request: the steps of a language model. */
  readonly tracks: readonly TrackLog[];
  /** Values over time: requests in queue and in service of each resource, blocks of the KV cache. */
  readonly counters: readonly CounterLog[];
}

export interface StageLog {
  readonly name: string;
  readonly category: string;
  readonly resource: string;
  /** When the request began to wait for it. */
  readonly queued: Float64Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Which of the resource's servers; requests of one batch have the same, at the same time. */
  readonly lane: Int32Array;
}

export interface TrackLog {
  readonly resource: string;
  readonly name: string;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Figures of each step: `prefill tokens`, `running`. */
  readonly figures: Readonly<Record<string, Float64Array>>;
}

export interface CounterLog {
  readonly resource: string;
  readonly name: string;
  readonly unit: string;
  readonly time: Float64Array;
  readonly value: Float64Array;
}

/** The contract's breakdown. */
export interface Breakdown {
  readonly stage_aggregates: readonly StageAggregate[];
  readonly requests: readonly RequestBreakdown[];
}

export interface RequestBreakdown {
  readonly id: number;
  readonly arrival_ms: number;
  /** When its first stage began. */
  readonly start_ms: number;
  readonly end_ms: number;
  /** All of its waiting. */
  readonly queue_ms: number;
  readonly total_ms: number;
  readonly stages: readonly {
    readonly name: string;
    readonly cat: string;
    readonly start_ms: number;
    readonly end_ms: number;
  }[];
}
