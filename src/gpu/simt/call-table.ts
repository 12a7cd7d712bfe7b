// What calls hand over and where: places in registers and in the parameter space, found while a program is decoded, and read and
// written one lane at a time. Knows nothing of stacks.
import type { Body, Operand, Variable } from "../ptx/syntax.js";
import { type PtxType, ptxType } from "../ptx/types.js";
import { narrowReader } from "./execute/integer.js";
import type { AddressSlot, FrameRegisters, OperandPlaces } from "./execute/operands.js";
import type { FramePlan } from "./program.js";
import type { RegisterSlot } from "./registers.js";
import type { Warp } from "./warp.js";

/** Whom calls reach and what they hand over; one for the program. */
export interface CallTable {
  /** The program's functions; the kernel itself, which nothing calls, is the first. */
  readonly callees: readonly Callee[];
  /** The calls by their pc. */
  readonly sites: ReadonlyMap<number, CallSite>;
  /** The module's functions by address; `callee` is undefined where the kernel cannot call one. */
  readonly byAddress: ReadonlyMap<number, { readonly name: string; readonly callee: number | undefined }>;
}

export interface Callee {
  readonly name: string;
  /** The pc of its first instruction. */
  readonly start: number;
  readonly parameters: readonly Place[];
  readonly results: readonly Place[];
  /** What a lane's entry puts aside and gets anew; undefined where a lane is in the function once at a time. */
  readonly reentrant:
    | {
        readonly registers: readonly RegisterSlot[];
        readonly frame: FrameRegisters;
        readonly plan: FramePlan;
      }
    | undefined;
}

export interface CallSite {
  /** The functions that it may reach, by their index. */
  readonly callees: readonly number[];
  /** The word offset of the register with the address; undefined where the function is named. */
  readonly pointer: number | undefined;
  readonly arguments: readonly Place[];
  /** Where what the function returns goes; undefined where nobody wants it. */
  readonly results: readonly (Place | undefined)[];
}

/** Where one value is. */
export type Place =
  | { readonly kind: "register"; readonly slot: number; readonly type: PtxType }
  | { readonly kind: "predicate"; readonly slot: number; readonly flip: number }
  /** A variable of the parameter space, whole words of it. */
  | { readonly kind: "memory"; readonly address: AddressSlot; readonly words: number };

/** The names that mean something where an operand stands. */
interface Names {
  readonly operands: OperandPlaces;
  readonly body: Body;
  readonly variables: ReadonlyMap<string, Variable>;
}

/** The place of an argument, of a result or of a formal parameter; `type` is that of a constant. */
export function placeOf(operand: Operand, { operands, body, variables }: Names, type: PtxType = ptxType("u32")): Place {
  const name = operand.kind === "symbol" || operand.kind === "register" ? operand.name : "";
  const register = body.registers.get(name)?.type;
  const asRegister: Operand = register === undefined ? operand : { kind: "register", name, negated: false };
  const found = register ?? type;
  if (found.kind === "predicate") {
    const flip = operand.kind === "register" && operand.negated ? -1 : 0;
    return { kind: "predicate", slot: operands.value(asRegister, found), flip };
  }
  const variable = register === undefined ? variables.get(name) : undefined;
  if (variable?.space !== "param") return { kind: "register", slot: operands.value(asRegister, found), type: found };
  const address = operands.address({ kind: "address", base: name, offset: 0 });
  return { kind: "memory", address, words: Math.ceil(variable.bytes / 4) };
}

/** How many words of a buffer a value takes. */
export function wordsOf(place: Place): number {
  return place.kind === "memory" ? place.words : place.kind === "register" ? registerWords(place.type.bytes) : 1;
}

/** How many words of a lane a register has. */
export function registerWords(bytes: number): number {
  return Math.max(1, bytes / 4);
}

/** Copies a lane's value into a buffer. */
export function read(warp: Warp, lane: number, place: Place, into: Uint32Array, at: number): void {
  const { u32, predicates } = warp.registers;
  if (place.kind === "memory") {
    const from = wordIn(warp, lane, place.address);
    for (let i = 0; i < place.words; i++) into[at + i] = warp.local.u32[from + i];
  } else if (place.kind === "predicate") {
    into[at] = ((predicates[place.slot] ^ place.flip) >>> lane) & 1;
  } else {
    const count = wordsOf(place);
    for (let i = 0; i < count; i++) into[at + i] = u32[place.slot + count * lane + i];
  }
}

/** Copies a lane's value out of a buffer. */
export function write(warp: Warp, lane: number, place: Place, from: Uint32Array, at: number): void {
  const { u32, i32, predicates } = warp.registers;
  if (place.kind === "memory") {
    const to = wordIn(warp, lane, place.address);
    for (let i = 0; i < place.words; i++) warp.local.u32[to + i] = from[at + i];
  } else if (place.kind === "predicate") {
    predicates[place.slot] = (predicates[place.slot] & ~(1 << lane)) | ((from[at] & 1) << lane);
  } else if (place.type.bytes >= 4) {
    const count = wordsOf(place);
    for (let i = 0; i < count; i++) u32[place.slot + count * lane + i] = from[at + i];
  }
  // A variable's last word may have more than the value in it.
  else i32[place.slot + lane] = narrowReader(place.type)(from[at]);
}

/** Where a variable of the parameter space begins in a lane's local memory. */
export function addressIn(warp: Warp, lane: number, { slot, wide, offset }: AddressSlot): number {
  return warp.registers.u32[slot + (wide ? 2 * lane : lane)] + offset;
}

function wordIn(warp: Warp, lane: number, address: AddressSlot): number {
  return (lane * warp.localBytes + addressIn(warp, lane, address)) >>> 2;
}
