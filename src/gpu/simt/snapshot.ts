// The whole state of a machine between two steps, and back. Memory that did not change since the last snapshot is shared
// with it, so that a snapshot costs what was written.
import type { Machine } from "./machine.js";
import type { MemoryRegion } from "./memory-region.js";
import type { Meeting, Split, Warp } from "./warp.js";

interface WarpSnapshot {
  readonly index: number;
  readonly exited: number;
  readonly splits: readonly Split[];
  readonly words: Uint32Array;
  readonly predicates: Int32Array;
  readonly local: Uint8Array;
}

export interface Snapshot {
  readonly steps: number;
  readonly finished: boolean;
  readonly block: number;
  readonly current: number;
  readonly yielded: boolean;
  readonly interrupted: boolean;
  readonly warps: readonly WarpSnapshot[];
  readonly shared: Uint8Array;
  readonly global: readonly Uint8Array[];
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
  const meetings = new Map<Meeting, Meeting>();
  const warps = blocks.warps.map((warp): WarpSnapshot => {
    const { u32, predicates } = warp.registers;
    ownBytes += u32.byteLength + warp.local.byteLength;
    return {
      index: warp.index,
      exited: warp.exited,
      splits: warp.splits.map((split) => copySplit(split, meetings)),
      words: u32.slice(),
      predicates: predicates.slice(),
      local: warp.local.u8.slice(),
    };
  });
  return {
    steps: machine.steps,
    finished: machine.finished,
    block: blocks.index,
    current: blocks.current,
    yielded: blocks.yielded,
    interrupted: blocks.interrupted,
    warps,
    shared: keep(blocks.shared, previous?.shared),
    global: memory.allocations.map((region, index) => keep(region, previous?.global[index])),
    ownBytes,
  };
}

/** Puts a machine back to where it was. Memory counts as changed afterwards. */
export function restoreSnapshot(machine: Machine, snapshot: Snapshot): void {
  const { blocks, memory } = machine;
  machine.steps = snapshot.steps;
  machine.finished = snapshot.finished;
  blocks.warps = [];
  blocks.index = snapshot.block;
  if (snapshot.warps.length > 0) blocks.start();
  const meetings = new Map<Meeting, Meeting>();
  blocks.warps = snapshot.warps.map((saved): Warp => {
    const warp = blocks.warps[saved.index];
    warp.exited = saved.exited;
    warp.splits = saved.splits.map((split) => copySplit(split, meetings));
    warp.registers.u32.set(saved.words);
    warp.registers.predicates.set(saved.predicates);
    warp.local.u8.set(saved.local);
    return warp;
  });
  blocks.current = snapshot.current;
  blocks.yielded = snapshot.yielded;
  blocks.interrupted = snapshot.interrupted;
  blocks.shared.u8.set(snapshot.shared);
  blocks.shared.dirty = true;
  memory.allocations.forEach((region, index) => {
    region.u8.set(snapshot.global[index]);
    region.dirty = true;
  });
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
