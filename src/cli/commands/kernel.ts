// `warplab kernel install`: registers the Jupyter kernel. What it is made of is in notebook/jupyter/.
import type { Command } from "commander";
import { makeWritableFolder } from "../../notebook/folders.js";
import { installKernel, kernelName } from "../../notebook/jupyter/kernelspec.js";
import { explainFileError, type Shell } from "../shell.js";

export function registerKernel(program: Command, shell: Shell): void {
  const parent = program
    .command("kernel")
    .summary("register the Jupyter kernel")
    .description("Makes warplab's kernel known to Jupyter.")
    .addHelpText("after", "\nExamples:\n  warplab kernel install\n  warplab kernel install --prefix .venv");
  parent
    .command("install")
    .summary("register it for you, or under a prefix")
    .description(
      "Registers the kernel for you, or under DIR/share/jupyter, so that every Jupyter front end offers it. It starts this " +
        "very installation with this Node; run it again after moving either.",
    )
    .option("--prefix <dir>", "a Python environment or any folder, instead of your own Jupyter folder")
    .option("--json", "print one JSON document: name, folder")
    .addHelpText(
      "after",
      "\nExamples:\n  warplab kernel install                   for you\n  warplab kernel install --prefix .venv    for one Python environment",
    )
    .action(({ prefix, json }: { prefix?: string; json?: true }) => {
      let folder: string;
      // Where nothing can be made below the prefix, that is said instead of what becomes of trying.
      if (prefix !== undefined) makeWritableFolder(prefix, "Jupyter folder");
      try {
        folder = installKernel(prefix === undefined ? {} : { prefix });
      } catch (error) {
        throw explainFileError(error, prefix ?? (error as NodeJS.ErrnoException).path ?? "~", "Jupyter folder");
      }
      if (json) shell.printJson({ name: kernelName, folder });
      else shell.print(`Registered "TypeScript (warplab)" in ${folder}`);
    });
}
