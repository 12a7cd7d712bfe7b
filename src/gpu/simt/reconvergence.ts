// How the lanes of a warp that went different ways come together: three policies over the same splits.
//
// stack: lanes wait for each other at the branch's immediate post-dominator; one split runs until it gets there, as on
//   hardware before sm_70. A split that waits at a barrier holds its warp.
// lowest-pc: the ready split with the lowest pc runs, of those that are the most calls deep; splits that come to the same pc, as
//   many calls deep, are one again.
// independent: as stack, but any ready split may run, and one that spins gives way to the others and to the lanes that wait
//   for it at a meeting, so that a lane that spins cannot starve the lane that it waits for (sm_70 and later).
//
// Lanes that call a function meet behind the call, whenever they return. Under each of them a warp that spins gives way to the other warps of its block.

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

/** Where lanes go on: `depth` counts the calls that they are in. */
export interface Way {
  readonly pc: number;
  readonly mask: number;
  readonly depth: number;
}

export interface Reconvergence {
  /** The split to run next, or undefined while all wait. It becomes the last of `warp.splits`. */
  schedule(warp: Warp): Scheduled | undefined;
  /** The running split goes two ways: `taken` to `target`, the others to `next`. */
  diverge(warp: Warp, taken: number, target: number, next: number, meeting: ReconvergencePoint): void;
  /** Lanes of the running split go where their ways lead, those without one to `next`; they meet at the point. */
  part(warp: Warp, ways: readonly Way[], next: number, meeting: ReconvergencePoint): void;
  /** Lanes of the running split return to whoever called their function; the others of it stay at its pc. */
  comeBack(warp: Warp, ways: readonly Way[]): void;
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
  if (phase === 0) split.memory = { pc, entries: warp.entries, words: u32.slice(), predicates: predicates.slice() };
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

function isUnchanged(memory: TurnMemory, { registers, entries }: Warp, pc: number): boolean {
  const isSame = memory.pc === pc && memory.entries === entries;
  return isSame && same(memory.words, registers.u32) && same(memory.predicates, registers.predicates);
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
  warp.splits.push({ ...newSplit(meeting.pc, meeting.expected, meeting.outer, meeting.depth), turns, memory });
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
  const { meeting, pc, depth, state } = split;
  return meeting !== undefined && pc === meeting.pc && depth === meeting.depth && state === "ready";
}

function scheduled(split: Split): Scheduled {
  const { meeting, depth } = split;
  const stop = meeting !== undefined && meeting.depth === depth ? meeting.pc : noReconvergence;
  return { split, stopFrom: stop, stopTo: stop };
}

/** Where lanes of a split that part meet: at the point, or where they would have met anyway. */
function meetingAt(split: Split, point: ReconvergencePoint): Meeting | undefined {
  const { meeting, depth, turns, memory } = split;
  const known = point.pc === noReconvergence || (meeting?.pc === point.pc && meeting.depth === depth);
  if (known || (point.onlyReturns && meeting !== undefined)) return meeting;
  return { pc: point.pc, depth, expected: split.mask, arrived: 0, outer: meeting, turns, memory };
}

/** The deepest and lowest way runs first, so that structured code runs in the order in which it stands. */
function last(a: Way, b: Way): number {
  return a.depth - b.depth || b.pc - a.pc;
}

function allOf(ways: readonly Way[]): number {
  return ways.reduce((lanes, { mask }) => lanes | mask, 0);
}

/** What becomes of a split whose lanes go these ways, those without one to `next`, in the order in which splits are kept. */
function splitsOf(split: Split, ways: readonly Way[], next: number, meeting: Meeting | undefined): Split[] {
  const { turns, memory, depth } = split;
  const rest = split.mask & ~allOf(ways);
  const all = rest === 0 ? [...ways] : [...ways, { pc: next, mask: rest, depth }];
  return all.sort(last).map((way) => ({ ...newSplit(way.pc, way.mask, meeting, way.depth), turns, memory }));
}

const meetings = {
  // The lower of the two ways runs first, so that structured code runs in the order in which it stands.
  diverge(warp: Warp, taken: number, target: number, next: number, point: ReconvergencePoint): void {
    const split = warp.splits.pop() as Split;
    const { turns, memory } = split;
    const meeting = meetingAt(split, point);
    const ways = [
      newSplit(target, taken, meeting, split.depth),
      newSplit(next, split.mask & ~taken, meeting, split.depth),
    ];
    ways.sort((a, b) => b.pc - a.pc);
    warp.splits.push(...ways.map((way) => ({ ...way, turns, memory })));
  },

  part(warp: Warp, ways: readonly Way[], next: number, point: ReconvergencePoint): void {
    const split = running(warp);
    const [way] = ways;
    const meeting = meetingAt(split, point);
    if (way.mask === split.mask) {
      split.pc = way.pc;
      split.depth = way.depth;
      split.meeting = meeting;
      return;
    }
    warp.splits.pop();
    warp.splits.push(...splitsOf(split, ways, next, meeting));
  },

  // Who met somewhere in the function is not waited for there any more.
  comeBack(warp: Warp, ways: readonly Way[]): void {
    const split = running(warp);
    const [way] = ways;
    let outside = split.meeting;
    while (outside !== undefined && outside.depth >= split.depth) outside = outside.outer;
    const inside = split.meeting;
    if (way.mask === split.mask && inside === outside) {
      split.pc = way.pc;
      split.depth = way.depth;
      return;
    }
    const lanes = allOf(ways);
    warp.splits.pop();
    if (lanes !== split.mask) warp.splits.push({ ...split, mask: split.mask & ~lanes });
    warp.splits.push(...splitsOf({ ...split, mask: lanes }, ways, split.pc, outside));
    strikeOff(warp, lanes, inside, outside);
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
    const [{ pc, depth }] = splits;
    warp.splits.push({ ...newSplit(pc, mask, common, depth), turns: Math.max(...splits.map(({ turns }) => turns)) });
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
      warp.splits.push(newSplit(meeting.pc, meeting.arrived, meeting.outer, meeting.depth));
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
      splits.sort(last);
      for (let i = splits.length - 1; i > 0; i--) {
        const [upper, lower] = [splits[i - 1], splits[i]];
        if (
          upper.pc === lower.pc &&
          upper.depth === lower.depth &&
          upper.state === "ready" &&
          lower.state === "ready"
        ) {
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
    const { depth } = running(warp);
    for (let i = splits.length - 2; i >= 0; i--) {
      if (splits[i].state === "ready" && splits[i].depth === depth) stopFrom = Math.min(stopFrom, splits[i].pc);
    }
    return { split: running(warp), stopFrom, stopTo: Number.POSITIVE_INFINITY };
  },
  diverge(warp, taken, target, next) {
    const { mask, depth, turns, memory } = warp.splits.pop() as Split;
    const ways = [newSplit(target, taken, undefined, depth), newSplit(next, mask & ~taken, undefined, depth)];
    warp.splits.push(...ways.map((way) => ({ ...way, turns, memory })));
  },
  part(warp, ways, next) {
    const split = warp.splits.pop() as Split;
    warp.splits.push(...splitsOf(split, ways, next, undefined));
  },
  comeBack(warp, ways) {
    const split = warp.splits.pop() as Split;
    warp.splits.push(...splitsOf(split, ways, split.pc, undefined));
  },
  merge(warp, splits) {
    const mask = splits.reduce((lanes, split) => lanes | split.mask, 0);
    warp.splits = warp.splits.filter((split) => !splits.includes(split));
    warp.splits.push(newSplit(splits[0].pc, mask, undefined, splits[0].depth));
  },
  leave(warp, lanes) {
    const split = running(warp);
    warp.exited |= lanes;
    split.mask &= ~lanes;
    if (split.mask === 0) warp.splits.pop();
  },
  arriving: (_warp, split) => split.mask,
};
