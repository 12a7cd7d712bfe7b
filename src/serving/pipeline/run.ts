// Requests going through the stages of a pipeline, event by event. Every resource serves in the order in which it is asked; what waits is
// in its line, and a line that is full turns away. Knows nothing of how the figures are summed up or shown.
import type { Progress } from "../../core/progress.js";
import { type ArrivalTimes, arrivalTimes, type RandomStream, randomStream } from "../arrivals/index.js";
import { EventQueue, SharedLink, SlotQueue } from "../engine/index.js";
import type { Quantiles } from "../measure/index.js";
import { resourceNames, type Workload } from "../scenario/index.js";
import { Gauge } from "./gauge.js";
import { type PipelinePlan, type PlannedStage, resourceCode } from "./plan.js";
import type { Recording } from "./recording.js";
import { RequestSlots } from "./slots.js";
import { Tally } from "./tally.js";

/** What is told of a run while it goes on. */
export interface PipelineRunOptions {
  readonly seed: number;
  readonly latency: Quantiles;
  /** Where each step of each request is kept; nowhere unless given. */
  readonly recording?: Recording | undefined;
  readonly progress?: Progress | undefined;
}

// Kinds of events; the payload is said behind each.
const arrives = 0; // nothing
const marks = 1; // nothing
const served = 2; // slot
const transferred = 3; // generation of the link; + 0 for h2d, + 1 for d2h
const timesOut = 8; // generation of the batcher; + its place
const { h2d } = resourceCode;
/** Requests between two reports of progress. */
const reportEvery = 8192;

/** Runs it to the end: until everything that arrived has left. */
export function runPipeline(workload: Workload, plan: PipelinePlan, options: PipelineRunOptions): PipelineRun {
  const run = new PipelineRun(workload, plan, options);
  run.go();
  return run;
}

export class PipelineRun {
  readonly tally: Tally;
  readonly slots: RequestSlots;
  /** Requests inside. */
  readonly inside: Gauge;
  /** By resource: requests that wait, in lines and in batches that form; servers that are busy (of a link: whether it transfers). */
  readonly waiting: readonly Gauge[];
  readonly busy: readonly Gauge[];
  readonly links: readonly (SharedLink | undefined)[];

  private readonly events = new EventQueue();
  private readonly arrivals: ArrivalTimes;
  private readonly stages: readonly PlannedStage[];
  private readonly lines = resourceNames.map(() => new SlotQueue());
  /** By resource: the lanes that are free, the next one last. */
  private readonly freeLanes: readonly Int32Array[];
  private readonly freeCount: Int32Array;
  /** By draw: the stage whose times are spread, and the stream that spreads them. */
  private readonly spread: readonly { readonly cv: number; readonly stream: RandomStream }[];
  /** Of a stage its place in `spread`, or -1. */
  private readonly drawOf: Int32Array;
  /** By batcher: its requests, linked. */
  private readonly batchFirst: Int32Array;
  private readonly batchLast: Int32Array;
  private readonly batchSize: Int32Array;
  private readonly batchGeneration: Int32Array;
  private readonly recording: Recording | undefined;
  private readonly progress: Progress | undefined;

  constructor(
    requests: Workload,
    readonly plan: PipelinePlan,
    { seed, latency, recording, progress }: PipelineRunOptions,
  ) {
    const { stages, workload, batchers, servers, rates } = plan;
    this.stages = stages;
    this.recording = recording;
    this.progress = progress;
    this.arrivals = arrivalTimes(requests, seed);
    const spread: { cv: number; stream: RandomStream }[] = [];
    this.drawOf = Int32Array.from(stages, ({ settings: { stage, cv } }) =>
      cv === 0 ? -1 : spread.push({ cv, stream: randomStream(seed, `service ${stage.name}`) }) - 1,
    );
    this.spread = spread;
    this.slots = new RequestSlots(spread.length);
    this.tally = new Tally(plan, latency);
    const gauge = () => new Gauge(workload.from, workload.to);
    this.inside = gauge();
    this.waiting = resourceNames.map(gauge);
    this.busy = resourceNames.map(gauge);
    this.links = rates.map((rate) => (rate > 0 ? new SharedLink(rate) : undefined));
    this.freeLanes = servers.map((count) => Int32Array.from({ length: count }, (_, i) => count - 1 - i));
    this.freeCount = Int32Array.from(servers);
    this.batchFirst = new Int32Array(batchers.length).fill(-1);
    this.batchLast = new Int32Array(batchers.length).fill(-1);
    this.batchSize = new Int32Array(batchers.length);
    this.batchGeneration = new Int32Array(batchers.length);
  }

