// cp.async: copies from global to shared memory that land when they are waited for (asynchronous.ts), and bulk copies both ways.
// The load from global memory is a request when the copy begins, the store to shared memory when it lands.
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { Warp } from "../warp.js";
import { arriveAfterCopies, checkBarrier } from "./mbarrier.js";
import { gather, globalRegion, type MemorySystem } from "./memory.js";
import { type AddressSlot, type Execute, type OperandPlaces, predicateType, u32Type } from "./operands.js";

type Builder = (verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem) => Execute;

/** cp.async in all its forms. */
export const copyAsynchronously: Builder = (verified, places, memory) => {
  const { modifiers, instruction } = verified;
  const has = (word: string): boolean => modifiers[word] !== undefined;
  const newest = (): number => {
    const [operand] = instruction.operands;
    return operand.kind === "integer" ? Number(operand.value) : 0;
  };
  if (has("bulk")) {
    if (has("prefetch")) return () => {};
    if (has("commit_group")) return (warp, mask) => memory.asynchronous.closeBulkGroup(warp.index, mask);
    if (has("wait_group")) {
      const left = newest();
      return (warp, mask) => memory.asynchronous.waitForBulkGroups(warp.index, mask, left, memory);
    }
    return (modifiers["done"] === "bulk_group" ? bulkStore : bulkLoad)(verified, places, memory);
  }
  if (has("mbarrier")) return arriveAfterCopies(verified, places, memory);
  if (has("commit_group")) return (warp, mask) => memory.asynchronous.closeGroup(warp.index, mask);
  if (has("wait_all")) return (warp, mask) => memory.asynchronous.waitForAll(warp.index, mask, memory);
  if (has("wait_group")) {
    const left = newest();
    return (warp, mask) => memory.asynchronous.waitForGroups(warp.index, mask, left, memory);
  }
  return copy(verified, places, memory);
};

const copy: Builder = (verified, places, memory) => {
  const { operands } = verified.instruction;
  const [to, from] = [places.address(operands[0]), places.address(operands[1])];
  const size = operands[2].kind === "integer" ? Number(operands[2].value) : 0;
  const taken = bytesTaken(verified, places, memory, size);
  const sources = new Float64Array(32);
  const counts = new Uint32Array(32);
  return (warp, mask) => {
    const at = new Float64Array(32);
    gather(warp, mask, to, at);
    gather(warp, mask, from, sources);
    taken(warp, mask, counts);
    let reading = 0;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      checkShared(memory, lane, at[lane], size, "store", size);
      if (counts[lane] > 0) reading |= 1 << lane;
    }
    if (reading !== 0) {
      memory.observe?.({ space: "global", kind: "load", bytesPerLane: size, mask: reading, addresses: sources });
    }
    const data = new Uint8Array(32 * size);
    for (let lane = 0; lane < 32; lane++) {
      if ((reading & (1 << lane)) === 0) continue;
      data.set(readGlobal(memory, lane, sources[lane], counts[lane], size), lane * size);
    }
    memory.asynchronous.begin(warp.index, mask, at, size, data);
  };
};

/** How many bytes each lane takes of its source: all, those that src-size says, or none under ignore-src. */
function bytesTaken(
  verified: VerifiedInstruction,
  places: OperandPlaces,
  memory: MemorySystem,
  size: number,
): (warp: Warp, mask: number, into: Uint32Array) => void {
  const { operands } = verified.instruction;
  const last = operands.length - (verified.modifiers["hint"] === undefined ? 1 : 2);
  if (last < 3) return (_warp, _mask, into) => into.fill(size);
  if (places.isPredicate(operands[3])) {
    const ignored = places.nth(verified, 3, predicateType);
    const flip = places.flip(verified, 3);
    return (warp, _mask, into) => {
      const bits = warp.registers.predicates[ignored] ^ flip;
      for (let lane = 0; lane < 32; lane++) into[lane] = (bits & (1 << lane)) === 0 ? size : 0;
    };
  }
  const count = places.nth(verified, 3, u32Type);
  return (warp, mask, into) => {
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      into[lane] = warp.registers.u32[count + lane];
      if (into[lane] <= size) continue;
      memory.fail(lane, {
        kind: "out-of-bounds",
        what: `cp.async of ${into[lane]} bytes into ${size}`,
        fix: "Let the number of bytes to read be at most the number to write.",
      });
    }
  };
}

