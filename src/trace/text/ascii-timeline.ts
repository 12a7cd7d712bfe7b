// A timeline as lines of characters: a row a track, a letter for what took most of each cell's time, a time axis above and a legend
// below. Knows nothing of terminals.
import { InputError } from "../../core/errors.js";
import {
  formatNanoseconds,
  formNumber,
  placeEvents,
  roleNumber,
  type Timeline,
  tracksInOrder,
} from "../timeline/index.js";
import { type Activity, activities, activityNumbers } from "./activity.js";
import { rangeBars } from "./range-bars.js";
import { timeAxis } from "./time-axis.js";
import { processName, trackName } from "./track-names.js";

export interface AsciiTimelineOptions {
  /** Characters of a line: 100 unless given, 40 at least. */
  readonly width?: number;
  /** What has a row of its own: `track`, or `process` with all of its tracks in one. */
  readonly by?: "track" | "process";
  /** Rows at most, the busiest: 24 unless given. How many are left out is said. */
  readonly rows?: number;
  /** The part that is drawn, in nanoseconds since the timeline's origin: all of it unless given. */
  readonly from?: number;
  readonly to?: number;
  /** Colours a run of characters by what it stands for; their width is that of the bare text. */
  readonly paint?: (activity: Activity, text: string) => string;
}

/** The lines, with a line break between them. Throws InputError for a part of no length or after the trace's end. */
export function asciiTimeline(timeline: Timeline, options: AsciiTimelineOptions = {}): string {
  const { by = "track", rows: most = 24, paint = (_activity, text) => text } = options;
  if (timeline.events.length === 0) return "There is no event.";
  const from = Math.max(0, options.from ?? 0);
  const end = Math.max(1, timeline.end);
  const to = Math.min(options.to ?? end, end);
  if (!(to > from)) {
    throw new InputError(`there is nothing from ${formatNanoseconds(from)} to ${formatNanoseconds(to)}`, {
      where: "timeline",
      fix: `The trace ends at ${formatNanoseconds(timeline.end)}.`,
    });
  }
  const width = Math.max(40, Math.floor(options.width ?? 100));
  const all = rowsOf(timeline, by, from, to);
  if (all.length === 0) return `There is no event from ${formatNanoseconds(from)} to ${formatNanoseconds(to)}.`;
  const shown = new Set([...all].sort((a, b) => b.busy - a.busy || a.order - b.order).slice(0, most));
  const rows = all.filter((row) => shown.has(row));
  const gap = by === "track" ? 3 : 1;
  const labelWidth = Math.min(Math.floor(width / 3), Math.max(...rows.map(({ name }) => name.length)) + gap);
  const cells = width - labelWidth - shareWidth;
  const drawn = drawRows(timeline, rows, { from, to, cells });
  const used = new Set<number>();
  const lines: string[] = [];
  const indent = " ".repeat(labelWidth);
  for (const line of timeAxis(from, to, cells)) lines.push(`${indent}${line}`.trimEnd());
  let heading = "";
  for (const [number, row] of rows.entries()) {
    if (by === "track" && row.heading !== heading) {
      heading = row.heading;
      lines.push(clipped(heading, width));
    }
    const { letters, bars } = drawn[number];
    for (const bar of bars) lines.push(`${indent}${bar}`.trimEnd());
    for (const activity of letters) if (activity >= 0) used.add(activity);
    const share = `${Math.round((100 * row.busy) / (to - from))} %`.padStart(shareWidth);
    const name = clipped(by === "track" ? `  ${row.name}` : row.name, labelWidth - 1).padEnd(labelWidth);
    lines.push(`${name}${painted(letters, paint)}${share}`);
  }
  const left = all.length - rows.length;
  if (left > 0) lines.push(`${left} more ${left === 1 ? "row is" : "rows are"} not shown, the least busy.`);
  lines.push(
    "",
    ...legend(
      [...used].sort((a, b) => a - b),
      width,
      paint,
    ),
  );
  lines.push(
    `A character is ${formatNanoseconds((to - from) / cells)}: what took most of it, ranges aside. % is the share of time with anything but ranges.`,
  );
  return lines.join("\n");
}

/** ` 100 %` */
const shareWidth = 7;

interface TimelineRow {
  /** What stands above the first row of it. */
  readonly heading: string;
  readonly name: string;
  readonly order: number;
  readonly tracks: readonly number[];
  /** Nanoseconds of the drawn part during which an event other than a range goes on. */
  busy: number;
}

/** Tracks or processes with events in the drawn part, in the order in which they are drawn. */
function rowsOf(timeline: Timeline, by: "track" | "process", from: number, to: number): TimelineRow[] {
  const { processes, tracks } = timeline;
  const inOrder = tracksInOrder(timeline);
  const rowsOfTracks = by === "track" ? inOrder.map((track) => [track]) : [...byProcess(timeline, inOrder)];
  const numbered = rowsOfTracks.map((own, order): TimelineRow => {
    const track = tracks[own[0]];
    const heading = processName(processes[track.process]);
    return { heading, name: by === "track" ? trackName(track) : heading, tracks: own, order, busy: 0 };
  });
  const isThere = addBusy(timeline, numbered, from, to);
  return numbered.filter((_, number) => isThere[number]);
}

