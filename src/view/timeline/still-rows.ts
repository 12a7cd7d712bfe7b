// The events of a track as a few paths of SVG, however many there are: what is narrower than a pixel or two is drawn together. Knows no
// page.
import { type EventPlaces, type EventRole, formNumber, type Timeline } from "../../trace/timeline/index.js";

/** The part of time that is drawn, and how wide. */
export interface StillScale {
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly left: number;
  readonly width: number;
}

export interface StillLabel {
  readonly text: string;
  readonly x: number;
  readonly width: number;
  /** The row of its track. */
  readonly row: number;
}

export interface StillTrack {
  /** Outlines by role, from the track's upper edge. */
  readonly paths: ReadonlyMap<EventRole, string>;
  /** Outlines of what has no end in the recording. */
  readonly unfinished: string;
  readonly labels: readonly StillLabel[];
  readonly rows: number;
  /** Rows of nested events below those that are drawn. */
  readonly deeper: number;
  /** Events in this part of time. */
  readonly events: number;
}

export const rowHeight = 15;
const barHeight = 13;
/** Deeper stacks than this are cut: a picture that stands still cannot be scrolled. */
const mostRows = 8;
const { unfinished } = formNumber;
/** Wide enough for some letters. */
const leastLabel = 34;

interface Draft {
  readonly paths: Map<EventRole, string>;
  unfinished: string;
  readonly labels: StillLabel[];
  /** For each row what is drawn together and has not ended. */
  readonly open: ({ x: number; end: number; role: EventRole } | undefined)[];
  rows: number;
  readonly allRows: number;
  readonly firstRows: readonly number[];
  events: number;
}

/** Every track of a timeline, in one pass. */
export function stillTracks(timeline: Timeline, places: EventPlaces, scale: StillScale): StillTrack[] {
  const { events } = timeline;
  const drafts = places.rows.map((lanes): Draft => {
    const firstRows: number[] = [];
    let all = 0;
    for (const rows of lanes) {
      firstRows.push(all);
      all += rows;
    }
    return { paths: new Map(), unfinished: "", labels: [], open: [], rows: 0, allRows: all, firstRows, events: 0 };
  });
  const perPixel = (scale.to - scale.from) / scale.width;
  const xOf = (time: number): number => scale.left + Math.min(scale.width, Math.max(0, (time - scale.from) / perPixel));
  for (let index = 0; index < events.length; index++) {
    const isUnfinished = events.form[index] === unfinished;
    const start = events.start[index];
    const end = isUnfinished ? timeline.end : start + events.duration[index];
    if (start > scale.to) break;
    if (end < scale.from) continue;
    const draft = drafts[events.track[index]];
    draft.events++;
    const row = draft.firstRows[places.lane[index]] + places.depth[index];
    if (row >= mostRows) continue;
    draft.rows = Math.max(draft.rows, row + 1);
    const [x, right] = [xOf(start), xOf(end)];
    const role = timeline.roleOf(index);
    if (isUnfinished) {
      draft.unfinished += bar(x, right, row);
      continue;
    }
    if (events.duration[index] === 0) {
      if (isNewInstant(draft, x, row)) add(draft, role, diamond(x, row));
      continue;
    }
    if (right - x < 2) {
      join(draft, row, x, Math.max(right, x + 0.7), role);
      continue;
    }
    flush(draft, row);
    add(draft, role, bar(x, right, row));
    if (right - x >= leastLabel) draft.labels.push({ text: timeline.nameOf(index), x, width: right - x, row });
  }
  return drafts.map((draft): StillTrack => {
    for (let row = 0; row < draft.open.length; row++) flush(draft, row);
    const { paths, unfinished, labels, events } = draft;
    const rows = Math.max(1, draft.rows);
    return { paths, unfinished, labels, rows, events, deeper: Math.max(0, draft.allRows - mostRows) };
  });
}

function join(draft: Draft, row: number, x: number, end: number, role: EventRole): void {
  const open = draft.open[row];
  if (open !== undefined && open.role === role && x - open.end < 1) {
    open.end = Math.max(open.end, end);
    return;
  }
  flush(draft, row);
  draft.open[row] = { x, end, role };
}

function flush(draft: Draft, row: number): void {
  const open = draft.open[row];
  if (open === undefined) return;
  draft.open[row] = undefined;
  add(draft, open.role, bar(open.x, open.end, row));
}

/** Instants at one place are one mark. */
function isNewInstant(draft: Draft, x: number, row: number): boolean {
  const open = draft.open[row];
  if (open !== undefined && x - open.end < 2) return false;
  flush(draft, row);
  draft.open[row] = undefined;
  return true;
}

function add(draft: Draft, role: EventRole, path: string): void {
  draft.paths.set(role, (draft.paths.get(role) ?? "") + path);
}

function bar(x: number, right: number, row: number): string {
  // A gap of half a pixel tells neighbours apart.
  const width = number(Math.max(0.5, right - x - (right - x > 3 ? 0.5 : 0)));
  return `M${number(x)} ${row * rowHeight}h${width}v${barHeight}h-${width}z`;
}

function diamond(x: number, row: number): string {
  return `M${number(x)} ${row * rowHeight + 2}l3 4.5l-3 4.5l-3-4.5z`;
}

/** As short as a tenth of a pixel can be written. */
function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
