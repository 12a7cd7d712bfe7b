// What can be watched while a kernel runs. Analyses implement Observer; where nobody watches, nothing is paid.
import type { MemoryRegion } from "./memory-region.js";

export type AccessSpace = "global" | "shared" | "local" | "const" | "param";
export type AccessKind = "load" | "store" | "atomic";

/** What one warp instruction asked of memory: a request, as the profilers call it. */
export interface MemoryAccess {
  readonly space: AccessSpace;
  readonly kind: AccessKind;
  readonly bytesPerLane: number;
  /** The lanes that took part, lane 0 in bit 0. */
  readonly mask: number;
  /** The address of each lane that took part; other entries mean nothing. Shared and local count from 0. */
  readonly addresses: Float64Array;
}

/** Where execution is: block in linear order, warp of the block, program counter. */
export interface ExecutionPoint {
  readonly block: number;
  readonly warp: number;
  readonly pc: number;
}

/**
 * Called by the machine as it runs. Event objects are the machine's own and change after the call: copy what is kept.
 * Masks are 32-bit signed numbers, lane 0 in bit 0.
 */
export interface Observer {
  /** A warp instruction, before it executes: `mask` are the lanes that execute it, `active` those at this pc. */
  instruction?(point: ExecutionPoint, mask: number, active: number): void;
  /** A branch: the lanes that go to its target and those that go on. Both nonempty is a divergence. */
  branch?(point: ExecutionPoint, taken: number, notTaken: number): void;
  /** A request to memory, before it is carried out. */
  memory?(point: ExecutionPoint, access: MemoryAccess): void;
  /** A lane prints a text. Behind the instruction that does. */
  print?(point: ExecutionPoint, lane: number, text: string): void;
  /** A block begins on an SM. Several blocks may be on the SMs at a time. */
  blockStart?(block: number, shared: MemoryRegion, sm: number): void;
  blockEnd?(block: number): void;
}

/** The events that the machine calls by the million. */
type Hook = "instruction" | "branch" | "memory";

/** One function for all observers of an event, or null so that the machine need not call at all. */
export function combineObservers<Name extends Hook>(
  observers: readonly Observer[],
  name: Name,
): NonNullable<Observer[Name]> | null {
  const interested = observers.filter((observer) => observer[name] !== undefined);
  if (interested.length === 0) return null;
  type Call = (a: unknown, b: unknown, c: unknown) => void;
  const calls = interested.map((observer): Call => (observer[name] as Call).bind(observer));
  if (calls.length === 1) return calls[0] as NonNullable<Observer[Name]>;
  // Events have three arguments at most, and come by the million: neither lists of arguments nor loops where two calls do.
  const [first, second] = calls;
  if (calls.length === 2) {
    return ((a: unknown, b: unknown, c: unknown) => {
      first(a, b, c);
      second(a, b, c);
    }) as NonNullable<Observer[Name]>;
  }
  return ((a: unknown, b: unknown, c: unknown) => {
    for (const call of calls) call(a, b, c);
  }) as NonNullable<Observer[Name]>;
}
