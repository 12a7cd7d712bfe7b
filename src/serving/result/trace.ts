// A run as a Chrome trace: a process for each resource with a thread for each of its servers, the requests as spans with their waiting
// in them, queues as counters. Knows nothing of the text of the format, and nothing of how the run was made.
import { InputError } from "../../core/errors.js";
import {
  type AsyncPart,
  formatChromeTrace,
  type SlicePlace,
  type TraceEvent,
  TraceLanes,
} from "../../trace/chrome/index.js";
import type { CounterLog, RunLog, ServiceRun, StageLog, TrackLog } from "./run.js";

/**
 * The JSON that Perfetto and chrome://tracing open. Throws InputError for a run whose log was not kept, and for one whose trace is too
 * long to be one text: `chromeTracePieces` gives it piece by piece.
 */
export function toChromeTrace(run: ServiceRun): string {
  const pieces: string[] = [];
  let length = 0;
  for (const piece of chromeTracePieces(run)) {
    length += piece.length;
    if (length > longestText) {
      throw new InputError(`the trace of ${run.summary.total_requests} requests is too long for one text`, {
        where: run.scenario.name,
        fix: "Write chromeTracePieces(run) piece by piece, as warplab simulate --trace does, or trace a shorter run.",
      });
    }
    pieces.push(piece);
  }
  return pieces.join("");
}

/** The same text in pieces, to be written one after the other. Throws InputError for a run whose log was not kept. */
export function chromeTracePieces(run: ServiceRun): Iterable<string> {
  const { log, scenario, seed } = run;
  if (log === undefined) {
    throw new InputError("this run kept figures only, and a trace needs what happened", {
      where: scenario.name,
      fix: 'Simulate it again with keep: "log".',
    });
  }
  return formatChromeTrace(eventsOf(log), { about: { scenario: scenario.name, seed, source: "warplab, simulated" } });
}

/** V8's longest string has 2^29 - 24 characters. */
const longestText = 2 ** 29 - 24;

/** The process of the requests; resources follow. */
const requestsPid = 1;

function* eventsOf(log: RunLog): Generator<TraceEvent> {
  // A replica's steps are what it did; the requests in them lie beside each other.
  const tracks = new Tracks(log.tracks.length === 0 ? (resource) => resource : () => "request row");
  yield* tracks.process("requests");
  const servers = [...new Set([...log.stages, ...log.tracks, ...log.counters].map(({ resource }) => resource))];
  for (const resource of servers) yield* tracks.process(resource);
  for (const resource of servers) {
    const stages = log.stages.filter((stage) => stage.resource === resource);
    yield* serviceSlices(resource, stages, tracks);
    for (const track of log.tracks) if (track.resource === resource) yield* stepSlices(track, tracks);
    for (const counter of log.counters) if (counter.resource === resource) yield* counterEvents(counter, tracks);
  }
  yield* requestEvents(log, tracks);
}

/** Which number stands for which process and thread, and where each request was served. */
class Tracks {
  private readonly pids = new Map<string, number>();
  private readonly tids = new Map<string, number>();
  /** Of servers whose spans overlap, which none should: the lanes beyond the first, by stage and request. */
  private readonly spread = new Map<StageLog, Map<number, number>>();

  /** `serverOf` says what a resource calls its servers. */
  constructor(private readonly serverOf: (resource: string) => string) {}

  *process(name: string): Generator<TraceEvent> {
    const pid = this.pids.size + requestsPid;
    this.pids.set(name, pid);
    yield { kind: "process", pid, name, order: pid };
  }

  pid(resource: string): number {
    return this.pids.get(resource) as number;
  }

  /** A thread by its name, numbered over all processes; a new one is announced first. */
  *thread(resource: string, name: string): Generator<TraceEvent, number> {
    const key = `${resource}\n${name}`;
    const known = this.tids.get(key);
    if (known !== undefined) return known;
    const tid = this.tids.size + 1;
    this.tids.set(key, tid);
    yield { kind: "thread", pid: this.pid(resource), tid, name, order: tid };
    return tid;
  }

  /** A server's thread, as `thread`; `beside` counts the further lanes of spans that overlap. */
  server(resource: string, server: number, beside: number): Generator<TraceEvent, number> {
    return this.thread(resource, this.serverName(resource, server, beside));
  }

  private serverName(resource: string, server: number, beside: number): string {
    return `${this.serverOf(resource)} ${server}${beside === 0 ? "" : ` (beside, ${beside})`}`;
  }

  spreadTo(stage: StageLog, request: number, lane: number): void {
    const known = this.spread.get(stage) ?? new Map<number, number>();
    this.spread.set(stage, known.set(request, lane));
  }

  /** Where the slice of a request's stage is; undefined where it has none of its own. */
  place(stage: StageLog, request: number): SlicePlace | undefined {
    const [start, end] = [nanoseconds(stage.start[request]), nanoseconds(stage.end[request])];
    // An arrow finds its slice by a moment within it, and one without length has none.
    if (!(end > start) || stage.lane[request] < 0) return undefined;
    const beside = this.spread.get(stage)?.get(request) ?? 0;
    const tid = this.tids.get(
      `${stage.resource}\n${this.serverName(stage.resource, stage.lane[request], beside)}`,
    ) as number;
    return { pid: this.pid(stage.resource), tid, at: start };
  }
}

