// What happened in a run, request by request, while it happens. Knows nothing of why it happened.
import { Column, CounterColumns, type StageColumns, stageLog } from "../measure/index.js";
import type { CounterLog, RunLog } from "../result/index.js";
import { resourceNames } from "../scenario/index.js";
import type { PlannedStage } from "./plan.js";

export class Recording {
  private count = 0;
  private readonly arrival = new Column();
  private readonly ended = new Column();
  private readonly stages: readonly StageColumns[];
  private readonly queues = resourceNames.map(() => new CounterColumns());
  private readonly services = resourceNames.map(() => new CounterColumns());

  constructor(private readonly planned: readonly PlannedStage[]) {
    this.stages = planned.map(() => ({
      queued: new Column(),
      start: new Column(),
      end: new Column(),
      lane: new Column(),
    }));
  }

  arrive(request: number, now: number): void {
    this.count = request + 1;
    this.arrival.set(request, now);
  }

  stage(index: number, request: number, { queued, start, end, lane }: StageTimes): void {
    const columns = this.stages[index];
    columns.queued.set(request, queued);
    columns.start.set(request, start);
    columns.end.set(request, end);
    columns.lane.set(request, lane);
  }

  end(request: number, now: number): void {
    this.ended.set(request, now);
  }

  /** So many requests wait for a resource from now on. */
  waiting(resource: number, now: number, requests: number): void {
    this.queues[resource].set(now, requests);
  }

  /** So many of a resource's servers are busy from now on. */
  serving(resource: number, now: number, servers: number): void {
    this.services[resource].set(now, servers);
  }

  log(): RunLog {
    const { count } = this;
    const used = new Set(this.planned.map(({ resource }) => resource));
    return {
      requests: { count, arrival: this.arrival.rows(count), end: this.ended.rows(count) },
      stages: this.planned.map(({ settings: { stage }, resource: code }, index) => {
        const resource = resourceNames[code];
        return stageLog({ name: stage.name, category: resource, resource }, this.stages[index], count);
      }),
      tracks: [],
      counters: resourceNames.flatMap((name, code): CounterLog[] =>
        used.has(code)
          ? [
              { resource: name, name: "waiting", unit: "requests", ...this.queues[code].columns() },
              { resource: name, name: "in service", unit: "servers", ...this.services[code].columns() },
            ]
          : [],
      ),
    };
  }
}

/** When a request waited for a stage and was in it, and where. */
export interface StageTimes {
  readonly queued: number;
  readonly start: number;
  readonly end: number;
  readonly lane: number;
}
