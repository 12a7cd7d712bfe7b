// What happened in a run, request by request and step by step, while it happens. Knows nothing of why it happened.
import { Column, CounterColumns, type StageColumns, stageLog } from "../measure/index.js";
import type { CounterLog, RunLog, StageLog, TrackLog } from "../result/index.js";
import type { Replica } from "./replica.js";
import type { Requests } from "./requests.js";
import type { LlmSettings } from "./settings.js";

/** The least lane that is free, for each of several servers whose lanes lie side by side. */
class Lanes {
  private readonly taken: boolean[][];

  constructor(private readonly servers: number) {
    this.taken = Array.from({ length: servers }, () => []);
  }

  take(server: number): number {
    const own = this.taken[server];
    const free = own.indexOf(false);
    const lane = free < 0 ? own.length : free;
    own[lane] = true;
    return server + this.servers * lane;
  }

  release(lane: number): void {
    this.taken[lane % this.servers][Math.floor(lane / this.servers)] = false;
  }
}

const stepFigures = ["prefill tokens", "decoding", "running", "waiting", "KV cache %"] as const;

/** Lanes: replica i of n has i, i + n, i + 2 n, ...; a request keeps its lane until it leaves the replica. */
export class Recording {
  private count = 0;
  private readonly arrival = new Column();
  private readonly ended = new Column();
  private readonly prefill = { start: new Column(), end: new Column(), lane: new Column() };
  private readonly transfer = { queued: new Column(), start: new Column(), end: new Column() };
  private readonly decode = { start: new Column(), end: new Column(), lane: new Column() };
  private readonly steps: readonly {
    readonly start: Column;
    readonly end: Column;
    readonly figures: readonly Column[];
  }[];
  private readonly waiting: readonly CounterColumns[];
  private readonly kv: readonly CounterColumns[];
  private readonly firstLanes: Lanes;
  private readonly decodeLanes: Lanes;

  constructor(private readonly settings: LlmSettings) {
    const { first, decoders } = settings;
    const replicas = first.count + (decoders?.count ?? 0);
    this.steps = Array.from({ length: replicas }, () => ({
      start: new Column(),
      end: new Column(),
      figures: stepFigures.map(() => new Column()),
    }));
    this.waiting = this.steps.map(() => new CounterColumns());
    this.kv = this.steps.map(() => new CounterColumns());
    this.firstLanes = new Lanes(first.count);
    this.decodeLanes = new Lanes(decoders?.count ?? 1);
  }

  arrive(id: number, now: number): void {
    this.count = id + 1;
    this.arrival.set(id, now);
  }

  /** Its first prefill begins. */
  prefills(slot: number, inside: Requests): void {
    const id = inside.id[slot];
    this.prefill.start.set(id, inside.prefillStart[slot]);
    this.prefill.lane.set(id, this.firstLanes.take(inside.replica[slot]));
  }

  /** Its keys and values have come to where it decodes. */
  moves(slot: number, inside: Requests): void {
    const id = inside.id[slot];
    this.firstLanes.release(this.prefill.lane.at(id));
    this.transfer.queued.set(id, inside.firstToken[slot]);
    this.transfer.start.set(id, inside.transferStart[slot]);
    this.transfer.end.set(id, inside.transferEnd[slot]);
    this.decode.lane.set(id, this.decodeLanes.take(inside.replica[slot] - this.settings.first.count));
  }

  complete(slot: number, inside: Requests, now: number): void {
    const id = inside.id[slot];
    const came = inside.transferEnd[slot];
    this.prefill.end.set(id, inside.firstToken[slot]);
    this.ended.set(id, now);
    if (Number.isNaN(came)) this.firstLanes.release(this.prefill.lane.at(id));
    else this.decodeLanes.release(this.decode.lane.at(id));
    if (inside.output[slot] === 1) return;
    this.decode.start.set(id, Number.isNaN(came) ? inside.firstToken[slot] : came);
    this.decode.end.set(id, now);
    if (Number.isNaN(came)) this.decode.lane.set(id, this.prefill.lane.at(id));
  }

  step(index: number, start: number, end: number, replica: Replica): void {
    const { decoding, prefillTokens, runningCount, queued, cache } = replica;
    const own = this.steps[index];
    own.start.push(start);
    own.end.push(end);
    const figures = [prefillTokens, decoding, runningCount, queued, (100 * cache.used) / cache.blocks];
    for (const [i, figure] of figures.entries()) own.figures[i].push(figure);
  }

  levels(index: number, now: number, waiting: number, blocks: number): void {
    this.waiting[index].set(now, waiting);
    this.kv[index].set(now, (100 * blocks) / this.settings.blocks);
  }

  log(names: readonly string[]): RunLog {
    const { count, settings } = this;
    const apart = settings.decoders !== undefined;
    const [prefilling, decoding] = apart ? ["prefill", "decode"] : ["replica", "replica"];
    return {
      requests: { count, arrival: this.arrival.rows(count), end: this.ended.rows(count) },
      stages: [
        this.stage("prefill", prefilling, { ...this.prefill, queued: this.arrival }),
        ...(apart ? [this.stage("transfer", "link", { ...this.transfer, lane: this.decode.lane })] : []),
        this.stage("decode", decoding, { ...this.decode, queued: this.decode.start }),
      ],
      tracks: names.map((resource, i): TrackLog => this.track(resource, i)),
      counters: names.flatMap((resource, i): CounterLog[] => [
        { resource, name: "waiting", unit: "requests", ...this.waiting[i].columns() },
        { resource, name: "KV cache", unit: "%", ...this.kv[i].columns() },
      ]),
    };
  }

  private stage(name: string, resource: string, columns: StageColumns): StageLog {
    return stageLog({ name, category: name, resource }, columns, this.count);
  }

  private track(resource: string, index: number): TrackLog {
    const { start, end, figures } = this.steps[index];
    const { length } = start;
    const columns = stepFigures.map((figure, i) => [figure, figures[i].rows(length)] as const);
    return {
      resource,
      name: "steps",
      start: start.rows(length),
      end: end.rows(length),
      figures: Object.fromEntries(columns),
    };
  }
}
