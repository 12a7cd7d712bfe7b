// A scenario with its defaults filled in and its units brought to SI: what the simulators read. Checks nothing.
import type {
  ArrivalKind,
  DistributionKind,
  ResourceName,
  Scenario,
  Stage,
  TokenCounts,
  Workload,
} from "./scenario.js";

/** Seconds, and requests a second. */
export interface WorkloadSettings {
  readonly arrivals: ArrivalKind;
  readonly rate: number;
  readonly duration: number;
  readonly batchSize: number;
  readonly batchTimeout: number;
  /** Measured is what is in [from, to). */
  readonly from: number;
  readonly to: number;
}

export function workloadSettings(workload: Workload): WorkloadSettings {
  const { rps, duration_s, recorded_ms } = workload;
  return {
    arrivals: arrivalKindOf(workload),
    rate: recorded_ms === undefined ? rps : recorded_ms.length / duration_s,
    duration: duration_s,
    batchSize: workload.batch_size ?? 1,
    batchTimeout: (workload.batch_timeout_ms ?? 10) / 1000,
    from: workload.warmup_s ?? 0,
    to: duration_s - (workload.cooldown_s ?? 0),
  };
}

/** The kind of a workload's arrivals: what it says, or what follows from its jitter. */
export function arrivalKindOf({ arrivals, jitter_pct = 0 }: Workload): ArrivalKind {
  return arrivals ?? (jitter_pct === 0 ? "constant" : "jittered");
}

/** Arrivals to be expected: of random ones the mean. */
export function expectedArrivals(workload: Workload): number {
  return workload.recorded_ms?.length ?? workload.rps * workload.duration_s;
}

/** What a language model's service has where nobody says so. */
export const llmDefaults = {
  input_tokens: 512,
  output_tokens: 128,
  max_batch_size: 256,
  max_batched_tokens: 8192,
} as const;

/** How many tokens prompts, or answers, have. */
export function tokenCountsOf(workload: Workload, field: "input_tokens" | "output_tokens"): TokenCounts {
  const counts = workload[field] ?? llmDefaults[field];
  return typeof counts === "number" ? { distribution: "constant", mean: counts } : counts;
}

/** How many of each resource there are, and how long a line it allows. */
export interface TargetSettings {
  readonly cpuWorkers: number;
  readonly gpuSlots: number;
  readonly copyEngines: number;
  /** Infinity where there is no limit. */
  readonly queueLimit: number;
}

export function targetSettings({ target }: Scenario): TargetSettings {
  return {
    cpuWorkers: target.cpu_workers ?? 4,
    gpuSlots: target.concurrency ?? 1,
    copyEngines: target.copy_engines ?? 1,
    queueLimit: target.queue_limit ?? Number.POSITIVE_INFINITY,
  };
}

/** A stage with the resource that serves it and the spread of its times. */
export interface StageSettings {
  /** Place in the pipeline. */
  readonly index: number;
  readonly stage: Stage;
  readonly resource: ResourceName;
  readonly distribution: DistributionKind;
  /** Coefficient of variation of its times: 0 of constant ones. */
  readonly cv: number;
}

export function stageSettings(pipeline: readonly Stage[]): readonly StageSettings[] {
  let computed = false;
  return pipeline.map((stage, index) => {
    const resource = stage.resource ?? usualResource(stage, computed);
    if (resource === "gpu") computed = true;
    const distribution = stage.distribution ?? "constant";
    const cv = { constant: 0, exponential: 1, gamma: stage.cv ?? 1 }[distribution];
    return { index, stage, resource, distribution, cv };
  });
}

function usualResource({ kind }: Stage, computed: boolean): ResourceName {
  if (kind === "fixed_ms") return "cpu";
  if (kind === "bytes") return computed ? "d2h" : "h2d";
  return "gpu";
}
