// What each host thread was in the middle of at any moment: the events of threads, and which encloses which. Knows no format.
import { formNumber, roleNumber, type Timeline } from "../timeline/index.js";

const { call } = roleNumber;
const { instant, unfinished } = formNumber;

/** The events of host threads that take time; one whose end was not recorded lasts to the end of the timeline. */
export class HostStacks {
  /** Per event: the innermost event of its thread that encloses it; -1 for none, and for what is on no thread. */
  readonly parent: Int32Array;
  /** Per track: 1 for a thread. */
  private readonly isThread: Uint8Array;
  private readonly first: Int32Array;
  private readonly members: Int32Array;

  constructor(private readonly timeline: Timeline) {
    const { events, tracks } = timeline;
    const { track, start, duration, role } = events;
    this.isThread = Uint8Array.from(tracks, ({ kind }) => (kind === "thread" ? 1 : 0));
    const first = new Int32Array(tracks.length + 1);
    for (let index = 0; index < events.length; index++) if (this.holds(index)) first[track[index] + 1]++;
    for (let own = 0; own < tracks.length; own++) first[own + 1] += first[own];
    const members = new Int32Array(first[tracks.length]);
    const next = first.slice();
    for (let index = 0; index < events.length; index++) {
      if (!this.holds(index)) continue;
      let at = next[track[index]]++;
      // A call that took no time came before one that begins at the same moment: simulated launches take none.
      if (duration[index] === 0 && role[index] === call) {
        for (; at > first[track[index]]; at--) {
          const other = members[at - 1];
          if (start[other] !== start[index] || duration[other] === 0 || role[other] !== call) break;
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
    const { track, form } = this.timeline.events;
    return this.isThread[track[index]] === 1 && form[index] !== instant;
  }

  /** The events of a thread in the order in which they began, the enclosing before the enclosed; none for other tracks. */
  eventsOf(track: number): Int32Array {
    return this.members.subarray(this.first[track], this.first[track + 1]);
  }

  endOf(index: number): number {
    const { events, end } = this.timeline;
    return events.form[index] === unfinished ? end : events.start[index] + events.duration[index];
  }

  /** The innermost event of a thread that was under way at a moment; -1 for none. At its end an event is over. */
  innermostAt(track: number, moment: number): number {
    const after = this.firstAfter(track, moment);
    let index = after === this.first[track] ? -1 : this.members[after - 1];
    while (index >= 0 && this.endOf(index) <= moment) index = this.parent[index];
    return index;
  }

  /**
   * What a thread did in a window: tells `add` of stretches of it, each with the event that was the innermost: of those under way the
   * one that began last. What nothing covers is not told.
   */
  activity(track: number, from: number, to: number, add: (index: number, nanoseconds: number) => void): void {
    if (to <= from) return;
    const { members } = this;
    const { start } = this.timeline.events;
    const open: number[] = [];
    for (let index = this.innermostAt(track, from); index >= 0; index = this.parent[index]) open.push(index);
    open.reverse();
    let cursor = from;
    const last = this.first[track + 1];
    for (let at = this.firstAfter(track, from); ; at++) {
      const next = at < last && start[members[at]] < to ? members[at] : -1;
      // Until the next begins, those that are open have the time, the innermost first.
      const moment = next < 0 ? to : start[next];
      while (open.length > 0 && cursor < moment) {
        const index = open[open.length - 1];
        const end = this.endOf(index);
        const until = end < moment ? end : moment;
        if (until > cursor) {
          add(index, until - cursor);
          cursor = until;
        }
        if (end <= moment) open.pop();
      }
      if (next < 0) return;
      cursor = moment;
      open.push(next);
    }
  }

  /** Where among all members the first event of a thread stands that begins after a moment; where the next thread's stand if none does. */
  private firstAfter(track: number, moment: number): number {
    const { members } = this;
    const { start } = this.timeline.events;
    let low = this.first[track];
    let high = this.first[track + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (start[members[middle]] <= moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private parents(): Int32Array {
    const { first, members } = this;
    const { events, tracks } = this.timeline;
    const { start } = events;
    const parent = new Int32Array(events.length).fill(-1);
    /** The events that are open, the innermost last, and their ends. */
    const open: number[] = [];
    const ends: number[] = [];
    for (let track = 0; track < tracks.length; track++) {
      open.length = 0;
      ends.length = 0;
      for (let at = first[track]; at < first[track + 1]; at++) {
        const index = members[at];
        const end = this.endOf(index);
        while (open.length > 0 && ends[ends.length - 1] <= start[index]) {
          open.pop();
          ends.pop();
        }
        // What reaches out of the innermost is only enclosed by what reaches as far.
        let depth = open.length - 1;
        while (depth >= 0 && ends[depth] < end) depth--;
        if (depth >= 0) parent[index] = open[depth];
        open.push(index);
        ends.push(end);
      }
    }
    return parent;
  }
}