/** What each server did. */
function* serviceSlices(resource: string, stages: readonly StageLog[], tracks: Tracks): Generator<TraceEvent> {
  let lanes = new TraceLanes();
  let last: number | undefined;
  for (const { stage, server, start, end, requests } of servicesOf(stages)) {
    if (server !== last) lanes = new TraceLanes();
    last = server;
    const beside = lanes.laneOf(start, end);
    if (beside > 0) for (const request of requests) tracks.spreadTo(stage, request, beside);
    const tid = yield* tracks.server(resource, server, beside);
    const args = requests.length === 1 ? { request: requests[0] } : { batch: requests.length, requests };
    yield {
      kind: "slice",
      pid: tracks.pid(resource),
      tid,
      name: stage.name,
      category: stage.category,
      start,
      end,
      args,
    };
  }
}

interface Service {
  readonly stage: StageLog;
  readonly server: number;
  readonly start: number;
  readonly end: number;
  readonly requests: number[];
}

/**
 * The services of a resource, by server and start. Requests of one batch are on one server at one time, and are served as one: a slice
 * that names them all.
 */
function servicesOf(stages: readonly StageLog[]): Service[] {
  const single: Service[] = [];
  for (const stage of stages) {
    for (let request = 0; request < stage.end.length; request++) {
      const server = stage.lane[request];
      if (server < 0 || !Number.isFinite(stage.end[request])) continue;
      const [start, end] = [nanoseconds(stage.start[request]), nanoseconds(stage.end[request])];
      single.push({ stage, server, start, end, requests: [request] });
    }
  }
  single.sort((a, b) => a.server - b.server || a.start - b.start || b.end - a.end);
  const services: Service[] = [];
  for (const one of single) {
    const before = services.at(-1);
    const isSame =
      before?.stage === one.stage &&
      before.server === one.server &&
      before.start === one.start &&
      before.end === one.end &&
      one.end > one.start;
    if (isSame) before.requests.push(...one.requests);
    else services.push(one);
  }
  return services;
}

/** The steps of a language model, each with its figures. */
function* stepSlices(track: TrackLog, tracks: Tracks): Generator<TraceEvent> {
  const { resource, name, figures } = track;
  const lanes = new TraceLanes();
  for (let step = 0; step < track.start.length; step++) {
    const [start, end] = [nanoseconds(track.start[step]), nanoseconds(track.end[step])];
    const beside = lanes.laneOf(start, end);
    const tid = yield* tracks.thread(resource, beside === 0 ? name : `${name} (beside, ${beside})`);
    const args = Object.fromEntries(Object.entries(figures).map(([figure, values]) => [figure, values[step]]));
    yield { kind: "slice", pid: tracks.pid(resource), tid, name, category: "step", start, end, args };
  }
}

function* counterEvents({ resource, name, unit, time, value }: CounterLog, tracks: Tracks): Generator<TraceEvent> {
  const pid = tracks.pid(resource);
  for (let i = 0; i < time.length; i++)
    yield { kind: "counter", pid, name, at: nanoseconds(time[i]), values: { [unit]: value[i] } };
}

/** Each request as a span from its arrival to its end with its waiting in it, and arrows along its way from server to server. */
function* requestEvents({ requests, stages }: RunLog, tracks: Tracks): Generator<TraceEvent> {
  let arrows = 0;
  for (let request = 0; request < requests.count; request++) {
    const isServed = Number.isFinite(requests.end[request]);
    const start = nanoseconds(requests.arrival[request]);
    let end = start;
    let from: SlicePlace | undefined;
    const parts: AsyncPart[] = [];
    for (const stage of stages) {
      if (!Number.isFinite(stage.end[request])) continue;
      const [queued, begun] = [nanoseconds(stage.queued[request]), nanoseconds(stage.start[request])];
      end = nanoseconds(stage.end[request]);
      if (begun > queued) parts.push({ name: `wait for ${stage.name}`, start: queued, end: begun });
      // What no server has for itself is seen here only.
      if (stage.lane[request] < 0) parts.push({ name: stage.name, start: begun, end });
      const to = tracks.place(stage, request);
      if (from !== undefined && to !== undefined)
        yield { kind: "flow", name: "request", category: "request", id: ++arrows, from, to };
      from = to ?? from;
    }
    if (isServed) end = nanoseconds(requests.end[request]);
    const span = { pid: requestsPid, name: "request", category: "request", id: request, start, end } as const;
    if (isServed || parts.length > 0 || end > start) yield { kind: "async", ...span, args: { request }, parts };
    if (isServed) continue;
    const tid = yield* tracks.thread("requests", "rejected");
    yield { kind: "instant", pid: requestsPid, tid, name: "rejected", category: "request", at: end, args: { request } };
  }
}

/** Rounding keeps the order of moments, so that what did not overlap does not begin to. */
function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}