/** Shared memory <- global memory; the barrier is told of the bytes when they are there. */
const bulkLoad: Builder = (verified, places, memory) => {
  const [to, from, , barrier] = addressesOf(verified, places, [0, 1, 3]);
  const size = places.nth(verified, 2, u32Type);
  return (warp, mask) => {
    const [at, sources, barriers] = [to, from, barrier].map((slot) => {
      const addresses = new Float64Array(32);
      gather(warp, mask, slot as AddressSlot, addresses);
      return addresses;
    });
    forEachLane(mask, (lane) => {
      const bytes = bulkSize(memory, lane, warp.registers.u32[size + lane]);
      checkShared(memory, lane, at[lane], bytes, "store", 16);
      checkShared(memory, lane, barriers[lane], 8, "atomic", 8);
      checkBarrier(memory, lane, barriers[lane]);
      memory.observe?.({ space: "global", kind: "load", bytesPerLane: bytes, mask: 1 << lane, addresses: sources });
      const data = readGlobal(memory, lane, sources[lane], bytes, 16).slice();
      memory.asynchronous.beginBulk(barriers[lane], at[lane], data);
    });
  };
};

/** Global memory <- shared memory, in bulk groups. */
const bulkStore: Builder = (verified, places, memory) => {
  const [to, from] = addressesOf(verified, places, [0, 1]);
  const size = places.nth(verified, 2, u32Type);
  const [targets, sources] = [new Float64Array(32), new Float64Array(32)];
  return (warp, mask) => {
    gather(warp, mask, to as AddressSlot, targets);
    gather(warp, mask, from as AddressSlot, sources);
    forEachLane(mask, (lane) => {
      const bytes = bulkSize(memory, lane, warp.registers.u32[size + lane]);
      checkShared(memory, lane, sources[lane], bytes, "load", 16);
      memory.observe?.({ space: "shared", kind: "load", bytesPerLane: bytes, mask: 1 << lane, addresses: sources });
      if (targets[lane] % 16 !== 0) memory.refuse(lane, targets[lane], 16, "global", "store");
      globalRegion(memory, lane, targets[lane], bytes, "global", "store");
      memory.asynchronous.beginStore(warp.index, lane, sources[lane], targets[lane], bytes);
    });
  };
};

function addressesOf(
  verified: VerifiedInstruction,
  places: OperandPlaces,
  indices: readonly number[],
): readonly (AddressSlot | undefined)[] {
  const { operands } = verified.instruction;
  return operands.map((operand, index) => (indices.includes(index) ? places.address(operand) : undefined));
}

function forEachLane(mask: number, work: (lane: number) => void): void {
  for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) work(lane);
}

function bulkSize(memory: MemorySystem, lane: number, bytes: number): number {
  if (bytes % 16 === 0) return bytes;
  return memory.fail(lane, {
    kind: "misaligned",
    what: `a bulk copy of ${bytes} bytes, which is no multiple of 16`,
    fix: "Copy a multiple of 16 bytes, and the rest with ordinary loads.",
  });
}

function checkShared(
  memory: MemorySystem,
  lane: number,
  at: number,
  bytes: number,
  kind: "load" | "store" | "atomic",
  alignment: number,
): void {
  const inside = at >= 0 && at + bytes <= memory.shared.byteLength;
  if (inside && at % alignment === 0) return;
  memory.refuse(lane, at, inside ? alignment : bytes, "shared", kind);
}

function readGlobal(memory: MemorySystem, lane: number, address: number, bytes: number, alignment: number): Uint8Array {
  const region = memory.global.find(address, bytes);
  if (region === undefined || address % alignment !== 0) {
    return memory.refuse(lane, address, region === undefined ? bytes : alignment, "global", "load");
  }
  return region.u8.subarray(address - region.base, address - region.base + bytes);
}
