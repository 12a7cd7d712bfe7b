// Where each request's time went, in the contract's form. Knows nothing of how it was simulated.
import { InputError } from "../../core/errors.js";
import type { Breakdown, RequestBreakdown, RunLog, ServiceRun } from "./run.js";

/**
 * The breakdown of a run, stage by stage and request by request; each wait for a stage is one span in front of it. Requests that were
 * turned away are not in it: `summary.rejected_requests` counts them. Throws InputError where the run kept no log.
 */
export function breakdown(run: ServiceRun): Breakdown {
  const { log } = run;
  if (log === undefined) {
    throw new InputError("this run kept no log, and a breakdown is made of one", {
      where: "run",
      fix: 'Run it with keep: "log".',
    });
  }
  const requests: RequestBreakdown[] = [];
  for (let id = 0; id < log.requests.count; id++) {
    if (!Number.isNaN(log.requests.end[id])) requests.push(requestBreakdown(log, id));
  }
  return { stage_aggregates: run.stages, requests };
}

function requestBreakdown(log: RunLog, id: number): RequestBreakdown {
  const stages: { name: string; cat: string; start_ms: number; end_ms: number }[] = [];
  let queue = 0;
  let first = Number.NaN;
  for (const stage of log.stages) {
    const [queued, start, end] = [stage.queued[id], stage.start[id], stage.end[id]];
    if (Number.isNaN(start)) continue;
    if (Number.isNaN(first)) first = start;
    if (start > queued) {
      queue += start - queued;
      stages.push({ name: `queue ${stage.name}`, cat: "queue", start_ms: queued * 1000, end_ms: start * 1000 });
    }
    stages.push({ name: stage.name, cat: stage.category, start_ms: start * 1000, end_ms: end * 1000 });
  }
  const [arrival, end] = [log.requests.arrival[id], log.requests.end[id]];
  return {
    id,
    arrival_ms: arrival * 1000,
    start_ms: first * 1000,
    end_ms: end * 1000,
    queue_ms: queue * 1000,
    total_ms: (end - arrival) * 1000,
    stages,
  };
}
