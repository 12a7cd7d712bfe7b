// Arithmetic of f16 and bf16, alone and in pairs.
import { extremes } from "./arithmetic.js";
import { type InstructionRow, type RowText, rows } from "./row.js";

/** Rows of f16 and bf16, alone and in pairs. */
function inHalves(opcode: string, operands: string, does: string, flop: number): RowText[] {
  return [
    [`${opcode} ?.rnd=rn ?.ftz ?.sat .type=f16`, operands, does, flop],
    [`${opcode} ?.rnd=rn ?.ftz ?.sat .type=f16x2`, operands, `${does}, twice`, 2 * flop],
    [`${opcode} ?.rnd=rn .type=bf16`, operands, does, flop],
    [`${opcode} ?.rnd=rn .type=bf16x2`, operands, `${does}, twice`, 2 * flop],
  ];
}

export const halves: readonly InstructionRow[] = rows("arithmetic", [
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
]);