  go(): void {
    const { events, arrivals } = this;
    const { from, to } = this.plan.workload;
    for (const moment of [from, (from + to) / 2, to]) events.schedule(moment, marks, 0);
    let next = arrivals.next();
    if (next < Number.POSITIVE_INFINITY) events.schedule(next, arrives, 0);
    while (events.next()) {
      const now = events.time;
      switch (events.kind) {
        case arrives:
          next = arrivals.next();
          if (next < Number.POSITIVE_INFINITY) events.schedule(next, arrives, 0);
          this.arrive(now);
          break;
        case served:
          this.serve(now, events.payload);
          break;
        case transferred:
        case transferred + 1:
          this.transfer(now, h2d + 2 * (events.kind - transferred), events.payload);
          break;
        case marks:
          this.mark(now);
          break;
        default:
          this.timeOut(now, events.kind - timesOut, events.payload);
      }
    }
  }

  private mark(now: number): void {
    this.inside.mark(now);
    for (const gauge of this.waiting) gauge.mark(now);
    for (const gauge of this.busy) gauge.mark(now);
  }

  private arrive(now: number): void {
    const { slots, spread, tally } = this;
    const slot = slots.take();
    const request = tally.arrived;
    tally.arrive(now);
    slots.number[slot] = request;
    slots.arrival[slot] = now;
    for (let draw = 0; draw < spread.length; draw++) {
      const { cv, stream } = spread[draw];
      slots.factors[slot * spread.length + draw] = cv === 1 ? stream.exponential(1) : stream.gamma(1, cv);
    }
    this.inside.add(now, 1);
    this.recording?.arrive(request, now);
    if (request % reportEvery === 0) this.progress?.moveTo(request);
    slots.queued[slot] = now;
    this.enter(now, slot, 0);
  }

  /** A request, or a batch by its first, comes to a stage. */
  private enter(now: number, slot: number, stage: number): void {
    if (stage === this.stages.length) {
      this.leave(now, slot);
      return;
    }
    this.slots.stage[slot] = stage;
    const { batcher, resource } = this.stages[stage];
    if (batcher >= 0) this.collect(now, slot, batcher, resource);
    else this.ask(now, slot, resource, this.slots.size[slot]);
  }

  private collect(now: number, slot: number, batcher: number, resource: number): void {
    const { slots } = this;
    if (this.waiting[resource].value + 1 > this.plan.target.queueLimit) {
      this.reject(now, slot);
      return;
    }
    this.addWaiting(now, resource, 1);
    const size = ++this.batchSize[batcher];
    if (size === 1) {
      this.batchFirst[batcher] = slot;
      this.batchGeneration[batcher] = (this.batchGeneration[batcher] + 1) | 0;
    } else slots.next[this.batchLast[batcher]] = slot;
    this.batchLast[batcher] = slot;
    if (size === this.plan.workload.batchSize) this.closeBatch(now, batcher);
    else if (size === 1) {
      const limit = now + this.plan.workload.batchTimeout;
      this.events.schedule(limit, timesOut + batcher, this.batchGeneration[batcher]);
    }
  }

  private timeOut(now: number, batcher: number, generation: number): void {
    if (this.batchSize[batcher] > 0 && this.batchGeneration[batcher] === generation) this.closeBatch(now, batcher);
  }

  private closeBatch(now: number, batcher: number): void {
    const { slots } = this;
    const first = this.batchFirst[batcher];
    const stage = this.plan.batchers[batcher];
    slots.size[first] = this.batchSize[batcher];
    this.batchSize[batcher] = 0;
    const { resource } = this.stages[stage];
    this.tally.closeBatch(slots.size[first]);
    for (let slot = first; slot >= 0; slot = slots.next[slot]) {
      this.tally.collected(slots.arrival[slot], now - slots.queued[slot]);
    }
    // Its requests are counted as waiting already.
    slots.joined[first] = now;
    if (this.isFree(resource)) {
      this.addWaiting(now, resource, -slots.size[first]);
      this.begin(now, first, resource);
    } else this.lines[resource].push(first);
  }

  /** Begins where a server is free, waits where the line allows it, and is turned away otherwise. */
  private ask(now: number, slot: number, resource: number, size: number): void {
    this.slots.joined[slot] = now;
    if (this.isFree(resource)) this.begin(now, slot, resource);
    else if (this.waiting[resource].value + size > this.plan.target.queueLimit) this.rejectBatch(now, slot);
    else {
      this.addWaiting(now, resource, size);
      this.lines[resource].push(slot);
    }
  }

  private isFree(resource: number): boolean {
    return this.freeCount[resource] > 0;
  }

