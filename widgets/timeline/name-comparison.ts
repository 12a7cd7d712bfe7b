// Two traces held against each other name by name: how often, how long, and what became slower. Knows no DOM.
import type { EventRole } from "../../src/trace/timeline/index.js";
import { durationOf, type Shown } from "./opened.js";
import type { TimeRange } from "./shown.js";

export interface NameComparison {
  readonly name: string;
  readonly role: EventRole;
  /** For A and for B. */
  readonly counts: readonly [number, number];
  /** Nanoseconds, added up. */
  readonly totals: readonly [number, number];
}

/**
 * All events of one role and name, in the whole traces or in a part of their axis; those whose time differs most first. Events that
 * begin in the part count, with all of their time.
 */
export function compareNames(shown: Shown, range?: TimeRange): NameComparison[] {
  type Draft = { name: string; role: EventRole; counts: [number, number]; totals: [number, number] };
  const drafts = new Map<string, Draft>();
  for (const [trace, { timeline }] of shown.traces.slice(0, 2).entries()) {
    const { events } = timeline;
    const own = new Map<number, Draft>();
    for (let event = 0; event < events.length; event++) {
      const at = events.start[event] + shown.offsets[trace];
      if (range !== undefined && (at < range.start || at >= range.end)) continue;
      const key = events.name[event] * 32 + events.role[event];
      let draft = own.get(key);
      if (draft === undefined) {
        const [name, role] = [timeline.nameOf(event), timeline.roleOf(event)];
        draft = drafts.get(`${role} ${name}`) ?? { name, role, counts: [0, 0], totals: [0, 0] };
        drafts.set(`${role} ${name}`, draft);
        own.set(key, draft);
      }
      draft.counts[trace]++;
      draft.totals[trace] += durationOf(timeline, event);
    }
  }
  return [...drafts.values()].sort((a, b) => Math.abs(b.totals[1] - b.totals[0]) - Math.abs(a.totals[1] - a.totals[0]));
}

/** What the whole comparison comes to, in a sentence. */
export function comparisonInWords(
  shown: Shown,
  rows: readonly NameComparison[],
  time: (nanoseconds: number) => string,
): string {
  const [a, b] = shown.traces;
  const [endA, endB] = [a.timeline.end, b.timeline.end];
  const whole =
    endA === endB
      ? `Both take ${time(endA)}.`
      : `B, ${b.title}, takes ${time(endB)}: ${time(Math.abs(endB - endA))} ${endB > endA ? "more" : "less"} than A, ${a.title}.`;
  const [most] = rows;
  if (most === undefined || most.totals[0] === most.totals[1]) return whole;
  const difference = most.totals[1] - most.totals[0];
  return `${whole} What differs most is ${most.name}: ${time(Math.abs(difference))} ${difference > 0 ? "more" : "less"} in B.`;
}
