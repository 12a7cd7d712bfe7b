// mov, cvt and cvta.
import {
  encodeFloat,
  type FloatFormat,
  floatFormats,
  type Rounding,
  roundInteger,
  roundTo,
} from "../../../core/float-format.js";
import { flush, saturate } from "../../arithmetic/exact.js";
import { roundedInteger } from "../../arithmetic/rounded.js";
import type { Operand } from "../../ptx/syntax.js";
import { type PtxType, ptxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { RegisterWords } from "../registers.js";
import { clockValue } from "../special-values.js";
import { canonicalNaN32 } from "./float.js";
import { elementsOf, numbersOf } from "./half.js";
import { narrowReader } from "./integer.js";
import type { MemorySystem } from "./memory.js";
import { type Execute, type OperandPlaces, u32Type, windowOf } from "./operands.js";

export function mov(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const type = verified.type as PtxType;
  const [destination, source] = verified.instruction.operands;
  if (source.kind === "register" && places.isClock(source.name)) {
    return readClock(type, places.nth(verified, 0), source.name, memory);
  }
  if (destination.kind === "vector") return unpack(type, destination.elements, places.nth(verified, 1), places);
  if (source.kind === "vector") return pack(type, places.nth(verified, 0), source.elements, places);
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  if (type.kind === "predicate") {
    const flip = places.flip(verified, 1);
    return (warp, mask) => {
      const { predicates } = warp.registers;
      predicates[d] = (predicates[d] & ~mask) | ((predicates[a] ^ flip) & mask);
    };
  }
  return copyWords(d, a, wordsOf(type));
}

function readClock(type: PtxType, d: number, name: string, memory: MemorySystem): Execute {
  return (warp, mask) => {
    const { u32, u64 } = warp.registers;
    const value = clockValue(name, memory.steps());
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      if (type.bytes === 8) u64[(d >>> 1) + lane] = value;
      else u32[d + lane] = Number(value & 0xffff_ffffn);
    }
  };
}

/** Words of a register of a lane. */
function wordsOf({ bytes }: PtxType): 1 | 2 | 4 {
  return bytes === 16 ? 4 : bytes === 8 ? 2 : 1;
}

/** The elements of a vector that makes up a type: how many bits each has. */
function part(type: PtxType, elements: readonly Operand[]): PtxType {
  return ptxType(`b${(type.bytes * 8) / elements.length}`);
}

/** How the elements of a vector lie in the register that it makes up: in words, or of 128 bits in halves of two words each. */
interface Packing {
  readonly words: 1 | 2 | 4;
  /** The word and the bit where each element begins, and the words that it has. */
  readonly places: readonly { readonly word: number; readonly shift: number }[];
  readonly elementWords: 1 | 2;
  /** A mask of an element's bits in its word. */
  readonly keep: number;
}

function packing(type: PtxType, elements: readonly Operand[]): Packing {
  const bits = 8 * part(type, elements).bytes;
  return {
    words: wordsOf(type),
    places: elements.map((_, i) => ({ word: (i * bits) >>> 5, shift: (i * bits) & 31 })),
    elementWords: bits === 64 ? 2 : 1,
    keep: bits >= 32 ? -1 : 2 ** bits - 1,
  };
}

function pack(type: PtxType, d: number, elements: readonly Operand[], places: OperandPlaces): Execute {
  const slots = elements.map((element) => places.value(element, part(type, elements)));
  const { words, places: at, elementWords, keep } = packing(type, elements);
  const result = new Uint32Array(4);
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      // The destination may be among the elements: all are read before it is written.
      result.fill(0);
      for (let i = 0; i < slots.length; i++) {
        const { word, shift } = at[i];
        const from = slots[i] + elementWords * lane;
        result[word] |= (u32[from] & keep) << shift;
        if (elementWords === 2) result[word + 1] = u32[from + 1];
      }
      for (let i = 0; i < words; i++) u32[d + words * lane + i] = result[i];
    }
  };
}

