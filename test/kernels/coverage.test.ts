// The collection executes every opcode of the instruction table, but for those that are named here with the reason.
import { expect, it } from "vitest";
import { instructionTable } from "../../src/gpu/ptx/instructions/index.js";
import { collection } from "./collection.js";
import { Coverage } from "./coverage.js";
import { Trial } from "./kernel-case.js";

/** What no kernel that compiles for sm_75 and later has, or what cannot be in a launch that ends well. */
const missing: Readonly<Record<string, string>> = {};

it("executes every opcode of the instruction table", () => {
  const coverage = new Coverage();
  for (const kernelCase of collection) {
    const scheduler = kernelCase.blocksNeedEachOther ? "round-robin" : "default";
    kernelCase.run(new Trial(kernelCase, (kernel) => ({ scheduler, observers: [coverage.observer(kernel)] })));
  }
  const opcodes = [...new Set(instructionTable.map(({ opcode }) => opcode))];
  const rows = new Set([...coverage.forms.values()].map(({ row }) => row));
  console.log(
    `${collection.length} kernels execute ${coverage.opcodes.size} of ${opcodes.length} opcodes, ${rows.size} of ${instructionTable.length} rows of the table, in ${coverage.forms.size} full forms`,
  );
  expect(opcodes.filter((opcode) => !coverage.opcodes.has(opcode)).sort()).toEqual(Object.keys(missing).sort());
});
