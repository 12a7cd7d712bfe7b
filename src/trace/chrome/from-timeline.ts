// A timeline as a Chrome trace: every event to the nanosecond, spread over lanes where events overlap, with what was recorded kept
// for whoever reads it back. Knows no format but this one, and nothing of the text.
import {
  type EventForm,
  type EventPlaces,
  eventForms,
  eventRoles,
  type Timeline,
  traceFormats,
} from "../timeline/index.js";
import {
  type EventOrigin,
  RecordedArguments,
  type TraceArguments,
  type TraceEvent,
  type TraceTrack,
} from "./events.js";
import { type FlowEnds, flowEnds } from "./flow-ends.js";
import { placesInChrome } from "./places.js";
import { numberTracks, type TrackNumbers } from "./track-numbers.js";
import { formatChromeTrace } from "./write.js";

/**
 * The text in pieces, so that a gigabyte can be written without ever being one string. Times count from the timeline's origin, which
 * `otherData.origin_ns` keeps. A track whose events overlap takes several threads, the further ones with a number behind the name;
 * processes and threads get other numbers where readers do not take the recorded ones, which stay beside the name as `origin`.
 * Arrows that no reader takes are counted in `otherData.left_out`, events whose end was not recorded in `otherData.unfinished`.
 */
export function timelineToChrome(timeline: Timeline): Iterable<string> {
  const places = placesInChrome(timeline);
  const ends = flowEnds(timeline, places);
  const about = aboutOf(timeline, { ...ends.leftOut, ...unwritableCounters(timeline) });
  return formatChromeTrace(eventsOf(timeline, places, ends), { about });
}

function aboutOf(timeline: Timeline, leftOut: Readonly<Record<string, number>>): Readonly<Record<string, unknown>> {
  const { source, origin, about, notes } = timeline;
  const { name, format, device, host, clock, simulated } = source;
  const open = unfinishedEvents(timeline);
  return {
    source: name,
    format: traceFormats[format],
    ...(device !== undefined && { device }),
    ...(host !== undefined && { host }),
    ...(clock !== undefined && { clock }),
    ...(simulated !== undefined && { simulated }),
    // A text: an epoch in nanoseconds is beyond what a double holds.
    origin_ns: String(origin),
    ...(Object.keys(about).length > 0 && { about }),
    ...(notes.length > 0 && { notes }),
    ...(open > 0 && { unfinished: open }),
    ...(Object.keys(leftOut).length > 0 && { left_out: leftOut }),
  };
}

function unfinishedEvents({ events }: Timeline): number {
  let count = 0;
  for (let index = 0; index < events.length; index++) if (events.form[index] === unfinished) count++;
  return count;
}

function unwritableCounters({ counters }: Timeline): Readonly<Record<string, number>> {
  let count = 0;
  for (const { value } of counters) for (const one of value) if (!Number.isFinite(one)) count++;
  return count === 0 ? {} : { "a value of a counter that is no finite number": count };
}

function* eventsOf(timeline: Timeline, places: EventPlaces, ends: FlowEnds): Generator<TraceEvent> {
  const lanes = places.rows.map((rows) => rows.length);
  const numbers = numberTracks(timeline, lanes);
  yield* names(timeline, numbers);
  yield* counters(timeline, numbers);
  const arrows = new ArrowHeads(timeline, ends);
  const async = new AsyncLanes(timeline, places, numbers);
  const { events, tracks } = timeline;
  for (let index = 0; index < events.length; index++) {
    const track = tracks[events.track[index]];
    if (track.kind === "async") {
      yield* async.add(index);
      continue;
    }
    const at = events.start[index];
    const own = {
      pid: numbers.pids[track.process],
      tid: numbers.tids[track.index][places.lane[index]],
      ...saidOf(timeline, index),
    };
    const form = formOf(timeline, index);
    if (form === "slice") yield { kind: "slice", ...own, start: at, end: at + events.duration[index] };
    else yield { kind: form === "instant" ? "instant" : "begin", ...own, at };
    yield* arrows.of(index, own);
  }
  yield* async.finish();
}

const unfinished = eventForms.indexOf("unfinished");

function formOf({ events }: Timeline, index: number): EventForm {
  return eventForms[events.form[index]];
}

function saidOf(timeline: Timeline, index: number): Said {
  const category = timeline.categoryOf(index);
  const args = timeline.argumentTextOf(index);
  return {
    name: timeline.nameOf(index),
    ...(category !== "" && { category }),
    ...(args !== "" && { args: new RecordedArguments(args) }),
    origin: originOf(timeline, index, args),
  };
}

interface Said {
  readonly name: string;
  readonly category?: string;
  readonly args?: RecordedArguments;
  readonly origin: EventOrigin;
}

/** The role, and what the arguments do not say by themselves, for who reads the trace back. */
function originOf({ events }: Timeline, index: number, args: string): EventOrigin {
  const says = (name: string, value: number): boolean =>
    value < 0 || args.includes(`"${name}":${value},`) || args.includes(`"${name}":${value}}`);
  const [corr, stream] = [events.correlation[index], events.stream[index]];
  return {
    role: eventRoles[events.role[index]],
    ...(!says("correlation", corr) && { corr }),
    ...(!says("stream", stream) && { stream }),
  };
}

