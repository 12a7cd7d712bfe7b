// Loads and stores, and how any request to memory is carried out: every address of a request is computed first, shown to whoever observes, then checked against
// its allocation and carried out lane by lane in ascending order.
import type { Operand } from "../../ptx/syntax.js";
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
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
import { narrowReader } from "./integer.js";
import { type AddressSlot, type Execute, type OperandPlaces, predicateType, u64Type } from "./operands.js";

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

export function load(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const type = verified.type as PtxType;
  const [destination, source] = verified.instruction.operands;
  const isParameter = verified.modifiers["param"] !== undefined;
  if (isParameter && places.isParameter(source)) return loadParameter(type, destination, source, places, memory);
  const elements = elementsOf(destination);
  const slots = elements.map((operand) => places.value(operand, type));
  const write = elements.map((operand, index) => registerWriter(type, slots[index], places.isWide(operand)));
  const request: Request = {
    space: isParameter ? "param" : (verified.modifiers["space"] ?? "generic"),
    address: places.address(source),
    bytes: type.bytes,
    elements: elements.length,
    kind: "load",
  };
  if (request.space === "global" && type.bytes === 4 && elements.length === 1 && !places.isWide(elements[0])) {
    return globalWords(request, memory, slots[0]);
  }
  return access(request, memory, (warp, lane, storage, at) => {
    for (let i = 0; i < write.length; i++) write[i](warp, lane, storage, at + i * type.bytes);
  });
}

export function store(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const type = verified.type as PtxType;
  const [target, source] = verified.instruction.operands;
  const elements = elementsOf(source);
  const read = elements.map((operand) => registerReader(type, places.value(operand, type), places.isWide(operand)));
  const request: Request = {
    space: verified.modifiers["param"] !== undefined ? "param" : (verified.modifiers["space"] ?? "generic"),
    address: places.address(target),
    bytes: type.bytes,
    elements: elements.length,
    kind: "store",
  };
  return access(request, memory, (warp, lane, storage, at) => {
    storage.dirty = true;
    for (let i = 0; i < read.length; i++) read[i](warp, lane, storage, at + i * type.bytes);
  });
}

// A kernel's parameters do not change, but where they are read a register does.
function loadParameter(
  type: PtxType,
  destination: Operand,
  source: Operand,
  places: OperandPlaces,
  memory: MemorySystem,
): Execute {
  if (source.kind !== "address" || source.base === undefined) throw new Error("ld.param without a parameter");
  const from = places.parameter(source.base).offset + source.offset;
  const elements = elementsOf(destination);
  // The parameter is copied to where it is aligned, since the writers read words.
  const storage = new MemoryRegion(0, type.bytes * elements.length, source.base, "u8");
  storage.u8.set(memory.parameters.subarray(from, from + storage.byteLength));
  const write = elements.map((operand) => registerWriter(type, places.value(operand, type), places.isWide(operand)));
  return (warp, mask) => {
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      for (let i = 0; i < write.length; i++) write[i](warp, lane, storage, i * type.bytes);
    }
  };
}

/** The elements of a vector, or the one operand that is none. */
export function elementsOf(operand: Operand): readonly Operand[] {
  return operand.kind === "vector" ? operand.elements : [operand];
}

function registerWriter(type: PtxType, slot: number, wide: boolean): Touch {
  if (type.bytes === 8) {
    return (warp, lane, storage, at) => {
      const { u32 } = warp.registers;
      u32[slot + 2 * lane] = storage.u32[at >>> 2];
      u32[slot + 2 * lane + 1] = storage.u32[(at >>> 2) + 1];
    };
  }
  if (type.bytes === 16) {
    return (warp, lane, storage, at) => {
      const from = at >>> 2;
      warp.registers.u32.set(storage.u32.subarray(from, from + 4), slot + 4 * lane);
    };
  }
  const extend = narrowReader(type);
  const word = (storage: MemoryRegion, at: number): number =>
    type.bytes === 4 ? storage.u32[at >>> 2] : type.bytes === 2 ? storage.u16[at >>> 1] : storage.u8[at];
  if (!wide) {
    return (warp, lane, storage, at) => {
      warp.registers.i32[slot + lane] = extend(word(storage, at));
    };
  }
  return (warp, lane, storage, at) => {
    warp.registers.i64[(slot >>> 1) + lane] = BigInt(extend(word(storage, at)));
  };
}

function registerReader(type: PtxType, slot: number, wide: boolean): Touch {
  const step = wide ? 2 : 1;
  switch (type.bytes) {
    case 16:
      return (warp, lane, storage, at) => {
        const from = slot + 4 * lane;
        storage.u32.set(warp.registers.u32.subarray(from, from + 4), at >>> 2);
      };
    case 8:
      return (warp, lane, storage, at) => {
        const { u32 } = warp.registers;
        storage.u32[at >>> 2] = u32[slot + 2 * lane];
        storage.u32[(at >>> 2) + 1] = u32[slot + 2 * lane + 1];
      };
    case 4:
      return (warp, lane, storage, at) => {
        storage.u32[at >>> 2] = warp.registers.u32[slot + step * lane];
      };
    case 2:
      return (warp, lane, storage, at) => {
        storage.u16[at >>> 1] = warp.registers.u32[slot + step * lane];
      };
    default:
      return (warp, lane, storage, at) => {
        storage.u8[at] = warp.registers.u32[slot + step * lane];
      };
  }
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

// The commonest instruction of all, a 4-byte load from global memory, without a call for each lane.
function globalWords(request: Request, memory: MemorySystem, d: number): Execute {
  let found: MemoryRegion | undefined;
  return (warp, mask) => {
    const { addresses } = memory;
    gather(warp, mask, request.address, addresses);
    memory.observe?.({ space: "global", kind: "load", bytesPerLane: 4, mask, addresses });
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const address = addresses[lane];
      if (found === undefined || address < found.base || address + 4 > found.end) {
        found = globalRegion(memory, lane, address, 4, "global", "load");
      }
      const at = address - found.base;
      if ((at & 3) !== 0) memory.refuse(lane, address, 4, "global", "load");
      u32[d + lane] = found.u32[at >>> 2];
    }
  };
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

/** createpolicy: what a policy says changes no result, so that one is like another. */
export function noPolicy(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const d = places.nth(verified, 0) >>> 1;
  return (warp, mask) => {
    for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) warp.registers.u64[d + lane] = 0n;
  };
}

const windows: Readonly<Record<string, number>> = {
  shared: sharedWindow,
  local: localWindow,
  param: parameterWindow,
};

/** isspacep: global memory is what lies in no window; constants lie among the global allocations here, under labels of their own. */
export function isInSpace(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const d = places.nth(verified, 0, predicateType);
  const a = places.nth(verified, 1, u64Type) >>> 1;
  const { space } = verified.modifiers;
  const within = (address: number, window: number): boolean => address >= window && address < window + windowBytes;
  const constants = (address: number): boolean => memory.global.find(address, 1)?.constant === true;
  const holds = (address: number): boolean => {
    if (windows[space] !== undefined) return within(address, windows[space]);
    if (space === "const") return constants(address);
    return !Object.values(windows).some((window) => within(address, window)) && !constants(address);
  };
  return (warp, mask) => {
    const { u64, predicates } = warp.registers;
    let held = 0;
    for (let lane = 0; lane < 32; lane++) if (holds(Number(u64[a + lane]))) held |= 1 << lane;
    predicates[d] = (predicates[d] & ~mask) | (held & mask);
  };
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
