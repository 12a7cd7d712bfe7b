// From the operands of an instruction to places in the register file. Constants and special registers have places too, so
// that what executes an instruction sees only offsets.
import { InputError } from "../../../core/errors.js";
import { specialRegisters } from "../../ptx/special-registers.js";
import type { Operand, Parameter } from "../../ptx/syntax.js";
import { type PtxType, ptxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import { localWindow, parameterWindow, sharedWindow } from "../memory-region.js";
import type { RegisterLayout, RegisterSlot } from "../registers.js";
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

/** Where a function's variables lie, by their names in it. */
export interface VariablePlaces {
  /** Byte offsets in their spaces; of those in the frame, from its beginning. Also the addresses of functions. */
  readonly offsets: ReadonlyMap<string, number>;
  /** The names whose offsets count from the frame: each entry of the function has such variables of its own. */
  readonly framed: ReadonlySet<string>;
  /** Where the frame of a function that may be entered again begins in each lane's local memory; and the addresses in it that
   * instructions name, in registers that are filled in on every entry. */
  readonly frame?: FrameRegisters | undefined;
}

export interface FrameRegisters {
  /** The word offset of the register with the frame's first byte. */
  readonly slot: number;
  readonly addresses: { readonly slot: number; readonly wide: boolean; readonly offset: number }[];
}

/** Finds the places of a function's operands while it is decoded. */
export class OperandPlaces {
  private readonly slots: ReadonlyMap<string, RegisterSlot>;

  constructor(
    /** The function's name. */
    name: string,
    private readonly parameters: readonly Parameter[],
    readonly layout: RegisterLayout,
    private readonly variables: VariablePlaces,
  ) {
    this.slots = layout.slots.get(name) as ReadonlyMap<string, RegisterSlot>;
  }

  /** The word offset of a value of this type, or the mask index of a predicate. */
  value(operand: Operand, type: PtxType): number {
    switch (operand.kind) {
      case "register": {
        const slot = this.slots.get(operand.name);
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
      case "symbol": {
        const offset = this.variableOffset(operand.name) + operand.offset;
        if (this.variables.framed.has(operand.name)) return this.frameAddress(offset, type.bytes === 8);
        return this.layout.constant(BigInt(offset), type.bytes);
      }
      default:
        throw new Error(`no value: ${operand.kind}`);
    }
  }

  /** The mask index of a predicate register. */
  predicate(name: string): number {
    return (this.slots.get(name) as RegisterSlot).offset;
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
    const register = this.slots.get(base);
    if (register !== undefined) return { slot: register.offset, wide: register.type.bytes === 8, offset };
    const from = this.variableOffset(base);
    const { frame, framed } = this.variables;
    if (framed.has(base)) return { slot: (frame as FrameRegisters).slot, wide: false, offset: from + offset };
    return { slot: this.layout.constant(BigInt(from), 8), wide: true, offset };
  }

  /** Whether an address is that of a kernel's parameter by its name, rather than of a variable or in a register. */
  isParameter(operand: Operand): boolean {
    if (operand.kind !== "address" || operand.base === undefined) return false;
    return !this.variables.offsets.has(operand.base) && !this.slots.has(operand.base);
  }

  /** Whether a name is that of a special register that changes while a thread runs. */
  isClock(name: string): boolean {
    return !this.slots.has(name) && specialRegisters.get(name)?.changes === true;
  }

  isPredicate(operand: Operand): boolean {
    return operand.kind === "register" && this.slots.get(operand.name)?.type.kind === "predicate";
  }

  /** Whether a register operand has 64 bits: loads and conversions may widen. */
  isWide(operand: Operand): boolean {
    return operand.kind === "register" && (this.slots.get(operand.name)?.type.bytes ?? 4) === 8;
  }

  parameter(name: string): { readonly offset: number; readonly bytes: number } {
    const parameter = this.parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) throw new Error(`no parameter ${name}`);
    return parameter;
  }

  private parameterAddress(name: string): number | undefined {
    const parameter = this.parameters.find((candidate) => candidate.name === name);
    return parameter === undefined ? undefined : parameterWindow + parameter.offset;
  }

  private variableOffset(name: string): number {
    const offset = this.variables.offsets.get(name) ?? this.parameterAddress(name);
    if (offset === undefined) throw new InputError(`the variable "${name}" has no address: its module is not loaded`);
    return offset;
  }

  private frameAddress(offset: number, wide: boolean): number {
    const { addresses } = this.variables.frame as FrameRegisters;
    const known = addresses.find((each) => each.offset === offset && each.wide === wide);
    if (known !== undefined) return known.slot;
    const slot = this.layout.hidden(wide ? 8 : 4);
    addresses.push({ slot, wide, offset });
    return slot;
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
