// setp and selp: predicates are masks over the lanes, so a comparison gathers one bit a lane.
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { flush } from "./exact.js";
import { narrowReader } from "./integer.js";
import { type Execute, type OperandPlaces, predicateType } from "./operands.js";

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
  const d = places.nth(verified, 0, predicateType);
  const [a, b] = [places.nth(verified, 1), places.nth(verified, 2)];
  const name = verified.modifiers["cmp"];
  if (type.bytes === 8 && type.kind !== "float") return compareWide(name, type, d, a, b);
  const holds = comparison(name, type);
  const read = laneReader(type, verified.modifiers["ftz"] !== undefined);
  if (type.name === "s32") return compareSigned(name, d, a, b) ?? gather(d, a, b, read, holds);
  return gather(d, a, b, read, holds);
}

type Views = { readonly u32: Uint32Array; readonly f32: Float32Array; readonly f64: Float64Array };

function laneReader(type: PtxType, ftz: boolean): (views: Views, slot: number, lane: number) => number {
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
