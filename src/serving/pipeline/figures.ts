// The figures of a run through a pipeline: what was counted, as the results name it. Knows nothing of events.
import { finiteOrNull, requestSummary, stageAggregate } from "../measure/index.js";
import type { ResourceUse, RunSummary, StageAggregate } from "../result/index.js";
import { resourceNames, type Scenario } from "../scenario/index.js";
import { capacities } from "./capacity.js";
import type { PipelineRun } from "./run.js";

export function resourceUses(run: PipelineRun): readonly ResourceUse[] {
  const { plan, tally } = run;
  const measured = tally.measuredSeconds;
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
        capacity_rps: finiteOrNull(could[code]),
      },
    ];
  });
}

export function stageAggregates({ plan, tally }: PipelineRun): readonly StageAggregate[] {
  return [
    stageAggregate("queue", "queue", tally.waitedSum, tally.latency.count),
    ...plan.stages.map(({ settings, resource }, index) =>
      stageAggregate(settings.stage.name, resourceNames[resource], tally.stageSum[index], tally.stageCount[index]),
    ),
  ];
}

export function summaryOf(
  { workload }: Scenario,
  { tally }: PipelineRun,
  { resources, overloaded }: { readonly resources: readonly ResourceUse[]; readonly overloaded: boolean },
): RunSummary {
  const limits = resources.map(({ capacity_rps }) => capacity_rps ?? Number.POSITIVE_INFINITY);
  return requestSummary(tally, {
    duration: workload.duration_s,
    gpuUtilPercent: resources.find(({ name }) => name === "gpu")?.util_percent ?? 0,
    overloaded,
    capacity: Math.min(...limits),
    quantileError: tally.latency.error,
  });
}
