// A replica of a language model: which requests each of its steps computes, and what becomes of them. Knows nothing of clocks, of other
// replicas, or of what is measured.
//
// Scheduling is by iteration (G.-I. Yu et al., "Orca", OSDI 2022): before every step the replica chooses anew, so that a request joins
// and leaves between two steps and not with a batch. First come, first served.
// - Whole prompts, as vLLM does (W. Kwon et al., SOSP 2023): while waiting prompts can be admitted, a step prefills them and nobody
//   decodes; else all running requests decode a token.
// - Prompts in chunks (A. Agrawal et al., "Sarathi-Serve", OSDI 2024): every step decodes a token for all, and takes `chunk` prompt
//   tokens at most beside them. With chunks longer than any prompt this is Orca's selective batching.
// - A request is admitted when there is room for all of its prompt's blocks; each further block is taken when it is needed. When none is
//   free the youngest running request is preempted (vLLM): recomputed later from its prompt and its answer so far, or swapped to the
//   host, whose memory has no end here. One that has not finished its prefill is always recomputed. No step that preempts admits.
// Simplified: no prefix is shared, nobody samples several answers, and the host plans a step in no time but the settings' overhead.
import { SlotQueue } from "../engine/index.js";
import { KvCache } from "./kv-cache.js";
import type { Requests } from "./requests.js";
import type { LlmSettings, Role } from "./settings.js";
import type { StepTime } from "./step-time.js";

/** Who is told what becomes of requests. */
export interface ReplicaListener {
  /** It leaves the queue: its prefill begins with this step, or goes on, or it is swapped in. */
  admitted(slot: number): void;
  /** It goes back into the queue, and loses what it has in the cache unless it is swapped. */
  preempted(slot: number): void;
  /** A token of its answer is there; `generated` counts it already. */
  token(slot: number, replica: Replica): void;
  /** It has all of its tokens. */
  finished(slot: number, replica: Replica): void;
  /** It is prefilled, and has to decode elsewhere; its blocks stay here until `handOver`. */
  prefilled(slot: number, replica: Replica): void;
}

export class Replica {
  /** Running requests, the eldest first. */
  readonly running: Int32Array;
  runningCount = 0;
  readonly waiting: SlotQueue = new SlotQueue();
  readonly swapped: SlotQueue = new SlotQueue();
  /** Prefilled elsewhere, and waiting for room here. */
  readonly incoming: SlotQueue = new SlotQueue();
  readonly cache: KvCache;
  /** As a router sees it. */
  requests = 0;
  tokens = 0;
  /** Requests that have blocks here and are on their way, or have come since the step began. */
  expected = 0;
  private readonly joining: SlotQueue = new SlotQueue();
  /** Of the step that runs, or ran last. */
  decoding = 0;
  prefillTokens = 0;
  swappedOut = 0;
  swappedIn = 0;
  /** Somebody had to wait, or to go, for want of a block. */
  blockedByCache = false;
  preemptions = 0;
  private stepPreempts = false;

  constructor(
    readonly role: Role,
    /** `replica 0`. */
    readonly name: string,
    private readonly settings: LlmSettings,
    private readonly inside: Requests,
    private readonly time: StepTime,
    private readonly listener: ReplicaListener,
  ) {
    this.running = new Int32Array(settings.maxBatch);
    this.cache = new KvCache(settings.blocks, settings.blockTokens);
  }

  /** Nobody runs here, waits, or has just come. */
  get isEmpty(): boolean {
    return this.runningCount + this.joining.length + this.queued === 0;
  }

  /** Requests that wait for it. */
  get queued(): number {
    return this.waiting.length + this.swapped.length + this.incoming.length;
  }

  /** A request is sent here: it waits, with its prompt still to do, or to come with its keys and values. */
  accept(slot: number): void {
    const { inside } = this;
    this.requests++;
    this.tokens += inside.prompt[slot] + inside.generated[slot];
    (this.role === "decode" ? this.incoming : this.waiting).push(slot);
  }

