// What is under the pointer: the row by its height, the event by time, the nearest one within a few pixels. Knows no canvas.
import type { Band, Layout } from "./layout.js";
import { bandsBetween } from "./layout.js";
import { firstEndingFrom, firstStartingFrom, type Row } from "./levels.js";
import type { TraceRows } from "./rows.js";

/** How far from an event the pointer still means it, in pixels. */
export const reach = 3;

/** The band at this height; undefined between bands and below all. */
export function bandAt(layout: Layout, y: number): Band | undefined {
  const [first, end] = bandsBetween(layout, y, y + 1e-9);
  return first < end ? layout.bands[first] : undefined;
}

/** The event of a row at a moment, else the nearest one within `tolerance` nanoseconds; undefined where there is none. */
export function eventNear(row: Row, time: number, tolerance: number): number | undefined {
  const [base] = row.levels;
  let best: number | undefined;
  let distance = tolerance;
  const consider = (entry: number): void => {
    if (entry < 0 || entry >= base.length) return;
    const away = Math.max(base.from[entry] - time, time - base.to[entry], 0);
    // Of two at one moment, the one that begins there.
    if (away > distance || (best !== undefined && away === distance && base.from[entry] > time)) return;
    best = entry;
    distance = away;
  };
  const at = firstEndingFrom(base, time);
  consider(at - 1);
  consider(at);
  // What begins where another ends, and those without a duration at one moment.
  for (let next = at + 1; next < base.length && base.from[next] <= time; next++) consider(next);
  if (best === undefined) consider(at + 1);
  return best === undefined ? undefined : row.events[base.first[best]];
}

/** How many of a row's events touch a part of time. */
export function countBetween(row: Row, start: number, end: number): number {
  const [base] = row.levels;
  const from = firstEndingFrom(base, start);
  const to = firstStartingFrom(base, end);
  return to <= from ? 0 : base.first[to] - base.first[from];
}

/** The same for what a band shows: in the summary of a track the outermost event is meant, in a process's none. */
export function eventOfBand(band: Band, rows: TraceRows, time: number, tolerance: number): number | undefined {
  if (band.row === undefined) return undefined;
  if (band.kind === "slices") return eventNear(band.row, time, tolerance);
  if (band.item.kind !== "track") return undefined;
  const { index } = band.item;
  let row = rows.firstRow[index];
  let best: number | undefined;
  for (const depth of rows.places.rows[index]) {
    best ??= eventNear(rows.rows[row], time, tolerance);
    row += depth;
  }
  return best;
}
