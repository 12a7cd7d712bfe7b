// How the lanes of a warp that went different ways come together: three policies over the same splits.
//
// stack: lanes wait for each other at the branch's immediate post-dominator; one split runs until it gets there, as on
//   hardware before sm_70. A split that waits at a barrier holds its warp.
// lowest-pc: the ready split with the lowest pc runs; splits that come to the same pc are one again.
// independent: as stack, but any ready split may run, and one that spins gives way to the others and to the lanes that wait
//   for it at a meeting, so that a lane that spins cannot starve the lane that it waits for (sm_70 and later).
//
// Under each of them a warp that spins gives way to the other warps of its block.

import type { ReconvergencePoint } from "../ptx/control-flow.js";
import { noReconvergence } from "../ptx/control-flow.js";
import type { ReconvergencePolicy } from "./launch-image.js";
import { type Meeting, newSplit, type Split, type TurnMemory, type Warp } from "./warp.js";

/** Every so many branches backwards a split is looked at: does it spin? */
const turnsBetweenLooks = 64;
/** Branches backwards after which a split gives way whether it seems to spin or not. */
const mostTurns = 65_536;

export interface Scheduled {
  readonly split: Split;
  /** The split runs until its pc is in this range. */
  readonly stopFrom: number;
  readonly stopTo: number;
}

export interface Reconvergence {
  /** The split to run next, or undefined while all wait. It becomes the last of `warp.splits`. */
  schedule(warp: Warp): Scheduled | undefined;
  /** The running split goes two ways: `taken` to `target`, the others to `next`. */
  diverge(warp: Warp, taken: number, target: number, next: number, meeting: ReconvergencePoint): void;
  /** Lanes of the running split end. */
  leave(warp: Warp, lanes: number): void;
  /** Splits at one pc become one split. */
  merge(warp: Warp, splits: readonly Split[]): void;
  /** The lanes of the warp that arrive at a block-wide barrier when this split does. */
  arriving(warp: Warp, split: Split): number;
  /** Whether instructions with .sync wait for the lanes of their mask. */
  readonly waits: boolean;
  /** The running split spins: whoever of its warp can run without it shall run first. */
  giveWay(warp: Warp, split: Split): void;
}

/**
 * `still`: the loop changes no register, and none has changed since it last gave way here; `long`: it has done so for the first time,
 * or has turned so often that others should have a chance.
 */
export type Spin = "still" | "long";

/**
 * Whether a split that has branched backwards to `pc` spins. A loop that leaves every register as it was can only wait for
 * someone else's write. Comparing registers at every turn would cost more than the loop, so it is done now and then; a loop
 * that spins with a counter is not seen, and counts as spinning after many turns.
 */
export function spins(warp: Warp, split: Split, pc: number): Spin | undefined {
  split.turns++;
  const phase = split.turns % turnsBetweenLooks;
  const { u32, predicates } = warp.registers;
  let found: Spin | undefined = split.turns >= mostTurns ? "long" : undefined;
  if (phase === 0) split.memory = { pc, words: u32.slice(), predicates: predicates.slice() };
  else if (phase === 1 && split.memory !== undefined) {
    const { memory } = split;
    split.memory = undefined;
    if (isUnchanged(memory, warp, pc)) {
      // The first time may come after much that was done; only where the registers are as they were the last time nothing was.
      const before = warp.still.get(pc);
      found = before !== undefined && isUnchanged(before, warp, pc) ? "still" : "long";
      warp.still.set(pc, memory);
    }
    warp.stillTurns = found === "still" ? warp.stillTurns + 1 : 0;
  }
  if (found !== undefined) split.turns = 0;
  return found;
}

function isUnchanged(memory: TurnMemory, { registers }: Warp, pc: number): boolean {
  return memory.pc === pc && same(memory.words, registers.u32) && same(memory.predicates, registers.predicates);
}

function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function reconvergence(policy: ReconvergencePolicy): Reconvergence {
  if (policy === "lowest-pc") return lowestPc;
  return policy === "stack" ? stack : independent;
}

function running(warp: Warp): Split {
  return warp.splits[warp.splits.length - 1];
}

// Lanes that reached their meeting wait in it; when the last one comes they go on as one split.
function arrive(warp: Warp): void {
  const split = warp.splits.pop() as Split;
  const meeting = split.meeting as Meeting;
  meeting.arrived |= split.mask;
  meeting.turns = Math.max(meeting.turns, split.turns);
  meeting.memory = split.memory ?? meeting.memory;
  if (meeting.arrived === meeting.expected) resume(warp, meeting);
}

function resume(warp: Warp, meeting: Meeting): void {
  const { turns, memory } = meeting;
  warp.splits.push({ ...newSplit(meeting.pc, meeting.expected, meeting.outer), turns, memory });
}

// Lanes that will not come any more; a meeting that was waiting for them alone is complete.
function strikeOff(warp: Warp, lanes: number, from: Meeting | undefined, until: Meeting | undefined): void {
  for (let meeting = from; meeting !== until && meeting !== undefined; meeting = meeting.outer)
    meeting.expected &= ~lanes;
  for (let meeting = from; meeting !== until && meeting !== undefined; meeting = meeting.outer) {
    if (meeting.expected === 0) continue;
    if (meeting.arrived === meeting.expected) resume(warp, meeting);
    return;
  }
}

function atMeeting(split: Split): boolean {
  return split.meeting !== undefined && split.pc === split.meeting.pc && split.state === "ready";
}