  /** Reserves room for the next request that comes with its keys and values, and gives it; -1 where there is none, or no room. */
  expect(): number {
    const { cache, inside, incoming } = this;
    // Those that were preempted here were here before.
    if (incoming.length === 0 || this.waiting.length + this.swapped.length > 0) return -1;
    const slot = incoming.first();
    const blocks = cache.blocksOf(inside.cached[slot]);
    const others = this.runningCount + this.expected;
    if (others >= this.settings.maxBatch || !this.hasRoom(blocks, others)) return -1;
    incoming.shift();
    cache.allocate(blocks);
    this.expected++;
    return slot;
  }

  /** What was expected has come: it decodes from the next step on, which may not be the one that runs. */
  join(slot: number): void {
    const { inside } = this;
    inside.blocks[slot] = this.cache.blocksOf(inside.cached[slot]);
    this.joining.push(slot);
  }

  /** Lays down the next step. False where there is nothing to do. */
  begin(): boolean {
    this.time.begin();
    this.decoding = 0;
    this.prefillTokens = 0;
    this.swappedOut = 0;
    this.swappedIn = 0;
    this.stepPreempts = false;
    this.blockedByCache = false;
    for (; this.joining.length > 0; this.expected--) this.enter(this.joining.shift());
    const { chunk, maxTokens } = this.settings;
    if (chunk === undefined) {
      this.admit(maxTokens, "whole");
      if (this.prefillTokens === 0) this.decode();
    } else {
      this.decode();
      const budget = Math.min(chunk, maxTokens - this.decoding);
      this.admit(this.continuePrefills(budget), "cut");
    }
    return this.decoding > 0 || this.prefillTokens > 0;
  }

  /** The step is over: tokens are there, and who has all of them leaves. */
  end(): void {
    const { inside, running } = this;
    const { chunk, toPrefill, cached } = inside;
    const decodes = this.decoding > 0;
    this.tokens += this.decoding;
    const { runningCount } = this;
    let kept = 0;
    for (let i = 0; i < runningCount; i++) {
      const slot = running[i];
      const prefilled = chunk[slot];
      let stays = true;
      if (prefilled > 0) {
        chunk[slot] = 0;
        cached[slot] += prefilled;
        toPrefill[slot] -= prefilled;
        if (toPrefill[slot] === 0) {
          this.tokens++;
          stays = this.emit(slot) && this.staysToDecode(slot);
        }
      } else if (decodes && toPrefill[slot] === 0) {
        cached[slot]++;
        stays = this.emit(slot);
      }
      if (stays) running[kept++] = slot;
    }
    this.runningCount = kept;
  }

  /** The keys and values of a request have gone elsewhere: its blocks are free again. */
  handOver(slot: number): void {
    this.cache.release(this.inside.blocks[slot]);
    this.inside.blocks[slot] = 0;
  }

  /** It has left: a router counts it no more. */
  private leave(slot: number): void {
    this.requests--;
    this.tokens -= this.inside.prompt[slot] + this.inside.generated[slot];
  }

  /** Gives it a token; false where that was its last. */
  private emit(slot: number): boolean {
    const { inside } = this;
    const generated = ++inside.generated[slot];
    this.listener.token(slot, this);
    if (generated < inside.output[slot]) return true;
    this.cache.release(inside.blocks[slot]);
    inside.blocks[slot] = 0;
    this.leave(slot);
    this.listener.finished(slot, this);
    return false;
  }

  private staysToDecode(slot: number): boolean {
    if (this.role !== "prefill") return true;
    this.leave(slot);
    this.listener.prefilled(slot, this);
    return false;
  }

