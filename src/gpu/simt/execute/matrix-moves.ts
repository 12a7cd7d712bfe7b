// Matrices between memory and the registers of a warp: ldmatrix, stmatrix, wmma.load and wmma.store; and movmatrix, from register
// to register.
//
// ldmatrix and stmatrix are one request of 16 bytes a row; eight rows, a matrix, take a pass over the banks, as 128 bits a lane do
// for a quarter of a warp (CUDA C++ Programming Guide, shared memory; CUTLASS describes ldmatrix by the same rule). wmma.load and
// wmma.store are one request too, in which each lane moves 1/32 of the matrix in the order of memory: PTX does not say how a GPU
// cuts it.
import { fragmentOf } from "../../ptx/fragments.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { AccessKind } from "../observer.js";
import type { RegisterWords } from "../registers.js";
import type { Warp } from "../warp.js";
import { type PlacedFragment, placed, placesOf, wholeWarp } from "./matrix.js";
import { access, gather, type MemorySystem, type Request } from "./memory.js";
import { type Execute, type OperandPlaces, u32Type } from "./operands.js";

/** The matrices as words, row after row: four words a row of eight elements of 16 bits. */
const words = new Uint32Array(4 * 32);
const elements = new Uint16Array(words.buffer);

/** ldmatrix: lane 8 * j + i has the address of row i of matrix j; the addresses of other lanes do not count. */
export function loadRows(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const destination = placed(verified, places, "d", 0);
  const table = placesOf(destination.fragment);
  const rows = access(rowsRequest(verified, places, 1, "load"), memory, (_warp, lane, storage, at) => {
    words.set(storage.u32.subarray(at >>> 2, (at >>> 2) + 4), 4 * lane);
  });
  const lanes = addressedLanes(destination);
  return wholeWarp(verified, memory, (warp) => {
    rows(warp, lanes);
    const { u32 } = warp.registers;
    destination.slots.forEach((slot, register) => {
      for (let lane = 0, at = 64 * register; lane < 32; lane++, at += 2) {
        u32[slot + lane] = elements[table[at]] | (elements[table[at + 1]] << 16);
      }
    });
  });
}

/** stmatrix: ldmatrix the other way round. */
export function storeRows(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const source = placed(verified, places, "f", 1);
  const table = placesOf(source.fragment);
  const rows = access(rowsRequest(verified, places, 0, "store"), memory, (_warp, lane, storage, at) => {
    storage.dirty = true;
    storage.u32.set(words.subarray(4 * lane, 4 * lane + 4), at >>> 2);
  });
  const lanes = addressedLanes(source);
  return wholeWarp(verified, memory, (warp) => {
    const { u32 } = warp.registers;
    source.slots.forEach((slot, register) => {
      for (let lane = 0, at = 64 * register; lane < 32; lane++, at += 2) {
        elements[table[at]] = u32[slot + lane];
        elements[table[at + 1]] = u32[slot + lane] >>> 16;
      }
    });
    rows(warp, lanes);
  });
}

/** movmatrix: a matrix of 8 x 8 elements of 16 bits, transposed within the warp. */
export function transpose(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const [d, a] = [places.nth(verified, 0, u32Type), places.nth(verified, 1, u32Type)];
  const from = placesOf(fragmentOf("ldmatrix", {}, "a"));
  const to = placesOf(fragmentOf("ldmatrix", { trans: "trans" }, "d"));
  return wholeWarp(verified, memory, (warp) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      elements[from[2 * lane]] = u32[a + lane];
      elements[from[2 * lane + 1]] = u32[a + lane] >>> 16;
    }
    for (let lane = 0; lane < 32; lane++) {
      u32[d + lane] = elements[to[2 * lane]] | (elements[to[2 * lane + 1]] << 16);
    }
  });
}

function rowsRequest(verified: VerifiedInstruction, places: OperandPlaces, index: number, kind: AccessKind): Request {
  return {
    space: verified.modifiers["space"] ?? "generic",
    address: places.address(verified.instruction.operands[index]),
    bytes: 16,
    elements: 1,
    kind,
  };
}

function addressedLanes({ fragment }: PlacedFragment): number {
  return fragment.matrices === 4 ? -1 : (1 << (8 * fragment.matrices)) - 1;
}

