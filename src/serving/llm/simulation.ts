// Requests through replicas of a language model, event by event. Knows of time only what the tables of its costs say.
//
// A request arrives and a router sends it to a replica, where it waits. A replica that has something to do runs step after step. Where
// prefill and decode are apart (Y. Zhong et al., "DistServe", OSDI 2024) the first token comes at the end of the prefill; the request
// then waits for room in a decoding replica, which a router of its own chose, and its keys and values go over a link that all transfers
// share equally. Until they are there they take room in both replicas. A request that is preempted where it decodes is recomputed there.
import { arrivalTimes } from "../arrivals/index.js";
import type { StepCosts } from "../cost/index.js";
import { EventQueue, SharedLink } from "../engine/index.js";
import type { Scenario } from "../scenario/index.js";
import { targetSettings, workloadSettings } from "../scenario/settings.js";
import type { Recording } from "./recording.js";
import { Replica, type ReplicaListener } from "./replica.js";
import { Requests } from "./requests.js";
import { Router } from "./router.js";
import type { LlmSettings } from "./settings.js";
import { StepTime } from "./step-time.js";
import { ReplicaTally, Tally } from "./tally.js";
import { TokenStream } from "./token-counts.js";

export interface LlmSimulationOptions {
  readonly seed: number;
  readonly settings: LlmSettings;
  readonly recording: Recording | undefined;
  /** Called for every request that has left. */
  readonly left: () => void;
}

/** Events. The payload of `stepEnd` is the replica; that of `transferEnd` the generation of the link. */
const arrival = 0;
const stepEnd = 1;
const transferEnd = 2;

export class LlmSimulation implements ReplicaListener {
  readonly replicas: readonly Replica[];
  readonly replicaTallies: readonly ReplicaTally[];
  readonly tally: Tally;
  readonly link: SharedLink | undefined;
  readonly inside: Requests = new Requests();
  private readonly events = new EventQueue();
  private readonly firstRouter: Router;
  private readonly decodeRouter: Router | undefined;
  private readonly input: TokenStream;
  private readonly output: TokenStream;
  private readonly arrivals: { next(): number };
  private readonly queueLimit: number;
  private readonly stepStart: Float64Array;
  private readonly isBusy: Uint8Array;
  private readonly times: readonly StepTime[];
  private readonly indexOf: ReadonlyMap<Replica, number>;
  private readonly swapRate: NonNullable<StepCosts["swap"]>;
  /** Replicas that something has happened to at this moment. */
  private readonly touched: number[] = [];
  private nextArrival = 0;
  private now = 0;
  private readonly settings: LlmSettings;
  private readonly recording: Recording | undefined;
  private readonly left: () => void;

  constructor(scenario: Scenario, costs: StepCosts, { seed, settings, recording, left }: LlmSimulationOptions) {
    const { workload, slo = {} } = scenario;
    this.settings = settings;
    this.recording = recording;
    this.left = left;
    const { first, decoders } = settings;
    const { from, to } = workloadSettings(workload);
    this.tally = new Tally(from, to, slo);
    const roles = [
      ...Array.from({ length: first.count }, (_, i) => ({ role: first.role, name: `${nameOf[first.role]} ${i}` })),
      ...Array.from({ length: decoders?.count ?? 0 }, (_, i) => ({ role: "decode" as const, name: `decode ${i}` })),
    ];
    this.times = roles.map(() => new StepTime(costs, settings.overhead));
    this.replicas = roles.map(
      ({ role, name }, i) => new Replica(role, name, settings, this.inside, this.times[i], this),
    );
    this.indexOf = new Map(this.replicas.map((replica, i) => [replica, i]));
    this.replicaTallies = roles.map(() => new ReplicaTally(from, to));
    this.stepStart = new Float64Array(roles.length);
    this.isBusy = new Uint8Array(roles.length);
    this.firstRouter = new Router(settings.router, this.replicas.slice(0, first.count), seed, "router");
    if (decoders !== undefined) {
      this.decodeRouter = new Router(settings.router, this.replicas.slice(first.count), seed, "router to decode");
      this.link = new SharedLink(decoders.link);
    }
    this.input = TokenStream.of(scenario, "input", seed);
    this.output = TokenStream.of(scenario, "output", seed);
    this.arrivals = arrivalTimes(workload, seed);
    this.queueLimit = targetSettings(scenario).queueLimit;
    this.swapRate = costs.swap ?? { in: Number.POSITIVE_INFINITY, out: Number.POSITIVE_INFINITY };
  }

