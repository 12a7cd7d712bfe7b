// The functions of the context that are an instruction or a few: which types each takes and gives. What they compute is in
// intrinsic-values.ts, their PTX in emit-ptx/intrinsics.ts. Knows nothing of syntax.
import type { ScalarType } from "./tree.js";

export interface IntrinsicRow {
  /** The types that the first operand may have, which chooses the instruction. */
  readonly of: readonly ScalarType[];
  /** `same` operands share the type; others have their own. */
  readonly operands: readonly ("same" | "i32" | "u32")[];
  readonly result: "same" | "i32" | "u32";
  /** Whether a rounding comes after the operands: required, as the name promises one. */
  readonly rounding?: true;
  readonly example: string;
  /** What to do about a type that it does not take. */
  readonly fix: string;
}

const words = ["i32", "u32"] as const;
const whole = ["i32", "u32", "i64", "u64"] as const;
const wide = ["f32", "f64"] as const;

const toInteger = "Take the bits of a float with bitcast(u32, x), or truncate it with i32(x).";
const to32 = "Work on 32 bits: u32(x), and u32(x >>> 32) for the upper half.";
const toFloat = "Convert it: f32(x).";

/** The functions that one thread computes. */
export type IntrinsicName =
  | "popc"
  | "clz"
  | "brev"
  | "bfe"
  | "bfi"
  | "rotl"
  | "rotr"
  | "funnelShiftL"
  | "funnelShiftR"
  | "bytePerm"
  | "mulhi"
  | "dp4a"
  | "roundedAdd"
  | "roundedSub"
  | "roundedMul"
  | "roundedDiv"
  | "roundedSqrt"
  | "saturate"
  | "copysign"
  | "rsqrt";

export const intrinsicRows: Readonly<Record<IntrinsicName, IntrinsicRow>> = {
  popc: { of: whole, operands: ["same"], result: "i32", example: "popc(x)", fix: toInteger },
  clz: { of: whole, operands: ["same"], result: "i32", example: "clz(x)", fix: toInteger },
  brev: { of: whole, operands: ["same"], result: "same", example: "brev(x)", fix: toInteger },
  bfe: {
    of: whole,
    operands: ["same", "i32", "i32"],
    result: "same",
    example: "bfe(x, start, length)",
    fix: toInteger,
  },
  bfi: {
    of: whole,
    operands: ["same", "same", "i32", "i32"],
    result: "same",
    example: "bfi(bits, into, start, length)",
    fix: toInteger,
  },
  rotl: { of: words, operands: ["same", "i32"], result: "same", example: "rotl(x, count)", fix: to32 },
  rotr: { of: words, operands: ["same", "i32"], result: "same", example: "rotr(x, count)", fix: to32 },
  funnelShiftL: {
    of: words,
    operands: ["same", "same", "i32"],
    result: "same",
    example: "funnelShiftL(low, high, count)",
    fix: to32,
  },
  funnelShiftR: {
    of: words,
    operands: ["same", "same", "i32"],
    result: "same",
    example: "funnelShiftR(low, high, count)",
    fix: to32,
  },
  bytePerm: {
    of: words,
    operands: ["same", "same", "i32"],
    result: "same",
    example: "bytePerm(a, b, 0x3210)",
    fix: to32,
  },
  mulhi: { of: whole, operands: ["same", "same"], result: "same", example: "mulhi(a, b)", fix: toInteger },
  dp4a: { of: words, operands: ["same", "same", "same"], result: "same", example: "dp4a(a, b, c)", fix: to32 },
  roundedAdd: {
    of: wide,
    operands: ["same", "same"],
    result: "same",
    rounding: true,
    example: 'roundedAdd(a, b, "rz")',
    fix: toFloat,
  },
  roundedSub: {
    of: wide,
    operands: ["same", "same"],
    result: "same",
    rounding: true,
    example: 'roundedSub(a, b, "rz")',
    fix: toFloat,
  },
  roundedMul: {
    of: wide,
    operands: ["same", "same"],
    result: "same",
    rounding: true,
    example: 'roundedMul(a, b, "rz")',
    fix: toFloat,
  },
  roundedDiv: {
    of: wide,
    operands: ["same", "same"],
    result: "same",
    rounding: true,
    example: 'roundedDiv(a, b, "rz")',
    fix: toFloat,
  },
  roundedSqrt: {
    of: wide,
    operands: ["same"],
    result: "same",
    rounding: true,
    example: 'roundedSqrt(x, "rz")',
    fix: toFloat,
  },
  saturate: { of: ["f32"], operands: ["same"], result: "same", example: "saturate(x)", fix: toFloat },
  copysign: {
    of: wide,
    operands: ["same", "same"],
    result: "same",
    example: "copysign(magnitude, sign)",
    fix: toFloat,
  },
  rsqrt: { of: ["f32"], operands: ["same"], result: "same", example: "rsqrt(x)", fix: "Write 1 / Math.sqrt(x)." },
};

export function isIntrinsic(name: string): name is IntrinsicName {
  return Object.hasOwn(intrinsicRows, name);
}

export interface WarpIntrinsicRow {
  /** The types of the value; empty where there is none. */
  readonly of: readonly ScalarType[];
  readonly result: "same" | "u32";
  readonly example: string;
}

/** What the lanes of a warp work out together. */
export type WarpIntrinsicName =
  | "activemask"
  | "matchAny"
  | "matchAll"
  | "reduceAdd"
  | "reduceMin"
  | "reduceMax"
  | "reduceAnd"
  | "reduceOr"
  | "reduceXor";

export const warpIntrinsicRows: Readonly<Record<WarpIntrinsicName, WarpIntrinsicRow>> = {
  activemask: { of: [], result: "u32", example: "activemask()" },
  matchAny: { of: ["i32", "u32", "f32", "i64", "u64", "f64"], result: "u32", example: "matchAny(value)" },
  matchAll: { of: ["i32", "u32", "f32", "i64", "u64", "f64"], result: "u32", example: "matchAll(value)" },
  reduceAdd: { of: words, result: "same", example: "reduceAdd(value)" },
  reduceMin: { of: words, result: "same", example: "reduceMin(value)" },
  reduceMax: { of: words, result: "same", example: "reduceMax(value)" },
  reduceAnd: { of: words, result: "same", example: "reduceAnd(value)" },
  reduceOr: { of: words, result: "same", example: "reduceOr(value)" },
  reduceXor: { of: words, result: "same", example: "reduceXor(value)" },
};

export function isWarpIntrinsic(name: string): name is WarpIntrinsicName {
  return Object.hasOwn(warpIntrinsicRows, name);
}
