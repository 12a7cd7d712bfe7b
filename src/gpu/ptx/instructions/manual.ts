// The instruction table as documentation: what each row is written like and does, and how much of PTX there is. Knows of no format.
import { instructionTable, rowsOf } from "./index.js";
import type { InstructionCategory, InstructionRow, ModifierRule } from "./row.js";

export interface InstructionCounts {
  /** Names of instructions: `ld`, `add`. */
  readonly opcodes: number;
  readonly rows: number;
  /** Names with all their modifiers, in the order of the table: `ld.global.v4.f32`. */
  readonly full_opcodes: number;
}

export interface InstructionForm {
  readonly opcode: string;
  readonly category: InstructionCategory;
  /** `add[.{rn,rz,rm,rp}][.ftz][.sat].f32 d, a, b`: one of the words in braces, or nothing of what stands in brackets. */
  readonly form: string;
  readonly does: string;
  /** Floating-point operations per active lane; a fused multiply-add is 2. */
  readonly flop: number;
}

/** Every row of the table, in its order. */
export function instructionForms(): readonly InstructionForm[] {
  return instructionTable.map((row) => ({
    opcode: row.opcode,
    category: row.category,
    form: describeForm(row),
    does: row.does,
    flop: row.flop,
  }));
}

export function instructionCounts(): InstructionCounts {
  const full = new Set<string>();
  for (const row of instructionTable) addFullOpcodes(row.opcode, row.modifiers, full);
  return { opcodes: rowsOf.size, rows: instructionTable.length, full_opcodes: full.size };
}

/** `add[.{rn,rz}].f32 d, a, b` */
function describeForm(row: InstructionRow): string {
  const operands = row.operands.map(({ name, class: kind, optional }) => {
    const text = kind === "address" ? `[${name}]` : name;
    return optional ? `{${text}}` : text;
  });
  return `${describeName(row)} ${operands.join(", ")}`.trimEnd();
}

/** `add[.{rn,rz}].f32` */
export function describeName({ opcode, modifiers }: InstructionRow): string {
  const words = modifiers.map(({ choices, optional }) => {
    const text = choices.length === 1 ? `.${choices[0]}` : `.{${choices.join(",")}}`;
    return optional ? `[${text}]` : text;
  });
  return `${opcode}${words.join("")}`;
}

function addFullOpcodes(sofar: string, [first, ...rest]: readonly ModifierRule[], into: Set<string>): void {
  if (first === undefined) {
    into.add(sofar);
    return;
  }
  if (first.optional) addFullOpcodes(sofar, rest, into);
  for (const choice of first.choices) addFullOpcodes(`${sofar}.${choice}`, rest, into);
}
