// `warplab export-benchmark`: the Python script that measures on a GPU machine what `warplab validate` reads.
import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { InputError } from "../../core/errors.js";
import { device as findDevice } from "../../hardware/index.js";
import { exportBenchmark } from "../../notebook/benchmark-script.js";
import { makeWritableFolder } from "../../notebook/folders.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { listOf } from "../option-values.js";
import { explainFileError, type Shell } from "../shell.js";

interface ExportFlags {
  readonly device: string;
  readonly kernels?: string;
  readonly shapes?: string;
  readonly precisions?: string;
  readonly launch: "graph" | "eager";
  readonly cache: "warm" | "cold";
  readonly out?: string;
  readonly hardware?: string;
}

export function registerExportBenchmark(program: Command, shell: Shell): void {
  program
    .command("export-benchmark")
    .summary("write the script that measures on a GPU machine")
    .description(
      "Writes one self-contained Python file. On a machine with a GPU it measures with PyTorch, or without it through nothing but " +
        "the driver, with warplab's own kernels as PTX; verifies each result; and prints the JSON that `warplab validate` reads.",
    )
    .requiredOption("--device <name>", "the device that will be measured (warplab devices)")
    .option("--kernels <list>", "of gemv,gemm,attention,copy (default: gemv,gemm)")
    .option(
      "--shapes <list>",
      "4096x4096,8192x8192x1024: each for the kernels with so many extents (default: 4096 and 8192)",
    )
    .option("--precisions <list>", "(default: fp16,bf16,tf32,fp8,int8)")
    .addOption(new Option("--launch <how>", "how kernels are launched").choices(["graph", "eager"]).default("graph"))
    .addOption(
      new Option("--cache <state>", "cold: L2 is overwritten before each launch")
        .choices(["warm", "cold"])
        .default("warm"),
    )
    .option("--out <file>", "write it there instead of to standard output")
    .addOption(hardwareOption())
    .addHelpText(
      "after",
      `
What the script cannot measure on its machine it skips by name on standard error; \`python3 benchmark.py --help\` says its options.

Examples:
  warplab export-benchmark --device h100 > benchmark.py
  python3 benchmark.py > measured.json        # on the GPU machine
  warplab validate measured.json
  warplab export-benchmark --device a100 --kernels gemm --shapes 1024x1024x1024 --precisions fp16,tf32 --out benchmark.py`,
    )
    .action(async (flags: ExportFlags) => {
      const script = exportBenchmark({
        device: findDevice(flags.device, await readHardwareFolder(flags.hardware)),
        ...(flags.kernels !== undefined && { kernels: listOf(flags.kernels) }),
        ...(flags.shapes !== undefined && { shapes: listOf(flags.shapes).map(readExtents) }),
        ...(flags.precisions !== undefined && { precisions: listOf(flags.precisions) }),
        launch: flags.launch,
        cache: flags.cache,
      });
      if (flags.out === undefined) shell.print(script.trimEnd());
      else {
        makeWritableFolder(dirname(flags.out), "script");
        await writeFile(flags.out, script).catch((error) => {
          throw explainFileError(error, flags.out as string, "script");
        });
        shell.say(
          `Wrote ${flags.out}: run it with python3 on the GPU machine, and give what it prints to warplab validate.`,
        );
      }
    });
}

function readExtents(text: string): number[] {
  const words = text.split(/[x×]/i);
  if (words.every((word) => /^\d{1,15}$/.test(word))) return words.map(Number);
  throw new InputError(`"${text}" is no shape`, {
    where: "--shapes",
    fix: "Write extents with x between them and shapes with commas between them: 4096x4096,1024x1024x1024.",
  });
}
