// Comparisons and what is chosen by them.
import { bits, type InstructionRow, integers, type RowText, rows } from "./row.js";

const orders = "eq|ne|lt|le|gt|ge";
const floatOrders = `${orders}|equ|neu|ltu|leu|gtu|geu|num|nan`;

/** The comparisons of setp or set: which ones a type has depends on its kind. The compared type is `type`, or set's `atype`. */
function compared(opcode: string, combined: string, operands: string, does: string): RowText[] {
  const type = opcode === "set" ? ".dtype=u32|s32|f32 .atype" : ".type";
  return [
    [`${opcode} .cmp=${orders}${combined} ${type}=${integers}`, operands, does],
    [`${opcode} .cmp=lo|ls|hi|hs${combined} ${type}=u16|u32|u64`, operands, `${does}; other names for lt, le, gt, ge`],
    [`${opcode} .cmp=eq|ne${combined} ${type}=${bits}`, operands, does],
    [`${opcode} .cmp=${floatOrders}${combined} ?.ftz ${type}=f32`, operands, `${does}; ordered unless it ends in u`],
    [`${opcode} .cmp=${floatOrders}${combined} ${type}=f64`, operands, `${does}; ordered unless it ends in u`],
    ...["f16", "bf16"].flatMap((half): RowText[] => {
      const ftz = half === "f16" ? " ?.ftz" : "";
      const start = `${opcode} .cmp=${floatOrders}${combined}${ftz}`;
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

export const comparisons: readonly InstructionRow[] = rows("comparison", [
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
]);
