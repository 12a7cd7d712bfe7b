// What happened in a part of time, added up by name and by track. Of an event that reaches beyond the part, only the time within it
// counts. Knows no DOM.
import { durationOf, type Shown } from "./opened.js";
import type { TimeRange } from "./shown.js";

/** All events of one name on one track of a trace. */
export interface NameSum {
  readonly trace: number;
  readonly track: number;
  readonly name: string;
  /** One of them, whose colour and role are theirs. */
  readonly example: number;
  readonly count: number;
  /** Nanoseconds within the part; those of nested events count for each. */
  readonly total: number;
  readonly least: number;
  readonly most: number;
}

/** One track. */
export interface TrackSum {
  readonly trace: number;
  readonly track: number;
  readonly count: number;
  /** Nanoseconds of the part in which at least one event of the track was under way. */
  readonly busy: number;
}

export interface AreaSums {
  readonly names: readonly NameSum[];
  readonly tracks: readonly TrackSum[];
  readonly count: number;
}

/** Sums of what lies in an area, of the tracks that it `includes`. */
export function areaSums(
  shown: Shown,
  { start, end }: TimeRange,
  includes: (trace: number, track: number) => boolean,
): AreaSums {
  const names: NameSum[] = [];
  const tracks: TrackSum[] = [];
  let count = 0;
  for (const [trace, { timeline }] of shown.traces.entries()) {
    const { events } = timeline;
    const [from, to] = [start - shown.offsets[trace], end - shown.offsets[trace]];
    const sums = new Map<number, { -readonly [K in keyof NameSum]: NameSum[K] }>();
    const wanted = timeline.tracks.map(({ index }) => includes(trace, index));
    const busy = new Float64Array(timeline.tracks.length);
    const busyUntil = new Float64Array(timeline.tracks.length).fill(from);
    const counts = new Int32Array(timeline.tracks.length);
    const nameCount = timeline.texts.length;
    for (let event = 0; event < events.length && events.start[event] < to; event++) {
      const track = events.track[event];
      if (!wanted[track]) continue;
      const begin = events.start[event];
      const finish = begin + durationOf(timeline, event);
      const isIn = finish > from || (finish === begin && begin >= from);
      if (!isIn) continue;
      const inside = Math.min(finish, to) - Math.max(begin, from);
      counts[track]++;
      const until = Math.min(finish, to);
      if (until > busyUntil[track]) {
        busy[track] += until - Math.max(busyUntil[track], begin);
        busyUntil[track] = until;
      }
      const key = track * nameCount + events.name[event];
      const known = sums.get(key);
      if (known === undefined) {
        const sum = { trace, track, name: timeline.nameOf(event), example: event };
        sums.set(key, { ...sum, count: 1, total: inside, least: inside, most: inside });
      } else {
        known.count++;
        known.total += inside;
        if (inside < known.least) known.least = inside;
        if (inside > known.most) known.most = inside;
      }
    }
    for (const sum of sums.values()) names.push(sum);
    for (const [track, each] of counts.entries()) {
      if (each > 0) tracks.push({ trace, track, count: each, busy: busy[track] });
      count += each;
    }
  }
  return { names: names.sort((a, b) => b.total - a.total), tracks, count };
}