function scheduled(split: Split): Scheduled {
  const stop = split.meeting?.pc ?? noReconvergence;
  return { split, stopFrom: stop, stopTo: stop };
}

const meetings = {
  // The lower of the two ways runs first, so that structured code runs in the order in which it stands.
  diverge(warp: Warp, taken: number, target: number, next: number, point: ReconvergencePoint): void {
    const split = warp.splits.pop() as Split;
    const { turns, memory } = split;
    const known = point.pc === noReconvergence || split.meeting?.pc === point.pc;
    const meeting =
      known || (point.onlyReturns && split.meeting !== undefined)
        ? split.meeting
        : { pc: point.pc, expected: split.mask, arrived: 0, outer: split.meeting, turns, memory };
    const ways = [newSplit(target, taken, meeting), newSplit(next, split.mask & ~taken, meeting)];
    ways.sort((a, b) => b.pc - a.pc);
    warp.splits.push(...ways.map((way) => ({ ...way, turns, memory })));
  },

  leave(warp: Warp, lanes: number): void {
    const split = running(warp);
    warp.exited |= lanes;
    split.mask &= ~lanes;
    if (split.mask === 0) {
      warp.splits.pop();
      strikeOff(warp, lanes, split.meeting, undefined);
    } else for (let meeting = split.meeting; meeting !== undefined; meeting = meeting.outer) meeting.expected &= ~lanes;
  },

  // Together they wait at the innermost meeting that all of them are bound for.
  merge(warp: Warp, splits: readonly Split[]): void {
    const chains = splits.map(({ meeting }) => outwards(meeting));
    const common = chains[0].find((meeting) => chains.every((chain) => chain.includes(meeting)));
    const mask = splits.reduce((lanes, split) => lanes | split.mask, 0);
    warp.splits = warp.splits.filter((split) => !splits.includes(split));
    for (const split of splits) strikeOff(warp, split.mask, split.meeting, common);
    warp.splits.push({ ...newSplit(splits[0].pc, mask, common), turns: Math.max(...splits.map(({ turns }) => turns)) });
  },
};

function outwards(from: Meeting | undefined): Meeting[] {
  const chain: Meeting[] = [];
  for (let meeting = from; meeting !== undefined; meeting = meeting.outer) chain.push(meeting);
  return chain;
}

const stack: Reconvergence = {
  ...meetings,
  waits: false,
  schedule(warp) {
    while (warp.splits.length > 0) {
      const split = running(warp);
      if (atMeeting(split)) arrive(warp);
      else return split.state === "ready" ? scheduled(split) : undefined;
    }
    return undefined;
  },
  arriving: (warp) => warp.exists & ~warp.exited,
  giveWay() {},
};

const independent: Reconvergence = {
  ...meetings,
  waits: true,
  schedule(warp) {
    for (;;) {
      let at = warp.splits.length - 1;
      while (at >= 0 && warp.splits[at].state !== "ready") at--;
      if (at < 0) return undefined;
      if (at < warp.splits.length - 1) warp.splits.push(...warp.splits.splice(at, 1));
      const split = running(warp);
      if (!atMeeting(split)) return scheduled(split);
      arrive(warp);
    }
  },
  arriving: (_warp, split) => split.mask,
  giveWay(warp, split) {
    warp.splits.pop();
    warp.splits.unshift(split);
    // Whoever waits at a meeting for the lanes that spin goes on without them.
    for (let meeting = split.meeting; meeting !== undefined; meeting = meeting.outer) {
      if (meeting.arrived === 0) continue;
      warp.splits.push(newSplit(meeting.pc, meeting.arrived, meeting.outer));
      meeting.expected &= ~meeting.arrived;
      meeting.arrived = 0;
    }
  },
};

const lowestPc: Reconvergence = {
  waits: true,
  giveWay() {},
  schedule(warp) {
    const { splits } = warp;
    if (splits.length > 1) {
      splits.sort((a, b) => b.pc - a.pc);
      for (let i = splits.length - 1; i > 0; i--) {
        const [upper, lower] = [splits[i - 1], splits[i]];
        if (upper.pc === lower.pc && upper.state === "ready" && lower.state === "ready") {
          upper.mask |= lower.mask;
          splits.splice(i, 1);
        }
      }
    }
    let at = splits.length - 1;
    while (at >= 0 && splits[at].state !== "ready") at--;
    if (at < 0) return undefined;
    if (at < splits.length - 1) splits.push(...splits.splice(at, 1));
    let stopFrom = Number.POSITIVE_INFINITY;
    for (let i = splits.length - 2; i >= 0; i--) {
      if (splits[i].state === "ready") stopFrom = Math.min(stopFrom, splits[i].pc);
    }
    return { split: running(warp), stopFrom, stopTo: Number.POSITIVE_INFINITY };
  },
  diverge(warp, taken, target, next) {
    const { mask, turns, memory } = warp.splits.pop() as Split;
    const ways = [newSplit(target, taken, undefined), newSplit(next, mask & ~taken, undefined)];
    warp.splits.push(...ways.map((way) => ({ ...way, turns, memory })));
  },
  merge(warp, splits) {
    const mask = splits.reduce((lanes, split) => lanes | split.mask, 0);
    warp.splits = warp.splits.filter((split) => !splits.includes(split));
    warp.splits.push(newSplit(splits[0].pc, mask, undefined));
  },
  leave(warp, lanes) {
    const split = running(warp);
    warp.exited |= lanes;
    split.mask &= ~lanes;
    if (split.mask === 0) warp.splits.pop();
  },
  arriving: (_warp, split) => split.mask,
};
