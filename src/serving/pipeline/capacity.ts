// What a pipeline could serve at most, from its mean times alone. Knows nothing of a run.
import { resourceNames } from "../scenario/index.js";
import type { PipelinePlan } from "./plan.js";

/**
 * Requests a second that each resource could serve with full batches, in the order of `resourceNames`: its servers over the mean time
 * that a request takes of one. Transfers share their link's bandwidth, however many go on. Infinity for what no request needs.
 */
export function capacities({ stages, servers, rates, workload }: PipelinePlan): readonly number[] {
  return resourceNames.map((name, code) => {
    const batch = name === "gpu" ? workload.batchSize : 1;
    const seconds = stages
      .filter(({ resource }) => resource === code)
      .reduce((sum, stage) => sum + stage.seconds[batch] / batch, 0);
    return seconds === 0 ? Number.POSITIVE_INFINITY : (rates[code] > 0 ? 1 : servers[code]) / seconds;
  });
}
