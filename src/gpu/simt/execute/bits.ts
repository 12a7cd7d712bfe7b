// Instructions on the bits and bytes of integers: fields, permutations, funnel shifts, counts, and sums of byte products. Each is a
// function of one lane's words.
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { RegisterWords } from "../registers.js";
import { narrowReader } from "./integer.js";
import { type Execute, type OperandPlaces, predicateType, u32Type } from "./operands.js";
import { destinations } from "./warp-level.js";

/** popc, clz, brev and bfind; the first two and the last give 32 bits, whatever they look at. */
export function count(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const { opcode } = verified.row;
  const a = places.nth(verified, 1);
  const d = places.nth(verified, 0, opcode === "brev" ? type : u32Type);
  if (opcode === "bfind") return bitFind(verified, d, a);
  if (type.bytes === 4) {
    const operation = counts[opcode];
    return eachLane(({ i32 }, lane) => {
      i32[d + lane] = operation(i32[a + lane]);
    });
  }
  const operation = wideCounts[opcode];
  return opcode === "brev"
    ? eachLane(({ u32 }, lane) => {
        const [low, high] = [u32[a + 2 * lane], u32[a + 2 * lane + 1]];
        u32[d + 2 * lane] = counts["brev"](high);
        u32[d + 2 * lane + 1] = counts["brev"](low);
      })
    : eachLane(({ u32 }, lane) => {
        u32[d + lane] = operation(u32[a + 2 * lane], u32[a + 2 * lane + 1]);
      });
}

function ones(value: number): number {
  let n = 0;
  for (let rest = value | 0; rest !== 0; rest &= rest - 1) n++;
  return n;
}

const counts: Readonly<Record<string, (value: number) => number>> = {
  popc: ones,
  clz: Math.clz32,
  brev: (value) => {
    let result = 0;
    for (let bit = 0; bit < 32; bit++) result |= ((value >>> bit) & 1) << (31 - bit);
    return result;
  },
};

const wideCounts: Readonly<Record<string, (low: number, high: number) => number>> = {
  popc: (low, high) => ones(low) + ones(high),
  clz: (low, high) => (high === 0 ? 32 + Math.clz32(low) : Math.clz32(high)),
};

/** The place of the highest bit that is no copy of the sign, or all ones; with .shiftamt how far it is from the top. */
function bitFind(verified: VerifiedInstruction, d: number, a: number): Execute {
  const type = verified.type as PtxType;
  const signed = type.kind === "signed";
  const top = type.bytes * 8 - 1;
  const shiftAmount = verified.modifiers["shiftamt"] !== undefined;
  const wide = type.bytes === 8;
  return eachLane(({ u32, i32 }, lane) => {
    const at = wide ? a + 2 * lane : a + lane;
    const flip = signed && i32[wide ? at + 1 : at] < 0 ? -1 : 0;
    const high = wide ? u32[at + 1] ^ flip : 0;
    const low = u32[at] ^ flip;
    const place = high !== 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(low);
    u32[d + lane] = place < 0 ? 0xffff_ffff : shiftAmount ? top - place : place;
  });
}

/** bfe: the field of a that begins at bit b and has c bits, with the sign bit of the field above it for signed types. */
export function extract(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  const [b, c] = [places.nth(verified, 2, u32Type), places.nth(verified, 3, u32Type)];
  const bits = type.bytes * 8;
  const signed = type.kind === "signed";
  return eachLane((registers, lane) => {
    const { u32 } = registers;
    const [start, length] = [u32[b + lane] & 0xff, u32[c + lane] & 0xff];
    const value = readBits(registers, a, lane, type);
    // The manual's pseudocode: bits beyond the top are copies of the sign, which is the field's last bit in the word.
    const signAt = Math.min(start + length - 1, bits - 1);
    const negative = signed && length > 0 && ((value >> BigInt(signAt)) & 1n) === 1n;
    const inWord = Math.max(0, Math.min(length, bits - start));
    const field = inWord === 0 ? 0n : BigInt.asUintN(inWord, value >> BigInt(start));
    writeBits(registers, d, lane, type, negative ? field | (-1n << BigInt(inWord)) : field);
  });
}

/** bfi: b with the field that begins at bit c and has e bits replaced by the low bits of a. */
export function insert(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const [c, e] = [places.nth(verified, 3, u32Type), places.nth(verified, 4, u32Type)];
  return eachLane((registers, lane) => {
    const { u32 } = registers;
    const [start, length] = [BigInt(u32[c + lane] & 0xff), u32[e + lane] & 0xff];
    const field = BigInt.asUintN(length, -1n) << start;
    const [from, into] = [readBits(registers, a, lane, type), readBits(registers, b, lane, type)];
    writeBits(registers, d, lane, type, (into & ~field) | ((from << start) & field));
  });
}

