// Arrows as a Chrome trace can hold them: each of their ends beside the slice to which a reader binds it. Knows nothing of the text.
import { type EventPlaces, formNumber, roleNumber, type Timeline } from "../timeline/index.js";

export interface FlowEnds {
  readonly length: number;
  /** Per arrow: the events at its ends. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly fromAt: Float64Array;
  readonly toAt: Float64Array;
  /** Per arrow: its row in the timeline's flows; undefined where they follow from correlations. */
  readonly recorded: Int32Array | undefined;
  /** Arrows that no reader takes, by why. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** The arrows that were recorded; where there are none, those from each call to the device's work with its correlation. */
export function flowEnds(timeline: Timeline, places: EventPlaces): FlowEnds {
  return timeline.flows.length > 0 ? recordedEnds(timeline, places) : correlatedEnds(timeline);
}

class EndsWriter {
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly fromAt: number[] = [];
  private readonly toAt: number[] = [];
  private readonly rows: number[] = [];
  private readonly leftOut = new Map<string, number>();

  add(from: number, fromAt: number, to: number, toAt: number, row: number): void {
    this.from.push(from);
    this.to.push(to);
    this.fromAt.push(fromAt);
    this.toAt.push(toAt);
    this.rows.push(row);
  }

  leave(why: string): void {
    this.leftOut.set(why, (this.leftOut.get(why) ?? 0) + 1);
  }

  done(isRecorded: "recorded" | "correlated"): FlowEnds {
    return {
      length: this.from.length,
      from: Int32Array.from(this.from),
      to: Int32Array.from(this.to),
      fromAt: Float64Array.from(this.fromAt),
      toAt: Float64Array.from(this.toAt),
      recorded: isRecorded === "recorded" ? Int32Array.from(this.rows) : undefined,
      leftOut: Object.fromEntries(this.leftOut),
    };
  }
}

function recordedEnds(timeline: Timeline, places: EventPlaces): FlowEnds {
  const { flows } = timeline;
  const from = eventsAt(timeline, places, flows.fromTrack, flows.fromAt);
  const to = eventsAt(timeline, places, flows.toTrack, flows.toAt);
  const ends = new EndsWriter();
  for (let row = 0; row < flows.length; row++) {
    if (from[row] === -1 || to[row] === -1) ends.leave("an arrow without an event at one of its ends");
    else if (flows.toAt[row] < flows.fromAt[row]) ends.leave("an arrow back in time");
    else ends.add(from[row], flows.fromAt[row], to[row], flows.toAt[row], row);
  }
  return ends.done("recorded");
}

/**
 * The event of a track that each moment belongs to: one that begins then, else the innermost that goes on; -1 for none. Spans that
 * may overlap have no thread for an arrow to end at.
 */
function eventsAt(
  { events, tracks }: Timeline,
  { lane, parent }: EventPlaces,
  track: Int32Array,
  at: Float64Array,
): Int32Array {
  const found = new Int32Array(at.length).fill(-1);
  const order = Int32Array.from(at, (_, row) => row).sort((a, b) => at[a] - at[b]);
  /** Per track: the last event of each lane. */
  const last: number[][] = tracks.map(() => []);
  let next = 0;
  for (const row of order) {
    const now = at[row];
    for (; next < events.length && events.start[next] <= now; next++) last[events.track[next]][lane[next]] = next;
    if (tracks[track[row]].kind === "async") continue;
    for (const newest of last[track[row]]) {
      if (newest === undefined) continue;
      let event = newest;
      while (event !== -1 && !goesOn(event, now)) event = parent[event];
      if (event === -1) continue;
      if (found[row] === -1 || events.start[event] > events.start[found[row]]) found[row] = event;
    }
  }
  return found;

  function goesOn(event: number, now: number): boolean {
    const start = events.start[event];
    return start === now || start + events.duration[event] >= now || events.form[event] === unfinished;
  }
}

const { unfinished } = formNumber;

function correlatedEnds({ events, tracks }: Timeline): FlowEnds {
  const { call, kernel, copy, memset } = roleNumber;
  // Of calls within one another with one correlation, as a runtime's and the driver's below it, the innermost is the one that led to it.
  const calls = new Map<number, number>();
  for (let index = 0; index < events.length; index++) {
    const correlation = events.correlation[index];
    if (events.role[index] === call && correlation >= 0) calls.set(correlation, index);
  }
  const ends = new EndsWriter();
  for (let index = 0; index < events.length; index++) {
    const role = events.role[index];
    if (role !== kernel && role !== copy && role !== memset) continue;
    const from = calls.get(events.correlation[index]);
    if (from === undefined || isAsync(from) || isAsync(index)) continue;
    const fromAt = events.start[from];
    // Clocks of host and device may differ by a little: an arrow ends within its slice, not before it began.
    const toAt = Math.max(events.start[index], fromAt);
    if (toAt > events.start[index] + events.duration[index]) ends.leave("an arrow back in time");
    else ends.add(from, fromAt, index, toAt, -1);
  }
  return ends.done("correlated");

  function isAsync(index: number): boolean {
    return tracks[events.track[index]].kind === "async";
  }
}
