// ptxas, where there is one: assembles PTX for a real device, to show that the text is what NVIDIA's assembler takes.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const version = spawnSync("ptxas", ["--version"], { encoding: "utf8" });

export const hasPtxas: boolean = version.status === 0;

/** The release of CUDA that it is of, such as 11.8; 0 where there is none. */
export const ptxasRelease: number = Number(/release (\d+\.\d+)/.exec(version.stdout ?? "")?.[1] ?? 0);

/** Assembles the module; throws with ptxas's words where it is not valid. */
export function assemble(ptx: string, arch = "sm_80"): void {
  const folder = mkdtempSync(join(tmpdir(), "warplab-ptxas-"));
  try {
    const file = join(folder, "kernel.ptx");
    writeFileSync(file, ptx);
    execFileSync("ptxas", [`-arch=${arch}`, file, "-o", join(folder, "kernel.cubin")], { stdio: "pipe" });
  } catch (error) {
    throw new Error(`${(error as { stderr?: Buffer }).stderr ?? error}\n${ptx}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
