// What the operands of video instructions may be: parts of registers, signs, and a third one where there is something to do with it.
import type { InstructionRow, OperandRule } from "./instructions/index.js";
import type { Operand } from "./syntax.js";

/** Refuses the instruction, with the reason. */
type Fail = (what: string) => never;

/** Scalar ones take one byte or half; those of two halves or four bytes as many of them, d any of its own. */
export function checkSelector(opcode: string, selector: string, rule: OperandRule, fail: Fail): void {
  const parts = /[24]$/.exec(opcode)?.[0];
  const [one, two, four] = [/^(b[0-3]|h[01])$/, /^h[0-3]{2}$/, /^b[0-7]{4}$/];
  const own = parts === "2" ? /^(h0|h1|h10)$/ : /^b(?=.)3?2?1?0?$/;
  if (rule.name === "c") fail("c is taken as a whole");
  const fits = parts === undefined ? one : rule.name === "d" ? own : parts === "2" ? two : four;
  if (!fits.test(selector)) fail(`".${selector}" is no selector of ${rule.name} here`);
}

/** c is there exactly where something is done with it; .po and a minus are for one another no company. */
export function checkVideo(
  operands: readonly Operand[],
  row: InstructionRow,
  modifiers: Readonly<Record<string, string>>,
  fail: Fail,
): void {
  const [d, ...sources] = operands;
  if (row.operands[3].optional) {
    const merges = d.kind === "register" && d.selector !== undefined;
    if (merges && modifiers["op2"] !== undefined) {
      fail(`a part of d is written, or .${modifiers["op2"]} done: not both`);
    }
    const needsThird = merges || modifiers["op2"] !== undefined;
    if (needsThird !== (sources.length === 3)) {
      fail(needsThird ? "the operand c is missing" : "there is nothing to do with the operand c");
    }
  }
  if (row.opcode !== "vmad") return;
  const minus = sources.map((operand) => operand.kind === "register" && operand.minus === true);
  if (modifiers["po"] !== undefined && minus.includes(true)) fail(".po takes no minus");
  if (minus[0] !== minus[1] && minus[2]) fail("either the product or c has a minus, not both");
}
