// `warplab page NOTEBOOK`: the page of a notebook as Jupyter saved it. How is notebook/run/page.ts's.
import { relative } from "node:path";
import type { Command } from "commander";
import type { Shell } from "../shell.js";

export function registerPage(program: Command, shell: Shell): void {
  program
    .command("page")
    .summary("make a page of a notebook as it was saved, without executing it")
    .description(
      "Makes out/NAME.html of a notebook as Jupyter saved it: its outputs, and its widgets alive where the notebook carries " +
        "their state. Nothing is executed and the notebook stays as it is; `warplab run` executes first.",
    )
    .argument("<notebook>", "an .ipynb file")
    .option("--out <dir>", "where the page goes", "out")
    .option("--json", "print one JSON document: page")
    .addHelpText("after", "\nExamples:\n  warplab page mine.ipynb\n  warplab page mine.ipynb --out pages")
    .action(async (notebook: string, { out, json }: { readonly out: string; readonly json?: true }) => {
      // Loaded here, for the other commands need no page.
      const { pageOfNotebook } = await import("../../notebook/run/page.js");
      const page = pageOfNotebook(notebook, {
        outDir: out,
        onNotice: (notice) => shell.say(`warplab: ${notebook}: ${notice}`),
      });
      if (json) shell.printJson({ page });
      else shell.print(relative("", page));
    });
}
