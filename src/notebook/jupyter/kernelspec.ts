// The kernelspec by which Jupyter finds and starts this kernel. Knows nothing of what the kernel does.
import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeWritableFolder } from "../folders.js";

/** The name under which notebooks ask for this kernel. */
export const kernelName = "warplab";

export interface Kernelspec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: "typescript";
  readonly interrupt_mode: "message";
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface InstallOptions {
  /** Install under `<prefix>/share/jupyter` rather than for the user. */
  readonly prefix?: string;
}

/** The kernelspec of this installation: the Node that runs now and this very build. */
export function kernelspec(): Kernelspec {
  return {
    // Node checks, and aborts by, a stack of asynchronous contexts that an interrupted cell does not unwind.
    argv: [
      process.execPath,
      "--no-force-async-hooks-checks",
      fileURLToPath(new URL("./main.js", import.meta.url)),
      "{connection_file}",
    ],
    display_name: "TypeScript (warplab)",
    language: "typescript",
    // A message is heard even while a cell loops; SIGINT works too.
    interrupt_mode: "message",
    metadata: { debugger: false },
  };
}

/** Registers the kernel with Jupyter; returns the folder that was written. Throws InputError where it cannot be. */
export function installKernel({ prefix }: InstallOptions = {}): string {
  return writeKernelspec(prefix === undefined ? userDataDir() : join(prefix, "share", "jupyter"));
}

/** Writes `kernels/warplab` in a Jupyter data folder (an entry of JUPYTER_PATH); returns the folder that was written. */
export function writeKernelspec(dataDir: string): string {
  const folder = join(dataDir, "kernels", kernelName);
  makeWritableFolder(folder, "Jupyter folder");
  writeFileSync(join(folder, "kernel.json"), `${JSON.stringify(kernelspec(), null, 2)}\n`);
  writeFileSync(join(folder, "logo-svg.svg"), logo);
  return folder;
}

/** The user's data folder, as Jupyter chooses it on each system. */
function userDataDir(): string {
  const { JUPYTER_DATA_DIR, APPDATA, XDG_DATA_HOME } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (process.platform === "win32") return join(APPDATA ?? join(homedir(), "AppData", "Roaming"), "jupyter");
  return join(XDG_DATA_HOME || join(homedir(), ".local", "share"), "jupyter");
}

/** Four lanes of a warp, two of them active. */
const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">
  <rect width="64" height="64" rx="10" fill="#3178c6"/>
  <g fill="#fff">
    <rect x="10" y="14" width="8" height="36"/>
    <rect x="22" y="14" width="8" height="36" opacity=".35"/>
    <rect x="34" y="14" width="8" height="36"/>
    <rect x="46" y="14" width="8" height="36" opacity=".35"/>
  </g>
</svg>
`;