  /** Every running request whose prompt is done decodes a token, if there is room for it; then those swapped out may come back. */
  private decode(): void {
    const { inside, running, cache } = this;
    const { blockTokens } = this.settings;
    const { toPrefill, cached, blocks } = inside;
    let context = 0;
    let count = 0;
    for (let i = 0; i < this.runningCount; i++) {
      const slot = running[i];
      if (toPrefill[slot] > 0) continue;
      if (cached[slot] === blocks[slot] * blockTokens) {
        while (cache.full && this.preemptYoungest() !== slot);
        if (i >= this.runningCount) break;
        cache.allocate(1);
        blocks[slot]++;
      }
      context += cached[slot] + 1;
      count++;
    }
    while (
      this.swapped.length > 0 &&
      !this.stepPreempts &&
      this.runningCount + this.expected < this.settings.maxBatch
    ) {
      const slot = this.swapped.first();
      // Its token of this step needs room as well.
      const needed = cache.blocksOf(cached[slot] + 1);
      if (!this.hasRoom(needed, this.runningCount + this.expected)) break;
      this.swapped.shift();
      this.swappedIn += blocks[slot];
      cache.allocate(needed);
      blocks[slot] = needed;
      this.enter(slot);
      this.listener.admitted(slot);
      context += cached[slot] + 1;
      count++;
    }
    this.decoding = count;
    if (count > 0) this.time.decode(count, context);
  }

  /** Prompts that were cut go on; gives what is left of the step's prompt tokens. */
  private continuePrefills(budget: number): number {
    const { inside, running } = this;
    let left = budget;
    for (let i = 0; i < this.runningCount && left > 0; i++) {
      const slot = running[i];
      if (inside.toPrefill[slot] > 0) left -= this.prefill(slot, left);
    }
    return left;
  }

  /** Admits waiting requests for as many prompt tokens. */
  private admit(budget: number, prompts: "whole" | "cut"): void {
    const { inside, cache, waiting } = this;
    let left = budget;
    while (left > 0 && waiting.length > 0 && this.swapped.length === 0 && !this.stepPreempts) {
      const others = this.runningCount + this.expected;
      if (others >= this.settings.maxBatch) return;
      const slot = waiting.first();
      const tokens = inside.prompt[slot] + inside.generated[slot];
      if (prompts === "whole" && tokens > left) return;
      const blocks = cache.blocksOf(tokens);
      if (!this.hasRoom(blocks, others)) return;
      waiting.shift();
      cache.allocate(blocks);
      inside.blocks[slot] = blocks;
      inside.cached[slot] = 0;
      inside.toPrefill[slot] = tokens;
      this.enter(slot);
      this.listener.admitted(slot);
      left -= this.prefill(slot, left);
    }
  }

  private prefill(slot: number, budget: number): number {
    const { inside } = this;
    const left = inside.toPrefill[slot];
    const tokens = Math.min(left, budget);
    inside.chunk[slot] = tokens;
    this.time.prompt(tokens, inside.cached[slot], tokens === left ? 1 : 0);
    this.prefillTokens += tokens;
    return tokens;
  }

  /** Into its place by age among those who run. */
  private enter(slot: number): void {
    const { running } = this;
    const { id } = this.inside;
    let i = this.runningCount++;
    for (; i > 0 && id[running[i - 1]] > id[slot]; i--) running[i] = running[i - 1];
    running[i] = slot;
  }

  private hasRoom(blocks: number, others: number): boolean {
    if (this.cache.admits(blocks, others)) return true;
    this.blockedByCache = true;
    return false;
  }

  private preemptYoungest(): number {
    const { inside } = this;
    const slot = this.running[--this.runningCount];
    this.listener.preempted(slot);
    this.stepPreempts = true;
    this.blockedByCache = true;
    this.preemptions++;
    this.cache.release(inside.blocks[slot]);
    if (this.settings.preemption === "swap" && inside.toPrefill[slot] === 0) {
      this.swappedOut += inside.blocks[slot];
      this.swapped.unshift(slot);
    } else {
      inside.blocks[slot] = 0;
      inside.cached[slot] = 0;
      this.waiting.unshift(slot);
    }
    return slot;
  }
}
