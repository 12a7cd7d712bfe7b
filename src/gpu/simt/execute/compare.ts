// setp, set, selp, slct and testp: predicates are masks over the lanes, so a comparison gathers one bit a lane.

import { flush } from "../../arithmetic/exact.js";
import { type PtxType, ptxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { elementsOf, numbersOf } from "./half.js";
import { narrowReader } from "./integer.js";
import { type Execute, type OperandPlaces, predicateType, u32Type } from "./operands.js";

// lo, ls, hi and hs are the unsigned comparisons' other names.
const ordered: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a < b || a > b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lo: (a, b) => a < b,
  ls: (a, b) => a <= b,
  hi: (a, b) => a > b,
  hs: (a, b) => a >= b,
  num: (a, b) => !Number.isNaN(a) && !Number.isNaN(b),
  nan: (a, b) => Number.isNaN(a) || Number.isNaN(b),
};

function comparison(name: string, type: PtxType): (a: number, b: number) => boolean {
  const plain = ordered[name];
  if (plain !== undefined) return plain;
  // equ, ltu, ...: also true where a NaN is involved. Only floating-point rows have them.
  const base = ordered[name.slice(0, -1)];
  if (type.kind !== "float" || base === undefined) throw new Error(`no comparison ${name}`);
  return (a, b) => Number.isNaN(a) || Number.isNaN(b) || base(a, b);
}

export function setp(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  if (elementsOf(type)?.count === 2) return setpOfHalves(verified, type, places);
  const destination = verified.instruction.operands[0];
  const pair = destination.kind === "pair" ? destination : undefined;
  const d = places.value(pair?.first ?? destination, predicateType);
  const compare = comparer(verified, type, d, places);
  const combine = combination(verified, places, 3);
  if (pair === undefined && combine === undefined) return compare;
  const q = pair === undefined ? undefined : places.value(pair.second, predicateType);
  return (warp, mask) => {
    const { predicates } = warp.registers;
    // c may be a destination too: it is read before the comparison writes.
    const c = combine?.read(predicates) ?? 0;
    compare(warp, mask);
    const held = predicates[d];
    const write = (slot: number, value: number): void => {
      predicates[slot] = (predicates[slot] & ~mask) | ((combine?.apply(value, c) ?? value) & mask);
    };
    write(d, held);
    if (q !== undefined) write(q, ~held);
  };
}

/** set: as setp, into a register: all ones or 1.0 where it holds. */
export function set(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = ptxType(verified.modifiers["atype"]);
  if (elementsOf(type)?.count === 2) return setOfHalves(verified, type, places);
  const d = places.nth(verified, 0);
  const held = places.layout.scratchPredicate();
  const compare = comparer(verified, type, held, places);
  const combine = combination(verified, places, 3);
  const yes = truth(ptxType(verified.modifiers["dtype"]));
  return (warp, mask) => {
    const { u32, predicates } = warp.registers;
    compare(warp, mask);
    const value = combine?.apply(predicates[held], combine.read(predicates)) ?? predicates[held];
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) !== 0) u32[d + lane] = (value & (1 << lane)) !== 0 ? yes : 0;
    }
  };
}

/** What set writes where the comparison holds: 1.0, or all ones. */
function truth({ name, bytes }: PtxType): number {
  const one = { f32: 0x3f80_0000, f16: 0x3c00, f16x2: 0x3c00, bf16: 0x3f80, bf16x2: 0x3f80 }[name];
  return one ?? (bytes === 2 ? 0xffff : 0xffff_ffff);
}

/** Of two halves the lower one's comparison goes to the first predicate, the upper one's to the second. */
function setpOfHalves(verified: VerifiedInstruction, type: PtxType, places: OperandPlaces): Execute {
  const [pair] = verified.instruction.operands;
  if (pair.kind !== "pair") throw new Error("two halves give two predicates");
  const slots = [pair.first, pair.second].map((operand) => places.value(operand, predicateType));
  const held = [0, 1].map(() => places.layout.scratchPredicate());
  const compare = held.map((slot, half) => comparer(verified, type, slot, places, 16 * half));
  const combine = combination(verified, places, 3);
  return (warp, mask) => {
    const { predicates } = warp.registers;
    const c = combine?.read(predicates) ?? 0;
    for (const each of compare) each(warp, mask);
    slots.forEach((slot, half) => {
      const value = combine?.apply(predicates[held[half]], c) ?? predicates[held[half]];
      predicates[slot] = (predicates[slot] & ~mask) | (value & mask);
    });
  };
}

