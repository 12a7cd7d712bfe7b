// Whether a pipeline is a queue of which theory knows the answer, and whether the run came to it. Knows nothing of events.
import { agree, clockRounding } from "../measure/index.js";
import type { RunCheck } from "../result/index.js";
import { ddc, mg1, mmc, type QueueFigures, tandem } from "../theory/index.js";
import type { PipelinePlan, PlannedStage } from "./plan.js";
import type { PipelineRun } from "./run.js";

/**
 * The check of the mean time in the system against its closed form; none where there is no such form, more is offered than can be served,
 * or too few requests were measured. Forms: random arrivals at stages with exponential times (M/M/c, and one behind the other: a tandem),
 * of which the last may have one server and any times (M/D/1, M/G/1); and regular arrivals at stages with constant times (D/D/c).
 */
export function closedFormCheck(run: PipelineRun): readonly RunCheck[] {
  const { stages, workload, target } = run.plan;
  // Stages of one resource would wait for each other.
  const alone = new Set(stages.map(({ resource }) => resource)).size === stages.length;
  const isQueue =
    alone &&
    workload.batchSize === 1 &&
    target.queueLimit === Number.POSITIVE_INFINITY &&
    stages.every(({ seconds }) => seconds[1] > 0);
  if (!isQueue) return [];
  if (workload.arrivals === "constant") return constantForm(run);
  return workload.arrivals === "poisson" ? randomForm(run) : [];
}

function constantForm({ plan, tally }: PipelineRun): readonly RunCheck[] {
  const stations = plan.stages.map((stage) => stationOf(stage, plan));
  const isForm = stations.every(
    ({ cv, meanService, servers, shares }) =>
      cv === 0 && !shares && ddc({ arrivalRate: plan.workload.rate, meanService }, servers).meanWait === 0,
  );
  if (!isForm || tally.latency.count === 0) return [];
  const expected = stations.reduce((sum, { meanService }) => sum + meanService, 0);
  const [least, most] = tally.latency.quantiles([0, 1]);
  // The one that is furthest off: every request takes the same.
  const furthest = expected - least > most - expected ? least : most;
  return [
    {
      name: `D/D/${stations.length === 1 ? stations[0].servers : "c"} time`,
      holds: agree(furthest, expected, clockRounding(stations.length, tally.end)),
      expected: expected * 1000,
      measured: furthest * 1000,
      unit: "ms",
      detail: `of ${tally.latency.count} requests, each of which takes the sum of its services since none has to wait, the one furthest from it`,
    },
  ];
}

function randomForm({ plan, tally }: PipelineRun): readonly RunCheck[] {
  const form = randomFigures(plan);
  const { mean, count } = tally.latency;
  const interval = tally.batchMeans.interval()?.interval;
  if (form === undefined || interval === undefined || form.meanTime === Number.POSITIVE_INFINITY) return [];
  const { meanTime: expected } = form;
  const warmUp = plan.workload.from === 0 ? "; the run begins empty and has no warm-up" : "";
  return [
    {
      name: `${form.name} mean time`,
      holds: interval[0] <= expected && expected <= interval[1],
      expected: expected * 1000,
      measured: mean * 1000,
      interval: [interval[0] * 1000, interval[1] * 1000],
      unit: "ms",
      detail: `mean time in the system of ${count} requests, against queueing theory; a 95 % interval misses the true mean in one of twenty runs${warmUp}`,
    },
  ];
}

/** The closed form of stations with random arrivals. */
function randomFigures(plan: PipelinePlan): { readonly name: string; readonly meanTime: number } | undefined {
  const stations = plan.stages.map((stage) => stationOf(stage, plan));
  const arrivalRate = plan.workload.rate;
  const last = stations[stations.length - 1];
  const before = stations.slice(0, -1);
  const isForm =
    !stations.some(({ shares }) => shares) &&
    before.every(({ cv }) => cv === 1) &&
    (last.cv === 1 || last.servers === 1);
  if (!isForm) return undefined;
  const { meanTime } = lastFigures(arrivalRate, last);
  if (before.length === 0) return { name: formName(last), meanTime };
  // What leaves exponential stages is as random as what came (Burke), so that the last one is as if it were alone.
  return { name: "tandem", meanTime: tandem(arrivalRate, before).meanTime + meanTime };
}

function lastFigures(arrivalRate: number, { meanService, servers, cv }: Station): QueueFigures {
  return cv === 1 ? mmc({ arrivalRate, meanService }, servers) : mg1({ arrivalRate, meanService }, cv);
}

function formName({ cv, servers }: Station): string {
  if (cv === 1) return `M/M/${servers}`;
  return cv === 0 ? "M/D/1" : "M/G/1";
}

interface Station {
  readonly meanService: number;
  readonly servers: number;
  readonly cv: number;
  /** Whether several are served at a time and share the speed. */
  readonly shares: boolean;
}

function stationOf({ seconds, settings, resource }: PlannedStage, { servers, rates }: PipelinePlan): Station {
  return {
    meanService: seconds[1],
    servers: servers[resource],
    cv: settings.cv,
    shares: rates[resource] > 0 && servers[resource] > 1,
  };
}
