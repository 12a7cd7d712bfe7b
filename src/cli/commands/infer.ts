// `warplab infer MODEL`: a model run as the driver calls of a program on a virtual GPU. The running is inference/'s.
import type { Command } from "commander";
import { InputError } from "../../core/errors.js";
import { device as findDevice } from "../../hardware/index.js";
import { type InferenceRun, infer, readWorkload, workloads } from "../../inference/index.js";
import { terminalProgress } from "../../notebook/progress.js";
import { timelineToChrome } from "../../trace/chrome/index.js";
import { tracePieces } from "../../trace/index.js";
import { timelineOfCalls } from "../../trace/read/index.js";
import { exitStatus } from "../exit.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { describeInference } from "../inference-report.js";
import { wholeOf } from "../option-values.js";
import { explainFileError, type Shell } from "../shell.js";
import { refuseSameFile, writeWhole } from "../whole-file.js";

interface InferFlags {
  readonly device?: string;
  readonly precision?: string;
  readonly batch?: string;
  readonly iterations?: string;
  readonly tokens?: string;
  readonly prompt?: string;
  readonly seed?: string;
  readonly jsonl?: string;
  readonly chrome?: string;
  readonly hardware?: string;
  readonly json?: true;
}

const counts = ["batch", "iterations", "tokens", "prompt", "seed"] as const;

export function registerInfer(program: Command, shell: Shell): void {
  program
    .command("infer")
    .summary("run a model as driver calls on a virtual GPU")
    .description(
      "Runs a model from cuInit to the last cuMemFree: six stages, every allocation, copy, launch and wait of them, launches lasting as " +
        "long as the planner predicts. The MLP's first iteration is also computed by kernels and held against plain arithmetic; the " +
        "exit status is 1 when they disagree.",
    )
    .argument(
      "<model>",
      `${workloads.join(" or ")}: the MLP of widths 512, 1024, 512, 256, or GPT-2 small that generates tokens`,
    )
    .option("--device <name>", "a device by key, name or alias (warplab devices)")
    .option("--tokens <count>", "of gpt2: tokens that each sequence gets (default: 20)")
    .option("--prompt <count>", "of gpt2: tokens that each sequence begins with (default: 16)")
    .option("--batch <count>", "samples or sequences at a time (default: 32 of mlp, 1 of gpt2)")
    .option("--iterations <count>", "how often it is done (default: 10 of mlp, 1 of gpt2)")
    .option("--precision <name>", "of arithmetic and storage (default: FP16)")
    .option("--seed <number>", "of mlp: of its weights and inputs (default: 0)")
    .option("--jsonl <file>", "write every driver call, a JSON object a line")
    .option("--chrome <file>", "write a Chrome trace, for https://ui.perfetto.dev")
    .addOption(hardwareOption())
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  warplab infer mlp --device h100
  warplab infer gpt2 --device a100 --tokens 20 --jsonl gpt2.jsonl
  warplab infer gpt2 --device a100 --chrome gpt2.json
  jq -r .name gpt2.jsonl | sort | uniq -c | sort -rn
  warplab infer gpt2 --device l4 --batch 8 --precision bf16 --json | jq .tokens_per_s`,
    )
    .action(async (name: string, flags: InferFlags) => {
      if (flags.jsonl !== undefined && flags.chrome !== undefined) {
        refuseSameFile(flags.jsonl, flags.chrome, "--chrome");
      }
      // What is wrong with the model is said first: it is what one writes first.
      const workload = readWorkload(name);
      if (flags.device === undefined) {
        throw new InputError("no device is named", {
          where: "--device",
          fix: `Write warplab infer ${workload} --device h100; warplab devices lists all.`,
        });
      }
      const run = infer(workload, {
        device: findDevice(flags.device, await readHardwareFolder(flags.hardware)),
        ...(flags.precision === undefined ? {} : { precision: flags.precision }),
        ...Object.fromEntries(
          counts.flatMap((option) => {
            const text = flags[option];
            return text === undefined ? [] : [[option, wholeOf(text, `--${option}`)]];
          }),
        ),
        progress: terminalProgress(process.stderr),
      });
      const { header, calls } = run.trace;
      if (flags.jsonl !== undefined) {
        write(flags.jsonl, tracePieces(header, calls));
        shell.say(`Wrote ${flags.jsonl}`);
      }
      if (flags.chrome !== undefined) {
        write(flags.chrome, timelineToChrome(timelineOfCalls(header, calls, `${run.model} on ${run.device}`)));
        shell.say(`Wrote ${flags.chrome}; https://ui.perfetto.dev opens it`);
      }
      if (flags.json) shell.printJson(run);
      else shell.print(describeInference(run, shell.paint));
      if (disagrees(run)) shell.status = exitStatus.checkFailed;
    });
}

function disagrees({ computed }: InferenceRun): boolean {
  return "agrees" in computed && !computed.agrees;
}

function write(path: string, pieces: Iterable<string>): void {
  try {
    writeWhole(path, pieces);
  } catch (error) {
    throw explainFileError(error, path, "trace");
  }
}