function setOfHalves(verified: VerifiedInstruction, type: PtxType, places: OperandPlaces): Execute {
  const d = places.nth(verified, 0);
  const held = [0, 1].map(() => places.layout.scratchPredicate());
  const compare = held.map((slot, half) => comparer(verified, type, slot, places, 16 * half));
  const combine = combination(verified, places, 3);
  const yes = truth(ptxType(verified.modifiers["dtype"])) & 0xffff;
  return (warp, mask) => {
    const { u32, predicates } = warp.registers;
    for (const each of compare) each(warp, mask);
    const c = combine?.read(predicates) ?? 0;
    const [low, high] = held.map((slot) => combine?.apply(predicates[slot], c) ?? predicates[slot]);
    for (let lane = 0; lane < 32; lane++) {
      const bit = 1 << lane;
      if ((mask & bit) !== 0) u32[d + lane] = ((low & bit) !== 0 ? yes : 0) | ((high & bit) !== 0 ? yes << 16 : 0);
    }
  };
}

interface Combination {
  read(predicates: Int32Array): number;
  apply(held: number, c: number): number;
}

/** What .and, .or and .xor do with the predicate at the nth operand. */
function combination(verified: VerifiedInstruction, places: OperandPlaces, nth: number): Combination | undefined {
  const operation = combinations[verified.modifiers["bool"]];
  if (operation === undefined) return undefined;
  const slot = places.nth(verified, nth, predicateType);
  const flip = places.flip(verified, nth);
  return { read: (predicates) => predicates[slot] ^ flip, apply: operation };
}

const combinations: Readonly<Record<string, (held: number, c: number) => number>> = {
  and: (held, c) => held & c,
  or: (held, c) => held | c,
  xor: (held, c) => held ^ c,
};

/** Writes the comparison of operands 1 and 2 to a predicate; of their halves from bit `shift` on where there are two. */
function comparer(verified: VerifiedInstruction, type: PtxType, d: number, places: OperandPlaces, shift = 0): Execute {
  const [a, b] = [places.nth(verified, 1, type), places.nth(verified, 2, type)];
  const name = verified.modifiers["cmp"];
  if (type.bytes === 8 && type.kind !== "float") return compareWide(name, type, d, a, b);
  const holds = comparison(name, type);
  const read = laneReader(type, verified.modifiers["ftz"] !== undefined, shift);
  if (type.name === "s32") return compareSigned(name, d, a, b) ?? gather(d, a, b, read, holds);
  return gather(d, a, b, read, holds);
}

/** slct: a where c is not negative, else b; -0 is not negative, a NaN is. */
export function slct(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const byFloat = verified.modifiers["by"] === "f32";
  const c = places.nth(verified, 3, byFloat ? ptxType("f32") : u32Type);
  const ftz = verified.modifiers["ftz"] !== undefined;
  const step = type.bytes === 8 ? 2 : 1;
  return (warp, mask) => {
    const { u32, i32, f32 } = warp.registers;
    for (let lane = 0, at = 0; lane < 32; lane++, at += step) {
      if ((mask & (1 << lane)) === 0) continue;
      const selector = byFloat ? (ftz ? flush(f32[c + lane]) : f32[c + lane]) : i32[c + lane];
      const from = selector >= 0 ? a : b;
      u32[d + at] = u32[from + at];
      if (step === 2) u32[d + at + 1] = u32[from + at + 1];
    }
  };
}

const tests: Readonly<Record<string, (value: number, least: number) => boolean>> = {
  finite: (value) => Number.isFinite(value),
  infinite: (value) => !Number.isFinite(value) && !Number.isNaN(value),
  number: (value) => !Number.isNaN(value),
  notanumber: (value) => Number.isNaN(value),
  normal: (value, least) => Number.isFinite(value) && Math.abs(value) >= least,
  subnormal: (value, least) => value !== 0 && Math.abs(value) < least,
};

