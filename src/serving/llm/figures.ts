// The figures of a run of a language model's service: what was counted, as the results name it. Knows nothing of events.
import type { ResourceUse, RunSummary, StageAggregate, TokenSummary } from "../result/index.js";
import type { Scenario } from "../scenario/index.js";
import type { Capacity } from "./capacity.js";
import type { Quantiles } from "./quantiles.js";
import type { LlmSimulation } from "./simulation.js";

/** NaN, of nothing, is null. */
const figure = (value: number): number | null => (Number.isFinite(value) ? value : null);
const milliseconds = (seconds: number): number | null => figure(seconds * 1e3);

export function llmSummary(
  { workload }: Scenario,
  { tally, replicas, replicaTallies }: LlmSimulation,
  { overloaded, capacity }: { readonly overloaded: boolean; readonly capacity: number },
): RunSummary {
  const seconds = tally.to - tally.from;
  const busy = replicaTallies.reduce((sum, own) => sum + own.busy, 0);
  const { latency } = tally;
  const quantileError = Math.max(...[latency, tally.ttft, tally.tpot, tally.itl].map(({ error }) => error));
  const interval = tally.batches.interval()?.interval;
  return {
    throughput_rps: tally.completedWithin / seconds,
    p50_ms: milliseconds(latency.quantile(0.5)),
    p90_ms: milliseconds(latency.quantile(0.9)),
    p99_ms: milliseconds(latency.quantile(0.99)),
    avg_queue_ms: milliseconds(tally.waited / latency.count),
    gpu_util_percent: (100 * busy) / (seconds * replicas.length),
    total_requests: tally.arrived,
    duration_s: workload.duration_s,
    offered_rps: tally.measuredArrivals / seconds,
    completed_requests: tally.completed,
    rejected_requests: tally.rejected,
    goodput_rps: tally.goodWithin / seconds,
    avg_ms: milliseconds(latency.mean),
    max_ms: milliseconds(latency.quantile(1)),
    overloaded,
    capacity_rps: figure(capacity),
    avg_ms_interval: interval === undefined || overloaded ? null : [interval[0] * 1e3, interval[1] * 1e3],
    ...(quantileError === 0 ? {} : { quantile_error_percent: quantileError }),
    tokens: tokenSummary(tally, replicas),
  };
}

function tokenSummary(tally: LlmSimulation["tally"], replicas: LlmSimulation["replicas"]): TokenSummary {
  const seconds = tally.to - tally.from;
  const at = (histogram: Quantiles, q: number): number | null => milliseconds(histogram.quantile(q));
  const { ttft, tpot, itl } = tally;
  return {
    ttft_p50_ms: at(ttft, 0.5),
    ttft_p90_ms: at(ttft, 0.9),
    ttft_p99_ms: at(ttft, 0.99),
    tpot_p50_ms: at(tpot, 0.5),
    tpot_p90_ms: at(tpot, 0.9),
    tpot_p99_ms: at(tpot, 0.99),
    itl_p50_ms: at(itl, 0.5),
    itl_p90_ms: at(itl, 0.9),
    itl_p99_ms: at(itl, 0.99),
    output_tokens_per_s: tally.outputWithin / seconds,
    total_tokens_per_s: (tally.outputWithin + tally.prefilledWithin) / seconds,
    preemptions: replicas.reduce((sum, { preemptions }) => sum + preemptions, 0),
    kv_peak_percent: 100 * Math.max(...replicas.map(({ cache }) => cache.peak / cache.blocks)),
  };
}

/** Queue is all of a request's waiting; a request that is preempted waits within its decode. */
export function llmStages({ tally, link }: LlmSimulation): readonly StageAggregate[] {
  const row = (name: string, seconds: number, count: number): StageAggregate => ({
    name,
    category: name,
    avg_ms: count === 0 ? 0 : (seconds / count) * 1e3,
    total_ms: seconds * 1e3,
    count,
  });
  return [
    row("queue", tally.waited, tally.latency.count),
    row("prefill", tally.prefill, tally.latency.count),
    ...(link === undefined ? [] : [row("transfer", tally.transfer, tally.transfers)]),
    row("decode", tally.decode, tally.decodes),
  ];
}

export function llmResources(
  { tally, replicas, replicaTallies, link }: LlmSimulation,
  capacity: Capacity,
  maxBatch: number,
): readonly ResourceUse[] {
  const seconds = tally.to - tally.from;
  const of = (role: string): number => replicas.filter((replica) => replica.role === role).length;
  const uses = replicas.map((replica, i): ResourceUse => {
    const own = replicaTallies[i];
    const all = replica.role === "decode" ? capacity.decoders : capacity.first;
    return {
      name: replica.name,
      capacity: maxBatch,
      util_percent: (100 * own.busy) / seconds,
      mean_queue: own.waiting.within / seconds,
      max_queue: own.waiting.most,
      mean_wait_ms: own.waits === 0 ? 0 : (own.waited / own.waits) * 1e3,
      capacity_rps: all === undefined ? null : figure(all / of(replica.role)),
    };
  });
  if (link === undefined) return uses;
  const moving: ResourceUse = {
    name: "link",
    capacity: 1,
    util_percent: (100 * tally.moving.within) / seconds,
    mean_queue: 0,
    max_queue: 0,
    mean_wait_ms: 0,
    capacity_rps: figure(capacity.link as number),
  };
  return [...uses, moving];
}
