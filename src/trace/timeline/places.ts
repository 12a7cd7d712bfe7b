// Where events lie within their track: what is within another lies below it, and what overlaps another in part lies on another lane,
// since neither encloses the other. Pictures, Chrome traces and folded stacks all read it. Knows no format.
import type { Timeline } from "./timeline.js";

export interface EventPlaces {
  /** Per event: its lane within its track, from 0. The events of one lane nest or keep apart. */
  readonly lane: Uint16Array;
  /** Per event: how many events of its lane enclose it. */
  readonly depth: Uint16Array;
  /** Per event: the index of the one that encloses it on its lane; -1 for none. */
  readonly parent: Int32Array;
  /** Per track: for each of its lanes, how many rows its deepest nesting takes. */
  readonly rows: readonly (readonly number[])[];
}

/** Places all events; takes one pass. An event lies on the first lane of its track in which it nests. */
export function placeEvents({ events, tracks }: Pick<Timeline, "events" | "tracks">): EventPlaces {
  const lane = new Uint16Array(events.length);
  const depth = new Uint16Array(events.length);
  const parent = new Int32Array(events.length).fill(-1);
  const open: number[][][] = tracks.map(() => []);
  const rows: number[][] = tracks.map(() => []);
  for (let index = 0; index < events.length; index++) {
    const track = events.track[index];
    const start = events.start[index];
    const end = start + events.duration[index];
    const lanes = open[track];
    let own = 0;
    for (; own < lanes.length; own++) {
      const stack = lanes[own];
      while (stack.length > 0 && isOver(stack[stack.length - 1], start)) stack.pop();
      if (stack.length === 0 || endOf(stack[stack.length - 1]) >= end) break;
    }
    if (own === lanes.length) {
      lanes.push([]);
      rows[track].push(0);
    }
    const stack = lanes[own];
    lane[index] = own;
    depth[index] = stack.length;
    if (stack.length > 0) parent[index] = stack[stack.length - 1];
    stack.push(index);
    if (stack.length > rows[track][own]) rows[track][own] = stack.length;
  }
  return { lane, depth, parent, rows };

  function endOf(index: number): number {
    return events.start[index] + events.duration[index];
  }

  // What takes no time is over at once: two of them at one moment stand beside each other.
  function isOver(index: number, now: number): boolean {
    return endOf(index) <= now;
  }
}
