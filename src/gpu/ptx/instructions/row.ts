// What a row of the instruction table says, and the short notation in which the rows are written.

/**
 * `.s32` is required; `.type=s32|u32` is a required choice, read later by its name; a leading `?` makes it optional.
 */
export interface ModifierRule {
  /** How the chosen word is asked for: `type`, `cmp`, or the word itself for a plain flag. */
  readonly name: string;
  readonly choices: readonly string[];
  readonly optional: boolean;
}

/**
 * What an operand may be. `type` is of the instruction's type; `wide` is of twice its width; `packed` may be a vector that makes up
 * the type; `pair` may have a predicate behind the register, `match` is such a pair with a mask of lanes before the predicate,
 * `preds` may be two predicates and `halves` are; `vector` may be wider than the type and `elements` not; `old` may be `_`; `policy` is
 * the cache policy that is there exactly with `.L2::cache_hint`; `word` is 32 bits, `part` too, of which a selector may pick bytes or halves
 * (`%r1.b0`), and `factor` may have a minus before it as well; `fragment` are the registers of a matrix (fragments.ts); `sharedAddress`
 * and `globalAddress` are in that space whatever the instruction says; `barrier` is the address of an mbarrier;
 * `literal` is a number written out, `n:4|8` one of these; `copied` is a number of bytes, or a predicate that says to copy none; `from`
 * is of the type that a conversion is from; `labels` is a declared list of them; of a call, `function` stands for everything behind
 * it; the others say themselves.
 */
export type OperandClass =
  | "type"
  | "dtype"
  | "atype"
  | "wide"
  | "u32"
  | "u64"
  | "f32"
  | "from"
  | "pred"
  | "address"
  | "barrier"
  | "literal"
  | "sharedAddress"
  | "globalAddress"
  | "copied"
  | "fragment"
  | "label"
  | "labels"
  | "function"
  | "vector"
  | "elements"
  | "old"
  | "policy"
  | "texture"
  | "surface"
  | "handle"
  | "texels"
  | "part"
  | "word"
  | "factor"
  | "packed"
  | "pair"
  | "match"
  | "halves"
  | "preds";

export interface OperandRule {
  readonly name: string;
  readonly class: OperandClass;
  readonly optional: boolean;
  /** What a literal may be, where that is not any number. */
  readonly values?: readonly bigint[];
}

export type InstructionCategory =
  | "arithmetic"
  | "comparison"
  | "conversion"
  | "memory"
  | "matrix"
  | "control"
  | "synchronisation"
  | "video"
  | "warp";

export interface InstructionRow {
  readonly opcode: string;
  readonly category: InstructionCategory;
  readonly modifiers: readonly ModifierRule[];
  readonly operands: readonly OperandRule[];
  /** What it does, as one line of the manual. */
  readonly does: string;
  /** Floating-point operations per active lane; a fused multiply-add is 2. */
  readonly flop: number;
}

export const integers = "s16|u16|s32|u32|s64|u64";
export const bits = "b16|b32|b64";
export const roundings = "rn|rz|rm|rp";
export const scopes = "cta|cluster|gpu|sys";

/** `[syntax, operands, what it does, FLOP]`. */
export type RowText = readonly [syntax: string, operands: string, does: string, flop?: number];

/** Rows written as the manual writes them: `add ?.ftz .type=f32`, `d a b`. */
export function rows(category: InstructionCategory, texts: readonly RowText[]): InstructionRow[] {
  return texts.map(([syntax, operands, does, flop = 0]) => {
    const [opcode, ...modifiers] = syntax.split(" ");
    return {
      opcode,
      category,
      modifiers: modifiers.map(modifierRule),
      operands: operands === "" ? [] : operands.split(" ").map(operandRule),
      does,
      flop,
    };
  });
}

function modifierRule(text: string): ModifierRule {
  const optional = text.startsWith("?");
  const [name, choices = name] = text.slice(optional ? 2 : 1).split("=");
  return { name, choices: choices.split("|"), optional };
}

function operandRule(text: string): OperandRule {
  const optional = text.startsWith("?");
  const [name, operandClass = "type"] = text.slice(optional ? 1 : 0).split(":");
  if (!/^\d/.test(operandClass)) return { name, class: operandClass as OperandClass, optional };
  return { name, class: "literal", optional, values: operandClass.split("|").map(BigInt) };
}
