// What is committed beside the CUDA sources is what nvcc gave, and not more or less than NVIDIA's assembler takes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { assemble, ptxasRelease } from "../gpu/language/ptxas.js";

const folder = fileURLToPath(new URL("cuda/", import.meta.url));
const files = readdirSync(folder);

it("stands beside its source, which says how it is made", () => {
  const named = (ending: string): string[] =>
    files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  expect(named(".ptx").sort()).toEqual(named(".cu").sort());
  for (const name of named(".cu")) {
    expect(readFileSync(join(folder, `${name}.cu`), "utf8")).toMatch(
      /^\/\/ .+\.\n\/\/ Made by: nvcc -ptx -arch=sm_\d+/,
    );
    // Nothing tells where it was made.
    expect(readFileSync(join(folder, `${name}.ptx`), "utf8")).not.toMatch(/\.file\t\d+ "[^"]*\//);
  }
});

// An older one does not read what nvcc 13 writes.
it.skipIf(ptxasRelease < 13)("is taken by ptxas, where there is one", () => {
  for (const file of files.filter((name) => name.endsWith(".ptx"))) {
    // The debugger's data that this word asks for are left out of what is committed.
    const ptx = readFileSync(join(folder, file), "utf8").replace(/^(\.target \w+), debug$/m, "$1");
    expect(() => assemble(ptx, /^\.target (\w+)/m.exec(ptx)?.[1])).not.toThrow();
  }
});
