// The rows of a trace: every lane and depth of every track with its events in order, and summaries of whole tracks and processes. Knows no
// pixels and no layout.
import { type EventPlaces, placeEvents } from "../../src/trace/timeline/index.js";
import { type Level, levelsOver, type Row } from "./levels.js";
import type { TraceColumns } from "./shown.js";

/** The rows of one trace. */
export class TraceRows {
  readonly places: EventPlaces;
  /** All rows: those of a track follow each other, lane by lane, depth by depth. */
  readonly rows: readonly Row[];
  /** Per event: the index of its row. */
  readonly rowOf: Int32Array;
  /** Per event: its place within its row. */
  readonly placeOf: Int32Array;
  /** Per track: the index of its first row; one more than tracks. */
  readonly firstRow: Int32Array;
  /** Per event: the number of its colour. */
  readonly colours: Uint8Array;
  private readonly summaries = new Map<string, Row>();

  constructor(
    readonly columns: TraceColumns,
    colours: Uint8Array,
  ) {
    const { events, tracks } = columns;
    this.colours = colours;
    this.places = placeEvents(columns);
    const { lane, depth, rows: rowsOfTracks } = this.places;
    this.firstRow = new Int32Array(tracks.length + 1);
    const laneBase: number[][] = [];
    let count = 0;
    for (const [track, lanes] of rowsOfTracks.entries()) {
      this.firstRow[track] = count;
      laneBase.push(
        lanes.map((rows) => {
          count += rows;
          return count - rows;
        }),
      );
    }
    this.firstRow[tracks.length] = count;
    this.rowOf = new Int32Array(events.length);
    this.placeOf = new Int32Array(events.length);
    const lengths = new Int32Array(count + 1);
    for (let index = 0; index < events.length; index++) {
      const row = laneBase[events.track[index]][lane[index]] + depth[index];
      this.rowOf[index] = row;
      this.placeOf[index] = lengths[row]++;
    }
    this.rows = this.makeRows(count, lengths);
  }

  /** The rows of a track, lane by lane. */
  rowsOfTrack(track: number): readonly Row[] {
    return this.rows.slice(this.firstRow[track], this.firstRow[track + 1]);
  }

  /** A track as one row: where any of its events runs. */
  trackSummary(track: number): Row {
    return this.summary(`t${track}`, (event) => this.columns.events.track[event] === track);
  }

  /** A process as one row: where any event of its tracks runs. */
  processSummary(process: number): Row {
    const { events, tracks } = this.columns;
    return this.summary(`p${process}`, (event) => tracks[events.track[event]].process === process);
  }

  private makeRows(count: number, lengths: Int32Array): Row[] {
    const { events } = this.columns;
    const total = events.length;
    const starts = new Int32Array(count + 1);
    for (let row = 0; row < count; row++) starts[row + 1] = starts[row] + lengths[row];
    const order = new Int32Array(total);
    const from = new Float64Array(total);
    const to = new Float64Array(total);
    const busy = new Float32Array(total);
    const colour = new Uint8Array(total);
    for (let index = 0; index < total; index++) {
      const at = starts[this.rowOf[index]] + this.placeOf[index];
      order[at] = index;
      from[at] = events.start[index];
      to[at] = events.start[index] + events.duration[index];
      busy[at] = events.duration[index];
      colour[at] = this.colours[index];
    }
    const identity = new Int32Array(total + 1);
    for (let index = 0; index <= total; index++) identity[index] = index;
    return Array.from({ length: count }, (_, row): Row => {
      const [begin, end] = [starts[row], starts[row + 1]];
      const base: Level = {
        cell: 0,
        length: end - begin,
        from: from.subarray(begin, end),
        to: to.subarray(begin, end),
        busy: busy.subarray(begin, end),
        colour: colour.subarray(begin, end),
        first: identity.subarray(0, end - begin + 1),
      };
      return { events: order.subarray(begin, end), levels: levelsOver(base) };
    });
  }

  private summary(key: string, isOfIt: (event: number) => boolean): Row {
    let row = this.summaries.get(key);
    if (row === undefined) {
      const { length } = this.columns.events;
      let count = 0;
      const members = new Int32Array(length);
      // What others enclose is the same time once more.
      for (let event = 0; event < length; event++) {
        if (this.places.depth[event] === 0 && isOfIt(event)) members[count++] = event;
      }
      row = this.unionOf(members.slice(0, count));
      this.summaries.set(key, row);
    }
    return row;
  }

  /** What overlaps becomes one entry, in the colour of its longest event. */
  private unionOf(members: Int32Array): Row {
    const { start, duration } = this.columns.events;
    const from = new Float64Array(members.length);
    const to = new Float64Array(members.length);
    const colour = new Uint8Array(members.length);
    const first = new Int32Array(members.length + 1);
    let entry = -1;
    let longest = 0;
    for (let at = 0; at < members.length; at++) {
      const event = members[at];
      const end = start[event] + duration[event];
      if (entry < 0 || start[event] >= to[entry]) {
        entry++;
        from[entry] = start[event];
        to[entry] = end;
        first[entry] = at;
        longest = -1;
      } else if (end > to[entry]) to[entry] = end;
      if (duration[event] > longest) {
        longest = duration[event];
        colour[entry] = this.colours[event];
      }
    }
    const length = entry + 1;
    first[length] = members.length;
    const busy = new Float32Array(length);
    for (let index = 0; index < length; index++) busy[index] = to[index] - from[index];
    const base: Level = {
      cell: 0,
      length,
      from: from.slice(0, length),
      to: to.slice(0, length),
      busy,
      colour: colour.slice(0, length),
      first: first.slice(0, length + 1),
    };
    return { events: members, levels: levelsOver(base) };
  }
}
