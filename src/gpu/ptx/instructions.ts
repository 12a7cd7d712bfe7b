// The instruction table: what exists, in which forms, with which operands, and what each costs in operations. The
// verifier, the interpreter, the counters and the documentation read these rows. What an instruction computes is in simt/.

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
 * `preds` may be two predicates and `halves` are; `from` is of the type that a conversion is from; the others say themselves.
 */
export type OperandClass =
  | "type"
  | "dtype"
  | "atype"
  | "wide"
  | "u32"
  | "f32"
  | "from"
  | "pred"
  | "address"
  | "label"
  | "vector"
  | "packed"
  | "pair"
  | "match"
  | "halves"
  | "preds";

export interface OperandRule {
  readonly name: string;
  readonly class: OperandClass;
  readonly optional: boolean;
}

export type InstructionCategory =
  | "arithmetic"
  | "comparison"
  | "conversion"
  | "memory"
  | "control"
  | "synchronisation"
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

const integers = "s16|u16|s32|u32|s64|u64";
const bits = "b16|b32|b64";
const loadable = "b8|u8|s8|b16|u16|s16|b32|u32|s32|b64|u64|s64|f32|f64";
const comparisons = "eq|ne|lt|le|gt|ge";
const floatComparisons = `${comparisons}|equ|neu|ltu|leu|gtu|geu|num|nan`;
const roundings = "rn|rz|rm|rp";
const scopes = "cta|gpu|sys";

/** Rows of f16 and bf16, alone and in pairs. */
function inHalves(opcode: string, operands: string, does: string, flop: number): RowText[] {
  return [
    [`${opcode} ?.rnd=rn ?.ftz ?.sat .type=f16`, operands, does, flop],
    [`${opcode} ?.rnd=rn ?.ftz ?.sat .type=f16x2`, operands, `${does}, twice`, 2 * flop],
    [`${opcode} ?.rnd=rn .type=bf16`, operands, does, flop],
    [`${opcode} ?.rnd=rn .type=bf16x2`, operands, `${does}, twice`, 2 * flop],
  ];
}

function extremes(opcode: string): string {
  const which = opcode === "min" ? "smaller" : "larger";
  return `d = the ${which} of a and b; of a number and a NaN the number, unless .NaN; .xorsign.abs: of |a| and |b|, with the sign of a * b`;
}

/** The comparisons of setp or set: which ones a type has depends on its kind. The compared type is `type`, or set's `atype`. */
function compared(opcode: string, combined: string, operands: string, does: string): RowText[] {
  const type = opcode === "set" ? ".dtype=u32|s32|f32 .atype" : ".type";
  return [
    [`${opcode} .cmp=${comparisons}${combined} ${type}=${integers}`, operands, does],
    [`${opcode} .cmp=lo|ls|hi|hs${combined} ${type}=u16|u32|u64`, operands, `${does}; other names for lt, le, gt, ge`],
    [`${opcode} .cmp=eq|ne${combined} ${type}=${bits}`, operands, does],
    [
      `${opcode} .cmp=${floatComparisons}${combined} ?.ftz ${type}=f32`,
      operands,
      `${does}; ordered unless it ends in u`,
    ],
    [`${opcode} .cmp=${floatComparisons}${combined} ${type}=f64`, operands, `${does}; ordered unless it ends in u`],
    ...["f16", "bf16"].flatMap((half): RowText[] => {
      const ftz = half === "f16" ? " ?.ftz" : "";
      const start = `${opcode} .cmp=${floatComparisons}${combined}${ftz}`;
      const [one, two] =
        opcode === "set"
          ? [` .dtype=${half}|u16|s16|u32|s32 .atype=${half}`, ` .dtype=${half}x2|u32|s32 .atype=${half}x2`]
          : [` .type=${half}`, ` .type=${half}x2`];
      return [
        [`${start}${one}`, operands.replace("preds", "pred"), `${does}; ordered unless it ends in u`],
        [`${start}${two}`, operands.replace("preds", "halves"), `of each half: ${does}; of d|q, d is the lower half's`],
      ];
    }),
  ];
}

