// Every step of a launch, written once: which warp executed which instruction with which lanes. Columns, so that millions
// of steps fit.
import type { ExecutionPoint, Observer } from "./observer.js";

export interface StepRecord {
  readonly step: number;
  /** The block in linear order. */
  readonly block: number;
  readonly warp: number;
  readonly pc: number;
  /** The lanes that executed: active and not predicated off; lane 0 in bit 0. */
  readonly mask: number;
  /** The lanes of the warp that were at this pc. */
  readonly active: number;
}

export class Recording implements Observer {
  private columns: Uint32Array = new Uint32Array(4 * 4096);
  private count = 0;
  private byWarp: Map<number, Uint32Array> | undefined;

  constructor(private readonly warpsPerBlock: number) {}

  get length(): number {
    return this.count;
  }

  instruction(point: ExecutionPoint, mask: number, active: number): void {
    if (4 * this.count === this.columns.length) {
      const longer = new Uint32Array(2 * this.columns.length);
      longer.set(this.columns);
      this.columns = longer;
    }
    const at = 4 * this.count++;
    this.columns[at] = point.block * this.warpsPerBlock + point.warp;
    this.columns[at + 1] = point.pc;
    this.columns[at + 2] = mask;
    this.columns[at + 3] = active;
  }

  at(step: number): StepRecord {
    if (!(step >= 0 && step < this.count)) throw new RangeError(`no step ${step} among ${this.count}`);
    const at = 4 * step;
    const { columns, warpsPerBlock } = this;
    const warp = columns[at];
    return {
      step,
      block: Math.floor(warp / warpsPerBlock),
      warp: warp % warpsPerBlock,
      pc: columns[at + 1],
      mask: columns[at + 2] | 0,
      active: columns[at + 3] | 0,
    };
  }

  /** The steps of one warp of one block, ascending. */
  ofWarp(block: number, warp: number): Uint32Array {
    this.byWarp ??= this.group();
    return this.byWarp.get(block * this.warpsPerBlock + warp) ?? new Uint32Array(0);
  }

  private group(): Map<number, Uint32Array> {
    const counts = new Map<number, number>();
    for (let step = 0; step < this.count; step++) {
      const warp = this.columns[4 * step];
      counts.set(warp, (counts.get(warp) ?? 0) + 1);
    }
    const groups = new Map<number, Uint32Array>();
    const filled = new Map<number, number>();
    for (const [warp, count] of counts) groups.set(warp, new Uint32Array(count));
    for (let step = 0; step < this.count; step++) {
      const warp = this.columns[4 * step];
      const at = filled.get(warp) ?? 0;
      (groups.get(warp) as Uint32Array)[at] = step;
      filled.set(warp, at + 1);
    }
    return groups;
  }
}