export function testp(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const d = places.nth(verified, 0, predicateType);
  const a = places.nth(verified, 1);
  const holds = tests[verified.modifiers["test"]];
  const least = type.bytes === 8 ? 2 ** -1022 : 2 ** -126;
  const read = laneReader(type, false);
  return gather(d, a, a, read, (value) => holds(value, least));
}

type Views = { readonly u32: Uint32Array; readonly f32: Float32Array; readonly f64: Float64Array };

function laneReader(type: PtxType, ftz: boolean, shift = 0): (views: Views, slot: number, lane: number) => number {
  const half = elementsOf(type);
  if (half !== undefined) {
    const numbers = numbersOf(half.format);
    const smallest = ftz ? 2 ** half.format.least : 0;
    return ({ u32 }, slot, lane) => {
      const value = numbers[(u32[slot + lane] >>> shift) & 0xffff];
      return Math.abs(value) < smallest ? 0 : value;
    };
  }
  if (type.name === "f64") return ({ f64 }, slot, lane) => f64[(slot >>> 1) + lane];
  if (type.name === "f32")
    return ftz ? ({ f32 }, slot, lane) => flush(f32[slot + lane]) : ({ f32 }, slot, lane) => f32[slot + lane];
  const read = narrowReader(type);
  return ({ u32 }, slot, lane) => read(u32[slot + lane]);
}

function gather(
  d: number,
  a: number,
  b: number,
  read: (views: Views, slot: number, lane: number) => number,
  holds: (a: number, b: number) => boolean,
): Execute {
  return (warp, mask) => {
    const { registers } = warp;
    let value = 0;
    for (let lane = 0; lane < 32; lane++) {
      if (holds(read(registers, a, lane), read(registers, b, lane))) value |= 1 << lane;
    }
    const { predicates } = registers;
    predicates[d] = (predicates[d] & ~mask) | (value & mask);
  };
}

// Loop conditions are signed comparisons nearly always: they get a loop without calls.
function compareSigned(name: string, d: number, a: number, b: number): Execute | undefined {
  const less = name === "lt" || name === "ge";
  const greater = name === "gt" || name === "le";
  if (!less && !greater) return undefined;
  const [x, y] = less ? [a, b] : [b, a];
  const flip = name === "ge" || name === "le" ? -1 : 0;
  return (warp, mask) => {
    const { i32, predicates } = warp.registers;
    let value = 0;
    for (let lane = 0; lane < 32; lane++) {
      if (i32[x + lane] < i32[y + lane]) value |= 1 << lane;
    }
    predicates[d] = (predicates[d] & ~mask) | ((value ^ flip) & mask);
  };
}

function compareWide(name: string, type: PtxType, d: number, a: number, b: number): Execute {
  const sign = (x: bigint, y: bigint): number => (x < y ? -1 : x > y ? 1 : 0);
  const holds = ordered[name];
  const [a64, b64] = [a >>> 1, b >>> 1];
  return (warp, mask) => {
    const { i64, u64, predicates } = warp.registers;
    const view = type.kind === "signed" ? i64 : u64;
    let value = 0;
    for (let lane = 0; lane < 32; lane++) {
      if (holds(sign(view[a64 + lane], view[b64 + lane]), 0)) value |= 1 << lane;
    }
    predicates[d] = (predicates[d] & ~mask) | (value & mask);
  };
}

export function selp(verified: VerifiedInstruction, places: OperandPlaces): Execute {
  const type = verified.type as PtxType;
  const [d, a, b] = [places.nth(verified, 0), places.nth(verified, 1), places.nth(verified, 2)];
  const c = places.nth(verified, 3, predicateType);
  const flip = places.flip(verified, 3);
  const step = type.bytes === 8 ? 2 : 1;
  return (warp, mask) => {
    const { u32, predicates } = warp.registers;
    const chosen = predicates[c] ^ flip;
    for (let lane = 0, at = 0; lane < 32; lane++, at += step) {
      if ((mask & (1 << lane)) === 0) continue;
      const from = (chosen & (1 << lane)) !== 0 ? a : b;
      u32[d + at] = u32[from + at];
      if (step === 2) u32[d + at + 1] = u32[from + at + 1];
    }
  };
}