  /** From the first arrival until the last request has left. */
  run(): void {
    const { events } = this;
    this.nextArrival = this.arrivals.next();
    this.awaitArrival();
    while (events.next()) {
      this.now = events.time;
      switch (events.kind) {
        case arrival:
          this.takeArrivals();
          this.wakeTouched();
          break;
        case stepEnd:
          this.endStep(events.payload);
          break;
        case transferEnd:
          if (events.payload === this.link?.generation) this.endTransfers();
          break;
      }
    }
    const { now, tally } = this;
    tally.close(now);
    for (const { waiting, kv, working } of this.replicaTallies) {
      for (const level of [waiting, kv, working]) level.close(now);
    }
  }

  admitted(slot: number): void {
    const { inside, now } = this;
    const waited = now - inside.waitingSince[slot];
    inside.waited[slot] += waited;
    if (inside.measured[slot] === 1) {
      const own = this.replicaTallies[inside.replica[slot]];
      own.waited += waited;
      own.waits++;
    }
    if (Number.isNaN(inside.prefillStart[slot])) {
      inside.prefillStart[slot] = now;
      this.recording?.prefills(slot, inside);
    }
  }

  preempted(slot: number): void {
    const { inside, tally } = this;
    inside.waitingSince[slot] = this.now;
    if (inside.toPrefill[slot] > 0) tally.recomputed += inside.cached[slot];
    else if (this.settings.preemption === "recompute") tally.recomputed += inside.prompt[slot] + inside.generated[slot];
  }

  token(slot: number): void {
    const { inside, now, tally } = this;
    tally.output++;
    if (tally.isWithin(now)) tally.outputWithin++;
    if (inside.generated[slot] === 1) inside.firstToken[slot] = now;
    else if (inside.measured[slot] === 1) tally.interTokenLatency(now - inside.lastToken[slot]);
    inside.lastToken[slot] = now;
  }

  finished(slot: number): void {
    const { inside, now } = this;
    this.tally.finish(now, slot, inside);
    this.recording?.complete(slot, inside, now);
    inside.release(slot);
    this.tally.inside.set(now, inside.count);
    this.left();
  }

  prefilled(slot: number, replica: Replica): void {
    const { inside, settings } = this;
    const to = settings.first.count + (this.decodeRouter as Router).choose();
    inside.holder[slot] = this.indexOf.get(replica) as number;
    inside.replica[slot] = to;
    inside.waitingSince[slot] = this.now;
    this.replicas[to].accept(slot);
    this.startTransfers(to);
    this.observe(to);
  }

  private awaitArrival(): void {
    if (this.nextArrival < Number.POSITIVE_INFINITY) this.events.schedule(this.nextArrival, arrival, 0);
  }

  /** All that arrive now; a step that begins at the same moment takes them, so that it must not matter which event came first. */
  private takeArrivals(): void {
    if (this.nextArrival > this.now) return;
    while (this.nextArrival <= this.now) {
      this.accept();
      this.nextArrival = this.arrivals.next();
    }
    this.awaitArrival();
  }

