// A warp: 32 lanes, their registers, and the splits that they run in. How splits meet again is reconvergence.ts.

import type { MemoryRegion } from "./memory-region.js";
import type { RegisterWords } from "./registers.js";

/** A place where lanes that went apart wait for each other. */
export interface Meeting {
  readonly pc: number;
  /** The lanes that will come; lanes that end on the way are taken off. */
  expected: number;
  /** The lanes that wait here already. */
  arrived: number;
  readonly outer: Meeting | undefined;
  /** What the splits that come had in `turns` and `memory`: a loop with a branch inside goes on counting. */
  turns: number;
  memory: TurnMemory | undefined;
}

export type SplitState = "ready" | "barrier" | "warp barrier";

/** Lanes of a warp that run in lockstep at one pc. */
export interface Split {
  pc: number;
  mask: number;
  /** Where these lanes wait for the others; undefined where they never do. */
  meeting: Meeting | undefined;
  state: SplitState;
  /** What it waits for: the barrier's number, or the mask of `bar.warp.sync`. */
  awaited: number;
  /** Branches backwards since it last gave way to others. */
  turns: number;
  /** Its registers at one of them, to find out whether it changes anything. */
  memory: TurnMemory | undefined;
}

/** The warp's registers at a branch backwards: what a loop that spins leaves as they are. */
export interface TurnMemory {
  readonly pc: number;
  readonly words: Uint32Array;
  readonly predicates: Int32Array;
}

export class Warp {
  /** Splits that are not waiting at a meeting; the last one runs. */
  splits: Split[];
  /** Lanes that have ended. */
  exited = 0;
  /** How often in a row its splits spun and changed nothing. */
  stillTurns = 0;
  /** Its registers where splits last spun and changed nothing, by pc: have they moved since? */
  readonly still: Map<number, TurnMemory> = new Map();
  /** Lanes that exist: the last warp of a block may be partly empty. */
  readonly exists: number;

  constructor(
    readonly index: number,
    lanes: number,
    readonly registers: RegisterWords,
    readonly local: MemoryRegion,
  ) {
    this.exists = lanes === 32 ? -1 : (1 << lanes) - 1;
    this.splits = [newSplit(0, this.exists, undefined)];
  }

  get done(): boolean {
    return this.splits.length === 0;
  }
}

export function newSplit(pc: number, mask: number, meeting: Meeting | undefined): Split {
  return { pc, mask, meeting, state: "ready", awaited: 0, turns: 0, memory: undefined };
}

/** The number of ones in a 32-bit mask. */
export function popcount(mask: number): number {
  let bits = mask - ((mask >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The lowest lane of a mask that is not empty. */
export function lowestLane(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}
