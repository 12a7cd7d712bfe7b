// `warplab lab`: JupyterLab with warplab's kernel and widgets. Starting it is notebook/lab.ts's.
import { once } from "node:events";
import type { Command } from "commander";
import { startLab } from "../../notebook/lab.js";
import { exitStatus } from "../exit.js";
import { portArgument } from "../port.js";
import type { Shell } from "../shell.js";

export function registerLab(program: Command, shell: Shell): void {
  program
    .command("lab")
    .summary("open JupyterLab with the kernel and the widgets")
    .description(
      "Starts the JupyterLab that is installed, with warplab's kernel and widgets. Nothing is written outside warplab's own " +
        "folder: JupyterLab finds both through JUPYTER_PATH, and a default through JUPYTER_CONFIG_PATH: saved notebooks " +
        "keep their widgets, unless JupyterLab's settings say otherwise.",
    )
    .argument("[notebook]", "a notebook to open")
    .option("--port <number>", "the port to listen at; a free one from 8888 unless given", portArgument)
    .addHelpText(
      "after",
      `
Examples:
  warplab lab
  warplab lab notebooks/00-tour.ipynb
  warplab lab -- --no-browser              whatever follows -- goes to jupyter-lab`,
    )
    .allowExcessArguments()
    .action(async (first: string | undefined, { port }: { port?: number }, command: Command) => {
      const isOption = first?.startsWith("-") ?? false;
      const notebook = isOption ? undefined : first;
      const child = startLab({
        ...(notebook === undefined ? {} : { notebook }),
        ...(port === undefined ? {} : { port }),
        extra: command.args.slice(notebook === undefined ? 0 : 1),
        onNotice: (notice) => shell.say(notice),
      });
      // Ctrl-C goes to JupyterLab, which asks or ends; we end with it.
      const ignore = () => {};
      process.on("SIGINT", ignore);
      process.on("SIGTERM", () => child.kill("SIGTERM"));
      const [status, signal] = (await once(child, "exit")) as [number | null, string | null];
      process.off("SIGINT", ignore);
      if (status !== 0 && signal === null) {
        shell.say(`warplab: JupyterLab ended with status ${status}`);
        shell.status = exitStatus.checkFailed;
      }
    });
}
