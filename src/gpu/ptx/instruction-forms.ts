// Which row of the instruction table an instruction's name fits, with what its modifiers mean there. Knows nothing of operands' types.
import { type InstructionRow, type ModifierRule, type OperandRule, rowsOf } from "./instructions/index.js";
import type { Instruction } from "./syntax.js";
import { type PtxType, ptxTypes } from "./types.js";

/** The operands of a row; a cache policy only where the instruction says that it has one, and no optional ones where there is no room. */
export function rulesOf(
  row: InstructionRow,
  modifiers: Readonly<Record<string, string>>,
  count: number,
): readonly OperandRule[] {
  const rules = modifiers["hint"] === undefined ? row.operands.filter((rule) => rule.class !== "policy") : row.operands;
  const required = rules.filter((rule) => !rule.optional);
  return required.length === count ? required : rules;
}

export interface Form {
  readonly row: InstructionRow;
  readonly modifiers: Readonly<Record<string, string>>;
}

/** The row of the table that an instruction's name fits, and its type, whatever its operands; undefined where none does. */
export function formOf(
  instruction: Instruction,
): { readonly row: InstructionRow; readonly type: PtxType | undefined } | undefined {
  const form = firstMatch(rowsOf.get(instruction.opcode) ?? [], instruction);
  return form === undefined ? undefined : { row: form.row, type: typeOf(form.modifiers) };
}

export function typeOf(modifiers: Readonly<Record<string, string>>): PtxType | undefined {
  return ptxTypes.get(modifiers["type"] ?? modifiers["dtype"] ?? "");
}

// Of rows that differ in how many operands they take, the one that the operands fit.
export function firstMatch(rows: readonly InstructionRow[], instruction: Instruction): Form | undefined {
  let other: Form | undefined;
  for (const row of rows) {
    const modifiers = matchModifiers(row, instruction.modifiers);
    if (modifiers === undefined) continue;
    if (row.operands.length === instruction.operands.length) return { row, modifiers };
    other ??= { row, modifiers };
  }
  if (other !== undefined) return other;
  // NVIDIA's assembler takes modifiers in any order, and inline assembly makes use of it: atom.add.acquire.gpu.u32.
  for (const row of rows) {
    const modifiers = matchInAnyOrder(row, instruction.modifiers);
    if (modifiers !== undefined) return { row, modifiers };
  }
  return undefined;
}

/** Each word goes to the first rule that takes it and has none yet: of two types the one written first is the row's first. */
function matchInAnyOrder(row: InstructionRow, words: readonly string[]): Record<string, string> | undefined {
  const chosen: Record<string, string> = {};
  for (let at = 0; at < words.length; ) {
    const choiceOf = (rule: ModifierRule): string | undefined =>
      chosen[rule.name] === undefined ? rule.choices.find((each) => stands(each, words, at)) : undefined;
    const rule = row.modifiers.find((each) => choiceOf(each) !== undefined);
    if (rule === undefined) return undefined;
    const choice = choiceOf(rule) as string;
    chosen[rule.name] = choice;
    at += choice.split(".").length;
  }
  return row.modifiers.every(({ name, optional }) => optional || chosen[name] !== undefined) ? chosen : undefined;
}

function matchModifiers(row: InstructionRow, words: readonly string[]): Record<string, string> | undefined {
  const chosen: Record<string, string> = {};
  let at = 0;
  for (const rule of row.modifiers) {
    const choice = rule.choices.find((each) => stands(each, words, at));
    if (choice !== undefined) {
      chosen[rule.name] = choice;
      at += choice.split(".").length;
    } else if (!rule.optional) return undefined;
  }
  return at === words.length ? chosen : undefined;
}

/** Whether the words from a place on are this choice, which may be several: `xorsign.abs`. */
function stands(choice: string, words: readonly string[], at: number): boolean {
  return choice
    .split(".")
    .every((word, i) => at + i < words.length && (words[at + i] === word || plainSpace(words[at + i]) === word));
}

// `.shared::cta` and `.shared::cluster` are `.shared`: each block is a cluster of its own here. The parameters of kernels and of functions have names that differ.
function plainSpace(word: string): string {
  return word.replace(/^(shared)::(?:cta|cluster)$|^(param)::(entry|func)$/, "$1$2");
}

/** `ld.global.f32` */
export function fullName(instruction: Instruction): string {
  return [instruction.opcode, ...instruction.modifiers].join(".");
}