  private begin(now: number, first: number, resource: number): void {
    const { slots, tally } = this;
    const size = slots.size[first];
    const stage = slots.stage[first];
    tally.began(resource, slots.joined[first]);
    for (let slot = first; slot >= 0; slot = slots.next[slot]) {
      const waited = now - slots.queued[slot];
      slots.waited[slot] += waited;
      tally.waited(resource, slots.arrival[slot], waited);
    }
    slots.started[first] = now;
    slots.lane[first] = this.freeLanes[resource][--this.freeCount[resource]];
    const link = this.links[resource];
    if (link === undefined) {
      this.setBusy(now, resource, this.busy[resource].value + 1);
      const seconds = this.stages[stage].seconds[size] * this.factorOf(first, stage, size);
      this.events.schedule(now + seconds, served, first);
    } else {
      const bytes = size * this.stages[stage].bytes;
      tally.bytes[resource] += bytes;
      link.start(first, bytes, now);
      this.setTransferring(now, resource, link.transfers);
      this.awaitTransfer(link, resource);
    }
  }

  /** The mean over a batch of what its requests drew. */
  private factorOf(first: number, stage: number, size: number): number {
    const { slots } = this;
    const draw = this.drawOf[stage];
    if (draw < 0) return 1;
    const draws = this.spread.length;
    if (size === 1) return slots.factors[first * draws + draw];
    let sum = 0;
    for (let slot = first; slot >= 0; slot = slots.next[slot]) sum += slots.factors[slot * draws + draw];
    return sum / size;
  }

  private serve(now: number, first: number): void {
    const { resource } = this.stages[this.slots.stage[first]];
    this.setBusy(now, resource, this.busy[resource].value - 1);
    this.finishStage(now, first, resource);
  }

  private transfer(now: number, resource: number, generation: number): void {
    const link = this.links[resource]!;
    // Another transfer began or ended since this was predicted.
    if (link.generation !== generation) return;
    const first = link.finish(now);
    const ended = link.generation;
    this.setTransferring(now, resource, link.transfers);
    this.finishStage(now, first, resource);
    // A transfer that began meanwhile has done so itself.
    if (link.transfers > 0 && link.generation === ended) this.awaitTransfer(link, resource);
  }

  private awaitTransfer(link: SharedLink, resource: number): void {
    this.events.schedule(link.nextEnd(), transferred + ((resource - h2d) >> 1), link.generation);
  }

  /** Whoever waited takes the server before the one that leaves it can ask again. */
  private finishStage(now: number, first: number, resource: number): void {
    const { slots } = this;
    const stage = slots.stage[first];
    const size = slots.size[first];
    const start = slots.started[first];
    const { parts } = this.stages[stage];
    this.tally.served(resource, size, now - start);
    this.freeLanes[resource][this.freeCount[resource]++] = slots.lane[first];
    const line = this.lines[resource];
    if (line.length > 0) {
      const waiting = line.shift();
      this.addWaiting(now, resource, -slots.size[waiting]);
      this.begin(now, waiting, resource);
    }
    const lane = slots.lane[first];
    for (let slot = first; slot >= 0; slot = slots.next[slot]) {
      this.tally.passed(stage, slots.arrival[slot], now - start);
      this.recording?.stage(stage, slots.number[slot], { queued: slots.queued[slot], start, end: now, lane });
      slots.queued[slot] = now;
    }
    if (!parts) {
      this.enter(now, first, stage + 1);
      return;
    }
    let slot = first;
    while (slot >= 0) {
      const following = slots.next[slot];
      slots.next[slot] = -1;
      slots.size[slot] = 1;
      this.enter(now, slot, stage + 1);
      slot = following;
    }
  }

  private leave(now: number, slot: number): void {
    const { slots } = this;
    this.inside.add(now, -1);
    this.tally.complete(slots.arrival[slot], now, slots.waited[slot]);
    this.recording?.end(slots.number[slot], now);
    slots.release(slot);
  }

  private rejectBatch(now: number, first: number): void {
    let slot = first;
    while (slot >= 0) {
      const following = this.slots.next[slot];
      this.reject(now, slot);
      slot = following;
    }
  }

  private reject(now: number, slot: number): void {
    this.inside.add(now, -1);
    this.tally.reject(this.slots.arrival[slot], now);
    this.slots.release(slot);
  }

  private addWaiting(now: number, resource: number, difference: number): void {
    const gauge = this.waiting[resource];
    gauge.add(now, difference);
    this.recording?.waiting(resource, now, gauge.value);
  }

  private setBusy(now: number, resource: number, value: number): void {
    this.busy[resource].set(now, value);
    this.recording?.serving(resource, now, value);
  }

  /** A link is busy as a whole, however many transfers share it. */
  private setTransferring(now: number, resource: number, active: number): void {
    this.busy[resource].set(now, Math.min(1, active));
    this.recording?.serving(resource, now, active);
  }
}
