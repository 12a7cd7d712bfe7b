// What a pipeline could serve at most, from its mean times alone. Knows nothing of a run.
import type { ServiceCosts } from "../cost/index.js";
import { resourceNames } from "../scenario/index.js";
import type { PipelinePlan } from "./plan.js";

/**
 * Requests a second that each resource could serve with full batches, in the order of `resourceNames`: its servers over the mean time
 * that a request takes of one. Infinity for what no request needs.
 */
export function capacities({ stages, servers, workload }: PipelinePlan, costs: ServiceCosts): readonly number[] {
  return resourceNames.map((name, code) => {
    const own = stages.filter(({ resource }) => resource === code);
    if (name === "h2d" || name === "d2h") {
      // Transfers share the bandwidth, however many there are.
      const bytes = own.reduce((sum, stage) => sum + stage.bytes, 0);
      return bytes === 0 ? Number.POSITIVE_INFINITY : (costs.links[name] ?? 0) / bytes;
    }
    const batch = name === "gpu" ? workload.batchSize : 1;
    const seconds = own.reduce((sum, stage) => sum + stage.seconds[batch] / batch, 0);
    return seconds === 0 ? Number.POSITIVE_INFINITY : servers[code] / seconds;
  });
}
