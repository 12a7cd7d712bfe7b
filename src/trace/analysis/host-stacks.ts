// What each host thread was in the middle of at any moment: the events of threads, and which encloses which. Knows no format and not
// what the events are.
import type { Timeline } from "../timeline/index.js";
import { instantForm, unfinishedForm } from "./device-work.js";

/** The events of host threads that take time; one whose end was not recorded lasts to the end of the timeline. */
export class HostStacks {
  /** Per event: the innermost event of its thread that encloses it; -1 for none, and for what is on no thread. */
  readonly parent: Int32Array;
  private readonly first: Int32Array;
  private readonly members: Int32Array;

  constructor(private readonly timeline: Timeline) {
    const { events, tracks } = timeline;
    const isThread = tracks.map(({ kind }) => kind === "thread");
    const first = new Int32Array(tracks.length + 1);
    const takesPart = (index: number): boolean => isThread[events.track[index]] && events.form[index] !== instantForm;
    for (let index = 0; index < events.length; index++) if (takesPart(index)) first[events.track[index] + 1]++;
    for (let track = 0; track < tracks.length; track++) first[track + 1] += first[track];
    const members = new Int32Array(first[tracks.length]);
    const next = first.slice();
    for (let index = 0; index < events.length; index++) {
      if (takesPart(index)) members[next[events.track[index]]++] = index;
    }
    this.first = first;
    this.members = members;
    this.parent = this.parents();
  }

  /** The events of a thread in the order of their starts, the enclosing before the enclosed; none for other tracks. */
  eventsOf(track: number): Int32Array {
    return this.members.subarray(this.first[track], this.first[track + 1]);
  }

  endOf(index: number): number {
    const { events, end } = this.timeline;
    return events.form[index] === unfinishedForm ? end : events.start[index] + events.duration[index];
  }

  /** The innermost event of a thread that was under way at a moment; -1 for none. At its end an event is over. */
  innermostAt(track: number, moment: number): number {
    const { events } = this.timeline;
    const own = this.eventsOf(track);
    let low = 0;
    let high = own.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events.start[own[middle]] <= moment) low = middle + 1;
      else high = middle;
    }
    let index = low === 0 ? -1 : own[low - 1];
    while (index >= 0 && this.endOf(index) <= moment) index = this.parent[index];
    return index;
  }

  /**
   * What a thread did in a window: tells `add` of nanoseconds of events, so that their sums by event are the time in which each was
   * the innermost. Some are negative: what is within an event is taken from it.
   */
  activity(track: number, from: number, to: number, add: (index: number, nanoseconds: number) => void): void {
    if (to <= from) return;
    const { events } = this.timeline;
    const own = this.eventsOf(track);
    const tell = (index: number): void => {
      const covered = Math.min(this.endOf(index), to) - Math.max(events.start[index], from);
      if (covered <= 0) return;
      add(index, covered);
      if (this.parent[index] >= 0) add(this.parent[index], -covered);
    };
    for (let index = this.innermostAt(track, from); index >= 0; index = this.parent[index]) tell(index);
    let low = 0;
    let high = own.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events.start[own[middle]] <= from) low = middle + 1;
      else high = middle;
    }
    for (; low < own.length && events.start[own[low]] < to; low++) tell(own[low]);
  }

  private parents(): Int32Array {
    const { events, tracks } = this.timeline;
    const parent = new Int32Array(events.length).fill(-1);
    const open: number[] = [];
    for (let track = 0; track < tracks.length; track++) {
      open.length = 0;
      for (const index of this.eventsOf(track)) {
        const start = events.start[index];
        const end = this.endOf(index);
        while (open.length > 0 && this.endOf(open[open.length - 1]) <= start) open.pop();
        // What reaches out of the innermost is only enclosed by what reaches as far.
        let depth = open.length - 1;
        while (depth >= 0 && this.endOf(open[depth]) < end) depth--;
        if (depth >= 0) parent[index] = open[depth];
        open.push(index);
      }
    }
    return parent;
  }
}
