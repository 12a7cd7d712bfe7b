// The whole state of a machine between two steps, and back. Memory that did not change since the last snapshot is shared
// with it, so that a snapshot costs what was written.

import type { DTypeName } from "../../core/dtype.js";
import type { AsynchronousState } from "./asynchronous.js";
import type { BarrierState } from "./barrier-state.js";
import type { Block } from "./blocks.js";
import type { Machine } from "./machine.js";
import { type HeapState, MemoryRegion } from "./memory-region.js";
import type { SchedulerState } from "./schedulers.js";
import type { Meeting, Split, TurnMemory, Warp } from "./warp.js";

interface WarpSnapshot {
  readonly exited: number;
  readonly stillTurns: number;
  readonly still: ReadonlyMap<number, TurnMemory>;
  readonly splits: readonly Split[];
  readonly words: Uint32Array;
  readonly predicates: Int32Array;
  readonly local: Uint8Array;
  readonly tops: Uint32Array;
  /** The calls never change: snapshots and the machine share them. */
  readonly frames: Warp["frames"];
  readonly entries: number;
}

interface AllocationSnapshot {
  readonly base: number;
  readonly byteLength: number;
  readonly label: string;
  readonly dtype: DTypeName;
  readonly bytes: Uint8Array;
}

interface BlockSnapshot {
  readonly slot: number;
  readonly index: number;
  readonly sm: number;
  readonly warps: readonly WarpSnapshot[];
  readonly shared: Uint8Array;
  readonly barriers: readonly (BarrierState | undefined)[];
  readonly asynchronous: AsynchronousState;
}

export interface Snapshot {
  readonly steps: number;
  readonly finished: boolean;
  readonly stillTurns: number;
  readonly begun: number;
  /** The slot of the block that ran last, where it has not ended. */
  readonly running: number | undefined;
  readonly blocks: readonly BlockSnapshot[];
  readonly scheduler: SchedulerState;
  readonly global: readonly AllocationSnapshot[];
  readonly heap: HeapState;
  /** Bytes that this snapshot holds and the one before does not. */
  readonly ownBytes: number;
}

export function takeSnapshot(machine: Machine, previous: Snapshot | undefined): Snapshot {
  const { blocks, memory } = machine;
  let ownBytes = 0;
  const keep = (region: MemoryRegion, before: Uint8Array | undefined): Uint8Array => {
    if (!region.dirty && before !== undefined) return before;
    region.dirty = false;
    ownBytes += region.byteLength;
    return region.u8.slice();
  };
  const keepWarp = (warp: Warp): WarpSnapshot => {
    const { u32, predicates } = warp.registers;
    const meetings = new Map<Meeting, Meeting>();
    ownBytes += u32.byteLength + warp.local.byteLength;
    return {
      exited: warp.exited,
      stillTurns: warp.stillTurns,
      still: new Map(warp.still),
      splits: warp.splits.map((split) => copySplit(split, meetings)),
      words: u32.slice(),
      predicates: predicates.slice(),
      local: warp.local.u8.slice(),
      tops: warp.tops.slice(),
      frames: [...warp.frames],
      entries: warp.entries,
    };
  };
  const keepBlock = ({ slot, index, sm, warps, shared, barriers, asynchronous }: Block): BlockSnapshot => {
    const before = previous?.blocks.find((block) => block.slot === slot);
    return {
      slot,
      index,
      sm,
      warps: warps.map(keepWarp),
      shared: keep(shared, before?.shared),
      barriers: barriers.save(),
      asynchronous: asynchronous.save(),
    };
  };
  const before = new Map(previous?.global.map(({ base, bytes }) => [base, bytes]));
  return {
    steps: machine.steps,
    finished: machine.finished,
    stillTurns: machine.stillTurns,
    begun: blocks.begun,
    running:
      blocks.running === undefined || !blocks.resident.includes(blocks.running) ? undefined : blocks.running.slot,
    blocks: blocks.resident.map(keepBlock),
    scheduler: machine.scheduler.save(),
    global: memory.allocations.map((region) => {
      const { base, byteLength, label, dtype } = region;
      return { base, byteLength, label, dtype, bytes: keep(region, before.get(base)) };
    }),
    heap: { ...memory.heap },
    ownBytes,
  };
}

/** Puts a machine back to where it was. Memory counts as changed afterwards. */
export function restoreSnapshot(machine: Machine, snapshot: Snapshot): void {
  const { blocks, memory } = machine;
  machine.steps = snapshot.steps;
  machine.finished = snapshot.finished;
  machine.stillTurns = snapshot.stillTurns;
  blocks.clear(snapshot.begun);
  for (const { slot, index, sm, warps, shared, barriers, asynchronous } of snapshot.blocks) {
    const block = blocks.occupy(slot, index, sm);
    block.warps.forEach((warp, number) => {
      restoreWarp(warp, warps[number]);
    });
    block.shared.u8.set(shared);
    block.barriers.restore(barriers);
    block.asynchronous.restore(asynchronous);
  }
  blocks.running = blocks.resident.find(({ slot }) => slot === snapshot.running);
  machine.scheduler.restore(snapshot.scheduler);
  // What kernels allocate comes and goes.
  const wanted = new Map(snapshot.global.map((each) => [each.base, each]));
  for (const region of [...memory.allocations]) if (!wanted.has(region.base)) memory.remove(region);
  const there = new Map(memory.allocations.map((region) => [region.base, region]));
  for (const { base, byteLength, label, dtype, bytes } of snapshot.global) {
    let region = there.get(base);
    if (region === undefined) {
      region = new MemoryRegion(base, byteLength, label, dtype);
      memory.add(region);
    }
    region.u8.set(bytes);
    region.dirty = true;
  }
  memory.heap = { ...snapshot.heap };
}

function restoreWarp(warp: Warp, saved: WarpSnapshot): void {
  const meetings = new Map<Meeting, Meeting>();
  warp.exited = saved.exited;
  warp.stillTurns = saved.stillTurns;
  warp.still.clear();
  for (const [pc, memory] of saved.still) warp.still.set(pc, memory);
  warp.splits = saved.splits.map((split) => copySplit(split, meetings));
  warp.registers.u32.set(saved.words);
  warp.registers.predicates.set(saved.predicates);
  warp.layOutLocal(saved.local.length / 32);
  warp.local.u8.set(saved.local);
  if (saved.frames.length > 0) {
    const { frames, tops } = warp.stacks();
    tops.set(saved.tops);
    for (const [lane, frame] of saved.frames.entries()) frames[lane] = frame;
  }
  warp.entries = saved.entries;
}

// Splits share meetings, and their copies share the copies.
function copySplit(split: Split, meetings: Map<Meeting, Meeting>): Split {
  return { ...split, meeting: copyMeeting(split.meeting, meetings) };
}

function copyMeeting(meeting: Meeting | undefined, meetings: Map<Meeting, Meeting>): Meeting | undefined {
  if (meeting === undefined) return undefined;
  let copy = meetings.get(meeting);
  if (copy === undefined) {
    copy = { ...meeting, outer: copyMeeting(meeting.outer, meetings) };
    meetings.set(meeting, copy);
  }
  return copy;
}
