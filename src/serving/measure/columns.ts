// Columns of what happened, which grow while it happens. Knows nothing of why it happened.
import type { CounterLog, StageLog } from "../result/index.js";

/** Numbers in a row, as many as there are. */
export class Column {
  private values: Float64Array = new Float64Array(256).fill(Number.NaN);
  length = 0;

  /** Rows that are passed over have NaN. */
  set(row: number, value: number): void {
    if (row >= this.values.length) {
      const grown = new Float64Array(Math.max(row + 1, 2 * this.values.length)).fill(Number.NaN);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[row] = value;
    if (row >= this.length) this.length = row + 1;
  }

  at(row: number): number {
    return this.values[row];
  }

  last(): number {
    return this.values[this.length - 1];
  }

  push(value: number): void {
    this.set(this.length, value);
  }

  /** So many from the first on; NaN where nothing was set. */
  rows(count: number): Float64Array {
    const rows = new Float64Array(count).fill(Number.NaN);
    rows.set(this.values.subarray(0, Math.min(count, this.length)));
    return rows;
  }
}

/** A value that changes at moments: one row a moment, none where nothing changes. It is 0 at first. */
export class CounterColumns {
  private readonly time = new Column();
  private readonly value = new Column();

  set(now: number, value: number): void {
    if (this.time.length > 0 && this.time.last() === now) this.value.set(this.value.length - 1, value);
    else if (value !== (this.value.length === 0 ? 0 : this.value.last())) {
      this.time.push(now);
      this.value.push(value);
    }
  }

  columns(): Pick<CounterLog, "time" | "value"> {
    return { time: this.time.rows(this.time.length), value: this.value.rows(this.value.length) };
  }
}

/** A row for each request; a lane that is NaN is none. */
export interface StageColumns {
  readonly queued: Column;
  readonly start: Column;
  readonly end: Column;
  readonly lane: Column;
}

export function stageLog(
  { name, category, resource }: Pick<StageLog, "name" | "category" | "resource">,
  { queued, start, end, lane }: StageColumns,
  count: number,
): StageLog {
  const lanes = new Int32Array(count).fill(-1);
  for (let request = 0; request < Math.min(count, lane.length); request++) {
    if (!Number.isNaN(lane.at(request))) lanes[request] = lane.at(request);
  }
  const times = { queued: queued.rows(count), start: start.rows(count), end: end.rows(count) };
  return { name, category, resource, ...times, lane: lanes };
}