function unpack(type: PtxType, elements: readonly Operand[], a: number, places: OperandPlaces): Execute {
  // An element that nobody needs is `_`.
  const slots = elements.map((element) =>
    element.kind === "symbol" ? undefined : places.value(element, part(type, elements)),
  );
  const { words, places: at, elementWords, keep } = packing(type, elements);
  const source = new Uint32Array(4);
  return (warp, mask) => {
    const { u32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      for (let i = 0; i < words; i++) source[i] = u32[a + words * lane + i];
      slots.forEach((slot, i) => {
        if (slot === undefined) return;
        const { word, shift } = at[i];
        u32[slot + elementWords * lane] = (source[word] >>> shift) & keep;
        if (elementWords === 2) u32[slot + 2 * lane + 1] = source[word + 1];
      });
    }
  };
}

function copyWords(d: number, a: number, step: 1 | 2 | 4): Execute {
  const words = 32 * step;
  return (warp, mask) => {
    const { u32 } = warp.registers;
    if (mask === -1) {
      u32.copyWithin(d, a, a + words);
      return;
    }
    for (let lane = 0, at = 0; lane < 32; lane++, at += step) {
      if ((mask & (1 << lane)) === 0) continue;
      for (let word = 0; word < step; word++) u32[d + at + word] = u32[a + at + word];
    }
  };
}

/** To and from generic addresses: global addresses are the same, the other spaces have a window each. */
export function cvta(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const [d, a] = [places.nth(verified, 0), places.nth(verified, 1)];
  const window = BigInt(windowOf(verified.modifiers["space"]));
  // Addresses of parameters are generic as they are, too.
  if (window === 0n) return copyWords(d, a, 2);
  const shift = verified.modifiers["to"] === undefined ? window : -window;
  return (warp, mask) => {
    const { u64 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) !== 0) u64[(d >>> 1) + lane] = BigInt.asUintN(64, u64[(a >>> 1) + lane] + shift);
    }
  };
}

/** cvt.pack: a and b clamped to few bits, b in the lowest, a above it, and c above both where there is room. */
export function packIntegers(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { modifiers, instruction } = verified;
  const [d, a, b, c] = instruction.operands.map((operand) => places.value(operand, u32Type));
  const bits = Number(modifiers["to"].slice(1));
  const signed = modifiers["to"].startsWith("s");
  const [lowest, highest] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  const clamp = (value: number): number => Math.min(Math.max(value, lowest), highest) & (2 ** bits - 1);
  return (warp, mask) => {
    const { u32, i32 } = warp.registers;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      const above = c === undefined ? 0 : u32[c + lane] << (2 * bits);
      u32[d + lane] = above | (clamp(i32[a + lane]) << bits) | clamp(i32[b + lane]);
    }
  };
}

type Read = (registers: RegisterWords, lane: number) => number | bigint;
type Write = (registers: RegisterWords, lane: number, value: number | bigint) => void;

export function cvt(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const { modifiers, instruction } = verified;
  const to = ptxType(modifiers["dtype"]);
  const from = ptxType(modifiers["atype"]);
  const d = places.nth(verified, 0, to);
  const a = places.nth(verified, 1, from);
  const read = reader(from, a, places.isWide(instruction.operands[1]));
  const write = writer(to, d, places.isWide(instruction.operands[0]));
  const convert = conversion(from, to, modifiers);
  return (warp, mask) => {
    const { registers } = warp;
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) !== 0) write(registers, lane, convert(read(registers, lane)));
    }
  };
}

function reader(type: PtxType, slot: number, wideRegister: boolean): Read {
  const half = elementsOf(type);
  if (half !== undefined) {
    const numbers = numbersOf(half.format);
    return ({ u32 }, lane) => numbers[u32[slot + lane] & 0xffff];
  }
  if (type.name === "f32") return ({ f32 }, lane) => f32[slot + lane];
  if (type.name === "f64") return ({ f64 }, lane) => f64[(slot >>> 1) + lane];
  if (type.bytes === 8) {
    return type.kind === "signed"
      ? ({ i64 }, lane) => i64[(slot >>> 1) + lane]
      : ({ u64 }, lane) => u64[(slot >>> 1) + lane];
  }
  const narrow = narrowReader(type);
  // The low part of a 64-bit register is its even word.
  const step = wideRegister ? 2 : 1;
  return ({ u32 }, lane) => narrow(u32[slot + step * lane]);
}

