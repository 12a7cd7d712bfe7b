// Values over time out of a run's log, thinned to what a picture can show. Knows no DOM.
import type { RunLog, StageLog } from "../../src/serving/index.js";

/** A value over time: in each of equally long spans, from 0 to `until` seconds, its mean and its greatest. */
export interface Series {
  readonly name: string;
  readonly until: number;
  readonly mean: Float64Array;
  readonly most: Float64Array;
}

/** Requests that wait for each resource, in the order of the stages. */
export function waitingSeries(log: RunLog, until: number, spans: number): Series[] {
  return [...byResource(log.stages)].map(([name, stages]) => {
    const begun = joined(stages, (stage) => stage.queued);
    const ended = joined(stages, (stage) => stage.start);
    return { name, until, ...differenceOf(begun, ended, until, spans) };
  });
}

/** Requests within the service: arrived, and neither served nor turned away. */
export function insideSeries({ requests }: RunLog, until: number, spans: number): Series {
  const served = requests.arrival.filter((_, i) => !Number.isNaN(requests.end[i]));
  const ended = requests.end.filter((end) => !Number.isNaN(end));
  return { name: "in the service", until, ...differenceOf(served.sort(), ended.sort(), until, spans) };
}

/** A value that holds from each time to the next, as a series. */
export function steppedSeries(
  name: string,
  time: Float64Array,
  value: Float64Array,
  until: number,
  spans: number,
): Series {
  const sums = new Spans(until, spans);
  for (let i = 0; i < time.length; i++) sums.add(time[i], time[i + 1] ?? until, value[i]);
  return { name, until, ...sums.result() };
}

/** The last moment of a run, seconds: where its last request ended. */
export function endOf({ requests }: RunLog): number {
  let end = 0;
  for (let i = 0; i < requests.count; i++) {
    // NaN compares as false.
    if (requests.end[i] > end) end = requests.end[i];
    if (requests.arrival[i] > end) end = requests.arrival[i];
  }
  return end;
}

export function byResource(stages: readonly StageLog[]): Map<string, StageLog[]> {
  const found = new Map<string, StageLog[]>();
  for (const stage of stages) found.set(stage.resource, [...(found.get(stage.resource) ?? []), stage]);
  return found;
}

function joined(stages: readonly StageLog[], column: (stage: StageLog) => Float64Array): Float64Array {
  const all = new Float64Array(stages.reduce((sum, stage) => sum + stage.start.length, 0));
  let count = 0;
  for (const stage of stages) {
    const values = column(stage);
    // A stage that was not reached has NaN; one that waited without ever being served is not drawn as waiting for ever.
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(stage.start[i])) all[count++] = values[i];
  }
  return all.subarray(0, count).sort();
}

/** Of two ascending lists of moments: how many of the first have passed and of the second have not. */
function differenceOf(
  begun: Float64Array,
  ended: Float64Array,
  until: number,
  spans: number,
): { mean: Float64Array; most: Float64Array } {
  const sums = new Spans(until, spans);
  let [i, j, inside, since] = [0, 0, 0, 0];
  while (j < ended.length) {
    const isBegin = i < begun.length && begun[i] <= ended[j];
    const now = isBegin ? begun[i++] : ended[j++];
    if (now > since) sums.add(since, now, inside);
    inside += isBegin ? 1 : -1;
    since = now;
  }
  return sums.result();
}

class Spans {
  readonly #area: Float64Array;
  readonly #most: Float64Array;
  readonly #width: number;

  constructor(until: number, spans: number) {
    this.#area = new Float64Array(spans);
    this.#most = new Float64Array(spans);
    this.#width = (until || 1) / spans;
  }

  /** The value holds from one moment to another. */
  add(from: number, to: number, value: number): void {
    const last = this.#area.length - 1;
    const first = Math.min(last, Math.max(0, Math.floor(from / this.#width)));
    for (let span = first; span <= last && span * this.#width < to; span++) {
      const [begin, end] = [Math.max(from, span * this.#width), Math.min(to, (span + 1) * this.#width)];
      if (end <= begin) continue;
      this.#area[span] += value * (end - begin);
      if (value > this.#most[span]) this.#most[span] = value;
    }
  }

  result(): { mean: Float64Array; most: Float64Array } {
    return { mean: this.#area.map((area) => area / this.#width), most: this.#most };
  }
}
