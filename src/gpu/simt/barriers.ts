// Where threads wait for each other: the barriers of a block, and the instructions at which lanes of a warp come together.
import { type ArrivalKind, type BarrierState, barrierCount, count, recount } from "./barrier-state.js";
import type { Block, Blocks } from "./blocks.js";
import type { FaultReports } from "./fault-reports.js";
import { type BarrierRole, type Operation, Step } from "./program.js";
import type { Reconvergence } from "./reconvergence.js";
import { lowestLane, popcount, type Split, type Warp } from "./warp.js";

export class Barriers {
  constructor(
    private readonly blocks: Blocks,
    private readonly policy: Reconvergence,
    private readonly operations: readonly Operation[],
    private readonly reports: FaultReports,
  ) {}

  /** Lanes of a split come to a block's barrier: bar.sync and bar.red wait unless they are the last to come, bar.arrive never. */
  arrive(warp: Warp, split: Split, role: BarrierRole, lanes: number): void {
    const block = this.blocks.running as Block;
    const { u32 } = warp.registers;
    const lane = lowestLane(lanes);
    const id = u32[role.id + lane];
    const named = role.threads < 0 ? 0 : u32[role.threads + lane];
    if (id >= barrierCount) this.reports.noSuchBarrier(id, lane);
    if (named % 32 !== 0) this.reports.partOfWarp(id, named, lane);
    if (named === 0 && !role.waits) this.reports.arrivalWithoutCount(id, lane);
    const wanted = named === 0 ? 32 * block.warps.length : named;
    const kind: ArrivalKind = role.reduction?.operation ?? "plain";
    const state = block.barriers.at(id) ?? block.barriers.begin(id, wanted, kind, split.pc);
    if (state.wanted !== wanted) this.reports.differentCounts(id, wanted, state.wanted, state.pc, lane);
    if (state.kind !== kind) this.reports.mixedBarrier(id, kind, state.kind, state.pc, lane);
    if (named === 0) state.forAll = true;
    if (role.waits) {
      split.state = "barrier";
      split.awaited = id;
    }
    const living = warp.exists & ~warp.exited;
    count(state, warp.index, this.policy.arriving(warp, split) & (role.waits ? living : lanes), living);
    this.openIfComplete(block, id, state);
  }

  /** A split comes to bar.warp.sync, and waits unless it is the last one to come. */
  arriveInWarp(warp: Warp, split: Split, operation: Operation): void {
    split.awaited = warp.registers.u32[operation.awaited + lowestLane(split.mask)];
    split.state = "warp barrier";
    this.releaseWarp(warp);
  }

  /**
   * An instruction that exchanges values waits, before it takes its step, for the lanes of its mask: true where it has to.
   * Under a predicate the lanes that are off will not come: those that are on go on without them.
   */
  waitsForExchange(warp: Warp, split: Split, operation: Operation, lanes: number): boolean {
    if (!this.policy.waits || lanes !== split.mask) return false;
    const mask = warp.registers.u32[operation.awaited + lowestLane(lanes)];
    if (missing(warp, mask, lanes) === 0) return false;
    split.awaited = mask;
    split.state = "warp barrier";
    this.releaseWarp(warp);
    return true;
  }

  /** Lanes of a warp have ended: nobody waits for them any more. */
  lanesEnded(warp: Warp): void {
    const block = this.blocks.running as Block;
    for (const id of block.barriers.begun) {
      const state = block.barriers.at(id) as BarrierState;
      recount(state, warp.index, warp.exists & ~warp.exited);
      this.openIfComplete(block, id, state);
    }
    this.releaseWarp(warp);
  }

  /**
   * Nobody can run. Where lanes wait at a meeting for others that wait at a barrier, they may be those that the barrier needs: as
   * threads that are scheduled independently they go on alone. False where nobody can.
   */
  letMeetingsGo(): boolean {
    let found = false;
    for (const { warps } of this.blocks.resident) {
      for (const warp of warps) {
        for (const split of warp.splits.filter(({ state }) => state !== "ready")) {
          warp.splits = [...warp.splits.filter((other) => other !== split), split];
          this.policy.giveWay(warp, split);
        }
        found ||= warp.splits.some(({ state }) => state === "ready");
      }
    }
    return found;
  }

  // Without a count a barrier opens when every thread of the block that has not ended has come; with one, when so many threads
  // have.
  private openIfComplete(block: Block, id: number, state: BarrierState): void {
    const complete = state.forAll
      ? block.warps.every(({ exists, exited, index }) => (exists & ~exited & ~state.come[index]) === 0)
      : state.arrived >= state.wanted;
    if (!complete) return;
    block.barriers.open(id);
    const waiting = block.warps.flatMap((warp) =>
      warp.splits
        .filter(({ state: doing, awaited }) => doing === "barrier" && awaited === id)
        .map((split) => ({ warp, split })),
    );
    if (state.kind !== "plain") this.reduce(waiting, state.kind);
    for (const { split } of waiting) pass(split);
  }

  // bar.red: all threads that waited get one result of their predicates.
  private reduce(waiting: readonly { readonly warp: Warp; readonly split: Split }[], kind: ArrivalKind): void {
    let [holds, threads] = [0, 0];
    for (const { warp, split } of waiting) {
      const { predicate, flip } = this.reductionAt(split);
      holds += popcount((warp.registers.predicates[predicate] ^ flip) & split.mask);
      threads += popcount(split.mask);
    }
    const truth = kind === "and" ? holds === threads : holds > 0;
    for (const { warp, split } of waiting) {
      const { destination } = this.reductionAt(split);
      const { u32, predicates } = warp.registers;
      if (kind !== "popc") {
        predicates[destination] = truth ? predicates[destination] | split.mask : predicates[destination] & ~split.mask;
        continue;
      }
      for (let lane = 0; lane < 32; lane++) if ((split.mask & (1 << lane)) !== 0) u32[destination + lane] = holds;
    }
  }

  private reductionAt({ pc }: Split): NonNullable<BarrierRole["reduction"]> {
    return this.operations[pc].barrier?.reduction as NonNullable<BarrierRole["reduction"]>;
  }

  // Lanes that have come to the instructions that wait for the same mask go on together when the last one comes.
  private releaseWarp(warp: Warp): void {
    const groups = new Map<number, Split[]>();
    for (const split of warp.splits) {
      if (split.state === "warp barrier") groups.set(split.awaited, [...(groups.get(split.awaited) ?? []), split]);
    }
    for (const [mask, splits] of groups) {
      const come = splits.reduce((lanes, split) => lanes | split.mask, 0);
      if (missing(warp, mask, come) !== 0) continue;
      // In a function that calls itself the same pc is another place in each call.
      const places = new Map<string, Split[]>();
      for (const split of splits) {
        const place = `${split.pc} ${split.depth}`;
        places.set(place, [...(places.get(place) ?? []), split]);
      }
      // bar.warp.sync may stand in several places; what exchanges values has to be one instruction.
      const exchanges = splits.some(({ pc }) => this.operations[pc].step === Step.together);
      if (places.size > 1 && exchanges) this.reports.divergentExchange(splits);
      for (const together of places.values()) {
        for (const split of together) {
          split.state = "ready";
          if (this.operations[split.pc].step === Step.warpBarrier) split.pc++;
        }
        if (together.length > 1) this.policy.merge(warp, together);
      }
    }
  }
}

/** The lanes of a mask that live and are not among those that have come. */
function missing(warp: Warp, mask: number, come: number): number {
  return mask & warp.exists & ~warp.exited & ~come;
}

function pass(split: Split): void {
  split.state = "ready";
  split.pc++;
  split.turns = 0;
}
