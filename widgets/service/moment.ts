// Where every request is at a moment of a run: waiting for which stage, or in which server. Knows no DOM and no clock.
import type { RunLog } from "../../src/serving/index.js";

/** Requests that are with a stage at a moment, by their numbers. */
export interface StageMoment {
  /** First the one that has waited longest. */
  readonly waiting: readonly number[];
  readonly serving: readonly { readonly request: number; readonly lane: number; readonly share: number }[];
}

export interface Moment {
  readonly time: number;
  readonly stages: readonly StageMoment[];
  /** Requests that have arrived, were served, and were turned away so far. */
  readonly arrived: number;
  readonly done: number;
  readonly rejected: number;
}

/** Looks up moments of one log. */
export class Moments {
  readonly #log: RunLog;
  /** For each of equally long spans the first request that is still inside when it begins. */
  readonly #firstInside: Int32Array;
  readonly #ends: Float64Array;
  readonly #turnedAway: Float64Array;
  readonly #width: number;

  constructor(
    log: RunLog,
    readonly until: number,
  ) {
    this.#log = log;
    const { arrival, end, count } = log.requests;
    const spans = 2048;
    this.#width = (until || 1) / spans;
    this.#firstInside = new Int32Array(spans + 1).fill(count);
    // A request is the first one inside of the spans between its arrival and its end that none before it was inside of.
    let known = 0;
    for (let i = 0; i < count && known <= spans; i++) {
      if (Number.isNaN(end[i])) continue;
      const last = Math.min(spans, Math.floor(end[i] / this.#width));
      for (; known <= last; known++) this.#firstInside[known] = i;
    }
    this.#ends = end.filter((time) => !Number.isNaN(time)).sort();
    this.#turnedAway = arrival.filter((_, i) => Number.isNaN(end[i]));
  }

  at(time: number): Moment {
    const { requests, stages } = this.#log;
    const arrived = countUpTo(requests.arrival, time);
    const span = Math.min(this.#firstInside.length - 1, Math.max(0, Math.floor(time / this.#width)));
    const found = stages.map(() => ({
      waiting: [] as number[],
      serving: [] as { request: number; lane: number; share: number }[],
    }));
    for (let request = this.#firstInside[span]; request < arrived; request++) {
      if (!(requests.end[request] > time)) continue;
      for (let s = 0; s < stages.length; s++) {
        const { queued, start, end, lane } = stages[s];
        if (!(queued[request] <= time && time < end[request])) continue;
        if (time < start[request]) found[s].waiting.push(request);
        else {
          const length = end[request] - start[request];
          found[s].serving.push({ request, lane: lane[request], share: (time - start[request]) / length });
        }
        break;
      }
    }
    for (const [s, { waiting }] of found.entries()) {
      const { queued } = stages[s];
      waiting.sort((a, b) => queued[a] - queued[b] || a - b);
    }
    return {
      time,
      stages: found,
      arrived,
      done: countUpTo(this.#ends, time),
      rejected: countUpTo(this.#turnedAway, time),
    };
  }

  /** The next moment after `time` at which something happens to a request; the end where nothing does. */
  next(time: number): number {
    let next = this.until;
    this.#forTimes(time, (moment) => {
      if (moment > time && moment < next) next = moment;
    });
    return next;
  }

  /** The last moment before `time` at which something happened; 0 where nothing did. */
  previous(time: number): number {
    let previous = 0;
    // Whatever happened last happened to a request that is inside, or was the end of one that was inside a moment before.
    for (const end of lastBefore(this.#ends, time)) previous = Math.max(previous, end);
    for (const arrival of lastBefore(this.#log.requests.arrival, time)) previous = Math.max(previous, arrival);
    this.#forTimes(previous, (moment) => {
      if (moment < time && moment > previous) previous = moment;
    });
    return previous;
  }

  /** Every moment in the lives of those who are inside at `time` or arrive next. */
  #forTimes(time: number, visit: (moment: number) => void): void {
    const { requests, stages } = this.#log;
    const span = Math.min(this.#firstInside.length - 1, Math.max(0, Math.floor(time / this.#width)));
    const arrived = countUpTo(requests.arrival, time);
    for (let request = this.#firstInside[span]; request <= arrived && request < requests.count; request++) {
      visit(requests.arrival[request]);
      for (const { queued, start, end } of stages) {
        visit(queued[request]);
        visit(start[request]);
        visit(end[request]);
      }
    }
  }
}

/** How many of ascending values are no more than `limit`. */
export function countUpTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lastBefore(sorted: Float64Array, time: number): number[] {
  for (let i = countUpTo(sorted, time) - 1; i >= 0; i--) if (sorted[i] < time) return [sorted[i]];
  return [];
}
