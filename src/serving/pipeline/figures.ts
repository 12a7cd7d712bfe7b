// The figures of a run through a pipeline: what was counted, as the results name it. Knows nothing of events.
import type { ResourceUse, RunSummary, StageAggregate } from "../result/index.js";
import { resourceNames, type Scenario } from "../scenario/index.js";
import { capacities } from "./capacity.js";
import type { PipelineRun } from "./run.js";

/** NaN, of nothing, is null. */
const figure = (value: number): number | null => (Number.isNaN(value) ? null : value);
const milliseconds = (seconds: number): number | null => figure(seconds * 1000);
const finite = (value: number): number | null => (value === Number.POSITIVE_INFINITY ? null : value);

export function resourceUses(run: PipelineRun): readonly ResourceUse[] {
  const { plan, tally } = run;
  const measured = plan.workload.to - plan.workload.from;
  const could = capacities(plan);
  return resourceNames.flatMap((name, code): ResourceUse[] => {
    if (!plan.stages.some(({ resource }) => resource === code)) return [];
    // A link that transfers is busy as a whole, however many transfers share it.
    const servers = plan.rates[code] > 0 ? 1 : plan.servers[code];
    return [
      {
        name,
        capacity: plan.servers[code],
        util_percent: (run.busy[code].meanBetween(0, 2, measured) / servers) * 100,
        mean_queue: run.waiting[code].meanBetween(0, 2, measured),
        max_queue: run.waiting[code].most,
        mean_wait_ms: tally.waitCount[code] === 0 ? 0 : (tally.waitSum[code] / tally.waitCount[code]) * 1000,
        capacity_rps: finite(could[code]),
      },
    ];
  });
}

export function stageAggregates({ plan, tally }: PipelineRun): readonly StageAggregate[] {
  const row = (name: string, category: string, seconds: number, count: number): StageAggregate => ({
    name,
    category,
    avg_ms: count === 0 ? 0 : (seconds / count) * 1000,
    total_ms: seconds * 1000,
    count,
  });
  return [
    row("queue", "queue", tally.waitedSum, tally.latency.count),
    ...plan.stages.map(({ settings, resource }, index) =>
      row(settings.stage.name, resourceNames[resource], tally.stageSum[index], tally.stageCount[index]),
    ),
  ];
}

export function summaryOf(
  { workload }: Scenario,
  { plan, tally }: PipelineRun,
  { resources, overloaded }: { readonly resources: readonly ResourceUse[]; readonly overloaded: boolean },
): RunSummary {
  const measured = plan.workload.to - plan.workload.from;
  const [p50, p90, p99, max] = tally.latency.quantiles([0.5, 0.9, 0.99, 1]);
  const { interval } = tally.latency;
  const limits = resources.map(({ capacity_rps }) => capacity_rps ?? Number.POSITIVE_INFINITY);
  return {
    throughput_rps: tally.completedWithin / measured,
    p50_ms: milliseconds(p50),
    p90_ms: milliseconds(p90),
    p99_ms: milliseconds(p99),
    avg_queue_ms: milliseconds(tally.latency.count === 0 ? Number.NaN : tally.waitedSum / tally.latency.count),
    gpu_util_percent: resources.find(({ name }) => name === "gpu")?.util_percent ?? 0,
    total_requests: tally.arrived,
    duration_s: workload.duration_s,
    offered_rps: tally.measuredArrivals / measured,
    completed_requests: tally.completed,
    rejected_requests: tally.turnedAway,
    goodput_rps: tally.goodWithin / measured,
    avg_ms: milliseconds(tally.latency.mean),
    max_ms: milliseconds(max),
    overloaded,
    capacity_rps: finite(Math.min(...limits)),
    // Under overload times grow as the run goes on: there is no mean to be sure of.
    avg_ms_interval: interval === undefined || overloaded ? null : [interval[0] * 1000, interval[1] * 1000],
    ...(tally.latency.quantileError === 0 ? {} : { quantile_error_percent: tally.latency.quantileError }),
  };
}
