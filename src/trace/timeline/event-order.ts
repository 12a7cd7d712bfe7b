// The order in which a timeline has its events. Knows no track by name and no format.
import { roleNumber } from "./event-words.js";
import { timeOrder } from "./time-order.js";
import type { EventColumns } from "./timeline.js";

/** What decides about the order. */
export type OrderedColumns = Pick<EventColumns, "track" | "start" | "duration" | "role">;

/**
 * The order by start, the longer first, in which equals stay as they came; undefined where they already stand so. A call that took no time
 * stays before a longer one of its track that came after it: it was over when that began, and does not lie within it.
 */
export function eventOrder(columns: OrderedColumns): Int32Array | undefined {
  const { start, duration } = columns;
  if (isOrdered(columns)) return undefined;
  const order = timeOrder(start) ?? Int32Array.from(start, (_, index) => index);
  for (let from = 0, to = 1; from < order.length; from = to, to++) {
    let longerFirst = true;
    for (; to < order.length && start[order[to]] === start[order[from]]; to++) {
      if (duration[order[to]] > duration[order[to - 1]]) longerFirst = false;
    }
    if (longerFirst) continue;
    const together = order.subarray(from, to);
    momentsFirst(
      columns,
      together.sort((a, b) => duration[b] - duration[a] || a - b),
    );
  }
  return order;
}

const { call } = roleNumber;

/** Whether they stand in that order as they are; rows of calls on several tracks that take no time are sorted to be sure. */
function isOrdered({ track, start, duration, role }: OrderedColumns): boolean {
  // Of those that start together: how long the last one took that took time, and on which track calls took none.
  let last = Number.POSITIVE_INFINITY;
  let momentsOn = none;
  for (let index = 0; index < start.length; index++) {
    if (index > 0 && start[index] !== start[index - 1]) {
      if (start[index] < start[index - 1]) return false;
      last = Number.POSITIVE_INFINITY;
      momentsOn = none;
    }
    const isCall = role[index] === call;
    if (duration[index] === 0) {
      const on = isCall ? track[index] : several;
      momentsOn = momentsOn === none || momentsOn === on ? on : several;
    } else {
      if (duration[index] > last) return false;
      if (momentsOn !== none && !(isCall && momentsOn === track[index])) return false;
      last = duration[index];
    }
  }
  return true;
}

const none = -1;
const several = -2;

/** Of events that start together, the longer first: puts calls without duration before those longer ones of their track that came later. */
function momentsFirst({ track, duration, role }: OrderedColumns, together: Int32Array): void {
  const isMoment = (event: number): boolean => duration[event] === 0 && role[event] === call;
  /** By track: the moments that are still to be placed, the one that came last at the beginning. */
  const waiting = new Map<number, number[]>();
  for (let at = together.length - 1; at >= 0 && duration[together[at]] === 0; at--) {
    const event = together[at];
    if (!isMoment(event)) continue;
    const known = waiting.get(track[event]);
    if (known === undefined) waiting.set(track[event], [event]);
    else known.push(event);
  }
  if (waiting.size === 0) return;
  const placed = new Set<number>();
  const result: number[] = [];
  for (const event of together) {
    if (duration[event] > 0 && role[event] === call) {
      const moments = waiting.get(track[event]) ?? [];
      while (moments.length > 0 && moments[moments.length - 1] < event) {
        const moment = moments.pop()!;
        placed.add(moment);
        result.push(moment);
      }
    }
    if (!placed.has(event)) result.push(event);
  }
  together.set(result);
}
