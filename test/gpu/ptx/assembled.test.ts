// Every form of the instruction table is PTX: NVIDIA's assembler takes it, where there is one.
import { describe, expect, test } from "vitest";
import { instructionTable } from "../../../src/gpu/ptx/instructions/index.js";
import { assemble, hasPtxas, ptxasRelease } from "../language/ptxas.js";
import { kernelPtx } from "../launches.js";
import { formDeclarations, formsOf } from "./forms.js";

// What needs a newer PTX, device and CUDA release than the others.
const newer: Readonly<Record<string, { readonly version: string; readonly arch: string; readonly release: number }>> = {
  elect: { version: "8.0", arch: "sm_90", release: 12 },
};
const usual = { version: "7.8", arch: "sm_90", release: 11.8 };

describe.each(instructionTable.map((row, index) => [`${index}: ${row.opcode}`, row] as const))("%s", (_name, row) => {
  const { version, arch, release } = newer[row.opcode] ?? usual;
  test.skipIf(!hasPtxas || ptxasRelease < release)("is assembled in every form", () => {
    const forms = formsOf(row).join("\n");
    const ptx = kernelPtx(1, 0, `${formDeclarations}\n${forms}\nnext: ret;`);
    expect(() => assemble(ptx.replace("7.8", version).replace("sm_70", arch), arch)).not.toThrow();
  });
});
