// The instruction table: what exists, in which forms, with which operands, and what each costs in operations. The
// verifier, the interpreter, the counters and the documentation read these rows. What an instruction computes is in simt/.
import { arithmetic } from "./arithmetic.js";
import { asynchronous } from "./async-copy.js";
import { atomics } from "./atomic.js";
import { comparisons } from "./comparison.js";
import { control } from "./control.js";
import { conversions } from "./conversion.js";
import { halves } from "./half.js";
import { matrices } from "./matrix.js";
import { memory } from "./memory.js";
import type { InstructionRow } from "./row.js";
import { textures } from "./texture.js";
import { video } from "./video.js";
import { warpLevel } from "./warp.js";

export type { InstructionCategory, InstructionRow, ModifierRule, OperandClass, OperandRule } from "./row.js";

/** Of an opcode's rows the first that fits is taken. */
export const instructionTable: readonly InstructionRow[] = [
  ...arithmetic,
  ...halves,
  ...comparisons,
  ...conversions,
  ...memory,
  ...matrices,
  ...asynchronous,
  ...atomics,
  ...control,
  ...textures,
  ...video,
  ...warpLevel,
];

/** The rows of an opcode, in the order in which they are tried. */
export const rowsOf: ReadonlyMap<string, readonly InstructionRow[]> = groupByOpcode(instructionTable);

function groupByOpcode(table: readonly InstructionRow[]): Map<string, InstructionRow[]> {
  const groups = new Map<string, InstructionRow[]>();
  for (const row of table) groups.set(row.opcode, [...(groups.get(row.opcode) ?? []), row]);
  return groups;
}
