// What belongs together with an event: by correlation (a call and what the device did for it), and by arrows that were recorded. Looked up
// when somebody asks. Knows no drawing.
import { eventRoles, timeOrder } from "../../src/trace/timeline/index.js";
import { firstStartingFrom } from "./levels.js";
import type { TraceRows } from "./rows.js";

/** An arrow from an event to another. */
export interface Arrow {
  readonly from: number;
  readonly to: number;
}

const callRoles = new Set(["call", "operator", "function", "range", "hook"]);
const isHostRole = eventRoles.map((role) => callRoles.has(role));

/** The arrows of one trace's events. */
export class Arrows {
  private ends: { readonly from: FlowIndex; readonly to: FlowIndex } | undefined;
  private chains: { readonly head: Int32Array; readonly next: Int32Array; readonly mask: number } | undefined;

  constructor(private readonly rows: TraceRows) {}

  /** The arrows that begin or end at an event; at most so many. */
  of(event: number, most = 200): Arrow[] {
    const arrows = [...this.recorded(event, most), ...this.correlated(event, most)];
    const seen = new Set<string>();
    return arrows
      .filter(({ from, to }) => from !== to && !seen.has(`${from} ${to}`) && seen.add(`${from} ${to}`))
      .slice(0, most);
  }

  /** The innermost event of a track at a moment; undefined where nothing was going on. What begins there counts before what ends. */
  eventAt(track: number, time: number): number | undefined {
    const { rows, firstRow } = this.rows;
    let found: number | undefined;
    for (let row = firstRow[track]; row < firstRow[track + 1]; row++) {
      const [base] = rows[row].levels;
      // The last that begins there or before.
      let at = firstStartingFrom(base, time);
      if (at >= base.length || base.from[at] !== time) at--;
      if (at < 0 || base.to[at] < time) continue;
      const event = rows[row].events[at];
      if (found === undefined || isInner(this.rows, event, found)) found = event;
    }
    return found;
  }

  private recorded(event: number, most: number): Arrow[] {
    const { flows, events, tracks } = this.rows.columns;
    const track = events.track[event];
    const start = events.start[event];
    const end = start + events.duration[event];
    this.ends ??= {
      from: indexFlows(flows.fromTrack, flows.fromAt, tracks.length),
      to: indexFlows(flows.toTrack, flows.toAt, tracks.length),
    };
    const arrows: Arrow[] = [];
    for (const flow of flowsWithin(this.ends.from, track, start, end)) {
      if (arrows.length >= most) return arrows;
      if (this.eventAt(track, flows.fromAt[flow]) !== event) continue;
      const to = this.eventAt(flows.toTrack[flow], flows.toAt[flow]);
      if (to !== undefined) arrows.push({ from: event, to });
    }
    for (const flow of flowsWithin(this.ends.to, track, start, end)) {
      if (arrows.length >= most) return arrows;
      if (this.eventAt(track, flows.toAt[flow]) !== event) continue;
      const from = this.eventAt(flows.fromTrack[flow], flows.fromAt[flow]);
      if (from !== undefined) arrows.push({ from, to: event });
    }
    return arrows;
  }

  /** From the host's events to the device's of the same correlation. */
  private correlated(event: number, most: number): Arrow[] {
    const { correlation, role } = this.rows.columns.events;
    const number = correlation[event];
    if (number < 0) return [];
    const { head, next, mask } = this.chain();
    const isHost = isHostRole[role[event]];
    const arrows: Arrow[] = [];
    for (let other = head[slotOf(number, mask)]; other >= 0 && arrows.length < most; other = next[other]) {
      if (other === event || correlation[other] !== number || isHostRole[role[other]] === isHost) continue;
      arrows.push(isHost ? { from: event, to: other } : { from: other, to: event });
    }
    return arrows;
  }

  private chain(): NonNullable<Arrows["chains"]> {
    if (this.chains === undefined) {
      const { correlation, length } = this.rows.columns.events;
      const mask = 2 ** Math.max(4, Math.ceil(Math.log2(length + 1))) - 1;
      const head = new Int32Array(mask + 1).fill(-1);
      const next = new Int32Array(length).fill(-1);
      // From the end, so that chains go forwards.
      for (let event = length - 1; event >= 0; event--) {
        if (correlation[event] < 0) continue;
        const slot = slotOf(correlation[event], mask);
        next[event] = head[slot];
        head[slot] = event;
      }
      this.chains = { head, next, mask };
    }
    return this.chains;
  }
}

/** One end of the recorded arrows, by track and then by time: those of a track follow each other from `first`. */
interface FlowIndex {
  readonly flow: Int32Array;
  readonly at: Float64Array;
  readonly first: Int32Array;
}

function indexFlows(track: Int32Array, at: Float64Array, tracks: number): FlowIndex {
  const first = new Int32Array(tracks + 1);
  for (let flow = 0; flow < track.length; flow++) first[track[flow] + 1]++;
  for (let index = 0; index < tracks; index++) first[index + 1] += first[index];
  const order = timeOrder(at);
  const next = first.slice();
  const flows = new Int32Array(track.length);
  const times = new Float64Array(track.length);
  for (let place = 0; place < track.length; place++) {
    const flow = order === undefined ? place : order[place];
    const to = next[track[flow]]++;
    flows[to] = flow;
    times[to] = at[flow];
  }
  return { flow: flows, at: times, first };
}

/** The arrows with that end on a track within a part of time, both moments included. */
function* flowsWithin({ flow, at, first }: FlowIndex, track: number, start: number, end: number): Generator<number> {
  let low = first[track];
  let high = first[track + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at[middle] < start) low = middle + 1;
    else high = middle;
  }
  for (let place = low; place < first[track + 1] && at[place] <= end; place++) yield flow[place];
}

function slotOf(correlation: number, mask: number): number {
  const low = correlation | 0;
  const mixed = Math.imul(low ^ (low >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) & mask;
}

/** Whether an event that runs at the same moment lies further in: it began later, or is shorter. */
function isInner({ columns }: TraceRows, event: number, other: number): boolean {
  const { start, duration } = columns.events;
  return start[event] > start[other] || (start[event] === start[other] && duration[event] < duration[other]);
}