  private accept(): void {
    const { inside, tally, now } = this;
    const [prompt, output] = [this.input.next(), this.output.next()];
    const id = tally.arrived;
    tally.arrive(now);
    tally.offer(now, prompt + output);
    this.recording?.arrive(id, now);
    const chosen = this.firstRouter.choose();
    const replica = this.replicas[chosen];
    if (replica.waiting.length >= this.queueLimit) {
      tally.reject(now, now);
      this.left();
      return;
    }
    const slot = inside.take(id, now, prompt, output);
    inside.measured[slot] = tally.isWithin(now) ? 1 : 0;
    inside.replica[slot] = chosen;
    replica.accept(slot);
    tally.inside.set(now, inside.count);
    // An idle replica may take it at this very moment: then it never waited.
    if (this.isBusy[chosen] === 1) this.observe(chosen);
    else this.touched.push(chosen);
  }

  /** Those that something has happened to begin a step, if they are idle and have one to do. */
  private wakeTouched(): void {
    const { touched } = this;
    for (const index of touched) this.wake(index);
    touched.length = 0;
  }

  private wake(index: number): void {
    if (this.isBusy[index] === 1) return;
    const replica = this.replicas[index];
    if (replica.isEmpty) return;
    const begins = replica.begin();
    this.observe(index);
    if (!begins) return;
    const { blockBytes } = this.settings;
    const swap = (replica.swappedOut / this.swapRate.out + replica.swappedIn / this.swapRate.in) * blockBytes;
    const end = this.now + this.times[index].seconds() + swap;
    this.isBusy[index] = 1;
    this.replicaTallies[index].working.set(this.now, 1);
    this.stepStart[index] = this.now;
    this.events.schedule(end, stepEnd, index);
    this.recording?.step(index, this.now, end, replica);
  }

  private endStep(index: number): void {
    const replica = this.replicas[index];
    this.isBusy[index] = 0;
    this.replicaTallies[index].working.set(this.now, 0);
    this.tally.step(replica, this.replicaTallies[index], this.stepStart[index], this.now);
    replica.end();
    this.touched.push(index);
    this.takeArrivals();
    if (replica.role === "decode") this.startTransfers(index);
    this.wakeTouched();
    this.observe(index);
  }

  /** As many of those that wait to come here as there is room for. */
  private startTransfers(index: number): void {
    const link = this.link as SharedLink;
    const { inside, now } = this;
    const replica = this.replicas[index];
    const { kvBytesPerToken } = this.settings;
    let started = false;
    for (let slot = replica.expect(); slot >= 0; slot = replica.expect()) {
      const waited = now - inside.waitingSince[slot];
      inside.waited[slot] += waited;
      inside.transferStart[slot] = now;
      if (inside.measured[slot] === 1) {
        this.replicaTallies[index].waited += waited;
        this.replicaTallies[index].waits++;
      }
      link.start(slot, inside.cached[slot] * kvBytesPerToken, now);
      started = true;
    }
    if (started) this.awaitTransfer();
  }

  private awaitTransfer(): void {
    const link = this.link as SharedLink;
    const end = link.nextEnd();
    this.tally.moving.set(this.now, end < Number.POSITIVE_INFINITY ? 1 : 0);
    if (end < Number.POSITIVE_INFINITY) this.events.schedule(end, transferEnd, link.generation);
  }

  /** All transfers that end now: a step that begins at the same moment takes all of their requests. */
  private endTransfers(): void {
    const { inside, now } = this;
    const link = this.link as SharedLink;
    while (link.nextEnd() <= now) {
      const slot = link.finish(now);
      const [from, to] = [inside.holder[slot], inside.replica[slot]];
      inside.transferEnd[slot] = now;
      this.replicas[from].handOver(slot);
      this.replicas[to].join(slot);
      this.recording?.moves(slot, inside);
      this.touched.push(from, to);
      this.observe(from);
    }
    this.awaitTransfer();
    this.takeArrivals();
    this.wakeTouched();
  }

  private observe(index: number): void {
    const { now } = this;
    const { queued, cache } = this.replicas[index];
    const own = this.replicaTallies[index];
    this.tally.wait(now, queued - own.waiting.value);
    own.waiting.set(now, queued);
    own.kv.set(now, cache.used);
    this.recording?.levels(index, now, queued, cache.used);
  }
}

const nameOf = { both: "replica", prefill: "prefill" } as const;
