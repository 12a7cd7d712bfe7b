// The command line as a whole: which commands there are, what help says, how a failure ends. Each command has its own file.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { registerAccuracy } from "./commands/accuracy.js";
import { registerCalibrate } from "./commands/calibrate.js";
import { registerDevices } from "./commands/devices.js";
import { registerExportBenchmark } from "./commands/export-benchmark.js";
import { registerInfer } from "./commands/infer.js";
import { registerKernel } from "./commands/kernel.js";
import { registerLab } from "./commands/lab.js";
import { registerLaunch } from "./commands/launch.js";
import { registerModel } from "./commands/model.js";
import { registerPage } from "./commands/page.js";
import { registerPredict } from "./commands/predict.js";
import { registerPtx } from "./commands/ptx.js";
import { registerRun } from "./commands/run.js";
import { registerServe } from "./commands/serve.js";
import { registerSimulate } from "./commands/simulate.js";
import { registerSweep } from "./commands/sweep.js";
import { registerTrace } from "./commands/trace.js";
import { registerValidate } from "./commands/validate.js";
import { type ExitStatus, exitStatus, explainFailure } from "./exit.js";
import type { Shell } from "./shell.js";

/** Runs one command line (without `node warplab`) to its end and answers the status to exit with. */
export async function runCommandLine(words: readonly string[], shell: Shell): Promise<ExitStatus> {
  const program = warplabProgram(shell);
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(words, { from: "user" });
    return shell.status;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitStatus.done : exitStatus.badInput;
    const { message, status } = explainFailure(thrown);
    shell.say(`warplab: ${message}`);
    return status;
  }
}

function warplabProgram(shell: Shell): Command {
  const program = new Command("warplab")
    .description("A virtual GPU in a notebook: run kernels without a GPU, step them, and put them on a roofline.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "explain a command, with examples")
    .showHelpAfterError("(add --help to see how it is used)")
    .exitOverride()
    .configureOutput({
      writeErr: (text) => shell.say(text.trimEnd().replace(/^error: /, "warplab: ")),
      writeOut: (text) => shell.print(text.trimEnd()),
    })
    .addHelpText("after", introduction);
  // Commands copy the settings above when they are made, so they come after them.
  for (const register of [
    registerRun,
    registerPage,
    registerLab,
    registerKernel,
    registerDevices,
    registerPredict,
    registerModel,
    registerInfer,
    registerSweep,
    registerExportBenchmark,
    registerValidate,
    registerAccuracy,
    registerCalibrate,
    registerLaunch,
    registerPtx,
    registerTrace,
    registerSimulate,
    registerServe,
  ]) {
    register(program, shell);
  }
  return program;
}

const introduction = `
Begin here:
  warplab run notebooks/00-tour.ipynb       the tour, as a page that opens anywhere (out/00-tour.html)
  warplab lab                               the same in JupyterLab, to change it
  warplab devices                           the GPUs it knows
  warplab predict gemm --shape 4096,4096,4096 --precision fp16 --device h100
  warplab simulate demo                     requests through a service

Each command has --help with examples. Those that answer with data take --json: exactly one JSON document
on standard output, messages on standard error.

Exit status: 0 done; 1 done, but a check does not hold (validation outside its band, a fault in a launch,
a cell that failed); 2 the input is not usable; 70 a bug in warplab.`;

function version(): string {
  // dist/cli/program.js and src/cli/program.ts are both two folders below package.json.
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}