/** bmsk: b one bits from bit a on; beyond the word they are cut off, or both counted modulo 32 with .wrap. */
export function mask(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1, u32Type), places.nth(verified, 2, u32Type)];
  const wrap = verified.modifiers["mode"] === "wrap";
  return eachLane(({ u32 }, lane) => {
    const start = wrap ? u32[a + lane] & 31 : u32[a + lane];
    const length = wrap ? u32[b + lane] & 31 : Math.min(u32[b + lane], 32);
    u32[d + lane] = start > 31 ? 0 : Number(BigInt.asUintN(32, BigInt.asUintN(length, -1n) << BigInt(start)));
  });
}

/** prmt: four bytes chosen from the eight of a and b, by selectors in c or in one of the manual's fixed patterns. */
export function permute(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b, c] = [0, 1, 2, 3].map((index) => places.nth(verified, index));
  const pattern = patterns[verified.modifiers["mode"]];
  return eachLane(({ u32 }, lane) => {
    const [low, high, control] = [u32[a + lane], u32[b + lane], u32[c + lane]];
    let result = 0;
    for (let at = 0; at < 4; at++) {
      const selector = pattern === undefined ? (control >>> (4 * at)) & 0xf : pattern(control & 3, at);
      const place = selector & 7;
      const byte = ((place < 4 ? low : high) >>> (8 * (place & 3))) & 0xff;
      // The selector's top bit asks for copies of the byte's sign.
      result |= (selector & 8 ? (byte & 0x80 ? 0xff : 0) : byte) << (8 * at);
    }
    u32[d + lane] = result;
  });
}

const patterns: Readonly<Record<string, (control: number, at: number) => number>> = {
  f4e: (control, at) => control + at,
  b4e: (control, at) => (control - at) & 7,
  rc8: (control) => control,
  ecl: (control, at) => Math.max(control, at),
  ecr: (control, at) => Math.min(control, at),
  rc16: (control, at) => 2 * (control & 1) + (at & 1),
};

/** lop3: bit by bit the entry of an 8-entry truth table at (a, b, c); with .or or .and a predicate says whether d is not 0, too. */
export function lop3(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [a, b, c] = [1, 2, 3].map((index) => places.nth(verified, index));
  const table = places.nth(verified, 4, u32Type);
  const looksUp = ({ u32 }: RegisterWords, lane: number): number => {
    const [x, y, z, lut] = [u32[a + lane], u32[b + lane], u32[c + lane], u32[table + lane]];
    let result = 0;
    for (let entry = 0; entry < 8; entry++) {
      if ((lut & (1 << entry)) === 0) continue;
      result |= (entry & 4 ? x : ~x) & (entry & 2 ? y : ~y) & (entry & 1 ? z : ~z);
    }
    return result;
  };
  const combine = verified.modifiers["bool"];
  const { d, p } = destinations(verified, places);
  if (combine === undefined || p === undefined) {
    return eachLane((registers, lane) => {
      if (d !== undefined) registers.u32[d + lane] = looksUp(registers, lane);
    });
  }
  const q = places.nth(verified, 5, predicateType);
  const flip = places.flip(verified, 5);
  return eachLane((registers, lane) => {
    const { u32, predicates } = registers;
    const result = looksUp(registers, lane);
    const given = ((predicates[q] ^ flip) & (1 << lane)) !== 0;
    const holds = combine === "or" ? result !== 0 || given : result !== 0 && given;
    if (d !== undefined) u32[d + lane] = result;
    predicates[p] = holds ? predicates[p] | (1 << lane) : predicates[p] & ~(1 << lane);
  });
}

/** fns: from bit b on, up or down by the sign of c, the |c|th one of a; where c is 0, whether bit b is one. All ones for none. */
export function findSet(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const c = places.nth(verified, 3, u32Type);
  return eachLane(({ u32, i32 }, lane) => {
    const [mask, base, offset] = [u32[a + lane], u32[b + lane], i32[c + lane]];
    let left = Math.max(Math.abs(offset), 1);
    let found = -1;
    for (let bit = base; bit >= 0 && bit < 32; bit += offset < 0 ? -1 : 1) {
      if ((mask & (1 << bit)) !== 0 && --left === 0) {
        found = bit;
        break;
      }
      if (offset === 0) break;
    }
    i32[d + lane] = found;
  });
}

