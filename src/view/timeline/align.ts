// How two traces stand to each other on one time axis. Knows no picture.
import type { Timeline } from "../../trace/timeline/index.js";
import type { AlignBy } from "./state.js";

/** When the first event of a name begins, in nanoseconds; undefined where there is none. */
export function firstStart({ texts, events }: Pick<Timeline, "texts" | "events">, name: string): number | undefined {
  const number = texts.indexOf(name);
  const index = number < 0 ? -1 : events.name.indexOf(number);
  return index < 0 ? undefined : events.start[index];
}

/** Nanoseconds by which each is moved to the right; one of them, and any that has no such event, stays where it is. */
export function offsetsOf(timelines: readonly Pick<Timeline, "texts" | "events">[], align: AlignBy): number[] {
  if (align === "start" || timelines.length < 2) return timelines.map(() => 0);
  const starts = timelines.map((timeline) => firstStart(timeline, align.first));
  const latest = Math.max(0, ...starts.filter((start) => start !== undefined));
  return starts.map((start) => (start === undefined ? 0 : latest - start));
}
