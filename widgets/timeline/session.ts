// What all parts of the view share: the traces on their axis, what is chosen, the area, the hits; and who is to hear of changes. Knows no
// DOM and no host.

import { type OpenedTrace, Shown } from "./opened.js";
import { type Hits, isHit } from "./search.js";
import type { Area, EventRef, TimeRange } from "./shown.js";

/** What has changed. */
export type Change = "traces" | "chosen" | "area" | "hits" | "range" | "layout";

type Listener = (source: unknown) => void;

export class Session {
  shown: Shown;
  chosen: EventRef | undefined;
  area: Area | undefined;
  hits: Hits | undefined;
  /** The part of the axis that is in sight. */
  range: TimeRange = { start: 0, end: 1 };
  /** Tracks that are drawn, by trace and index; all until something is hidden. */
  isVisible: (trace: number, track: number) => boolean = () => true;
  private readonly listeners = new Map<Change, Set<Listener>>();

  constructor(traces: readonly OpenedTrace[], offsets: readonly number[]) {
    this.shown = new Shown(traces, offsets);
  }

  /** Calls back at changes. */
  on(changes: readonly Change[], listener: Listener): void {
    for (const change of changes) {
      const known = this.listeners.get(change) ?? new Set();
      known.add(listener);
      this.listeners.set(change, known);
    }
  }

  /** Says that something has changed; `source` made the change, and may pass over it. */
  tell(change: Change, source?: unknown): void {
    for (const listener of this.listeners.get(change) ?? []) listener(source);
  }

  choose(chosen: EventRef | undefined, source?: unknown): void {
    if (chosen?.trace === this.chosen?.trace && chosen?.event === this.chosen?.event) return;
    this.chosen = chosen;
    this.tell("chosen", source);
  }

  setArea(area: Area | undefined, source?: unknown): void {
    this.area = area;
    this.tell("area", source);
  }

  setHits(hits: Hits | undefined): void {
    this.hits = hits;
    this.tell("hits");
  }

  /** Moves the traces against each other. */
  setOffsets(offsets: readonly number[]): void {
    const least = Math.min(...offsets);
    this.shown = new Shown(
      this.shown.traces,
      offsets.map((offset) => offset - least),
    );
    this.tell("traces");
  }

  /** Numbers (`Shown.numberOf`) of the events that a test takes, by their start on the axis. */
  numbers(takes: (trace: number, event: number) => boolean): Int32Array {
    const { shown } = this;
    const parts = shown.traces.map(({ timeline }, trace) => {
      const found = new Int32Array(timeline.events.length);
      let count = 0;
      for (let event = 0; event < found.length; event++) {
        if (takes(trace, event)) found[count++] = shown.firsts[trace] + event;
      }
      return found.subarray(0, count);
    });
    return parts.length === 1 ? parts[0] : merged(shown, parts[0], parts[1]);
  }

  /** Numbers of the hits. */
  hitNumbers(): Int32Array {
    const { hits } = this;
    return hits === undefined ? new Int32Array() : this.numbers((trace, event) => isHit(hits, trace, event));
  }
}

/** Two lists that are each in order of their starts as one. */
function merged(shown: Shown, one: Int32Array, other: Int32Array): Int32Array {
  const all = new Int32Array(one.length + other.length);
  const startOf = (number: number): number => shown.startOf(shown.refOf(number));
  let [i, j] = [0, 0];
  for (let at = 0; at < all.length; at++) {
    const takesOne = j >= other.length || (i < one.length && startOf(one[i]) <= startOf(other[j]));
    all[at] = takesOne ? one[i++] : other[j++];
  }
  return all;
}
