// Which resource of a pipeline limits it, whether more is offered than it can serve, and how one can tell. Knows nothing of events.
import { fourDigits } from "../../core/statistics.js";
import type { Overload } from "../measure/index.js";
import type { Bottleneck, ResourceUse } from "../result/index.js";
import { resourceNames } from "../scenario/index.js";
import type { PipelineRun } from "./run.js";

/** Overloaded is what is offered more than it could serve with full batches, and what waits ever longer. */
export function overloadOf({ plan, waiting, tally }: PipelineRun, resources: readonly ResourceUse[]): Overload {
  const { rate, from, to, batchSize } = plan.workload;
  const limit = slowest(resources);
  if (limit?.capacity_rps != null && rate > limit.capacity_rps * (1 + 1e-9)) {
    return {
      overloaded: true,
      evidence: `${fourDigits(rate)} requests a second are offered and ${limit.name} can serve ${fourDigits(limit.capacity_rps)}`,
    };
  }
  const [first, middle, last] = [0, 1, 2].map((mark) => waiting.reduce((sum, { marks }) => sum + marks[mark].value, 0));
  // In each half a twentieth of what arrives in it is left behind, and three times the standard deviation of a queue whose arrivals and
  // services are random and just balance (a random walk of two steps a request): chance alone does not do that.
  const arrived = tally.measuredArrivals;
  const grows = Math.max(10, 0.025 * arrived, 3 * Math.sqrt(arrived));
  if (middle - first > grows && last - middle > grows) {
    const moments = `${fourDigits(from)}, ${fourDigits((from + to) / 2)} and ${fourDigits(to)} s`;
    const filled = `; batches left with ${fourDigits(tally.batched / tally.batches)} of ${batchSize} requests`;
    return {
      overloaded: true,
      evidence: `${first}, ${middle} and ${last} requests wait after ${moments}${tally.batches > 0 ? filled : ""}`,
    };
  }
  return { overloaded: false, evidence: "" };
}

export function bottleneckOf(run: PipelineRun, resources: readonly ResourceUse[], overload: Overload): Bottleneck {
  const { tally } = run;
  const limit = slowest(resources);
  const busiest = resources.reduce((most, one) => (one.util_percent > most.util_percent ? one : most), resources[0]);
  const resource = overload.overloaded && limit !== undefined ? limit : busiest;
  const lost = tally.measuredRejected / Math.max(1, tally.measuredArrivals);
  const turnedAway = lost > 0 ? `; ${fourDigits(lost * 100)} % of the requests are turned away` : "";
  const busy = `is busy ${fourDigits(resource.util_percent)} % of the time${turnedAway}`;
  const use = `${resource.name} ${busy}`;
  if (overload.overloaded) {
    return {
      resource: resource.name,
      kind: kindOf(resource.name),
      evidence: `${overload.evidence}; ${use}${heldUp(run, resources)}`,
    };
  }
  const time = tally.latency.sum;
  const share = time === 0 ? 0 : tally.waitedSum / time;
  if (share > 0.5 && tally.batchingSum > tally.waitedSum / 2) {
    return {
      resource: "batching",
      kind: "queue",
      evidence: `requests wait ${fourDigits(share * 100)} % of their time, most of it for their batch to be full or its time to be up${turnedAway}`,
    };
  }
  if (share > 0.5) {
    const most = resources.reduce((a, b) => (b.mean_wait_ms > a.mean_wait_ms ? b : a), resources[0]);
    return {
      resource: most.name,
      kind: "queue",
      evidence: `requests wait ${fourDigits(share * 100)} % of their time, most of it for ${most.name}, which is busy ${fourDigits(most.util_percent)} % of the time${turnedAway}`,
    };
  }
  if (resource.util_percent >= 50) return { resource: resource.name, kind: kindOf(resource.name), evidence: use };
  return { resource: resource.name, kind: "none", evidence: `nothing limits: ${resource.name}, the busiest, ${busy}` };
}

/**
 * Where more comes than a resource of several stages can serve, requests that are nearly done wait in its growing line behind those that
 * have only come, and fewer are finished than it could serve. Says so, or nothing.
 */
function heldUp({ plan, tally }: PipelineRun, resources: readonly ResourceUse[]): string {
  const { rate } = plan.workload;
  const finished = tally.completedWithin / tally.measuredSeconds;
  const could = slowest(resources)?.capacity_rps ?? 0;
  if (finished > 0.8 * could || plan.target.queueLimit !== Number.POSITIVE_INFINITY) return "";
  const shared = resources.find(({ name, capacity_rps }) => {
    const stages = plan.stages.filter(({ resource }) => resourceNames[resource] === name);
    return stages.length > 1 && rate > (capacity_rps ?? Number.POSITIVE_INFINITY);
  });
  if (shared === undefined) return "";
  return `; ${fourDigits(finished)} a second are finished, since the last stages of ${shared.name} wait in one line with its first`;
}

/** The one that could serve the fewest requests. */
function slowest(resources: readonly ResourceUse[]): ResourceUse | undefined {
  let found: ResourceUse | undefined;
  for (const one of resources) {
    if (one.capacity_rps !== null && one.capacity_rps < (found?.capacity_rps ?? Number.POSITIVE_INFINITY)) found = one;
  }
  return found;
}

function kindOf(resource: string): Bottleneck["kind"] {
  if (resource === "gpu" || resource === "cpu") return resource;
  return "transfer";
}