/** szext: the low b bits of a, extended by zeros or their highest one; b of 32 and more is all of a, or wraps around. */
export function extendLow(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  const b = places.nth(verified, 2, u32Type);
  const signed = verified.type?.kind === "signed";
  const wraps = verified.modifiers["mode"] === "wrap";
  return eachLane(({ u32 }, lane) => {
    const width = wraps ? u32[b + lane] & 31 : Math.min(u32[b + lane], 32);
    const shift = 32 - width;
    const top = u32[a + lane] << shift;
    u32[d + lane] = width === 0 ? 0 : signed ? top >> shift : top >>> shift;
  });
}

/** shf: the 64 bits b:a shifted left or right by c, of which the high or the low word is kept. */
export function funnelShift(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const c = places.nth(verified, 3, u32Type);
  const left = verified.modifiers["dir"] === "l";
  const wrap = verified.modifiers["mode"] === "wrap";
  return eachLane(({ u32 }, lane) => {
    const by = wrap ? u32[c + lane] & 31 : Math.min(u32[c + lane], 32);
    const [low, high] = [u32[a + lane], u32[b + lane]];
    if (by === 0) u32[d + lane] = left ? high : low;
    else if (by === 32) u32[d + lane] = left ? low : high;
    else u32[d + lane] = left ? (high << by) | (low >>> (32 - by)) : (high << (32 - by)) | (low >>> by);
  });
}

/** dp4a: c plus the products of the four bytes of a and b; dp2a: of two halves of a with the low or high two bytes of b. */
export function dotProduct(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a, b, c] = [0, 1, 2, 3].map((index) => places.nth(verified, index));
  const { row, modifiers } = verified;
  const [aSigned, bSigned] = [modifiers["first"] === "s32", modifiers["type"] === "s32"];
  const halves = row.opcode === "dp2a";
  const [step, size] = halves ? [16, 2] : [8, 1];
  const readA = narrowReader({ name: "", bytes: size, kind: aSigned ? "signed" : "unsigned" });
  const readB = narrowReader({ name: "", bytes: 1, kind: bSigned ? "signed" : "unsigned" });
  const skip = modifiers["half"] === "hi" ? 16 : 0;
  return eachLane(({ u32, i32 }, lane) => {
    let sum = i32[c + lane];
    for (let at = 0; at < (halves ? 2 : 4); at++) {
      sum += readA(u32[a + lane] >>> (step * at)) * readB(u32[b + lane] >>> (8 * at + skip));
    }
    i32[d + lane] = sum;
  });
}

/** sad: c plus the distance of a and b. */
export function distance(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const [d, a, b, c] = [0, 1, 2, 3].map((index) => places.nth(verified, index));
  const read = (value: bigint): bigint => (type.kind === "signed" ? BigInt.asIntN(type.bytes * 8, value) : value);
  return eachLane((registers, lane) => {
    const [x, y, z] = [a, b, c].map((slot) => read(readBits(registers, slot, lane, type)));
    writeBits(registers, d, lane, type, z + (x < y ? y - x : x - y));
  });
}

/** mul24 and mad24: the low or high 32 bits of the 48-bit product of the low 24 bits of a and b. */
export function multiply24(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { row, modifiers, type } = verified;
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const c = row.opcode === "mad24" ? places.nth(verified, 3) : places.layout.constant(0n, 4);
  const signed = type?.kind === "signed";
  const drop = modifiers["half"] === "hi" ? 16n : 0n;
  const read = (word: number): bigint => BigInt(signed ? (word << 8) >> 8 : word & 0xff_ffff);
  return eachLane(({ u32 }, lane) => {
    const product = (read(u32[a + lane]) * read(u32[b + lane])) >> drop;
    u32[d + lane] = Number(BigInt.asUintN(32, product + BigInt(u32[c + lane])));
  });
}

/** cnot: 1 where a is 0, else 0. */
export function logicalNot(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  return eachLane((registers, lane) => {
    writeBits(registers, d, lane, type, readBits(registers, a, lane, type) === 0n ? 1n : 0n);
  });
}

function readBits({ u32, u64 }: RegisterWords, slot: number, lane: number, type: PtxType): bigint {
  if (type.bytes === 8) return u64[(slot >>> 1) + lane];
  return BigInt.asUintN(type.bytes * 8, BigInt(u32[slot + lane]));
}

function writeBits({ u32, u64 }: RegisterWords, slot: number, lane: number, type: PtxType, value: bigint): void {
  const bits = BigInt.asUintN(type.bytes * 8, value);
  if (type.bytes === 8) u64[(slot >>> 1) + lane] = bits;
  else u32[slot + lane] = Number(bits);
}

function eachLane(work: (registers: RegisterWords, lane: number) => void): Execute {
  return ({ registers }, active) => {
    for (let lane = 0; lane < 32; lane++) if ((active & (1 << lane)) !== 0) work(registers, lane);
  };
}
