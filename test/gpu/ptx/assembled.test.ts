// Every form of the instruction table is PTX: NVIDIA's assembler takes it, where there is one.
import { expect, test } from "vitest";
import { instructionTable } from "../../../src/gpu/ptx/instructions.js";
import { assemble, hasPtxas } from "../language/ptxas.js";
import { kernelPtx } from "../launches.js";
import { formDeclarations, formsOf } from "./forms.js";

const rows = instructionTable.map((row, index) => [`${index}: ${row.opcode}`, row] as const);

test.skipIf(!hasPtxas).each(rows)("%s", (_name, row) => {
  const forms = formsOf(row).join("\n");
  const ptx = kernelPtx(1, 0, `${formDeclarations}\n${forms}\nnext: ret;`).replace("sm_70", "sm_80");
  expect(() => assemble(ptx)).not.toThrow();
});
