// The figures of a run of a language model's service: what was counted, as the results name it. Knows nothing of events.
import { finiteOrNull, milliseconds, type Quantiles, requestSummary, stageAggregate } from "../measure/index.js";
import type { ResourceUse, RunSummary, StageAggregate, TokenSummary } from "../result/index.js";
import type { Scenario } from "../scenario/index.js";
import type { Capacity } from "./capacity.js";
import type { LlmSimulation } from "./simulation.js";

export function llmSummary(
  { workload }: Scenario,
  { tally, replicas, replicaTallies }: LlmSimulation,
  { overloaded, capacity }: { readonly overloaded: boolean; readonly capacity: number },
): RunSummary {
  const busy = replicaTallies.reduce((sum, own) => sum + own.busy, 0);
  const { latency, ttft, tpot, itl } = tally;
  return {
    ...requestSummary(tally, {
      duration: workload.duration_s,
      gpuUtilPercent: (100 * busy) / (tally.measuredSeconds * replicas.length),
      overloaded,
      capacity,
      quantileError: Math.max(...[latency, ttft, tpot, itl].map(({ error }) => error)),
    }),
    tokens: tokenSummary(tally, replicas),
  };
}

function tokenSummary(tally: LlmSimulation["tally"], replicas: LlmSimulation["replicas"]): TokenSummary {
  const seconds = tally.measuredSeconds;
  const of = (values: Quantiles) => values.quantiles([0.5, 0.9, 0.99]).map(milliseconds);
  const [ttft, tpot, itl] = [of(tally.ttft), of(tally.tpot), of(tally.itl)];
  return {
    ttft_p50_ms: ttft[0],
    ttft_p90_ms: ttft[1],
    ttft_p99_ms: ttft[2],
    tpot_p50_ms: tpot[0],
    tpot_p90_ms: tpot[1],
    tpot_p99_ms: tpot[2],
    itl_p50_ms: itl[0],
    itl_p90_ms: itl[1],
    itl_p99_ms: itl[2],
    output_tokens_per_s: tally.outputWithin / seconds,
    total_tokens_per_s: (tally.outputWithin + tally.prefilledWithin) / seconds,
    preemptions: replicas.reduce((sum, { preemptions }) => sum + preemptions, 0),
    kv_peak_percent: 100 * Math.max(...replicas.map(({ cache }) => cache.peak / cache.blocks)),
  };
}

/** Queue is all of a request's waiting; a request that is preempted waits within its decode. */
export function llmStages({ tally, link }: LlmSimulation): readonly StageAggregate[] {
  return [
    stageAggregate("queue", "queue", tally.waitedSum, tally.latency.count),
    stageAggregate("prefill", "prefill", tally.prefill, tally.latency.count),
    ...(link === undefined ? [] : [stageAggregate("transfer", "transfer", tally.transfer, tally.transfers)]),
    stageAggregate("decode", "decode", tally.decode, tally.decodes),
  ];
}

export function llmResources(
  { tally, replicas, replicaTallies, link }: LlmSimulation,
  capacity: Capacity,
  maxBatch: number,
): readonly ResourceUse[] {
  const seconds = tally.measuredSeconds;
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
      capacity_rps: all === undefined ? null : finiteOrNull(all / of(replica.role)),
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
    capacity_rps: finiteOrNull(capacity.link as number),
  };
  return [...uses, moving];
}