export const instructionTable: readonly InstructionRow[] = [
  ...rows("arithmetic", [
    [`add .type=${integers}`, "d a b", "d = a + b, wrapping around"],
    [`add ?.rnd=${roundings} ?.ftz ?.sat .type=f32`, "d a b", "d = a + b", 1],
    [`add ?.rnd=${roundings} .type=f64`, "d a b", "d = a + b", 1],
    [`sub .type=${integers}`, "d a b", "d = a - b, wrapping around"],
    [`sub ?.rnd=${roundings} ?.ftz ?.sat .type=f32`, "d a b", "d = a - b", 1],
    [`sub ?.rnd=${roundings} .type=f64`, "d a b", "d = a - b", 1],
    [`mul .half=lo|hi .type=${integers}`, "d a b", "d = the low or high half of a * b"],
    ["mul .wide .type=s16|u16|s32|u32", "d:wide a b", "d = a * b in twice the width"],
    [`mul ?.rnd=${roundings} ?.ftz ?.sat .type=f32`, "d a b", "d = a * b", 1],
    [`mul ?.rnd=${roundings} .type=f64`, "d a b", "d = a * b", 1],
    ["add .cc .type=u32|s32|u64|s64", "d a b", "d = a + b; the carry is kept"],
    ["addc ?.cc .type=u32|s32|u64|s64", "d a b", "d = a + b + the carry; with .cc the new one is kept"],
    ["sub .cc .type=u32|s32|u64|s64", "d a b", "d = a - b; the borrow is kept"],
    ["subc ?.cc .type=u32|s32|u64|s64", "d a b", "d = a - b - the borrow; with .cc the new one is kept"],
    [
      "mad .half=lo|hi .cc .type=u32|s32|u64|s64",
      "d a b c",
      "d = the low or high half of a * b, plus c; the carry of the sum is kept",
    ],
    [
      "madc .half=lo|hi ?.cc .type=u32|s32|u64|s64",
      "d a b c",
      "d = the low or high half of a * b, plus c and the carry; with .cc the new one is kept",
    ],
    [`mad .half=lo|hi .type=${integers}`, "d a b c", "d = the low or high half of a * b, plus c"],
    ["mad .wide .type=s16|u16|s32|u32", "d:wide a b c:wide", "d = a * b + c in twice the width"],
    [`fma .rnd=${roundings} ?.ftz ?.sat .type=f32`, "d a b c", "d = a * b + c with one rounding", 2],
    [`fma .rnd=${roundings} .type=f64`, "d a b c", "d = a * b + c with one rounding", 2],
    [`mad .rnd=${roundings} ?.ftz ?.sat .type=f32`, "d a b c", "d = a * b + c with one rounding", 2],
    [`mad .rnd=${roundings} .type=f64`, "d a b c", "d = a * b + c with one rounding", 2],
    [`div .type=${integers}`, "d a b", "d = a / b, truncated towards zero"],
    [`div .rnd=${roundings}|approx|full ?.ftz .type=f32`, "d a b", "d = a / b", 1],
    [`div .rnd=${roundings} .type=f64`, "d a b", "d = a / b", 1],
    [`rem .type=${integers}`, "d a b", "d = the remainder of a / b, with the sign of a"],
    ["abs .type=s16|s32|s64", "d a", "d = |a|"],
    ["abs ?.ftz .type=f32", "d a", "d = |a|"],
    ["abs .type=f64", "d a", "d = |a|"],
    ["neg .type=s16|s32|s64", "d a", "d = -a"],
    ["neg ?.ftz .type=f32", "d a", "d = -a"],
    ["neg .type=f64", "d a", "d = -a"],
    [`min .type=${integers}`, "d a b", "d = the smaller of a and b"],
    ["min ?.ftz ?.NaN ?.xorsign=xorsign.abs .type=f32", "d a b", extremes("min")],
    ["min .type=f64", "d a b", "d = the smaller of a and b; of a number and a NaN the number"],
    [`max .type=${integers}`, "d a b", "d = the larger of a and b"],
    ["max ?.ftz ?.NaN ?.xorsign=xorsign.abs .type=f32", "d a b", extremes("max")],
    ["max .type=f64", "d a b", "d = the larger of a and b; of a number and a NaN the number"],
    [`sqrt .rnd=${roundings}|approx ?.ftz .type=f32`, "d a", "d = the square root of a", 1],
    [`sqrt .rnd=${roundings} .type=f64`, "d a", "d = the square root of a", 1],
    [`rcp .rnd=${roundings}|approx ?.ftz .type=f32`, "d a", "d = 1 / a", 1],
    [`rcp .rnd=${roundings} .type=f64`, "d a", "d = 1 / a", 1],
    ["rsqrt .approx ?.ftz .type=f32", "d a", "d = 1 / the square root of a, within 2 ulp", 1],
    ["ex2 .approx ?.ftz .type=f32", "d a", "d = 2 to the power of a, within 2 ulp", 1],
    ["lg2 .approx ?.ftz .type=f32", "d a", "d = the binary logarithm of a", 1],
    ["sin .approx ?.ftz .type=f32", "d a", "d = the sine of a", 1],
    ["cos .approx ?.ftz .type=f32", "d a", "d = the cosine of a", 1],
    [`and .type=pred|${bits}`, "d a b", "d = a & b"],
    [`or .type=pred|${bits}`, "d a b", "d = a | b"],
    [`xor .type=pred|${bits}`, "d a b", "d = a ^ b"],
    [`not .type=pred|${bits}`, "d a", "d = ~a"],
    [`shl .type=${bits}`, "d a b:u32", "d = a << b; 0 from the width on"],
    [`shr .type=${bits}|${integers}`, "d a b:u32", "d = a >> b; signed types keep the sign"],
    ["popc .type=b32|b64", "d:u32 a", "d = the number of one bits in a"],
    ["clz .type=b32|b64", "d:u32 a", "d = the number of leading zero bits in a"],
    ["brev .type=b32|b64", "d a", "d = the bits of a in reverse order"],
    [
      "bfind ?.shiftamt .type=u32|s32|u64|s64",
      "d:u32 a",
      "d = the place of the highest bit of a that is no copy of the sign, or -1",
    ],
    [
      "bfe .type=u32|s32|u64|s64",
      "d a b:u32 c:u32",
      "d = the c bits of a from bit b on, sign-extended for signed types",
    ],
    ["bfi .type=b32|b64", "d a b c:u32 e:u32", "d = b with its e bits from bit c on replaced by the low bits of a"],
    ["bmsk .mode=clamp|wrap .type=b32", "d a b", "d = b one bits from bit a on"],
    ["prmt .type=b32 ?.mode=f4e|b4e|rc8|ecl|ecr|rc16", "d a b c", "d = four bytes of a and b as c selects them"],
    ["lop3 .type=b32", "d a b c t:u32", "d = bit by bit the entry (a, b, c) of the truth table t"],
    ["shf .dir=l|r .mode=clamp|wrap .type=b32", "d a b c:u32", "d = a word of b:a shifted by c"],
    ["dp4a .first=u32|s32 .type=u32|s32", "d a b c", "d = c + the products of the four bytes of a and b"],
    [
      "dp2a .half=lo|hi .first=u32|s32 .type=u32|s32",
      "d a b c",
      "d = c + the products of the halves of a with two bytes of b",
    ],
    [`sad .type=${integers}`, "d a b c", "d = c + |a - b|"],
    ["mul24 .half=lo|hi .type=u32|s32", "d a b", "d = 32 bits of the product of the low 24 bits of a and b"],
    ["mad24 .half=lo|hi .type=u32|s32", "d a b c", "d = 32 bits of the product of the low 24 bits of a and b, plus c"],
    [`cnot .type=${bits}`, "d a", "d = 1 where a is 0, else 0"],
    ["copysign .type=f32|f64", "d a b", "d = b with the sign of a"],
  ]),
  ...rows("arithmetic", [
    ...inHalves("add", "d a b", "d = a + b", 1),
    ...inHalves("sub", "d a b", "d = a - b", 1),
    ...inHalves("mul", "d a b", "d = a * b", 1),
    ["fma .rnd=rn ?.ftz ?.sat .type=f16", "d a b c", "d = a * b + c with one rounding", 2],
    ["fma .rnd=rn ?.ftz ?.sat .type=f16x2", "d a b c", "d = a * b + c with one rounding, twice", 4],
    ["fma .rnd=rn ?.ftz .relu .type=f16", "d a b c", "d = a * b + c with one rounding, at least 0", 2],
    ["fma .rnd=rn ?.ftz .relu .type=f16x2", "d a b c", "d = a * b + c with one rounding, at least 0, twice", 4],
    ["fma .rnd=rn ?.relu .type=bf16", "d a b c", "d = a * b + c with one rounding; .relu: at least 0", 2],
    ["fma .rnd=rn ?.relu .type=bf16x2", "d a b c", "d = a * b + c with one rounding; .relu: at least 0; twice", 4],
    ...["neg", "abs"].flatMap((opcode): RowText[] => [
      [`${opcode} ?.ftz .type=f16|f16x2`, "d a", opcode === "neg" ? "d = -a" : "d = |a|"],
      [`${opcode} .type=bf16|bf16x2`, "d a", opcode === "neg" ? "d = -a" : "d = |a|"],
    ]),
    ...["min", "max"].flatMap((opcode): RowText[] => [
      [`${opcode} ?.ftz ?.NaN ?.xorsign=xorsign.abs .type=f16|f16x2`, "d a b", extremes(opcode)],
      [`${opcode} ?.NaN ?.xorsign=xorsign.abs .type=bf16|bf16x2`, "d a b", extremes(opcode)],
    ]),
    ["ex2 .approx .type=f16", "d a", "d = 2 to the power of a", 1],
    ["ex2 .approx .type=f16x2", "d a", "d = 2 to the power of a, twice", 2],
    ["ex2 .approx .ftz .type=bf16", "d a", "d = 2 to the power of a", 1],
    ["ex2 .approx .ftz .type=bf16x2", "d a", "d = 2 to the power of a, twice", 2],
    ["tanh .approx .type=f32|f16|bf16", "d a", "d = the hyperbolic tangent of a", 1],
    ["tanh .approx .type=f16x2|bf16x2", "d a", "d = the hyperbolic tangent of a, twice", 2],
  ]),
  ...rows("comparison", [
    ...compared("setp", "", "d:preds a b", "d = a compared with b; of d|q, q is the opposite"),
    ...compared(
      "setp",
      " .bool=and|or|xor",
      "d:preds a b c:pred",
      "d = a compared with b, combined with c; of d|q, q is the opposite of the comparison combined with c",
    ),
    ...compared(
      "set",
      "",
      "d:dtype a:atype b:atype",
      "d = all ones, or 1.0, where the comparison of a and b holds, else 0",
    ),
    ...compared(
      "set",
      " .bool=and|or|xor",
      "d:dtype a:atype b:atype c:pred",
      "d = all ones, or 1.0, where the comparison of a and b, combined with c, holds, else 0",
    ),
    [`slct .type=${bits}|${integers}|f32|f64 .by=s32`, "d a b c:u32", "d = c >= 0 ? a : b"],
    [`slct ?.ftz .type=${bits}|${integers}|f32|f64 .by=f32`, "d a b c:f32", "d = c >= 0 ? a : b"],
    [
      "testp .test=finite|infinite|number|notanumber|normal|subnormal .type=f32|f64",
      "d:pred a",
      "d = whether a is of that kind",
    ],
    [`selp .type=${bits}|${integers}|f32|f64`, "d a b c:pred", "d = c ? a : b"],
  ]),
  ...rows("conversion", [
    [
      `mov .type=pred|${bits}|${integers}|f32|f64`,
      "d:packed a:packed",
      "d = a, bit for bit; of a vector the first element is the lowest bits",
    ],
    [`cvt ?.sat .dtype=s8|u8|${integers} .atype=${integers}|s8|u8`, "d:dtype a:atype", "d = a in another integer type"],
    [
      `cvt .rnd=rni|rzi|rmi|rpi ?.ftz ?.sat .dtype=s8|u8|${integers} .atype=f32|f64`,
      "d:dtype a:atype",
      "d = a rounded to an integer and clamped",
    ],
    [
      `cvt .rnd=${roundings} ?.sat .dtype=f32|f64 .atype=s8|u8|${integers}`,
      "d:dtype a:atype",
      "d = a as a floating-point number",
    ],
    [`cvt .rnd=${roundings} ?.ftz ?.sat .dtype=f32 .atype=f64`, "d:dtype a:atype", "d = a in single precision"],
    ["cvt ?.ftz ?.sat .dtype=f64 .atype=f32", "d:dtype a:atype", "d = a in double precision"],
    [
      "cvt .rnd=rni|rzi|rmi|rpi ?.ftz ?.sat .dtype=f32 .atype=f32",
      "d:dtype a:atype",
      "d = a rounded to an integral value",
    ],
    ["cvt .rnd=rni|rzi|rmi|rpi .dtype=f64 .atype=f64", "d:dtype a:atype", "d = a rounded to an integral value"],
    ["cvt ?.ftz ?.sat .dtype=f32 .atype=f32", "d:dtype a:atype", "d = a, flushed or clamped"],
    ["cvt .rnd=rn|rz|rm|rp ?.ftz ?.sat .dtype=f16 .atype=f32", "d:dtype a:atype", "d = a in half precision"],
    ["cvt .rnd=rn|rz|rm|rp ?.sat .dtype=f16 .atype=f64", "d:dtype a:atype", "d = a in half precision"],
    ["cvt .rnd=rn|rz .relu .dtype=f16|bf16 .atype=f32", "d:dtype a:atype", "d = a in half precision, at least 0"],
    ["cvt .rnd=rn|rz .dtype=bf16 .atype=f32", "d:dtype a:atype", "d = a in bfloat16"],
    ["cvt ?.ftz ?.sat .dtype=f32 .atype=f16", "d:dtype a:atype", "d = a in single precision"],
    ["cvt ?.sat .dtype=f64 .atype=f16", "d:dtype a:atype", "d = a in double precision"],
    ["cvt .dtype=f32 .atype=bf16", "d:dtype a:atype", "d = a in single precision"],
    [`cvt .rnd=${roundings} ?.sat .dtype=f16 .atype=u8|s8|${integers}`, "d:dtype a:atype", "d = a in half precision"],
    [
      `cvt .rnd=rni|rzi|rmi|rpi ?.sat .dtype=u8|s8|${integers} .atype=f16`,
      "d:dtype a:atype",
      "d = a rounded to an integer and clamped",
    ],
    ["cvt .rnd=rni|rzi|rmi|rpi ?.sat .dtype=f16 .atype=f16", "d:dtype a:atype", "d = a rounded to an integral value"],
    ["cvt .rnd=rn|rz ?.relu .type=f16x2|bf16x2 .from=f32", "d a:from b:from", "d = a and b in half precision, a above"],
    ["cvt .rnd=rna .type=tf32 .from=f32", "d a:from", "d = a with ten bits of fraction"],
    [
      "cvt .rnd=rn .satfinite ?.relu .type=e4m3x2|e5m2x2 .from=f32",
      "d a:from b:from",
      "d = a and b in eight bits each, a above",
    ],
    ["cvt .rnd=rn .satfinite ?.relu .type=e4m3x2|e5m2x2 .from=f16x2", "d a:from", "d = both halves of a in eight bits"],
    ["cvt .rnd=rn ?.relu .type=f16x2 .from=e4m3x2|e5m2x2", "d a:from", "d = both bytes of a in half precision"],
    [
      "cvta ?.to .space=global|shared|local|const|param .type=u64",
      "d a",
      "d = a as a generic address, or with .to as an address of the space",
    ],
  ]),
  ...rows("memory", [
    [`ld .param ?.vec=v2|v4 .type=${loadable}`, "d:vector a:address", "d = the parameter of a kernel or function"],
    [`st .param ?.vec=v2|v4 .type=${loadable}`, "a:address b:vector", "the parameter that a call hands over = b"],
    [
      `ld ?.weak ?.space=global|shared|local ?.cache=ca|cg|cs|lu|cv ?.vec=v2|v4 .type=${loadable}`,
      "d:vector a:address",
      "d = the value at the address",
    ],
    [
      `ld .space=global ?.cache=ca|cg|cs .nc ?.vec=v2|v4 .type=${loadable}`,
      "d:vector a:address",
      "d = the value at the address, which nothing writes meanwhile",
    ],
    [`ld .space=const ?.vec=v2|v4 .type=${loadable}`, "d:vector a:address", "d = the constant at the address"],
    [
      `ld .volatile ?.space=global|shared ?.vec=v2|v4 .type=${loadable}`,
      "d:vector a:address",
      "d = the value at the address, read anew",
    ],
    [
      `ld .sem=relaxed|acquire .scope=${scopes} ?.space=global|shared ?.vec=v2|v4 .type=${loadable}`,
      "d:vector a:address",
      "d = the value at the address, in the order that the semantics give",
    ],
    [
      `st ?.weak ?.space=global|shared|local ?.cache=wb|cg|cs|wt ?.vec=v2|v4 .type=${loadable}`,
      "a:address b:vector",
      "the value at the address = b",
    ],
    [
      `st .volatile ?.space=global|shared ?.vec=v2|v4 .type=${loadable}`,
      "a:address b:vector",
      "the value at the address = b, written at once",
    ],
    [
      `st .sem=relaxed|release .scope=${scopes} ?.space=global|shared ?.vec=v2|v4 .type=${loadable}`,
      "a:address b:vector",
      "the value at the address = b, in the order that the semantics give",
    ],
    [
      `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared .op=add .type=u32|s32|u64|f32|f64`,
      "d a:address b",
      "d = the value at the address, which becomes d + b",
      0,
    ],
    [
      `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared .op=min|max .type=u32|s32|u64|s64`,
      "d a:address b",
      "d = the value at the address, which becomes the smaller or larger of d and b",
    ],
    [
      `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared .op=and|or|xor|exch .type=b32|b64`,
      "d a:address b",
      "d = the value at the address, which becomes d op b",
    ],
    [
      `atom ?.sem=relaxed|acq_rel|acquire|release ?.scope=${scopes} ?.space=global|shared .op=cas .type=b32|b64`,
      "d a:address b c",
      "d = the value at the address, which becomes c where it was b",
    ],
    [
      `red ?.sem=relaxed|release ?.scope=${scopes} ?.space=global|shared .op=add .type=u32|s32|u64|f32|f64`,
      "a:address b",
      "the value at the address grows by b",
    ],
  ]),
  ...rows("control", [
    ["bra ?.uni", "a:label", "goes on at the label"],
    ["ret ?.uni", "", "ends the thread"],
    ["exit", "", "ends the thread"],
    ["trap", "", "ends the launch with a fault"],
    ["nanosleep .type=u32", "a", "waits for about a nanoseconds; no time passes here"],
  ]),
  ...rows("synchronisation", [
    ["bar ?.cta .sync", "a:u32 ?b:u32", "waits for all threads of the block"],
    ["barrier ?.cta .sync ?.aligned", "a:u32 ?b:u32", "waits for all threads of the block"],
    ["bar .warp .sync", "a:u32", "waits for the lanes of the mask"],
    ["membar .level=cta|gl|sys", "", "orders memory accesses"],
    [`fence ?.sem=sc|acq_rel .scope=${scopes}`, "", "orders memory accesses"],
  ]),
  ...rows("warp", [
    ["shfl .sync .mode=up|down|bfly|idx .type=b32", "d:pair a b:u32 c:u32 m:u32", "d = a of another lane"],
    [
      "vote .sync .mode=all|any|uni .type=pred",
      "d a:pred m:u32",
      "d = whether a holds in all or any lanes of the mask",
    ],
    ["vote .sync .mode=ballot .type=b32", "d a:pred m:u32", "d = the lanes of the mask in which a holds, as bits"],
    ["match .any .sync .type=b32|b64", "d:u32 a m:u32", "d = the lanes of the mask that have the same a, as bits"],
    [
      "match .all .sync .type=b32|b64",
      "d:match a m:u32",
      "d = the mask where all its lanes have the same a, else 0; of d|p, p says which",
    ],
    [
      "redux .sync .op=add|min|max .type=u32|s32",
      "d a m:u32",
      "d = the sum, smallest or largest a of the mask's lanes",
    ],
    ["redux .sync .op=and|or|xor .type=b32", "d a m:u32", "d = the a of the mask's lanes, combined bit by bit"],
    ["elect .sync", "d:match m:u32", "p of d|p = whether this lane is the lowest of the mask; d = that lane"],
    ["activemask .type=b32", "d", "d = the lanes that run together now, as bits"],
  ]),
];

/** The rows of an opcode, in the order in which they are tried. */
export const rowsOf: ReadonlyMap<string, readonly InstructionRow[]> = groupByOpcode(instructionTable);

type RowText = readonly [syntax: string, operands: string, does: string, flop?: number];

function rows(category: InstructionCategory, texts: readonly RowText[]): InstructionRow[] {
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
  return { name, class: operandClass as OperandClass, optional };
}

function groupByOpcode(table: readonly InstructionRow[]): Map<string, InstructionRow[]> {
  const groups = new Map<string, InstructionRow[]>();
  for (const row of table) groups.set(row.opcode, [...(groups.get(row.opcode) ?? []), row]);
  return groups;
}
