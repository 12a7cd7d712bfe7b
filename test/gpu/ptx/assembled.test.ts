// Every form of the instruction table is PTX: NVIDIA's assembler takes it, where there is one.
import { describe, expect, test } from "vitest";
import { instructionTable } from "../../../src/gpu/ptx/instructions/index.js";
import { assemble, hasPtxas, ptxasRelease } from "../language/ptxas.js";
import { formsOf, moduleOf } from "./forms.js";

// What needs a newer PTX and CUDA release than the others, by a word of the instruction's name.
const newer: readonly { readonly name: RegExp; readonly version: string; readonly release: number }[] = [
  { name: /\.b128/, version: "8.4", release: 12.4 },
  { name: /\.mmio/, version: "8.2", release: 12.2 },
  { name: /^(atom|red)\b.*\.v[248]/, version: "8.1", release: 12.1 },
  { name: /^mma.*m16n8k16.*e[45]m/, version: "8.7", release: 12.8 },
  { name: /^mma.*\.f16\.e[45]m/, version: "8.7", release: 12.8 },
  { name: /^mma.*e[45]m/, version: "8.4", release: 12.4 },
  { name: /^cp\.async\.bulk\.shared::cta/, version: "8.6", release: 12.7 },
  {
    name: /^fence\.proxy\.async|^mbarrier.*(expect_tx|relaxed|cluster)|^mbarrier\.arrive|^cp\.async\.bulk|^fence\.mbarrier_init/,
    version: "8.6",
    release: 12.7,
  },
  { name: /^cvt.*satfinite.*\.(f16|bf16|tf32|f16x2|bf16x2)\.f32/, version: "8.1", release: 12.1 },
  { name: /^lop3\.(or|and)/, version: "8.2", release: 12.2 },
  { name: /^(add|min|max).*16x2/, version: "8.0", release: 12 },
  { name: /^(min|max)\.relu/, version: "8.0", release: 12 },
  { name: /^elect/, version: "8.0", release: 12 },
];
const usual = { version: "7.8", release: 11.8 };

describe.each(instructionTable.map((row, index) => [`${index}: ${row.opcode}`, row] as const))("%s", (_name, row) => {
  const written = formsOf(row);
  const { version, release } = newer.find(({ name }) => written.some((form) => name.test(form))) ?? usual;
  test.skipIf(!hasPtxas || ptxasRelease < release)("is assembled in every form", () => {
    const ptx = moduleOf(written.join("\n"));
    expect(() => assemble(ptx.replace("7.8", version).replace("sm_70", "sm_90"), "sm_90")).not.toThrow();
  });
});
