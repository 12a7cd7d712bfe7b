// Where an event stands among the others of its trace: within which it lies, and which of its name comes before and after. Knows no DOM.
import type { Timeline } from "../../src/trace/timeline/index.js";
import { durationOf } from "./opened.js";

/** The events of its track that enclose it, the innermost first. */
export function enclosing(timeline: Timeline, event: number): number[] {
  const { events } = timeline;
  const end = events.start[event] + durationOf(timeline, event);
  const found: number[] = [];
  let inner = end;
  // Events stand by their start, and the longer of two that start together comes first.
  for (let before = event - 1; before >= 0; before--) {
    if (events.track[before] !== events.track[event]) continue;
    const finish = events.start[before] + durationOf(timeline, before);
    // What overlaps one that is found only in part lies on another lane.
    if (finish < inner || finish <= events.start[event]) continue;
    found.push(before);
    inner = finish;
  }
  return found;
}

export interface SameName {
  /** Which of them it is, from 1. */
  readonly place: number;
  readonly count: number;
  readonly first: number;
  readonly previous: number | undefined;
  readonly next: number | undefined;
}

/** The events that have its name. */
export function sameName({ events }: Pick<Timeline, "events">, event: number): SameName {
  const name = events.name[event];
  let [place, count, first] = [0, 0, -1];
  let previous: number | undefined;
  let next: number | undefined;
  for (let other = 0; other < events.length; other++) {
    if (events.name[other] !== name) continue;
    if (first < 0) first = other;
    count++;
    if (other === event) place = count;
    else if (other < event) previous = other;
    else next ??= other;
  }
  return { place, count, first, previous, next };
}

/** The event of a name that comes in this place, from 1; undefined where there are fewer. */
export function nthOfName({ events, texts }: Timeline, name: string, place: number): number | undefined {
  const number = texts.indexOf(name);
  if (number < 0) return undefined;
  let count = 0;
  for (let event = 0; event < events.length; event++) {
    if (events.name[event] === number && ++count === place) return event;
  }
  return undefined;
}
