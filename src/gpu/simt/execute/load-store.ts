// Loads, stores and what else is said of addresses: from registers to memory and back, once the request has found its place.
import type { Operand } from "../../ptx/syntax.js";
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { localWindow, MemoryRegion, parameterWindow, sharedWindow, windowBytes } from "../memory-region.js";
import { narrowReader } from "./integer.js";
import { access, elementsOf, gather, globalRegion, type MemorySystem, type Request, type Touch } from "./memory.js";
import { type Execute, type OperandPlaces, predicateType, u64Type } from "./operands.js";

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