/** wmma.load and wmma.store. All lanes have the same address and stride; those of lane 0 are taken. */
export function moveMatrix(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const { modifiers, instruction } = verified;
  const kind = modifiers["load"] === undefined ? "store" : "load";
  const [registers, address] = kind === "load" ? [0, 1] : [1, 0];
  const moved = placed(verified, places, "", registers);
  const { rows, columns, registerType, perRegister, element } = moved.fragment;
  const [line, lines] = modifiers["layout"] === "col" ? [rows, "columns"] : [columns, "rows"];
  const bytes = registerType.bytes / perRegister;
  // Neighbours in memory: each lane moves its share of the matrix.
  const own = (rows * columns) / 32;
  const share = own * bytes;
  const matrix = new Uint8Array(32 * share);
  const base = places.address(instruction.operands[address]);
  const stride = instruction.operands.length > 2 ? places.nth(verified, 2, u32Type) : undefined;
  const start = new Float64Array(32);
  const addresses = (warp: Warp, _mask: number, into: Float64Array): void => {
    const apart = stride === undefined ? line : warp.registers.u32[stride];
    gather(warp, 1, base, start);
    if ((apart * bytes) % 16 !== 0 || start[0] % 16 !== 0) {
      const where = start[0] % 16 === 0 ? "" : " at no multiple of 16 bytes";
      memory.fail(0, {
        kind: "misaligned",
        what: `a matrix of ${element}${where} whose ${lines} are ${apart * bytes} bytes apart`,
        fix: `Let it begin at a multiple of 16 bytes, and its ${lines} lie a multiple of 16 bytes apart.`,
      });
    }
    for (let lane = 0; lane < 32; lane++) {
      const first = lane * own;
      into[lane] = start[0] + (Math.floor(first / line) * apart + (first % line)) * bytes;
    }
  };
  const request = {
    space: modifiers["space"] ?? "generic",
    address: addresses,
    bytes: share,
    elements: 1,
    kind,
    alignment: 1,
  } as const;
  const move = access(request, memory, (_warp, lane, storage, at) => {
    if (kind === "load") {
      matrix.set(storage.u8.subarray(at, at + share), lane * share);
      return;
    }
    storage.dirty = true;
    storage.u8.set(matrix.subarray(lane * share, (lane + 1) * share), at);
  });
  const { read, write } = betweenRegisters(moved, modifiers["layout"] === "col", matrix);
  return wholeWarp(verified, memory, (warp) => {
    if (kind === "store") read(warp.registers);
    move(warp, -1);
    if (kind === "load") write(warp.registers);
  });
}

type Move = (registers: RegisterWords) => void;

/** From the registers into a matrix as it lies in memory, its lines side by side, and back. */
function betweenRegisters(
  { fragment, slots }: PlacedFragment,
  byColumns: boolean,
  matrix: Uint8Array,
): { read: Move; write: Move } {
  const { rows, columns, registerType, perRegister } = fragment;
  const order = placesOf(fragment).map((place) =>
    byColumns ? (place % columns) * rows + Math.floor(place / columns) : place,
  );
  if (registerType.bytes === 8) {
    const values = new BigUint64Array(matrix.buffer);
    const each = (registers: RegisterWords, move: (view: BigUint64Array, at: number, place: number) => void): void => {
      slots.forEach((slot, register) => {
        for (let lane = 0; lane < 32; lane++) move(registers.u64, (slot >>> 1) + lane, order[32 * register + lane]);
      });
    };
    return {
      read: (registers) =>
        each(registers, (view, at, place) => {
          values[place] = view[at];
        }),
      write: (registers) =>
        each(registers, (view, at, place) => {
          view[at] = values[place];
        }),
    };
  }
  const bits = 32 / perRegister;
  const values = bits === 8 ? matrix : bits === 16 ? new Uint16Array(matrix.buffer) : new Uint32Array(matrix.buffer);
  return {
    read: ({ u32 }) => {
      for (let register = 0, at = 0; register < slots.length; register++) {
        for (let lane = 0; lane < 32; lane++) {
          const word = u32[slots[register] + lane];
          for (let shift = 0; shift < 32; shift += bits) values[order[at++]] = word >>> shift;
        }
      }
    },
    write: ({ u32 }) => {
      for (let register = 0, at = 0; register < slots.length; register++) {
        for (let lane = 0; lane < 32; lane++) {
          let word = 0;
          for (let shift = 0; shift < 32; shift += bits) word |= values[order[at++]] << shift;
          u32[slots[register] + lane] = word;
        }
      }
    },
  };
}