/** Processes and threads with their names, in the timeline's order. Perfetto counts an empty name as an error. */
function* names({ processes, tracks }: Timeline, { pids, tids }: TrackNumbers): Generator<TraceEvent> {
  const byOrder = <T extends { readonly order: number | undefined; readonly index: number }>(a: T, b: T): number =>
    (a.order ?? Number.MAX_VALUE) - (b.order ?? Number.MAX_VALUE) || a.index - b.index;
  for (const [order, { index, pid, name, device, order: recorded }] of [...processes].sort(byOrder).entries()) {
    const origin: TraceArguments = {
      pid,
      ...(name === "" && { name }),
      ...(device !== undefined && { device }),
      ...(recorded !== undefined && { order: recorded }),
    };
    yield { kind: "process", pid: pids[index], name: name || String(pid), order, origin };
  }
  let order = 0;
  for (const { index, process, tid, name, kind, order: recorded } of [...tracks].sort(byOrder)) {
    for (const [lane, number] of tids[index].entries()) {
      const origin: TraceArguments = {
        tid,
        kind,
        ...((lane > 0 || name === "") && { name }),
        ...(lane > 0 && { lane }),
        ...(recorded !== undefined && { order: recorded }),
      };
      const shown = (name || String(tid)) + (lane === 0 ? "" : ` (${lane + 1})`);
      yield { kind: "thread", pid: pids[process], tid: number, name: shown, order: order++, origin };
    }
  }
}

function* counters({ counters }: Timeline, { pids }: TrackNumbers): Generator<TraceEvent> {
  for (const { process, name, at, value } of counters) {
    for (let index = 0; index < at.length; index++) {
      if (!Number.isFinite(value[index])) continue;
      yield { kind: "counter", pid: pids[process], name, at: at[index], values: { value: value[index] } };
    }
  }
}

/** The ends of arrows, by the event beside which they are written. */
class ArrowHeads {
  /** By event, then by the end before it: 1 + 2 * arrow for its start, 2 + 2 * arrow for its end, 0 for no more. */
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  private readonly started: Uint8Array;
  /** Ends whose start is still to come, at the same moment: with the track to which they belong. */
  private readonly early = new Map<number, TraceTrack>();

  constructor(
    private readonly timeline: Timeline,
    private readonly ends: FlowEnds,
  ) {
    this.first = new Int32Array(timeline.events.length);
    this.next = new Int32Array(2 * ends.length + 1);
    this.started = new Uint8Array(ends.length);
    for (let arrow = ends.length - 1; arrow >= 0; arrow--) {
      this.link(ends.to[arrow], 2 + 2 * arrow);
      this.link(ends.from[arrow], 1 + 2 * arrow);
    }
  }

  *of(event: number, { pid, tid }: TraceTrack): Generator<TraceEvent> {
    for (let end = this.first[event]; end !== 0; end = this.next[end]) {
      const arrow = (end - 1) >> 1;
      if (end % 2 === 1) {
        yield this.end("flow start", arrow, { pid, tid });
        this.started[arrow] = 1;
        const waiting = this.early.get(arrow);
        if (waiting !== undefined) yield this.end("flow end", arrow, waiting);
      } else if (this.started[arrow] === 1) yield this.end("flow end", arrow, { pid, tid });
      else this.early.set(arrow, { pid, tid });
    }
  }

  private link(event: number, end: number): void {
    this.next[end] = this.first[event];
    this.first[event] = end;
  }

  private end(kind: "flow start" | "flow end", arrow: number, { pid, tid }: TraceTrack): TraceEvent {
    const { recorded, fromAt, toAt } = this.ends;
    const { flows, texts } = this.timeline;
    const said =
      recorded === undefined
        ? { name: "correlation", category: "correlation" }
        : { name: texts[flows.name[recorded[arrow]]], category: texts[flows.category[recorded[arrow]]] };
    const at = kind === "flow start" ? fromAt[arrow] : toAt[arrow];
    return { kind, pid, tid, at, id: arrow + 1, ...said };
  }
}

/** Spans that may overlap: each lane of theirs gets an id, within which they nest. */
class AsyncLanes {
  private readonly open = new Map<number, number[]>();

  constructor(
    private readonly timeline: Timeline,
    private readonly places: EventPlaces,
    private readonly numbers: TrackNumbers,
  ) {}

  *add(index: number): Generator<TraceEvent> {
    const { events } = this.timeline;
    const at = events.start[index];
    const own = this.said(index);
    const stack = this.open.get(own.id) ?? [];
    this.open.set(own.id, stack);
    yield* this.endUntil(stack, at);
    const form = formOf(this.timeline, index);
    yield { kind: form === "instant" ? "async instant" : "async begin", ...own, at };
    if (form === "slice") stack.push(index);
  }

  *finish(): Generator<TraceEvent> {
    for (const stack of this.open.values()) yield* this.endUntil(stack, Number.POSITIVE_INFINITY);
  }

  private *endUntil(stack: number[], now: number): Generator<TraceEvent> {
    const { events } = this.timeline;
    while (stack.length > 0) {
      const index = stack[stack.length - 1];
      const at = events.start[index] + events.duration[index];
      if (at > now) return;
      stack.pop();
      const { args: _args, origin: _origin, ...own } = this.said(index);
      yield { kind: "async end", ...own, at };
    }
  }

  private said(index: number): Said & { readonly pid: number; readonly id: number; readonly category: string } {
    const track = this.timeline.tracks[this.timeline.events.track[index]];
    const id = this.numbers.tids[track.index][this.places.lane[index]];
    return { pid: this.numbers.pids[track.process], id, category: "", ...saidOf(this.timeline, index) };
  }
}
