// Where events lie within their track: what is within another lies below it, and what overlaps another in part lies on another lane,
// since neither encloses the other. Pictures, Chrome traces and folded stacks all read it. Knows no format.
import { LaneIndex } from "./lane-index.js";
import type { Timeline } from "./timeline.js";

export interface EventPlaces {
  /** Per event: its lane within its track, from 0. The events of one lane nest or keep apart. */
  readonly lane: Int32Array;
  /** Per event: how many events of its lane enclose it. */
  readonly depth: Int32Array;
  /** Per event: the index of the one that encloses it on its lane; -1 for none. */
  readonly parent: Int32Array;
  /** Per track: for each of its lanes, how many rows its deepest nesting takes. */
  readonly rows: readonly (readonly number[])[];
}

/** Places all events; takes one pass. An event lies on the first lane of its track in which it nests. */
export function placeEvents({ events, tracks }: Pick<Timeline, "events" | "tracks">): EventPlaces {
  const lane = new Int32Array(events.length);
  const depth = new Int32Array(events.length);
  const parent = new Int32Array(events.length).fill(-1);
  /** Per track and lane: the events that are open, the innermost last. */
  const open: number[][][] = tracks.map(() => []);
  const ends = tracks.map(() => new LaneIndex());
  const rows: number[][] = tracks.map(() => []);
  for (let index = 0; index < events.length; index++) {
    const track = events.track[index];
    const start = events.start[index];
    const end = start + events.duration[index];
    const lanes = open[track];
    const own = firstLane(lanes, ends[track], start, end);
    if (own === lanes.length) {
      lanes.push([]);
      rows[track].push(0);
    }
    const stack = lanes[own];
    lane[index] = own;
    depth[index] = stack.length;
    if (stack.length > 0) parent[index] = stack[stack.length - 1];
    stack.push(index);
    ends[track].set(own, end);
    if (stack.length > rows[track][own]) rows[track][own] = stack.length;
  }
  return { lane, depth, parent, rows };

  function firstLane(lanes: readonly number[][], index: LaneIndex, start: number, end: number): number {
    for (;;) {
      const own = index.find(start, end);
      if (own < 0) return lanes.length;
      const stack = lanes[own];
      // What takes no time is over at once: two of them at one moment stand beside each other.
      while (stack.length > 0 && endOf(stack[stack.length - 1]) <= start) stack.pop();
      const until = stack.length === 0 ? Number.POSITIVE_INFINITY : endOf(stack[stack.length - 1]);
      if (until >= end) return own;
      index.set(own, until);
    }
  }

  function endOf(index: number): number {
    return events.start[index] + events.duration[index];
  }
}
