// What is summed up while requests are served, in constant memory: counts, times, tokens, what each replica did. Knows nothing of why.
import { Quantiles, RequestTally } from "../measure/index.js";
import type { Slo } from "../scenario/index.js";
import type { Replica } from "./replica.js";
import type { Requests } from "./requests.js";

/** A value over time: its integral over a window and over everything, and the most it was in the window. */
export class Level {
  value = 0;
  private since = 0;
  /** Over the window; over the whole run. */
  within = 0;
  whole = 0;
  most = 0;

  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  set(now: number, value: number): void {
    if (value === this.value) return;
    this.close(now);
    this.value = value;
    if (now < this.to && value > this.most) this.most = value;
  }

  /** Takes what was until now into the integrals. */
  close(now: number): void {
    this.whole += this.value * (now - this.since);
    this.within += this.value * overlap(this.since, now, this.from, this.to);
    if (this.since < this.from && now > this.from) this.most = this.value;
    this.since = now;
  }
}

/** What one replica did. */
export class ReplicaTally {
  steps = 0;
  stepSeconds = 0;
  /** Seconds within the measured time: of all steps, of those that prefill, of those in which requests waited for room in the cache. */
  busy = 0;
  busyPrefilling = 0;
  blocked = 0;
  /** Within the measured time: steps that decode and that prefill, and their tokens, a step counting by its share in it. */
  decodeSteps = 0;
  decoded = 0;
  prefillSteps = 0;
  prefilled = 0;
  waited = 0;
  waits = 0;
  readonly waiting: Level;
  readonly kv: Level;
  /** 1 while a step runs. */
  readonly working: Level;

  constructor(from: number, to: number) {
    this.waiting = new Level(from, to);
    this.working = new Level(from, to);
    this.kv = new Level(from, to);
  }
}

/** What tokens there were, and what was done for them, beside what is counted of requests as a whole. Seconds. */
export class Tally extends RequestTally {
  measuredTokensOffered = 0;
  /** Tokens of answers that came, and that those who are done should have; prompt tokens that were prefilled, and that had to be. */
  output = 0;
  outputOfCompleted = 0;
  outputWithin = 0;
  prefilled = 0;
  prefilledWithin = 0;
  promptOfCompleted = 0;
  /** Tokens that were prefilled again after a preemption. */
  recomputed = 0;
  readonly inside: Level;
  /** 1 while something is on the link. */
  readonly moving: Level;
  /** Requests that wait anywhere, in the three thirds of the measured time. */
  readonly waitingThirds: readonly Level[];
  private waiting = 0;
  readonly ttft: Quantiles = new Quantiles();
  readonly tpot: Quantiles = new Quantiles();
  readonly itl: Quantiles = new Quantiles();
  /** Of measured requests. */
  prefill = 0;
  transfer = 0;
  transfers = 0;
  decode = 0;
  decodes = 0;
  private sameItl = Number.NaN;
  private sameItlCount = 0;

  constructor(
    from: number,
    to: number,
    private readonly slo: Slo,
  ) {
    super(from, to, new Quantiles());
    this.inside = new Level(from, to);
    this.moving = new Level(from, to);
    const third = (to - from) / 3;
    this.waitingThirds = [0, 1, 2].map((i) => new Level(from + i * third, from + (i + 1) * third));
  }

  /** So many more wait, somewhere. */
  wait(now: number, more: number): void {
    if (more === 0) return;
    this.waiting += more;
    for (const level of this.waitingThirds) level.set(now, this.waiting);
  }

  offer(now: number, tokens: number): void {
    if (this.isWithin(now)) this.measuredTokensOffered += tokens;
  }

  /** Time between two tokens. Those of one step are mostly alike, and are put into the histogram together. */
  interTokenLatency(seconds: number): void {
    if (seconds === this.sameItl) {
      this.sameItlCount++;
      return;
    }
    if (this.sameItlCount > 0) this.itl.add(this.sameItl, this.sameItlCount);
    this.sameItl = seconds;
    this.sameItlCount = 1;
  }

  /** A request has all of its tokens. */
  finish(now: number, slot: number, inside: Requests): void {
    const arrival = inside.arrival[slot];
    const [prompt, output] = [inside.prompt[slot], inside.output[slot]];
    this.complete(arrival, now, inside.waited[slot]);
    this.outputOfCompleted += output;
    this.promptOfCompleted += prompt;
    const firstToken = inside.firstToken[slot];
    const ttft = firstToken - arrival;
    const tpot = output > 1 ? (now - firstToken) / (output - 1) : Number.NaN;
    if (this.isWithin(now) && this.keepsSlo(now - arrival, ttft, tpot)) this.goodWithin++;
    if (inside.measured[slot] === 0) return;
    this.ttft.add(ttft);
    if (output > 1) this.tpot.add(tpot);
    this.prefill += firstToken - inside.prefillStart[slot];
    const arrived = inside.transferEnd[slot];
    if (!Number.isNaN(arrived)) {
      this.transfer += arrived - inside.transferStart[slot];
      this.transfers++;
    }
    if (output > 1) {
      this.decode += now - (Number.isNaN(arrived) ? firstToken : arrived);
      this.decodes++;
    }
  }

  step(replica: Replica, own: ReplicaTally, start: number, end: number): void {
    const seconds = overlap(start, end, this.from, this.to);
    // Costs that somebody made up may have steps that take no time.
    const share = end > start ? seconds / (end - start) : Number(this.isWithin(start));
    own.steps++;
    own.stepSeconds += end - start;
    own.busy += seconds;
    if (replica.prefillTokens > 0) own.busyPrefilling += seconds;
    if (replica.blockedByCache) own.blocked += seconds;
    if (replica.decoding > 0) own.decodeSteps += share;
    own.decoded += share * replica.decoding;
    if (replica.prefillTokens > 0) own.prefillSteps += share;
    own.prefilled += share * replica.prefillTokens;
    this.prefilled += replica.prefillTokens;
    this.prefilledWithin += share * replica.prefillTokens;
  }

  close(now: number): void {
    for (const level of [this.inside, this.moving, ...this.waitingThirds]) level.close(now);
    if (this.sameItlCount > 0) this.itl.add(this.sameItl, this.sameItlCount);
    this.sameItlCount = 0;
  }

  private keepsSlo(seconds: number, ttft: number, tpot: number): boolean {
    const { latency_ms, ttft_ms, tpot_ms } = this.slo;
    const keeps = (limit: number | undefined, value: number): boolean => limit === undefined || !(value * 1e3 > limit);
    return keeps(latency_ms, seconds) && keeps(ttft_ms, ttft) && keeps(tpot_ms, tpot);
  }
}

function overlap(start: number, end: number, from: number, to: number): number {
  return Math.max(0, Math.min(end, to) - Math.max(start, from));
}
