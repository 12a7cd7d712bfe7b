// How any request to memory is carried out: every address of a request is computed first, shown to whoever observes, then checked
// against its allocation and carried out lane by lane in ascending order.
import type { Operand } from "../../ptx/syntax.js";
import type { Asynchronous } from "../asynchronous.js";
import type { FaultKind } from "../fault.js";
import {
  type GlobalMemory,
  localWindow,
  MemoryRegion,
  parameterWindow,
  sharedWindow,
  windowBytes,
} from "../memory-region.js";
import type { AccessKind, AccessSpace, MemoryAccess } from "../observer.js";
import type { Warp } from "../warp.js";
import type { AddressSlot, Execute } from "./operands.js";

/** What the machine offers to instructions that access memory. */
export interface MemorySystem {
  readonly global: GlobalMemory;
  /** Shared memory of the block that runs: another object for another block, so read it when the instruction executes. */
  readonly shared: MemoryRegion;
  /** Copies of that block that have not landed. */
  readonly asynchronous: Asynchronous;
  /** The kernel's parameters as PTX lays them out. */
  readonly parameters: Uint8Array;
  /** Where a request's addresses are gathered. */
  readonly addresses: Float64Array;
  /** Warp instructions of the launch so far. */
  steps(): number;
  /** Tells the observers; null where there are none. */
  readonly observe: ((access: MemoryAccess) => void) | null;
  /** The lanes that execute this give way to others. */
  pause(): void;
  /** Ends the launch with a finding. */
  fail(lane: number, fault: { readonly kind: FaultKind; readonly what: string; readonly fix: string }): never;
  /** A lane prints. */
  print(lane: number, text: string): void;
  /** What a lane is called in messages: `thread (3)`, with its block where there are several. */
  describeThread(lane: number): string;
  /** Bytes that kernels may allocate. */
  readonly heapBytes: number;
  /** Ends the launch: this lane has come to a trap. */
  trap(lane: number): never;
  /** Ends the launch: this lane's access does not fit any allocation, or is not aligned. */
  refuse(lane: number, address: number, bytes: number, space: AccessSpace, kind: AccessKind): never;
}

/** What is accessed: where, how wide, and through which space. */
export interface Request {
  readonly space: string;
  readonly address: AddressSource;
  /** Bytes of one element, and elements of a lane's vector. */
  readonly bytes: number;
  readonly elements: number;
  readonly kind: AccessKind;
  /** Nobody is told of it: it is no request to memory on a GPU. */
  readonly unobserved?: true;
  /** What an address is a multiple of, where that is not the size. */
  readonly alignment?: number;
}

/** Where a request's addresses come from: an operand, or what the instruction makes of its operands. */
export type AddressSource = AddressSlot | ((warp: Warp, mask: number, into: Float64Array) => void);

/** Carries out one lane's access: `at` is the byte offset in the storage. */
export type Touch = (warp: Warp, lane: number, storage: MemoryRegion, at: number) => void;

/** The elements of a vector, or the one operand that is none. */
export function elementsOf(operand: Operand): readonly Operand[] {
  return operand.kind === "vector" ? operand.elements : [operand];
}

/** Carries out a request for the lanes of a mask, each checked against what it may touch. */
export function access(request: Request, memory: MemorySystem, touch: Touch): Execute {
  const { space, bytes, elements, kind } = request;
  const size = bytes * elements;
  const alignment = request.alignment ?? size;
  const observe = request.unobserved === true ? null : memory.observe;
  if (space === "generic") return genericAccess(request, memory, touch);
  if (space === "local" || space === "param") {
    // What a call hands over is in registers on a GPU: nobody counts it as memory.
    const observeLocal = space === "local" ? observe : null;
    const parameters = space === "param" ? parameterRegion(memory.parameters) : undefined;
    return (warp, mask) => {
      const { addresses } = memory;
      gather(warp, mask, request.address, addresses);
      observeLocal?.({ space: "local", kind, bytesPerLane: size, mask, addresses });
      let own = mask;
      for (let lane = 0; parameters !== undefined && lane < 32; lane++) {
        if ((mask & (1 << lane)) === 0 || addresses[lane] < parameterWindow) continue;
        own &= ~(1 << lane);
        touchParameter(warp, lane, addresses[lane], parameters, memory, request, touch);
      }
      localAccess(warp, own, memory, size, kind, touch);
    };
  }
  if (space === "shared") {
    return (warp, mask) => {
      const { addresses, shared } = memory;
      gather(warp, mask, request.address, addresses);
      observe?.({ space: "shared", kind, bytesPerLane: size, mask, addresses });
      for (let lane = 0; lane < 32; lane++) {
        if ((mask & (1 << lane)) === 0) continue;
        const at = addresses[lane];
        if (at < 0 || at + size > shared.byteLength || at % alignment !== 0) {
          memory.refuse(lane, at, size, "shared", kind);
        }
        touch(warp, lane, shared, at);
      }
    };
  }
  // Constant memory is read through a cache of its own, and lies among the allocations of global memory.
  const where = space === "const" ? "const" : "global";
  let found: MemoryRegion | undefined;
  return (warp, mask) => {
    const { addresses } = memory;
    gather(warp, mask, request.address, addresses);
    observe?.({ space: where, kind, bytesPerLane: size, mask, addresses });
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const address = addresses[lane];
      if (found === undefined || address < found.base || address + size > found.end) {
        found = globalRegion(memory, lane, address, size, where, kind);
      }
      const at = address - found.base;
      if (at % alignment !== 0) memory.refuse(lane, address, size, where, kind);
      touch(warp, lane, found, at);
    }
  };
}

