// How the lanes of a warp that went different ways come together: three policies over the same splits.
//
// stack: lanes wait for each other at the branch's immediate post-dominator; one split runs until it gets there, as on
//   hardware before sm_70. A split that waits at a barrier holds its warp.
// lowest-pc: the ready split with the lowest pc runs; splits that come to the same pc are one again.
// independent: as stack, but any ready split may run, and one that spins gives way to the others and to the lanes that wait
//   for it at a meeting, so that a lane that spins cannot starve the lane that it waits for (sm_70 and later).
import { noReconvergence } from "../ptx/control-flow.js";
import type { ReconvergencePolicy } from "./launch-image.js";
import { type Meeting, newSplit, type Split, type Warp } from "./warp.js";

/** Every so many branches backwards a split is looked at: does it spin? */
const turnsBetweenLooks = 64;
/** Branches backwards after which a split gives way whether it spins or not. */
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
  diverge(warp: Warp, taken: number, target: number, next: number, meetingPc: number): void;
  /** Lanes of the running split end. */
  leave(warp: Warp, lanes: number): void;
  /** The lanes of the warp that arrive at a block-wide barrier when this split does. */
  arriving(warp: Warp, split: Split): number;
  /**
   * The running split has branched backwards to `pc`. True where it spins and lets others run: they are scheduled first.
   */
  givesWay(warp: Warp, split: Split, pc: number): boolean;
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
  if (meeting.arrived === meeting.expected) resume(warp, meeting);
}

function resume(warp: Warp, meeting: Meeting): void {
  warp.splits.push(newSplit(meeting.pc, meeting.expected, meeting.outer));
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
  diverge(warp: Warp, taken: number, target: number, next: number, meetingPc: number): void {
    const split = warp.splits.pop() as Split;
    const reuse = meetingPc === noReconvergence || split.meeting?.pc === meetingPc;
    const meeting = reuse ? split.meeting : { pc: meetingPc, expected: split.mask, arrived: 0, outer: split.meeting };
    const ways = [newSplit(target, taken, meeting), newSplit(next, split.mask & ~taken, meeting)];
    ways.sort((a, b) => b.pc - a.pc);
    warp.splits.push(...ways);
  },

  leave(warp: Warp, lanes: number): void {
    const split = running(warp);
    warp.exited |= lanes;
    split.mask &= ~lanes;
    for (let meeting = split.meeting; meeting !== undefined; meeting = meeting.outer) meeting.expected &= ~lanes;
    if (split.mask !== 0) return;
    warp.splits.pop();
    for (let meeting = split.meeting; meeting !== undefined; meeting = meeting.outer) {
      if (meeting.expected === 0) continue;
      if (meeting.arrived === meeting.expected) resume(warp, meeting);
      return;
    }
  },
};

const never = (): boolean => false;

const stack: Reconvergence = {
  ...meetings,
  givesWay: never,
  schedule(warp) {
    while (warp.splits.length > 0) {
      const split = running(warp);
      if (atMeeting(split)) arrive(warp);
      else return split.state === "ready" ? scheduled(split) : undefined;
    }
    return undefined;
  },
  arriving: (warp) => warp.exists & ~warp.exited,
};

const independent: Reconvergence = {
  ...meetings,
  givesWay(warp, split, pc) {
    if (!spins(warp, split, pc)) return false;
    split.turns = 0;
    split.memory = undefined;
    warp.splits.pop();
    warp.splits.unshift(split);
    // Whoever waits at a meeting for the lanes that spin goes on without them.
    for (let meeting = split.meeting; meeting !== undefined; meeting = meeting.outer) {
      if (meeting.arrived === 0) continue;
      warp.splits.push(newSplit(meeting.pc, meeting.arrived, meeting.outer));
      meeting.expected &= ~meeting.arrived;
      meeting.arrived = 0;
    }
    return true;
  },
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
};

// A loop that leaves every register as it was can only wait for someone else's write: it spins. Comparing registers at
// every turn would cost more than the loop, so it is done now and then; a loop that spins with a counter is not seen, and
// gives way after many turns.
function spins(warp: Warp, split: Split, pc: number): boolean {
  split.turns++;
  if (split.turns >= mostTurns) return true;
  const { u32, predicates } = warp.registers;
  const phase = split.turns % turnsBetweenLooks;
  if (phase === 0) split.memory = { pc, words: u32.slice(), predicates: predicates.slice() };
  if (phase !== 1 || split.memory === undefined) return false;
  const { memory } = split;
  split.memory = undefined;
  return memory.pc === pc && same(memory.words, u32) && same(memory.predicates, predicates);
}

function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const lowestPc: Reconvergence = {
  givesWay: never,
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
    const split = warp.splits.pop() as Split;
    warp.splits.push(newSplit(target, taken, undefined), newSplit(next, split.mask & ~taken, undefined));
  },
  leave(warp, lanes) {
    const split = running(warp);
    warp.exited |= lanes;
    split.mask &= ~lanes;
    if (split.mask === 0) warp.splits.pop();
  },
  arriving: (_warp, split) => split.mask,
};
