// A warp: 32 lanes, their registers, the splits that they run in, and the calls that each of them is in. How splits meet again is
// reconvergence.ts, what calls and returns do is calls.ts.

import { MemoryRegion } from "./memory-region.js";
import type { RegisterWords } from "./registers.js";

/** A place where lanes that went apart wait for each other. */
export interface Meeting {
  readonly pc: number;
  /** How many calls deep they meet: in a function that calls itself the same pc is another place. */
  readonly depth: number;
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
  /** How many calls deep these lanes are, all of them equally. */
  depth: number;
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
  /** `warp.entries` then: what functions that may be entered again do is not to be seen in registers. */
  readonly entries: number;
  readonly words: Uint32Array;
  readonly predicates: Int32Array;
}

/** A call that a lane is in: where it goes on, and what the call put aside. Never changed, so that snapshots can share it. */
export interface Frame {
  /** The pc of the call. */
  readonly site: number;
  /** The function that was called: its index in the program. */
  readonly callee: number;
  /** The call that this one was made in; undefined where the kernel made it. */
  readonly outer: Frame | undefined;
  /** How much of its local memory the lane used before. */
  readonly top: number;
  /** The lane's columns of the function's registers as they were before; undefined where it is entered once at a time. */
  readonly saved: Uint32Array | undefined;
  /** Bytes of the thread's stack that this and the calls around it take beside local memory. */
  readonly savedBytes: number;
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
  /** The innermost call of each lane; empty until the first. */
  frames: readonly (Frame | undefined)[] = none;
  /** How often functions that may be entered again were entered and left. */
  entries = 0;

  constructor(
    readonly index: number,
    lanes: number,
    readonly registers: RegisterWords,
    /** Local memory: `localBytes` of each lane, one lane behind the other. */
    public local: MemoryRegion,
    public localBytes: number,
    /** How much of its local memory each lane uses, in bytes: what lies beyond does not exist. All warps share it until they call. */
    public tops: Readonly<Uint32Array>,
  ) {
    this.exists = lanes === 32 ? -1 : (1 << lanes) - 1;
    this.splits = [newSplit(0, this.exists, undefined)];
  }

  get done(): boolean {
    return this.splits.length === 0;
  }

  /** The stacks of the lanes, to be changed. */
  stacks(): { readonly frames: (Frame | undefined)[]; readonly tops: Uint32Array } {
    if (this.frames === none) {
      this.frames = new Array<undefined>(32).fill(undefined);
      this.tops = this.tops.slice();
    }
    return { frames: this.frames as (Frame | undefined)[], tops: this.tops };
  }

  /** Makes room for so many bytes of local memory in each lane. */
  growLocal(bytes: number): void {
    const { local, localBytes } = this;
    if (bytes <= localBytes) return;
    this.layOutLocal(Math.max(2 * localBytes, Math.ceil(bytes / 256) * 256));
    for (let lane = 0; lane < 32; lane++) {
      const from = lane * localBytes;
      this.local.u8.set(local.u8.subarray(from, from + localBytes), lane * this.localBytes);
    }
  }

  /** Gives each lane so many bytes of local memory; what was in it is lost where that is another number than before. */
  layOutLocal(bytes: number): void {
    if (bytes === this.localBytes) return;
    const { label, dtype } = this.local;
    this.local = new MemoryRegion(0, 32 * bytes, label, dtype);
    this.localBytes = bytes;
  }
}

const none: readonly undefined[] = [];

export function newSplit(pc: number, mask: number, meeting: Meeting | undefined, depth = 0): Split {
  return { pc, depth, mask, meeting, state: "ready", awaited: 0, turns: 0, memory: undefined };
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
