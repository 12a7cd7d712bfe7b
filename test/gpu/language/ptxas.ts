// ptxas, where there is one: assembles PTX for a real device, to show that the text is what NVIDIA's assembler takes.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasPtxas: boolean = spawnSync("ptxas", ["--version"]).status === 0;

/** Assembles the module for sm_80; throws with ptxas's words where it is not valid. */
export function assemble(ptx: string): void {
  const folder = mkdtempSync(join(tmpdir(), "warplab-ptxas-"));
  try {
    const file = join(folder, "kernel.ptx");
    writeFileSync(file, ptx);
    execFileSync("ptxas", ["-arch=sm_80", file, "-o", join(folder, "kernel.cubin")], { stdio: "pipe" });
  } catch (error) {
    throw new Error(`${(error as { stderr?: Buffer }).stderr ?? error}\n${ptx}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
