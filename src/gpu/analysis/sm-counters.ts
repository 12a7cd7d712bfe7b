// The counters of a launch, kept for each SM apart, at the cost of one comparison an event; their sum is the launch's. An observer.
import type { MemoryRegion } from "../simt/memory-region.js";
import type { ExecutionPoint, MemoryAccess, Observer } from "../simt/observer.js";
import type { Operation } from "../simt/program.js";
import { CounterObserver, type Counters, type IdealSectors } from "./counters.js";

export class SmCounters implements Observer {
  private readonly bySm = new Map<number, CounterObserver>();
  private readonly blocksBySm = new Map<number, number>();
  /** Of the blocks that are on the SMs. */
  private readonly byBlock = new Map<number, CounterObserver>();
  private current: CounterObserver = new CounterObserver();
  private block = -1;

  blockStart(block: number, _shared: MemoryRegion, sm: number): void {
    let counter = this.bySm.get(sm);
    if (counter === undefined) {
      counter = new CounterObserver();
      this.bySm.set(sm, counter);
    }
    this.byBlock.set(block, counter);
    this.blocksBySm.set(sm, (this.blocksBySm.get(sm) ?? 0) + 1);
  }

  blockEnd(block: number): void {
    this.byBlock.delete(block);
    this.block = -1;
  }

  instruction(point: ExecutionPoint, mask: number, active: number): void {
    if (point.block !== this.block) this.turnTo(point.block);
    this.current.instruction(point, mask, active);
  }

  branch(point: ExecutionPoint, taken: number, notTaken: number): void {
    this.current.branch(point, taken, notTaken);
  }

  memory(point: ExecutionPoint, access: MemoryAccess): void {
    this.current.memory(point, access);
  }

  /** The counts over all SMs. */
  result(operations: readonly Operation[]): Counters {
    const each = [...this.bySm.values()].map((counter) => counter.result(operations));
    if (each.length === 1) return each[0];
    const total: Record<string, number> = { ...new CounterObserver().result(operations) };
    for (const counters of each) for (const [name, count] of Object.entries(counters)) total[name] += count;
    return total as unknown as Counters;
  }

  /** What loads and stores would have touched side by side, over all SMs. */
  ideal(): IdealSectors {
    const each = [...this.bySm.values()].map((counter) => counter.ideal());
    return {
      load: each.reduce((sum, { load }) => sum + load, 0),
      store: each.reduce((sum, { store }) => sum + store, 0),
    };
  }

  /** Operations of matrix instructions by the type of the elements that are multiplied, over all SMs. */
  matrixOperations(operations: readonly Operation[]): ReadonlyMap<string, number> {
    const total = new Map<string, number>();
    for (const counter of this.bySm.values()) {
      for (const [element, count] of counter.matrixOperations(operations)) {
        total.set(element, (total.get(element) ?? 0) + count);
      }
    }
    return total;
  }

  lanesPredicatedOff(): number {
    return [...this.bySm.values()].reduce((sum, counter) => sum + counter.lanesPredicatedOff(), 0);
  }

  /** Each SM that had a block, with its blocks and its own counts. */
  perSm(operations: readonly Operation[]): { sm: number; blocks: number; counters: Counters; ideal: IdealSectors }[] {
    return [...this.bySm].map(([sm, counter]) => ({
      sm,
      blocks: this.blocksBySm.get(sm) ?? 0,
      counters: counter.result(operations),
      ideal: counter.ideal(),
    }));
  }

  // A warp instruction comes before its branch and its memory requests.
  private turnTo(block: number): void {
    this.block = block;
    this.current = this.byBlock.get(block) ?? this.current;
  }
}
