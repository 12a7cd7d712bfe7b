// What a lane's store is about to write, out of its registers. Knows nothing of where it goes.
import type { Operand } from "../../ptx/syntax.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { RegisterSlot } from "../../simt/registers.js";
import type { Warp } from "../../simt/warp.js";

/** Reads the bytes of one lane into `into`; false where what is stored is in no register. */
export type ReadStored = (warp: Warp, lane: number, into: Uint8Array) => boolean;

/** For a store of registers, by their places in its function, and whole numbers; undefined for anything else that writes. */
export function storedValue(
  { row, instruction, type }: VerifiedInstruction,
  slots: ReadonlyMap<string, RegisterSlot>,
): ReadStored | undefined {
  if (row.opcode !== "st" || type === undefined || type.bytes > 8) return undefined;
  const source = instruction.operands[1];
  const elements = source.kind === "vector" ? source.elements : [source];
  const readers = elements.map((operand) => elementReader(operand, type.bytes, slots));
  if (readers.some((reader) => reader === undefined)) return undefined;
  return (warp, lane, into) => {
    for (let i = 0; i < readers.length; i++) readers[i]?.(warp, lane, into, i * type.bytes);
    return true;
  };
}

type ReadElement = (warp: Warp, lane: number, into: Uint8Array, at: number) => void;

function elementReader(
  operand: Operand,
  bytes: number,
  slots: ReadonlyMap<string, RegisterSlot>,
): ReadElement | undefined {
  if (operand.kind === "integer") {
    const { value } = operand;
    return (_warp, _lane, into, at) => {
      for (let i = 0; i < bytes; i++) into[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
    };
  }
  const slot = operand.kind === "register" ? slots.get(operand.name) : undefined;
  if (slot === undefined || slot.type.kind === "predicate" || slot.type.bytes > 8) return undefined;
  const step = slot.type.bytes === 8 ? 2 : 1;
  return ({ registers }, lane, into, at) => {
    const word = slot.offset + step * lane;
    for (let i = 0; i < bytes; i++) into[at + i] = registers.u32[word + (i >>> 2)] >>> (8 * (i & 3));
  };
}
