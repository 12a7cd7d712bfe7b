// Which row stands where: headings of traces and processes, tracks with a band for each lane and depth, counters; what is collapsed, hidden
// and in which order. In CSS pixels from the top of the first row. Knows no drawing.
import type { TimelineCounter } from "../../src/trace/timeline/index.js";
import { counted } from "../stepper/numbers.js";
import type { Row } from "./levels.js";
import type { TraceRows } from "./rows.js";
import type { LayoutItem, LayoutState } from "./shown.js";

/** One trace as it is laid out. */
export interface LaidTrace {
  readonly label: string;
  readonly rows: TraceRows;
}

/** A band of the picture. */
export interface Band {
  readonly kind: "slices" | "summary" | "counter" | "heading";
  readonly top: number;
  readonly height: number;
  /** The item to which it belongs. */
  readonly item: LayoutItem;
  /** Of slices and summaries. */
  readonly row?: Row;
  /** Of summaries: the rows that they stand for, of which a search's hits are drawn one by one. */
  readonly parts?: readonly Row[];
  readonly counter?: TimelineCounter;
}

export interface Layout {
  readonly items: readonly LayoutItem[];
  /** From top to bottom. */
  readonly bands: readonly Band[];
  readonly height: number;
  readonly byKey: ReadonlyMap<string, LayoutItem>;
  /** The band of each row that is shown. */
  readonly byRow: ReadonlyMap<Row, Band>;
  /** The first band of each item that is shown. */
  readonly firstBand: ReadonlyMap<string, Band>;
}

const heights = { trace: 26, process: 24, row: 17, summary: 12, counter: 34 } as const;
/** Above and below a track's bands, and between its lanes. */
const padding = 3;
const laneGap = 2;

/** Tracks and counters that do not stand in `order` follow it: by the order of their format, then as they were recorded. */
export function layOut(traces: readonly LaidTrace[], state: LayoutState): Layout {
  const writer = new LayoutWriter(state);
  for (const [index, trace] of traces.entries()) {
    if (traces.length > 1) writer.trace(index, trace);
    else writer.processes(index, trace, true);
  }
  return writer.done();
}

/** The bands that reach into a part of the height: from the first index to before the last. */
export function bandsBetween({ bands }: Layout, top: number, bottom: number): readonly [from: number, to: number] {
  let low = 0;
  let high = bands.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bands[middle].top + bands[middle].height <= top) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < bands.length && bands[end].top < bottom) end++;
  return [low, end];
}

/** Whether an item is among these, by its key, or lies in one of them. */
export function isWithin(key: string, keys: ReadonlySet<string>): boolean {
  for (let at = key; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) if (keys.has(at)) return true;
  return false;
}

class LayoutWriter {
  private readonly items: LayoutItem[] = [];
  private readonly bands: Band[] = [];
  private readonly rank = new Map<string, number>();
  private top = 0;

  constructor(private readonly state: LayoutState) {
    for (const [place, key] of state.order.entries()) this.rank.set(key, place);
  }

  trace(trace: number, laid: LaidTrace): void {
    const key = String(trace);
    const events = laid.rows.columns.events.length;
    const item = this.heading(
      { key, kind: "trace", name: laid.label, detail: counted(events, "event"), trace, process: -1 },
      heights.trace,
      true,
    );
    this.processes(trace, laid, !item.isHidden && !item.isCollapsed);
  }

  processes(trace: number, laid: LaidTrace, isOpen: boolean): void {
    const { rows } = laid;
    const { processes, tracks, counters } = rows.columns;
    const counts = new Int32Array(processes.length);
    const ofTrack = trackCounts(rows);
    for (const { index, process } of tracks) counts[process] += ofTrack[index];
    const siblings = processes
      .map((process) => ({ ...process, key: `${trace}/p${process.index}` }))
      .filter(({ index }) => counts[index] > 0 || counters.some(({ process }) => process === index));
    for (const { key, index, name } of this.inOrder(siblings)) {
      const item = this.heading(
        { key, kind: "process", name, detail: counted(counts[index], "event"), trace, process: index },
        heights.process,
        isOpen,
        counts[index] > 0 ? () => rows.processSummary(index) : undefined,
        () => tracks.filter(({ process }) => process === index).flatMap((track) => rows.rowsOfTrack(track.index)),
      );
      const isShown = isOpen && !item.isHidden && !item.isCollapsed;
      const inside = [
        ...counters.flatMap((counter, at) =>
          counter.process === index
            ? [{ key: `${key}/c${at}`, index: at, order: undefined, counter, track: undefined }]
            : [],
        ),
        ...tracks.flatMap((track) =>
          track.process === index && ofTrack[track.index] > 0
            ? [{ key: `${key}/t${track.index}`, index: track.index, order: track.order, counter: undefined, track }]
            : [],
        ),
      ];
      for (const { key, index: at, counter, track } of this.inOrder(inside)) {
        if (counter !== undefined) this.counter({ key, trace, process: index, index: at }, counter, isShown);
        if (track === undefined) continue;
        const detail = counted(ofTrack[track.index], "event");
        this.track({ key, name: track.name, detail, trace, process: index, index: at }, rows, isShown);
      }
    }
  }

