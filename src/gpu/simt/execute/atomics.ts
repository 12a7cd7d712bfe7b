// What an atomic makes of the value in memory and its operands. Knows nothing of addresses; memory.ts finds the place.
import type { PtxType } from "../../ptx/types.js";
import type { MemoryRegion } from "../memory-region.js";
import type { Warp } from "../warp.js";
import { canonicalNaN32 } from "./float.js";
import { narrowReader } from "./integer.js";

/** Changes the value at byte `at` by the registers b and c of a lane, and puts the old one into d where there is a d. */
export type Combine = (
  warp: Warp,
  lane: number,
  storage: MemoryRegion,
  at: number,
  d: number | undefined,
  b: number,
  c: number,
) => void;

const floats = new Float32Array(1);
const floatWords = new Uint32Array(floats.buffer);
const doubles = new Float64Array(1);
const doubleWords = new BigUint64Array(doubles.buffer);

export function combination(operation: string, type: PtxType): Combine {
  if (type.bytes === 8) {
    const apply = combine64(operation, type);
    return (warp, lane, storage, at, d, b, c) => {
      const { u64 } = warp.registers;
      const word = at >>> 2;
      const old = BigInt(storage.u32[word]) | (BigInt(storage.u32[word + 1]) << 32n);
      const value = BigInt.asUintN(64, apply(old, u64[(b >>> 1) + lane], u64[(c >>> 1) + lane]));
      storage.u32[word] = Number(value & 0xffff_ffffn);
      storage.u32[word + 1] = Number(value >> 32n);
      if (d !== undefined) u64[(d >>> 1) + lane] = old;
    };
  }
  const apply = combine32(operation, type);
  return (warp, lane, storage, at, d, b, c) => {
    const { u32 } = warp.registers;
    const word = at >>> 2;
    const old = storage.u32[word];
    storage.u32[word] = apply(old, u32[b + lane], u32[c + lane]);
    if (d !== undefined) u32[d + lane] = old;
  };
}

function combine32(operation: string, type: PtxType): (old: number, b: number, c: number) => number {
  const read = narrowReader(type);
  switch (operation) {
    case "add":
      if (type.kind !== "float") return (old, b) => old + b;
      return (old, b) => {
        const sum = float(old) + float(b);
        if (Number.isNaN(sum)) return canonicalNaN32;
        floats[0] = sum;
        return floatWords[0];
      };
    case "min":
      return (old, b) => Math.min(read(old), read(b));
    case "max":
      return (old, b) => Math.max(read(old), read(b));
    case "and":
      return (old, b) => old & b;
    case "or":
      return (old, b) => old | b;
    case "xor":
      return (old, b) => old ^ b;
    case "exch":
      return (_old, b) => b;
    default:
      return (old, b, c) => (old === b ? c : old);
  }
}

function combine64(operation: string, type: PtxType): (old: bigint, b: bigint, c: bigint) => bigint {
  const read = (value: bigint): bigint => (type.kind === "signed" ? BigInt.asIntN(64, value) : value);
  switch (operation) {
    case "add":
      if (type.kind !== "float") return (old, b) => old + b;
      return (old, b) => {
        doubleWords[0] = b;
        const addend = doubles[0];
        doubleWords[0] = old;
        doubles[0] += addend;
        return doubleWords[0];
      };
    case "min":
      return (old, b) => (read(b) < read(old) ? b : old);
    case "max":
      return (old, b) => (read(b) > read(old) ? b : old);
    case "and":
      return (old, b) => old & b;
    case "or":
      return (old, b) => old | b;
    case "xor":
      return (old, b) => old ^ b;
    case "exch":
      return (_old, b) => b;
    default:
      return (old, b, c) => (old === b ? c : old);
  }
}

function float(word: number): number {
  floatWords[0] = word;
  return floats[0];
}
