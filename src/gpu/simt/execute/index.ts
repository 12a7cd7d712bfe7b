// From an instruction to the function that executes it.
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { copyAsynchronously } from "./async-copy.js";
import { atomic } from "./atomics.js";
import * as bits from "./bits.js";
import { carry } from "./carry.js";
import { clampedOrPacked, isClampedOrPacked } from "./clamped.js";
import * as compare from "./compare.js";
import * as convert from "./convert.js";
import * as float from "./float.js";
import * as half from "./half.js";
import * as integer from "./integer.js";
import * as loadStore from "./load-store.js";
import { multiply } from "./matrix.js";
import { loadRows, moveMatrix, storeRows, transpose } from "./matrix-moves.js";
import { mbarrier } from "./mbarrier.js";
import type { MemorySystem } from "./memory.js";
import type { Execute, OperandPlaces } from "./operands.js";
import { accessSurface, fetchTexel, queryTexture } from "./texture.js";
import { multiplyVideo, partsVideo, scalarVideo } from "./video.js";
import * as warpLevel from "./warp-level.js";

/** What is done already when it is come to. */
export const nothing: Execute = () => {};

type Builder = (verified: VerifiedInstruction, places: OperandPlaces, system: MemorySystem) => Execute;

const byKind =
  (floating: Builder, whole: Builder): Builder =>
  (verified, places, system) => {
    const { type } = verified;
    const isHalf = type !== undefined && half.elementsOf(type) !== undefined;
    return (isHalf ? half.arithmetic : type?.kind === "float" ? floating : whole)(verified, places, system);
  };

/** With .cc the carry is kept, which takes another way. */
const carrying =
  (plain: Builder): Builder =>
  (verified, places, system) =>
    (verified.modifiers["cc"] === undefined ? plain : carry)(verified, places, system);

/** Those that clamp, and two integers to a register, take another way as well. */
const whole =
  (plain: Builder): Builder =>
  (verified, places, system) =>
    (isClampedOrPacked(verified) ? clampedOrPacked : plain)(verified, places, system);

const builders: Readonly<Record<string, Builder>> = {
  add: byKind(float.add, whole(carrying(integer.add))),
  addc: carry,
  sub: byKind(float.sub, whole(carrying(integer.sub))),
  subc: carry,
  mul: byKind(float.mul, integer.multiply),
  mad: byKind(float.fma, whole(carrying(integer.multiply))),
  madc: carry,
  fma: byKind(float.fma, float.fma),
  div: byKind(float.div, integer.divide),
  rem: integer.divide,
  abs: byKind(float.sign, integer.unary),
  neg: byKind(float.sign, integer.unary),
  min: byKind(float.extremum, whole(integer.extremum)),
  max: byKind(float.extremum, whole(integer.extremum)),
  sqrt: float.unary,
  rcp: float.unary,
  rsqrt: float.unary,
  ex2: byKind(float.unary, float.unary),
  tanh: byKind(float.unary, float.unary),
  lg2: float.unary,
  sin: float.unary,
  cos: float.unary,
  and: integer.bitwise,
  or: integer.bitwise,
  xor: integer.bitwise,
  not: integer.bitwise,
  shl: integer.shift,
  shr: integer.shift,
  popc: bits.count,
  clz: bits.count,
  brev: bits.count,
  bfind: bits.count,
  bfe: bits.extract,
  bfi: bits.insert,
  bmsk: bits.mask,
  prmt: bits.permute,
  lop3: bits.lop3,
  fns: bits.findSet,
  szext: bits.extendLow,
  shf: bits.funnelShift,
  dp4a: bits.dotProduct,
  dp2a: bits.dotProduct,
  sad: bits.distance,
  mul24: bits.multiply24,
  mad24: whole(bits.multiply24),
  copysign: float.copySign,
  cnot: bits.logicalNot,
  vadd: scalarVideo,
  vsub: scalarVideo,
  vabsdiff: scalarVideo,
  vmin: scalarVideo,
  vmax: scalarVideo,
  vshl: scalarVideo,
  vshr: scalarVideo,
  vset: scalarVideo,
  vmad: multiplyVideo,
  ...Object.fromEntries(
    ["vadd", "vsub", "vavrg", "vabsdiff", "vmin", "vmax", "vset"].flatMap((opcode) => [
      [`${opcode}2`, partsVideo],
      [`${opcode}4`, partsVideo],
    ]),
  ),
  setp: compare.setp,
  set: compare.set,
  selp: compare.selp,
  slct: compare.slct,
  testp: compare.testp,
  mov: convert.mov,
  cvt: (verified, places) => {
    if (verified.modifiers["from"] === undefined) return convert.cvt(verified, places);
    if (verified.modifiers["pack"] !== undefined) return convert.packIntegers(verified, places);
    return (verified.type?.name === "tf32" ? half.toTf32 : half.packTwo)(verified, places);
  },
  cvta: convert.cvta,
  ld: loadStore.load,
  st: loadStore.store,
  ldu: loadStore.load,
  tex: fetchTexel,
  txq: queryTexture,
  suq: queryTexture,
  suld: accessSurface,
  sust: accessSurface,
  atom: atomic,
  red: atomic,
  // What caches do is no part of a result.
  prefetch: () => nothing,
  prefetchu: () => nothing,
  applypriority: () => nothing,
  discard: () => nothing,
  createpolicy: loadStore.noPolicy,
  isspacep: loadStore.isInSpace,
  // Memory is sequentially consistent here: every access is done before the next instruction.
  membar: () => nothing,
  fence: () => nothing,
  cp: copyAsynchronously,
  mbarrier,
  // Grids run one after another.
  griddepcontrol: () => nothing,
  mma: multiply,
  wmma: (verified, places, system) =>
    (verified.modifiers["mma"] === undefined ? moveMatrix : multiply)(verified, places, system),
  ldmatrix: loadRows,
  stmatrix: storeRows,
  movmatrix: transpose,
  shfl: warpLevel.shuffle,
  vote: warpLevel.vote,
  match: warpLevel.match,
  redux: warpLevel.reduce,
  elect: warpLevel.elect,
  // No time passes, but whoever the thread waits for has a turn.
  nanosleep: (_verified, _places, system) => () => system.pause(),
  trap:
    (_verified, _places, { trap }) =>
    (_warp, mask) =>
      trap(31 - Math.clz32(mask & -mask)),
  activemask: warpLevel.activemask,
};

/** The function that executes an instruction. */
export function executor(verified: VerifiedInstruction, places: OperandPlaces, system: MemorySystem): Execute {
  const builder = builders[verified.row.opcode];
  if (builder === undefined)
    throw new Error(`the instruction table has "${verified.row.opcode}" and nothing executes it`);
  return builder(verified, places, system);
}

/** The opcodes that have a function; the machine itself does the others. */
export const executableRows: readonly string[] = Object.keys(builders);