  done(): Layout {
    const { items, bands, top } = this;
    const byRow = new Map<Row, Band>();
    const firstBand = new Map<string, Band>();
    for (const band of bands) {
      if (band.kind === "slices" && band.row !== undefined) byRow.set(band.row, band);
      if (!firstBand.has(band.item.key)) firstBand.set(band.item.key, band);
    }
    return { items, bands, height: top, byKey: new Map(items.map((item) => [item.key, item])), byRow, firstBand };
  }

  private heading(
    what: Pick<LayoutItem, "key" | "kind" | "name" | "detail" | "trace" | "process">,
    height: number,
    isShown: boolean,
    summary?: () => Row,
    parts: () => readonly Row[] = () => [],
  ): LayoutItem {
    const item = this.item({ ...what, index: -1, canCollapse: true }, isShown, height);
    if (item.height === 0) return item;
    const at = { top: item.top, height, item };
    // What is open shows its rows; what is collapsed shows in its heading where any of them runs.
    if (item.isCollapsed && summary !== undefined)
      this.bands.push({ kind: "summary", ...at, row: summary(), parts: parts() });
    else this.bands.push({ kind: "heading", ...at });
    this.top += height;
    return item;
  }

  private counter(
    what: Pick<LayoutItem, "key" | "trace" | "process" | "index">,
    counter: TimelineCounter,
    isShown: boolean,
  ): void {
    const about = { kind: "counter", name: counter.name, detail: "", canCollapse: false } as const;
    const item = this.item({ ...what, ...about }, isShown, heights.counter);
    if (item.height === 0) return;
    this.bands.push({ kind: "counter", top: item.top, height: heights.counter, item, counter });
    this.top += heights.counter;
  }

  private track(
    what: Pick<LayoutItem, "key" | "name" | "detail" | "trace" | "process" | "index">,
    rows: TraceRows,
    isShown: boolean,
  ): void {
    const lanes = rows.places.rows[what.index];
    const depth = lanes.reduce((sum, count) => sum + count, 0);
    const canCollapse = depth > 1;
    const isCollapsed = canCollapse && this.state.collapsed.has(what.key);
    const inner = isCollapsed ? heights.summary : depth * heights.row + (lanes.length - 1) * laneGap;
    const item = this.item({ ...what, kind: "track", canCollapse }, isShown, inner + 2 * padding);
    if (item.height === 0) return;
    let top = item.top + padding;
    if (isCollapsed) {
      const row = rows.trackSummary(what.index);
      const parts = rows.rowsOfTrack(what.index);
      this.bands.push({ kind: "summary", top, height: heights.summary, item, row, parts });
    } else {
      let row = rows.firstRow[what.index];
      for (const count of lanes) {
        for (let depth = 0; depth < count; depth++) {
          this.bands.push({ kind: "slices", top, height: heights.row, item, row: rows.rows[row++] });
          top += heights.row;
        }
        top += laneGap;
      }
    }
    this.top += item.height;
  }

  private item(
    what: Omit<LayoutItem, "isCollapsed" | "isHidden" | "top" | "height">,
    isShown: boolean,
    height: number,
  ): LayoutItem {
    const isHidden = this.state.hidden.has(what.key);
    const item = {
      ...what,
      isHidden,
      isCollapsed: what.canCollapse && this.state.collapsed.has(what.key),
      top: this.top,
      height: isShown && !isHidden ? height : 0,
    };
    this.items.push(item);
    return item;
  }

  private inOrder<S extends { readonly key: string; readonly order: number | undefined }>(siblings: S[]): S[] {
    const place = ({ key }: S): number => this.rank.get(key) ?? Number.POSITIVE_INFINITY;
    const order = (sibling: S): number => sibling.order ?? Number.POSITIVE_INFINITY;
    const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
    return siblings.sort((a, b) => compare(place(a), place(b)) || compare(order(a), order(b)));
  }
}

function trackCounts({ columns }: TraceRows): Int32Array {
  const counts = new Int32Array(columns.tracks.length);
  for (let event = 0; event < columns.events.length; event++) counts[columns.events.track[event]]++;
  return counts;
}
