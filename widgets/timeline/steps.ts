// Ways from an event to another one of its trace. Knows no picture.
import type { TraceRows } from "./rows.js";

/** Ways from the selected event to another. */
export type Step = "next" | "previous" | "parent" | "child" | "same name" | "same name before";

/** The event that one gets to; undefined where there is none. */
export function stepFrom(rows: TraceRows, event: number, step: Step): number | undefined {
  const { events } = rows.columns;
  if (step === "parent") {
    const parent = rows.places.parent[event];
    return parent < 0 ? undefined : parent;
  }
  if (step === "next" || step === "previous") {
    return rows.rows[rows.rowOf[event]].events[rows.placeOf[event] + (step === "next" ? 1 : -1)];
  }
  if (step === "child") {
    const end = events.start[event] + events.duration[event];
    for (let other = event + 1; other < events.length && events.start[other] <= end; other++) {
      if (rows.places.parent[other] === event) return other;
    }
    return undefined;
  }
  const by = step === "same name" ? 1 : -1;
  for (let other = event + by; other >= 0 && other < events.length; other += by) {
    if (events.name[other] === events.name[event]) return other;
  }
  return undefined;
}