function writer(type: PtxType, slot: number, wideRegister: boolean): Write {
  const half = elementsOf(type);
  if (half !== undefined) {
    return ({ u32 }, lane, value) => {
      u32[slot + lane] = encodeFloat(half.format, value as number);
    };
  }
  if (type.name === "f32") {
    return ({ f32, u32 }, lane, value) => {
      if (!Number.isNaN(value as number)) f32[slot + lane] = value as number;
      else u32[slot + lane] = canonicalNaN32;
    };
  }
  if (type.name === "f64") {
    return ({ f64 }, lane, value) => {
      f64[(slot >>> 1) + lane] = value as number;
    };
  }
  if (wideRegister) {
    return ({ i64 }, lane, value) => {
      i64[(slot >>> 1) + lane] = BigInt(value);
    };
  }
  return ({ i32 }, lane, value) => {
    i32[slot + lane] = value as number;
  };
}

/** To a whole number: rni, rzi, rmi and rpi. */
function integralRounding(modifier: string | undefined): ((value: number) => number) | undefined {
  if (!/^r[nzmp]i$/.test(modifier ?? "")) return undefined;
  const rounding = (modifier as string).slice(0, 2) as Rounding;
  return (value) => roundInteger(value, rounding);
}

function conversion(
  from: PtxType,
  to: PtxType,
  modifiers: Readonly<Record<string, string>>,
): (value: number | bigint) => number | bigint {
  const round = integralRounding(modifiers["rnd"]);
  const ftz = modifiers["ftz"] !== undefined;
  const saturating = modifiers["sat"] !== undefined;
  if (to.kind === "float") {
    const single = to.bytes === 4;
    const positive = modifiers["relu"] !== undefined;
    const finite = modifiers["satfinite"] !== undefined;
    const format = single ? floatFormats.f32 : elementsOf(to)?.format;
    const rounding = round === undefined ? ((modifiers["rnd"] ?? "rn") as Rounding) : "rn";
    return (value) => {
      let result = typeof value === "bigint" ? roundedInteger(value, format, rounding) : value;
      if (ftz && from.bytes === 4) result = flush(result);
      if (round !== undefined) result = round(result);
      if (format !== undefined)
        result = single && rounding === "rn" ? Math.fround(result) : roundTo(format, result, rounding);
      if (ftz && single) result = flush(result);
      if (positive && result <= 0) result = 0;
      if (finite && Math.abs(result) > (format as FloatFormat).largest) {
        result = Math.sign(result) * (format as FloatFormat).largest;
      }
      return saturating ? saturate(result) : result;
    };
  }
  const bits = to.bytes * 8;
  const signed = to.kind === "signed";
  const low = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const high = signed ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  if (from.kind === "float") {
    // Out of range clamps to the nearest end. NaN gives 0 from 32 bits or fewer to as many, else the top bit alone.
    const [lowest, highest] = [Number(low), Number(high)];
    const top = 1n << BigInt(bits - 1);
    const toWhole = round as (value: number) => number;
    const notANumber = from.bytes !== 8 && bits <= 32 ? 0 : bits === 64 ? top : Number(signed ? -top : top);
    return (value) => {
      const rounded = toWhole(ftz ? flush(value as number) : (value as number));
      if (Number.isNaN(rounded)) return notANumber;
      if (bits === 64) return rounded <= lowest ? low : rounded >= highest ? high : BigInt(rounded);
      return Math.min(Math.max(rounded, lowest), highest);
    };
  }
  if (saturating) {
    return (value) => {
      const exact = BigInt(value);
      const clamped = exact < low ? low : exact > high ? high : exact;
      return bits === 64 ? clamped : Number(clamped);
    };
  }
  if (bits === 64) return (value) => BigInt(value);
  if (from.bytes === 8)
    return (value) => Number(signed ? BigInt.asIntN(bits, value as bigint) : BigInt.asUintN(bits, value as bigint));
  const narrow = narrowReader(to);
  return (value) => narrow(value as number);
}