/** The tracks of each process together, as they are in order. */
function byProcess({ tracks }: Timeline, inOrder: readonly number[]): Iterable<readonly number[]> {
  const found = new Map<number, number[]>();
  for (const track of inOrder) {
    const { process } = tracks[track];
    const own = found.get(process);
    if (own === undefined) found.set(process, [track]);
    else own.push(track);
  }
  return found.values();
}

/** Fills in the busy time of each row, and answers which have any event. Events stand by their start, so one pass unites them. */
function addBusy(timeline: Timeline, rows: readonly TimelineRow[], from: number, to: number): boolean[] {
  const { events } = timeline;
  const rowOf = rowOfTrack(timeline, rows);
  const reached = new Float64Array(rows.length).fill(from);
  const isThere = rows.map(() => false);
  for (let index = 0; index < events.length; index++) {
    const row = rowOf[events.track[index]];
    const start = events.start[index];
    const end = Math.min(to, endOf(timeline, index));
    if (row < 0 || start > to || end < from) continue;
    isThere[row] = true;
    if (events.role[index] === range || end <= reached[row]) continue;
    rows[row].busy += end - Math.max(start, reached[row]);
    reached[row] = end;
  }
  return isThere;
}

interface DrawnRow {
  /** By cell the number of an activity; -1 for none. */
  readonly letters: Int8Array;
  /** The ranges that were marked on it. */
  readonly bars: readonly string[];
}

interface Frame {
  readonly from: number;
  readonly to: number;
  readonly cells: number;
}

function drawRows(timeline: Timeline, rows: readonly TimelineRow[], frame: Frame): DrawnRow[] {
  const { events } = timeline;
  const { from, to, cells } = frame;
  const { parent } = placeEvents(timeline);
  const activityOf = activityNumbers(timeline);
  const rowOf = rowOfTrack(timeline, rows);
  const kinds = activities.length;
  const perCell = (to - from) / cells;
  // Nanoseconds by row, cell and activity: what an event takes is not its parent's.
  const times = new Float64Array(rows.length * cells * kinds);
  const add = (row: number, activity: number, start: number, end: number, sign: number): void => {
    const reached = (end - from) / perCell;
    const last = Math.min(cells - 1, end > start ? Math.ceil(reached) - 1 : Math.floor(reached));
    // What begins at the end is in the last cell.
    const first = Math.min(cells - 1, Math.max(0, Math.floor((start - from) / perCell)));
    for (let cell = first; cell <= last; cell++) {
      const covered = Math.min(end, from + (cell + 1) * perCell) - Math.max(start, from + cell * perCell);
      // What takes no time is still there, when nothing else is.
      times[(row * cells + cell) * kinds + activity] += sign * Math.max(covered, least);
    }
  };
  for (let index = 0; index < events.length; index++) {
    const row = rowOf[events.track[index]];
    const start = Math.max(from, events.start[index]);
    const end = Math.min(to, endOf(timeline, index));
    if (row < 0 || start > end) continue;
    add(row, activityOf(index), start, end, 1);
    if (parent[index] >= 0) add(row, activityOf(parent[index]), start, end, -1);
  }
  const bars = rangeBars(timeline, parent, rowOf, rows.length, frame);
  return rows.map((_, row) => ({
    letters: Int8Array.from({ length: cells }, (_, cell) => {
      const at = (row * cells + cell) * kinds;
      let best = -1;
      for (let kind = 0; kind < kinds; kind++) {
        if (times[at + kind] <= least / 2) continue;
        // Being within a range says less than whatever is done there.
        if (best < 0 || best === ranged || (kind !== ranged && times[at + kind] > times[at + best])) best = kind;
      }
      return best;
    }),
    bars: bars[row],
  }));
}

/** Nanoseconds that an instant counts for. */
const least = 1e-6;

const { range } = roleNumber;
const ranged = activities.findIndex(({ word }) => word === "within a range");
const { unfinished } = formNumber;

/** What has not ended goes on to the trace's end. */
function endOf({ events, end }: Timeline, index: number): number {
  return events.form[index] === unfinished ? end : events.start[index] + events.duration[index];
}

/** By track the number of its row; -1 for none. */
function rowOfTrack({ tracks }: Timeline, rows: readonly TimelineRow[]): Int32Array {
  const rowOf = new Int32Array(tracks.length).fill(-1);
  for (const [number, row] of rows.entries()) for (const track of row.tracks) rowOf[track] = number;
  return rowOf;
}

function painted(letters: Int8Array, paint: (activity: Activity, text: string) => string): string {
  let text = "";
  for (let from = 0; from < letters.length; ) {
    let to = from;
    while (to < letters.length && letters[to] === letters[from]) to++;
    const activity = activities[letters[from]];
    text += activity === undefined ? " ".repeat(to - from) : paint(activity, activity.letter.repeat(to - from));
    from = to;
  }
  return text;
}

/** `i initialise  m memory`, in lines of the width. */
function legend(used: readonly number[], width: number, paint: (activity: Activity, text: string) => string): string[] {
  const lines: string[] = [];
  let room = 0;
  for (const number of used) {
    const activity = activities[number];
    const entry = `${paint(activity, activity.letter)} ${activity.word}`;
    const length = activity.word.length + 4;
    if (lines.length === 0 || length > room) {
      lines.push(entry);
      room = width;
    } else lines[lines.length - 1] += `  ${entry}`;
    room -= length;
  }
  return lines;
}

function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}\u2026`;
}
