// What each host thread was in the middle of at any moment: the events of threads, and which encloses which. Knows no format.
import { formNumber, roleNumber, type Timeline } from "../timeline/index.js";

/** The events of host threads that take time; one whose end was not recorded lasts to the end of the timeline. */
export class HostStacks {
  /** Per event: the innermost event of its thread that encloses it; -1 for none, and for what is on no thread. */
  readonly parent: Int32Array;
  private readonly isThread: readonly boolean[];
  private readonly first: Int32Array;
  private readonly members: Int32Array;

  constructor(private readonly timeline: Timeline) {
    const { events, tracks } = timeline;
    this.isThread = tracks.map(({ kind }) => kind === "thread");
    const first = new Int32Array(tracks.length + 1);
    for (let index = 0; index < events.length; index++) if (this.holds(index)) first[events.track[index] + 1]++;
    for (let track = 0; track < tracks.length; track++) first[track + 1] += first[track];
    const members = new Int32Array(first[tracks.length]);
    const next = first.slice();
    const { start, duration, role } = events;
    for (let index = 0; index < events.length; index++) {
      if (!this.holds(index)) continue;
      let at = next[events.track[index]]++;
      // A call that took no time came before one that begins at the same moment: simulated launches take none.
      if (duration[index] === 0 && role[index] === roleNumber.call) {
        for (; at > first[events.track[index]]; at--) {
          const other = members[at - 1];
          if (start[other] !== start[index] || duration[other] === 0 || role[other] !== roleNumber.call) break;
          members[at] = other;
        }
      }
      members[at] = index;
    }
    this.first = first;
    this.members = members;
    this.parent = this.parents();
  }

  /** Whether an event takes time on a host thread. A file may well have calls in the stream of a device. */
  holds(index: number): boolean {
    const { events } = this.timeline;
    return this.isThread[events.track[index]] && events.form[index] !== formNumber.instant;
  }

  /** The events of a thread in the order in which they began, the enclosing before the enclosed; none for other tracks. */
  eventsOf(track: number): Int32Array {
    return this.members.subarray(this.first[track], this.first[track + 1]);
  }

  endOf(index: number): number {
    const { events, end } = this.timeline;
    return events.form[index] === formNumber.unfinished ? end : events.start[index] + events.duration[index];
  }

  /** The innermost event of a thread that was under way at a moment; -1 for none. At its end an event is over. */
  innermostAt(track: number, moment: number): number {
    const own = this.eventsOf(track);
    const after = this.firstAfter(own, moment);
    let index = after === 0 ? -1 : own[after - 1];
    while (index >= 0 && this.endOf(index) <= moment) index = this.parent[index];
    return index;
  }

  /**
   * What a thread did in a window: tells `add` of stretches of it, each with the event that was the innermost: of those under way the
   * one that began last. What nothing covers is not told.
   */
  activity(track: number, from: number, to: number, add: (index: number, nanoseconds: number) => void): void {
    if (to <= from) return;
    const { events } = this.timeline;
    const own = this.eventsOf(track);
    const open: number[] = [];
    for (let index = this.innermostAt(track, from); index >= 0; index = this.parent[index]) open.unshift(index);
    let cursor = from;
    const advance = (moment: number): void => {
      while (open.length > 0 && cursor < moment) {
        const index = open[open.length - 1];
        const until = Math.min(this.endOf(index), moment);
        if (until > cursor) {
          add(index, until - cursor);
          cursor = until;
        }
        if (this.endOf(index) <= moment) open.pop();
      }
      cursor = moment;
    };
    for (let at = this.firstAfter(own, from); at < own.length && events.start[own[at]] < to; at++) {
      advance(events.start[own[at]]);
      open.push(own[at]);
    }
    advance(to);
  }

  /** Where among the events of a thread those stand that begin after a moment. */
  private firstAfter(own: Int32Array, moment: number): number {
    const { start } = this.timeline.events;
    let low = 0;
    let high = own.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (start[own[middle]] <= moment) low = middle + 1;
      else high = middle;
    }
    return low;
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
