// `warplab run NOTEBOOK`: executes a notebook and leaves it, with its outputs, as a notebook and a page. How is notebook/run.ts's.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { relative } from "node:path";
import type { Command } from "commander";
import { InputError } from "../../core/errors.js";
import type { CellProgress, RunResult } from "../../notebook/run/run.js";
import { exitStatus } from "../exit.js";
import { listen, portArgument } from "../port.js";
import type { Shell } from "../shell.js";

interface RunFlags {
  readonly set?: Readonly<Record<string, string>>;
  readonly out: string;
  readonly allowErrors?: true;
  readonly serve?: true;
  readonly port?: number;
  readonly json?: true;
}

export function registerRun(program: Command, shell: Shell): void {
  program
    .command("run")
    .summary("execute a notebook, and leave it as a page that opens anywhere")
    .description(
      "Executes a notebook from beginning to end on warplab's kernel, without Python, and writes out/NAME.ipynb (with its " +
        "outputs) and out/NAME.html: one page that needs no network and in which the GPU still steps. The notebook itself " +
        "stays as it is. The exit status is 1 when a cell fails; what ran until then is written. After a cell tagged " +
        "`raises-exception` the run goes on: its error is kept.",
    )
    .argument("<notebook>", "an .ipynb file")
    .option("--set <name=value>", "a value for the cell tagged `parameters`; may be repeated", collectValues)
    .option("--out <dir>", "where the two files go", "out")
    .option("--allow-errors", "go on after an error in any cell, as the tag `raises-exception` says of one")
    .option("--serve", "then serve the page on this machine until Ctrl-C")
    .option("--port <number>", "the port of --serve, 8080 unless given; 0 finds a free one", portArgument)
    .option("--json", "print one JSON document: notebook, page, cells, seconds")
    .addHelpText(
      "after",
      `
Examples:
  warplab run notebooks/00-tour.ipynb
  warplab run mine.ipynb --set device=h100 --set n=4096
  warplab run mine.ipynb --serve --port 0`,
    )
    .action(async (notebook: string, flags: RunFlags) => {
      if (flags.port !== undefined && !flags.serve) {
        throw new InputError("--port goes with --serve", { fix: "Add --serve, or leave --port out." });
      }
      const result = await execute(notebook, flags, shell);
      if (result === undefined) return;
      if (flags.json) shell.printJson(result);
      else shell.print(`${relative("", result.notebook)}\n${relative("", result.page)}`);
      if (flags.serve) await serve(result.page, flags.port ?? 8080, shell);
    });
}

/** Runs the notebook; undefined when the person at the terminal stopped it. */
async function execute(
  notebook: string,
  { set = {}, out, allowErrors }: RunFlags,
  shell: Shell,
): Promise<RunResult | undefined> {
  // Loaded here, for the other commands need no Jupyter.
  const { NotebookError, runNotebook } = await import("../../notebook/run/run.js");
  const stop = new AbortController();
  const force = new AbortController();
  // For good, and never the end of this process: it writes what ran and says so, however impatient somebody is.
  const onInterrupt = () => (stop.signal.aborted ? force : stop).abort();
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  try {
    const result = await runNotebook(notebook, {
      set,
      outDir: out,
      allowErrors: allowErrors ?? false,
      signal: stop.signal,
      force: force.signal,
      onNotice: (notice) => shell.say(`warplab: ${notebook}: ${notice}`),
      onProgress: progressTo(process.stderr),
    });
    shell.say(`${result.cells} ${result.cells === 1 ? "cell" : "cells"} in ${result.seconds.toFixed(1)} s`);
    return result;
  } catch (error) {
    if (!(error instanceof NotebookError)) {
      // Stopped before there was a cell to interrupt: nothing ran.
      if (!stop.signal.aborted) throw error;
      shell.say("warplab: stopped before the first cell");
      shell.status = exitStatus.checkFailed;
      return undefined;
    }
    shell.say(`warplab: ${notebook}, ${error.message}`);
    if (error.ending !== "failed") shell.say("What ran until then is written.");
    shell.status = exitStatus.checkFailed;
    return error.result;
  }
}

/** A line for each cell; on a terminal it appears when the cell begins and gets its time when it ends. */
function progressTo(stream: NodeJS.WriteStream): (progress: CellProgress) => void {
  return ({ state, number, total, label, seconds, bar }) => {
    const counter = `[${String(number).padStart(String(total).length)}/${total}]`;
    const width = (stream.columns || 100) - counter.length - (state === "raised" ? 26 : 14);
    const words = cut(label, width);
    if (state === "running") {
      if (stream.isTTY) stream.write(`\r\u001b[K${counter} ${bar === undefined ? words : cut(bar, width)}`);
      return;
    }
    const time = `${seconds!.toFixed(1)} s`;
    const ending = state === "done" ? time : state === "raised" ? `${time}, with an error` : state;
    stream.write(`${stream.isTTY ? "\r\u001b[K" : ""}${counter} ${words}  ${ending}\n`);
  };
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Serves the page at / until the process is told to end. */
async function serve(page: string, port: number, shell: Shell): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url?.split("?")[0] !== "/") {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("There is one page here: /\n");
      return;
    }
    // Read each time, so that a run meanwhile shows after a reload.
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(readFileSync(page));
  });
  const found = await listen(server, port);
  shell.say(`Serving http://127.0.0.1:${found}/ until Ctrl-C`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  server.closeAllConnections();
  server.close();
}

function collectValues(text: string, sofar: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at > 0) return { ...sofar, [text.slice(0, at).trim()]: text.slice(at + 1) };
  throw new InputError(`"${text}" sets nothing`, { where: "--set", fix: "Write --set name=value." });
}
