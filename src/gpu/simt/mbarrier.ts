// The barrier object in shared memory that mbarrier works on. PTX leaves its 64 bits open; here they are, from the lowest:
//
//   bits 0-19   arrivals that the phase still waits for
//   bits 20-39  arrivals that each phase waits for
//   bits 40-60  bytes that the phase still waits for, in two's complement (the tx-count)
//   bit 61      the phase's parity: 0, 1, 0, ...
//   bits 62-63  0 and 1 in a barrier; memory that is zero is none
//
// The state that arrive gives is the object as it was before. Knows nothing of instructions.
import type { MemoryRegion } from "./memory-region.js";

/** Most arrivals that a barrier counts, and most bytes: 2^20 - 1 (PTX ISA, mbarrier). */
export const mostArrivals = 0xf_ffff;

export interface Barrier {
  readonly pending: number;
  readonly expected: number;
  readonly bytes: number;
  readonly parity: 0 | 1;
}

/** Why a barrier cannot do what it is asked to. */
export interface BarrierRefusal {
  readonly what: string;
  readonly fix: string;
}

const uninitialised: BarrierRefusal = {
  what: "there is no barrier at this address: mbarrier.init has not run, or mbarrier.inval has",
  fix: "Let one thread initialise it, and the others wait for that, as with __syncthreads().",
};

export function newBarrier(count: number): Barrier | BarrierRefusal {
  if (count >= 1 && count <= mostArrivals) return { pending: count, expected: count, bytes: 0, parity: 0 };
  return {
    what: `a barrier for ${count} arrivals, where it is 1 to ${mostArrivals}`,
    fix: "Count the threads that arrive.",
  };
}

export function isRefusal(result: Barrier | BarrierRefusal): result is BarrierRefusal {
  return "what" in result;
}

export function decodeBarrier(low: number, high: number): Barrier | BarrierRefusal {
  if (high >>> 30 !== 2) return uninitialised;
  return {
    pending: low & mostArrivals,
    expected: ((low >>> 20) | ((high & 0xff) << 12)) & mostArrivals,
    bytes: (high << 3) >> 11,
    parity: ((high >>> 29) & 1) as 0 | 1,
  };
}

export function encodeBarrier({ pending, expected, bytes, parity }: Barrier): { low: number; high: number } {
  const low = (pending | ((expected & 0xfff) << 20)) >>> 0;
  const high = ((expected >>> 12) | ((bytes & 0x1f_ffff) << 8) | (parity << 29) | 0x8000_0000) >>> 0;
  return { low, high };
}

export function readBarrier({ u32 }: MemoryRegion, at: number): Barrier | BarrierRefusal {
  return decodeBarrier(u32[at >>> 2], u32[(at >>> 2) + 1]);
}

export function writeBarrier(region: MemoryRegion, at: number, barrier: Barrier): void {
  const { low, high } = encodeBarrier(barrier);
  region.dirty = true;
  region.u32[at >>> 2] = low;
  region.u32[(at >>> 2) + 1] = high;
}

/** Arrivals: the phase ends with the last one, once the bytes have come too. */
export function arrive(barrier: Barrier, count: number): Barrier | BarrierRefusal {
  if (count < 1 || count > barrier.pending) {
    return {
      what: `${count} arrivals at a barrier whose phase waits for ${barrier.pending} of ${barrier.expected}`,
      fix: "Initialise it with the number of threads that arrive, and wait for a phase before arriving for the next.",
    };
  }
  return completed({ ...barrier, pending: barrier.pending - count });
}

/** Arrivals that are not awaited in later phases either. */
export function arriveAndDrop(barrier: Barrier, count: number): Barrier | BarrierRefusal {
  if (count > barrier.expected) {
    return {
      what: `${count} arrivals dropped at a barrier whose phases wait for ${barrier.expected}`,
      fix: "Drop each arrival once.",
    };
  }
  return arrive({ ...barrier, expected: barrier.expected - count }, count);
}

/** One arrival more is awaited in this phase. */
export function expectArrival(barrier: Barrier): Barrier | BarrierRefusal {
  if (barrier.pending < mostArrivals) return { ...barrier, pending: barrier.pending + 1 };
  return {
    what: `more than ${mostArrivals} arrivals at a barrier`,
    fix: "Use .noinc, and count them at mbarrier.init.",
  };
}

/** `bytes` more are awaited, or fewer where it is negative. */
export function expectBytes(barrier: Barrier, bytes: number): Barrier | BarrierRefusal {
  const sum = barrier.bytes + bytes;
  if (Math.abs(sum) <= mostArrivals) return completed({ ...barrier, bytes: sum }, bytes);
  return {
    what: `a barrier that waits for ${sum} bytes, where it counts ${mostArrivals} at most`,
    fix: "Copy less in one phase.",
  };
}

// What is expected does not end a phase, only what comes.
function completed(barrier: Barrier, expected = 0): Barrier {
  if (barrier.pending > 0 || barrier.bytes !== 0 || expected > 0) return barrier;
  return { ...barrier, pending: barrier.expected, parity: barrier.parity === 0 ? 1 : 0 };
}
