// Addresses in PTX: 64 bits in global and local memory, 32 bits in shared memory. Knows nothing of what is stored there.
import { dtypes } from "../../../core/dtype.js";
import type { Element, Expression, PointerValue } from "../tree.js";
import { immediate } from "./operands.js";
import type { PtxWriter } from "./writer.js";

/** Emits an expression and gives the register or immediate that holds it. */
export type EmitValue = (expression: Expression) => string;

interface Address {
  readonly register: string;
  /** Bytes beyond it, known when the kernel is compiled. */
  readonly offset: number;
}

/** `[%rd2+4]` for an element; `[%rd2+-4]` before the pointer. */
export function elementAddress(writer: PtxWriter, emit: EmitValue, element: Element): string {
  const type = element.pointer.type as PointerValue;
  const base = pointerAddress(writer, emit, element.pointer);
  const { register, offset } = moved(writer, emit, base, element.index, 1, type);
  // PTX has no "-" here: a negative offset is written `+-16`.
  return offset === 0 ? `[${register}]` : `[${register}+${offset}]`;
}

/** A pointer as a register, and what is to be added to it. */
export function pointerAddress(writer: PtxWriter, emit: EmitValue, pointer: Expression): Address {
  if (pointer.kind !== "pointer-add") return { register: emit(pointer), offset: 0 };
  const base = pointerAddress(writer, emit, pointer.pointer);
  return moved(writer, emit, base, pointer.count, pointer.stride, pointer.type);
}

function moved(
  writer: PtxWriter,
  emit: EmitValue,
  { register, offset }: Address,
  count: Expression,
  stride: number,
  { element, space }: PointerValue,
): Address {
  const bytes = stride * dtypes[element].bytes;
  if (count.kind === "literal") {
    const sum = offset + Number(count.value) * bytes;
    // PTX keeps the offset of an address in 32 bits.
    if (Math.abs(sum) < 2 ** 31) return { register, offset: sum };
  }
  const index = count.kind === "literal" ? writer.reusable("b32", "mov.u32", immediate(count)) : emit(count);
  if (space === "shared") {
    const shift = Math.log2(bytes);
    const scaled = Number.isInteger(shift)
      ? bytes === 1
        ? index
        : writer.reusable("b32", "shl.b32", index, `${shift}`)
      : writer.reusable("b32", "mul.lo.s32", index, `${bytes}`);
    return { register: writer.reusable("b32", "add.s32", register, scaled), offset };
  }
  const wide = count.type === "u32" ? "mul.wide.u32" : "mul.wide.s32";
  const scaled = writer.reusable("b64", wide, index, `${bytes}`);
  return { register: writer.reusable("b64", "add.s64", register, scaled), offset };
}
