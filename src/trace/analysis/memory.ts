// Memory over time: what was allocated, where its peak was and who held it then, what was never freed. Knows no format.
import type { Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { HostStacks } from "./host-stacks.js";
import { type MemoryEvent, memoryEvents } from "./memory-events.js";

/** A stretch of memory from its allocation on. */
export interface MemoryBlock {
  /** What it was called, or what its thread was at when it was allocated; empty where neither is known. */
  readonly label: string;
  readonly address: string;
  readonly bytes: number;
  readonly from_ns: number;
  /** Undefined: it was not freed. */
  readonly to_ns: number | undefined;
}

/** The memory of one device or of the host, as one source tells of it: driver calls and a framework's allocator are not added up. */
export interface MemorySpace {
  /** `device 0`, `device` where the trace does not say which, `host, pinned`, `device 0, pool 0x10`. */
  readonly name: string;
  readonly source: "calls" | "allocator";
  readonly allocations: number;
  readonly frees: number;
  /** Of the allocations, how many were given an address that had been freed before. */
  readonly reused: number;
  /** Bytes allocated, each value from its moment until the next. */
  readonly at_ns: Float64Array;
  readonly bytes: Float64Array;
  /** Allocated before the trace began, as far as it tells: frees of what was not seen to be allocated, or an allocator's total. */
  readonly before_bytes: number;
  readonly peak_bytes: number;
  /** When the peak was reached first. */
  readonly peak_ns: number;
  /** What was live at the peak, by label: the most bytes first. */
  readonly peak_holders: readonly { readonly label: string; readonly bytes: number; readonly blocks: number }[];
  /** The most that the allocator had reserved from the driver, where it says so. */
  readonly peak_reserved_bytes: number | undefined;
  readonly allocated_bytes: number;
  /** Allocated and never freed. */
  readonly leaks: { readonly count: number; readonly bytes: number; readonly blocks: readonly MemoryBlock[] };
  readonly faults: MemoryFaults;
}

/** What does not add up. */
export interface MemoryFaults {
  /** Frees of an address that was never seen to be allocated. */
  readonly unknown_frees: number;
  /** Frees of an address that had been freed and not been allocated again. */
  readonly double_frees: number;
  /** Allocations at an address that had not been freed. */
  readonly missed_frees: number;
  /** Calls that failed: they changed nothing. */
  readonly failed: number;
  /** Allocations and frees without an address: they are in no figure. */
  readonly without_address: number;
  /** Allocations without their bytes: they count as 0. */
  readonly without_bytes: number;
}

export interface MemoryAnalysis {
  /** In the order in which they were first used; none where the trace tells of no allocation. */
  readonly spaces: readonly MemorySpace[];
}

export function analyseMemory(timeline: Timeline, stacks: HostStacks, categories: CallCategories): MemoryAnalysis {
  const spaces = new Map<string, MemoryEvent[]>();
  for (const event of memoryEvents(timeline, stacks, categories)) {
    const key = `${event.source} ${event.space}`;
    const own = spaces.get(key);
    if (own === undefined) spaces.set(key, [event]);
    else own.push(event);
  }
  return { spaces: [...spaces.values()].map((events) => memorySpace(events)) };
}

interface Block {
  readonly label: string;
  readonly address: string;
  readonly bytes: number;
  readonly from: number;
  /** The steps at which it began and ceased to be. */
  readonly since: number;
  until: number;
  to: number | undefined;
}

function memorySpace(events: readonly MemoryEvent[]): MemorySpace {
  const blocks: Block[] = [];
  const live = new Map<string, Block>();
  const freed = new Set<string>();
  const at: number[] = [];
  const change: number[] = [];
  let [allocations, frees, reused, allocated, foundBytes] = [0, 0, 0, 0, 0];
  let [unknownFrees, doubleFrees, missedFrees, failed, withoutAddress, withoutBytes] = [0, 0, 0, 0, 0, 0];
  let reserved: number | undefined;
  for (const event of events) {
    if (event.reserved !== undefined) reserved = Math.max(reserved ?? 0, event.reserved);
    if (event.failed) {
      failed++;
      continue;
    }
    if (event.address === undefined) {
      withoutAddress++;
      continue;
    }
    const { address } = event;
    const old = live.get(address);
    const step = at.length;
    let bytes = 0;
    if (event.kind === "allocate") {
      allocations++;
      if (event.bytes === undefined) withoutBytes++;
      if (old !== undefined) {
        missedFrees++;
        old.until = step;
        old.to = event.at;
        bytes -= old.bytes;
      }
      if (freed.delete(address)) reused++;
      const block: Block = {
        label: event.label,
        address,
        bytes: event.bytes ?? 0,
        from: event.at,
        since: step,
        until: Number.POSITIVE_INFINITY,
        to: undefined,
      };
      blocks.push(block);
      live.set(address, block);
      allocated += block.bytes;
      bytes += block.bytes;
    } else {
      frees++;
      if (old !== undefined) {
        old.until = step;
        old.to = event.at;
        bytes = -old.bytes;
        live.delete(address);
      } else if (freed.has(address)) {
        doubleFrees++;
      } else {
        unknownFrees++;
        // It was there before the trace began: what it held is known from the free itself, if at all.
        foundBytes += event.bytes ?? 0;
        bytes = -(event.bytes ?? 0);
      }
      freed.add(address);
    }
    at.push(event.at);
    change.push(bytes);
  }
  const first = events.find(({ total }) => total !== undefined);
  const before =
    first === undefined
      ? foundBytes
      : Math.max(foundBytes, first.total! - (first.kind === "allocate" ? 1 : -1) * (first.bytes ?? 0));
  const curve = curveOf(at, change, before);
  const leaked = [...live.values()].sort((a, b) => b.bytes - a.bytes || a.since - b.since);
  return {
    name: events[0].space,
    source: events[0].source,
    allocations,
    frees,
    reused,
    at_ns: curve.at,
    bytes: curve.bytes,
    before_bytes: before,
    peak_bytes: curve.peak,
    peak_ns: curve.peakAt,
    peak_holders: holders(blocks, curve.peakStep, curve.peak),
    peak_reserved_bytes: reserved,
    allocated_bytes: allocated,
    leaks: {
      count: leaked.length,
      bytes: leaked.reduce((sum, { bytes }) => sum + bytes, 0),
      blocks: leaked.map(({ label, address, bytes, from }) => ({
        label,
        address,
        bytes,
        from_ns: from,
        to_ns: undefined,
      })),
    },
    faults: {
      unknown_frees: unknownFrees,
      double_frees: doubleFrees,
      missed_frees: missedFrees,
      failed,
      without_address: withoutAddress,
      without_bytes: withoutBytes,
    },
  };
}

function curveOf(
  at: readonly number[],
  change: readonly number[],
  before: number,
): { at: Float64Array; bytes: Float64Array; peak: number; peakAt: number; peakStep: number } {
  const times = new Float64Array(at.length);
  const bytes = new Float64Array(at.length);
  let [points, level, peak, peakAt, peakStep] = [0, before, before, 0, -1];
  for (let step = 0; step < at.length; step++) {
    level += change[step];
    if (level > peak) [peak, peakAt, peakStep] = [level, at[step], step];
    if (points === 0 || times[points - 1] !== at[step]) points++;
    times[points - 1] = at[step];
    bytes[points - 1] = level;
  }
  return { at: times.slice(0, points), bytes: bytes.slice(0, points), peak, peakAt, peakStep };
}

/** What was live after a step, by label; the rest of the bytes was there before the trace began. */
function holders(blocks: readonly Block[], step: number, bytes: number): MemorySpace["peak_holders"] {
  const byLabel = new Map<string, { label: string; bytes: number; blocks: number }>();
  let rest = bytes;
  for (const { label, bytes: own, since, until } of blocks) {
    if (since > step || until <= step) continue;
    rest -= own;
    const known = byLabel.get(label);
    if (known === undefined) byLabel.set(label, { label, bytes: own, blocks: 1 });
    else {
      known.bytes += own;
      known.blocks++;
    }
  }
  const before = rest > 0 ? [{ label: "allocated before the trace", bytes: rest, blocks: 0 }] : [];
  return [...before, ...byLabel.values()].sort((a, b) => b.bytes - a.bytes);
}
