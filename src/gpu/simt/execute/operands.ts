// From the operands of an instruction to places in the register file. Constants and special registers have places too, so
// that what executes an instruction sees only offsets.
import { InputError } from "../../../core/errors.js";
import { specialRegisters } from "../../ptx/special-registers.js";
import type { Operand } from "../../ptx/syntax.js";
import { type PtxType, ptxType } from "../../ptx/types.js";
import type { VerifiedEntry, VerifiedInstruction } from "../../ptx/verify.js";
import { localWindow, parameterWindow, sharedWindow } from "../memory-region.js";
import type { RegisterLayout } from "../registers.js";
import type { Warp } from "../warp.js";

/** Executes one instruction for the lanes of a mask that is not empty. */
export type Execute = (warp: Warp, mask: number) => void;

/** An address operand: a register (or constant) and a byte offset. */
export interface AddressSlot {
  readonly slot: number;
  /** The register has 64 bits. */
  readonly wide: boolean;
  readonly offset: number;
}

/** Finds the places of operands while a kernel is decoded. */
export class OperandPlaces {
  constructor(
    private readonly verified: VerifiedEntry,
    readonly layout: RegisterLayout,
    /** Byte offsets of shared and local variables in their spaces. */
    private readonly variableOffsets: ReadonlyMap<string, number>,
  ) {}

  /** The word offset of a value of this type, or the mask index of a predicate. */
  value(operand: Operand, type: PtxType): number {
    switch (operand.kind) {
      case "register": {
        const slot = this.layout.slots.get(operand.name);
        if (slot !== undefined) return slot.offset;
        // The one special predicate: no launch here is of clusters that were asked for.
        if (type.kind === "predicate") return this.layout.constantPredicate(false);
        return this.layout.special(operand.name, type.bytes);
      }
      case "integer":
        if (type.kind === "predicate") return this.layout.constantPredicate(operand.value !== 0n);
        return this.layout.constant(operand.value, type.bytes);
      case "float":
        return this.layout.constant(floatBits(operand, type), type.bytes);
      case "symbol":
        return this.layout.constant(BigInt(this.variableOffset(operand.name) + operand.offset), type.bytes);
      default:
        throw new Error(`no value: ${operand.kind}`);
    }
  }

  /** The value of the instruction's nth operand, in the instruction's own type. */
  nth(verified: VerifiedInstruction, index: number, type: PtxType = verified.type as PtxType): number {
    return this.value(verified.instruction.operands[index], type);
  }

  /** -1 where the nth operand is `!%p`, the complement of a predicate, else 0: what its mask is turned around with. */
  flip({ instruction }: VerifiedInstruction, index: number): number {
    const operand = instruction.operands[index];
    return operand.kind === "register" && operand.negated ? -1 : 0;
  }

  address(operand: Operand): AddressSlot {
    if (operand.kind !== "address") throw new Error(`no address: ${operand.kind}`);
    const { base, offset } = operand;
    if (base === undefined) return { slot: this.layout.constant(0n, 8), wide: true, offset };
    const register = this.layout.slots.get(base);
    if (register !== undefined) return { slot: register.offset, wide: register.type.bytes === 8, offset };
    return { slot: this.layout.constant(BigInt(this.variableOffset(base)), 8), wide: true, offset };
  }

  /** Whether an address is that of a kernel's parameter by its name, rather than of a variable or in a register. */
  isParameter(operand: Operand): boolean {
    if (operand.kind !== "address" || operand.base === undefined) return false;
    return !this.variableOffsets.has(operand.base) && !this.layout.slots.has(operand.base);
  }

  /** Whether a name is that of a special register that changes while a thread runs. */
  isClock(name: string): boolean {
    return !this.layout.slots.has(name) && specialRegisters.get(name)?.changes === true;
  }

  isPredicate(operand: Operand): boolean {
    return operand.kind === "register" && this.layout.slots.get(operand.name)?.type.kind === "predicate";
  }

  /** Whether a register operand has 64 bits: loads and conversions may widen. */
  isWide(operand: Operand): boolean {
    return operand.kind === "register" && (this.layout.slots.get(operand.name)?.type.bytes ?? 4) === 8;
  }

  parameter(name: string): { readonly offset: number; readonly bytes: number } {
    const parameter = this.verified.entry.parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) throw new Error(`no parameter ${name}`);
    return parameter;
  }

  private parameterAddress(name: string): number | undefined {
    const parameter = this.verified.entry.parameters.find((candidate) => candidate.name === name);
    return parameter === undefined ? undefined : parameterWindow + parameter.offset;
  }

  private variableOffset(name: string): number {
    const offset = this.variableOffsets.get(name) ?? this.parameterAddress(name);
    if (offset === undefined) throw new InputError(`the variable "${name}" has no address: its module is not loaded`);
    return offset;
  }
}

/** The first address of a space's window in generic addresses; global addresses are generic as they are. */
export function windowOf(space: string): number {
  return space === "shared" ? sharedWindow : space === "local" ? localWindow : 0;
}

const scratch = new DataView(new ArrayBuffer(8));

function floatBits(operand: Extract<Operand, { kind: "float" }>, type: PtxType): bigint {
  if (operand.bits !== undefined && operand.bits.width === type.bytes * 8) return operand.bits.value;
  if (type.bytes === 4) {
    scratch.setFloat32(0, operand.value);
    return BigInt(scratch.getUint32(0));
  }
  scratch.setFloat64(0, operand.value);
  return scratch.getBigUint64(0);
}

export const u32Type: PtxType = ptxType("u32");
export const u64Type: PtxType = ptxType("u64");
export const predicateType: PtxType = ptxType("pred");
