// Every row of the instruction table has a test of its own with edge values, by a route that shares no code with the interpreter. A
// row that has none fails here by its name: add a form to the kind's file in rows/, or say in rows/elsewhere.ts where it is tested.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type InstructionRow, instructionTable } from "../../../src/gpu/ptx/instructions/index.js";
import { atomicForms } from "./rows/atomic.js";
import { comparisonForms } from "./rows/comparison.js";
import { controlForms } from "./rows/control.js";
import { conversionForms } from "./rows/conversion.js";
import { type Elsewhere, elsewhere } from "./rows/elsewhere.js";
import { floatForms } from "./rows/float.js";
import { integerForms } from "./rows/integer.js";
import { memoryForms } from "./rows/memory.js";
import { type Form, rowOf, run } from "./rows/run.js";
import { videoForms } from "./rows/video.js";

const kinds: readonly (readonly [string, readonly Form[]])[] = [
  ["integers and bits", integerForms],
  ["floating point", floatForms],
  ["comparisons", comparisonForms],
  ["conversions", conversionForms],
  ["memory", memoryForms],
  ["atomics", atomicForms],
  ["control and warps", controlForms],
  ["video", videoForms],
];

const bits = (value: bigint): string => `0x${value.toString(16)}`;

describe.each(kinds)("%s", (_, forms) => {
  it.each(forms.map((form) => [`${form.before ?? ""} ${form.text}`.trim(), form] as const))("%s", (_name, form) => {
    const mask = (1n << BigInt(form.widths[0])) - 1n;
    run(form).forEach((result, i) => {
      const inputs = form.inputs[i];
      const wanted = form.law(...inputs);
      if (form.same?.(result & mask, wanted & mask)) return;
      if ((result & mask) !== (wanted & mask)) {
        expect.fail(`${form.text} of ${inputs.map(bits).join(", ")} is ${bits(result)}, not ${bits(wanted & mask)}`);
      }
    });
  });
});

/** `add.{u32,s32} d a b`: a row as its text. */
function nameOf({ opcode, modifiers, operands }: InstructionRow): string {
  const words = modifiers.map(({ choices, optional }) => `${optional ? "?" : ""}.${choices.join("|")}`);
  return `${opcode}${words.join("")} ${operands.map(({ name }) => name).join(" ")}`;
}

const tested = new Set(kinds.flatMap(([, forms]) => forms.map((form) => rowOf(form))));

function isElsewhere(row: InstructionRow): boolean {
  return elsewhere.some(
    ({ opcode, modifier }) =>
      row.opcode === opcode && (modifier === undefined || row.modifiers.some(({ name }) => name === modifier)),
  );
}

describe("each row of the instruction table has edge values", () => {
  it.each(instructionTable.map((row) => [nameOf(row), row] as const))("%s", (name, row) => {
    expect(tested.has(row) || isElsewhere(row), `nothing tests ${name}`).toBe(true);
  });

  it.each(elsewhere.map((entry) => [`${entry.opcode} ${entry.modifier ?? ""}`.trim(), entry] as const))(
    "%s, in a file of its own",
    (_, { file, word, opcode }: Elsewhere) => {
      expect(instructionTable.some((row) => row.opcode === opcode)).toBe(true);
      expect(readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8")).toContain(word);
    },
  );
});
