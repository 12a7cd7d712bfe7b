// What a launch did, event by event, for logs: where warps diverged, and where and when each block ran. Observers; each keeps so
// many events and counts the rest.
import type { MemoryRegion } from "../simt/memory-region.js";
import type { ExecutionPoint, Observer } from "../simt/observer.js";

/** A branch at which the lanes of a warp went both ways. Masks are unsigned, lane 0 the lowest bit. */
export interface Divergence {
  readonly block: number;
  readonly warp: number;
  readonly pc: number;
  readonly taken: number;
  readonly notTaken: number;
}

export class DivergenceObserver implements Observer {
  readonly events: Divergence[] = [];
  /** Divergences beyond those that are kept. */
  leftOut = 0;

  /** Keeps the first `limit`. */
  constructor(private readonly limit: number) {}

  branch({ block, warp, pc }: ExecutionPoint, taken: number, notTaken: number): void {
    if (taken === 0 || notTaken === 0) return;
    if (this.events.length >= this.limit) this.leftOut++;
    else this.events.push({ block, warp, pc, taken: taken >>> 0, notTaken: notTaken >>> 0 });
  }
}

/** A block's stay on an SM: its first step, and the one after its last. */
export interface BlockStay {
  readonly block: number;
  readonly sm: number;
  readonly firstStep: number;
  readonly endStep: number;
}

export class BlockObserver implements Observer {
  readonly stays: BlockStay[] = [];
  leftOut = 0;
  private readonly begun = new Map<number, { sm: number; firstStep: number }>();

  /** Keeps the first `limit`; `steps` tells how many steps the machine has taken. */
  constructor(
    private readonly limit: number,
    private readonly steps: () => number,
  ) {}

  blockStart(block: number, _shared: MemoryRegion, sm: number): void {
    this.begun.set(block, { sm, firstStep: this.steps() });
  }

  blockEnd(block: number): void {
    const begun = this.begun.get(block);
    this.begun.delete(block);
    if (begun === undefined) return;
    if (this.stays.length >= this.limit) this.leftOut++;
    else this.stays.push({ block, ...begun, endStep: this.steps() });
  }
}