/** The allocation that a lane's access lies in. A fault where there is none, and where a kernel would write what it only reads. */
export function globalRegion(
  memory: MemorySystem,
  lane: number,
  address: number,
  bytes: number,
  space: AccessSpace,
  kind: AccessKind,
): MemoryRegion {
  const region = memory.global.find(address, bytes);
  if (region === undefined || (region.constant && kind !== "load")) {
    return memory.refuse(lane, address, bytes, space, kind);
  }
  return region;
}

// Lanes of one generic request may reach different spaces; each space is a request of its own to the observers.
function genericAccess(request: Request, memory: MemorySystem, touch: Touch): Execute {
  const { bytes, elements, kind } = request;
  const size = bytes * elements;
  const alignment = request.alignment ?? size;
  const observe = request.unobserved === true ? null : memory.observe;
  const raw = new Float64Array(32);
  const parameters = parameterRegion(memory.parameters);
  return (warp, all) => {
    const { addresses } = memory;
    let mask = all;
    gather(warp, mask, request.address, raw);
    let [sharedLanes, localLanes] = [0, 0];
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const address = raw[lane];
      if (address >= sharedWindow && address < sharedWindow + windowBytes) sharedLanes |= 1 << lane;
      else if (address >= localWindow && address < localWindow + windowBytes) localLanes |= 1 << lane;
      else if (address >= parameterWindow && address < parameterWindow + windowBytes) {
        mask &= ~(1 << lane);
        touchParameter(warp, lane, address, parameters, memory, request, touch);
      }
    }
    const globalLanes = mask & ~sharedLanes & ~localLanes;
    if (sharedLanes !== 0) {
      for (let lane = 0; lane < 32; lane++) addresses[lane] = raw[lane] - sharedWindow;
      observe?.({ space: "shared", kind, bytesPerLane: size, mask: sharedLanes, addresses });
      const { shared } = memory;
      for (let lane = 0; lane < 32; lane++) {
        if ((sharedLanes & (1 << lane)) === 0) continue;
        const at = addresses[lane];
        if (at + size > shared.byteLength || at % alignment !== 0) memory.refuse(lane, at, size, "shared", kind);
        touch(warp, lane, shared, at);
      }
    }
    if (localLanes !== 0) {
      for (let lane = 0; lane < 32; lane++) addresses[lane] = raw[lane] - localWindow;
      if (kind === "atomic") refuseLocal(localLanes, memory, size);
      observe?.({ space: "local", kind, bytesPerLane: size, mask: localLanes, addresses });
      localAccess(warp, localLanes, memory, size, kind, touch);
    }
    if (globalLanes !== 0) {
      addresses.set(raw);
      observe?.({ space: "global", kind, bytesPerLane: size, mask: globalLanes, addresses });
      for (let lane = 0; lane < 32; lane++) {
        if ((globalLanes & (1 << lane)) === 0) continue;
        const storage = globalRegion(memory, lane, addresses[lane], size, "global", kind);
        const at = addresses[lane] - storage.base;
        if (at % alignment !== 0) memory.refuse(lane, addresses[lane], size, "global", kind);
        touch(warp, lane, storage, at);
      }
    }
  };
}

// Atomics are for memory that threads share.
function refuseLocal(mask: number, memory: MemorySystem, size: number): never {
  const lane = 31 - Math.clz32(mask & -mask);
  memory.refuse(lane, memory.addresses[lane], size, "local", "atomic");
}

function parameterRegion(parameters: Uint8Array): MemoryRegion {
  const region = new MemoryRegion(parameterWindow, parameters.length, "the parameters", "u8");
  region.u8.set(parameters);
  return region;
}

// Kernels read their parameters by address too, and nothing writes them.
function touchParameter(
  warp: Warp,
  lane: number,
  address: number,
  parameters: MemoryRegion,
  memory: MemorySystem,
  { bytes, elements, kind }: Request,
  touch: Touch,
): void {
  const size = bytes * elements;
  const at = address - parameterWindow;
  if (kind !== "load" || at + size > parameters.byteLength || at % size !== 0) {
    memory.refuse(lane, at, size, "param", kind);
  }
  touch(warp, lane, parameters, at);
}

function localAccess(
  warp: Warp,
  mask: number,
  memory: MemorySystem,
  size: number,
  kind: AccessKind,
  touch: Touch,
): void {
  const { addresses } = memory;
  const { tops, localBytes } = warp;
  for (let lane = 0; lane < 32; lane++) {
    if ((mask & (1 << lane)) === 0) continue;
    const at = addresses[lane];
    if (at < 0 || at + size > tops[lane] || at % size !== 0) memory.refuse(lane, at, size, "local", kind);
    touch(warp, lane, warp.local, lane * localBytes + at);
  }
}

// Addresses wrap around at their width; a 64-bit one counts as signed here, so that what is slightly below 0 stays exact.
export function gather(warp: Warp, mask: number, source: AddressSource, into: Float64Array): void {
  if (typeof source === "function") {
    source(warp, mask, into);
    return;
  }
  const { slot, wide, offset } = source;
  const { u32, i32 } = warp.registers;
  if (wide) {
    for (let lane = 0, at = slot; lane < 32; lane++, at += 2) {
      if ((mask & (1 << lane)) !== 0) into[lane] = i32[at + 1] * 4294967296 + u32[at] + offset;
    }
    return;
  }
  for (let lane = 0; lane < 32; lane++) {
    if ((mask & (1 << lane)) !== 0) into[lane] = (u32[slot + lane] + offset) >>> 0;
  }
}
