// Where threads wait for each other: the barriers of a block, and the instructions at which lanes of a warp come together.
import type { Block, Blocks } from "./blocks.js";
import type { FaultReports } from "./fault-reports.js";
import { type Operation, Step } from "./program.js";
import type { Reconvergence } from "./reconvergence.js";
import { lowestLane, popcount, type Split, type Warp } from "./warp.js";

export class Barriers {
  constructor(
    private readonly blocks: Blocks,
    private readonly policy: Reconvergence,
    private readonly operations: readonly Operation[],
    private readonly reports: FaultReports,
  ) {}

  /** A split comes to a block-wide barrier or to a warp's, and waits unless it is the last one to come. */
  arrive(warp: Warp, split: Split, operation: Operation): void {
    const { u32 } = warp.registers;
    const lane = lowestLane(split.mask);
    split.awaited = u32[operation.awaited + lane];
    if (operation.step === Step.warpBarrier) {
      split.state = "warp barrier";
      this.releaseWarp(warp);
      return;
    }
    split.state = "barrier";
    split.awaitedThreads = operation.awaitedThreads < 0 ? 0 : u32[operation.awaitedThreads + lane];
    this.reports.checkBarrier(split);
    this.releaseBlock();
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
    this.releaseBlock();
    this.releaseWarp(warp);
  }

  // A barrier opens when every thread of the block that has not ended has come; with a count, when so many threads have, a
  // warp that has come counting for 32 whatever its lanes.
  private releaseBlock(): void {
    const { warps } = this.blocks.running as Block;
    const waiting = new Map<number, { threads: number; warps: number; wanted: number; splits: Split[] }>();
    let living = 0;
    for (const warp of warps) {
      const alive = warp.exists & ~warp.exited;
      living += popcount(alive);
      const arrived = new Map<number, number>();
      for (const split of warp.splits) {
        if (split.state !== "barrier") continue;
        const group = waiting.get(split.awaited) ?? { threads: 0, warps: 0, wanted: split.awaitedThreads, splits: [] };
        const lanes = this.policy.arriving(warp, split);
        group.threads += popcount(lanes);
        group.splits.push(split);
        waiting.set(split.awaited, group);
        const all = (arrived.get(split.awaited) ?? 0) | lanes;
        arrived.set(split.awaited, all);
        if (all === alive) group.warps++;
      }
    }
    for (const { threads, warps: count, wanted, splits } of waiting.values()) {
      if (wanted === 0 ? threads < living : 32 * count < wanted) continue;
      for (const split of splits) pass(split);
    }
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
      const places = new Map<number, Split[]>();
      for (const split of splits) places.set(split.pc, [...(places.get(split.pc) ?? []), split]);
      // bar.warp.sync may stand in several places; what exchanges values has to be one instruction.
      const exchanges = splits.some(({ pc }) => this.operations[pc].step === Step.together);
      if (places.size > 1 && exchanges) this.reports.divergentExchange(splits);
      for (const [pc, together] of places) {
        for (const split of together) {
          split.state = "ready";
          if (this.operations[pc].step === Step.warpBarrier) split.pc++;
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
