// What happened in a run, request by request, while it happens: columns that grow. Knows nothing of why it happened.

import type { CounterLog, RunLog } from "../result/index.js";
import { resourceNames } from "../scenario/index.js";
import type { PlannedStage } from "./plan.js";

export class Recording {
  private count = 0;
  private capacity = 0;
  private arrival: Float64Array = new Float64Array(0);
  private ended: Float64Array = new Float64Array(0);
  private readonly stages: StageColumns[];
  private readonly queues = resourceNames.map(() => new Steps());
  private readonly services = resourceNames.map(() => new Steps());

  constructor(private readonly planned: readonly PlannedStage[]) {
    this.stages = planned.map(() => new StageColumns());
  }

  arrive(request: number, now: number): void {
    if (request >= this.capacity) this.grow();
    this.count = request + 1;
    this.arrival[request] = now;
  }

  stage(index: number, request: number, { queued, start, end, lane }: StageTimes): void {
    const columns = this.stages[index];
    columns.queued[request] = queued;
    columns.start[request] = start;
    columns.end[request] = end;
    columns.lane[request] = lane;
  }

  end(request: number, now: number): void {
    this.ended[request] = now;
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
      requests: { count, arrival: this.arrival.slice(0, count), end: this.ended.slice(0, count) },
      stages: this.planned.map(({ settings, resource }, index) => ({
        name: settings.stage.name,
        category: resourceNames[resource],
        resource: resourceNames[resource],
        queued: this.stages[index].queued.slice(0, count),
        start: this.stages[index].start.slice(0, count),
        end: this.stages[index].end.slice(0, count),
        lane: this.stages[index].lane.slice(0, count),
      })),
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

  private grow(): void {
    this.capacity = Math.max(256, 2 * this.capacity);
    this.arrival = grown(this.arrival, this.capacity);
    this.ended = grown(this.ended, this.capacity);
    for (const columns of this.stages) columns.grow(this.capacity);
  }
}

/** When a request waited for a stage and was in it, and where. */
export interface StageTimes {
  readonly queued: number;
  readonly start: number;
  readonly end: number;
  readonly lane: number;
}

class StageColumns {
  queued: Float64Array = new Float64Array(0);
  start: Float64Array = new Float64Array(0);
  end: Float64Array = new Float64Array(0);
  lane: Int32Array = new Int32Array(0);

  grow(capacity: number): void {
    this.queued = grown(this.queued, capacity);
    this.start = grown(this.start, capacity);
    this.end = grown(this.end, capacity);
    const lane = new Int32Array(capacity).fill(-1);
    lane.set(this.lane);
    this.lane = lane;
  }
}

/** A value that changes at moments: one entry a moment, and none where nothing changed. */
class Steps {
  private length = 0;
  private time: Float64Array = new Float64Array(256);
  private value: Float64Array = new Float64Array(256);

  set(now: number, value: number): void {
    const last = this.length - 1;
    if (last >= 0 && this.time[last] === now) {
      this.value[last] = value;
      return;
    }
    if (value === (last < 0 ? 0 : this.value[last])) return;
    if (this.length === this.time.length) {
      this.time = grown(this.time, 2 * this.length);
      this.value = grown(this.value, 2 * this.length);
    }
    this.time[this.length] = now;
    this.value[this.length++] = value;
  }

  columns(): { readonly time: Float64Array; readonly value: Float64Array } {
    return { time: this.time.slice(0, this.length), value: this.value.slice(0, this.length) };
  }
}

/** NaN stands where nothing has happened. */
function grown(old: Float64Array, length: number): Float64Array {
  const array = new Float64Array(length).fill(Number.NaN);
  array.set(old);
  return array;
}
