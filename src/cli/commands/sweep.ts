// `warplab sweep OPERATOR` and `warplab sweep --launch FILE`: predictions or launches over ranges, as a table or into a file. The predicting
// is model/'s, the launching gpu/'s, going on after an interruption notebook/sweep's.
import type { Command } from "commander";
import { InputError } from "../../core/errors.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import {
  exampleShape,
  operator as findOperator,
  type Operator,
  type SweepOptions,
  type SweepRow,
  sweepRows,
} from "../../model/index.js";
import { terminalProgress } from "../../notebook/progress.js";
import { type SweepFile, sweepLaunchesToFile, sweepToFile } from "../../notebook/sweep/index.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { describeLaunches, launchSweep, sweepLaunchRows } from "../launch-sweep.js";
import { listOf, mostValues, rangeOf, threadsOf } from "../option-values.js";
import type { Shell } from "../shell.js";
import { formatNumber, formatTable } from "../terminal.js";

interface SweepFlags {
  readonly shape?: readonly string[];
  readonly precision?: string;
  readonly device?: string;
  readonly mode?: string;
  readonly protocol?: string;
  readonly launch?: string;
  readonly vary?: readonly string[];
  readonly workers?: string;
  readonly out?: string;
  readonly hardware?: string;
  readonly json?: true;
}

export function registerSweep(program: Command, shell: Shell): void {
  program
    .command("sweep")
    .summary("predict, or launch, over ranges of parameters")
    .description(
      "Predicts every combination of shapes, precisions and devices, or launches on the virtual GPU for every combination of what varies. " +
        "What cannot be answered is a row with its reason. Launches, and predictions into a file, run on several threads; into a file " +
        "the same command goes on, after an interruption, even a kill, where it was.",
    )
    .argument("[kernel]", "an operator to predict: gemm, attention, ... (warplab predict --help)")
    .option(
      "--shape <ranges>",
      "an extent each, with commas between them: 4096, 1024|4096, 256..8192*2 or 256..1024+256 (may be given again)",
      again,
    )
    .option("--precision <list>", "fp16,bf16,fp8,...")
    .option("--device <list>", "devices by key or alias: h100,a100")
    .option("--mode <list>", "of ideal,realistic,planner (default: realistic)")
    .option("--protocol <name>", "how the planner's time is taken: graph, loop, events, eager or kernel")
    .option("--launch <file>", "instead of an operator: a launch file (warplab launch --help)")
    .option(
      "--vary <field=values>",
      "a field of the launch file by its path, and what it becomes: numbers, words, ranges or JSON (may be given again)",
      again,
    )
    .option("--out <file>", "write a .parquet, .arrow or .csv file instead of a table")
    .option("--workers <number>", "threads for --launch and --out (default: as many as the machine runs)")
    .addOption(hardwareOption())
    .option("--json", "print one JSON document: a list of rows, or with --out what was written")
    .addHelpText(
      "after",
      `
Examples:
  warplab sweep gemm --shape 128..8192*2,4096,4096 --precision fp16,fp8 --device h100
  warplab sweep gemv --shape "1024|4096,256..65536*4" --precision fp16 --device h100,a100 --mode ideal,planner --json
  warplab sweep gemm --shape 16..8192+16,4096,16..8192+16 --precision fp16 --device h100 --out gemm.parquet
  warplab sweep --launch saxpy.json --vary block=32..512*2 --vary policy=stack,independent
  warplab sweep --launch saxpy.json --vary block=[32,1,1],[16,2,1] --vary args.0.u32=50,100 --vary device=h100,a100 --out saxpy.csv`,
    )
    .action(async (kernel: string | undefined, flags: SweepFlags) => {
      const own = await readHardwareFolder(flags.hardware);
      const how = {
        progress: terminalProgress(process.stderr),
        ...(flags.workers !== undefined && { workers: threadsOf(flags.workers) }),
      };
      const write = (done: SweepFile): void => (flags.json ? shell.printJson(done) : shell.print(String(done)));
      if (flags.launch !== undefined) {
        refuseBeside(flags, kernel);
        const asked = await launchSweep(flags.launch, flags.vary ?? [], own);
        if (flags.out !== undefined) write(await sweepLaunchesToFile(asked, flags.out, how));
        else {
          const rows = await sweepLaunchRows(asked, how);
          if (flags.json) shell.printJson(rows);
          else shell.print(describeLaunches(rows, Object.keys(asked.vary), shell));
        }
        return;
      }
      const { known, options } = predictionSweep(kernel, flags, own);
      if (flags.out !== undefined) write(await sweepToFile(options, flags.out, how));
      else {
        const rows = sweepRows({ ...options, progress: how.progress });
        if (flags.json) shell.printJson(rows);
        else shell.print(describe(rows, known, shell));
      }
    });
}

function again(text: string, sofar: readonly string[] = []): readonly string[] {
  return [...sofar, text];
}

const ofPredictions = ["shape", "precision", "device", "mode", "protocol"] as const;

/** Refuses what says nothing of launches. */
function refuseBeside(flags: SweepFlags, kernel: string | undefined): void {
  const beside = ofPredictions.find((name) => flags[name] !== undefined);
  if (kernel === undefined && beside === undefined) return;
  const fix = beside === "device" ? "Write --vary device=h100,a100." : "Leave one of them out.";
  throw new InputError(`${beside === undefined ? `"${kernel}"` : `--${beside}`} is for predictions`, {
    where: "--launch",
    fix,
  });
}

/** What is asked of an operator. Throws InputError for what is missing. */
function predictionSweep(
  kernel: string | undefined,
  flags: SweepFlags,
  own: readonly DeviceSpec[],
): { readonly known: Operator; readonly options: Omit<SweepOptions, "progress"> } {
  if (kernel === undefined) {
    throw new InputError("what is swept?", {
      where: "sweep",
      fix: "Name an operator (warplab sweep gemm ...), or a launch file (--launch saxpy.json --vary block=32,64).",
    });
  }
  if (flags.vary !== undefined) {
    throw new InputError("only a launch has fields", { where: "--vary", fix: "Give --launch FILE, or --shape." });
  }
  const known = findOperator(kernel, "sweep");
  const required = (name: "precision" | "device"): readonly string[] => listOf(flags[name] ?? missing(name, known));
  const shape = flags.shape ?? missing("shape", known);
  return {
    known,
    options: {
      kernel: known.type,
      shapes: shape.flatMap((text) => shapesOf(text, known)),
      precisions: required("precision"),
      devices: required("device").map((name) => findDevice(name, own, "--device")),
      ...(flags.mode !== undefined && { modes: listOf(flags.mode) }),
      ...(flags.protocol !== undefined && { protocol: flags.protocol }),
      missing: "keep",
    },
  };
}

function missing(name: "shape" | "precision" | "device", known: Operator): never {
  const shape = exampleShape(known).join(",");
  throw new InputError("is missing", {
    where: `--${name}`,
    fix: `Write warplab sweep ${known.type} --shape ${shape} --precision fp16 --device h100.`,
  });
}

/** Every shape that a text of ranges asks for, the last extent varying fastest. */
function shapesOf(text: string, known: Operator): number[][] {
  const ranges = text.split(",").map((range) => range.split("|").flatMap((part) => valuesOf(part.trim(), text, known)));
  const { type, dimensions } = known;
  if (ranges.length !== dimensions.length) {
    throw new InputError(`a ${type} has ${dimensions.length} extents, "${text}" has ${ranges.length}`, {
      where: "--shape",
      fix: `Write ${dimensions.map(({ name }) => name).join(",")}: --shape ${exampleShape(known).join(",")}.`,
    });
  }
  const count = ranges.reduce((product, values) => product * values.length, 1);
  if (count > mostValues) {
    throw new InputError(`"${text}" asks for ${count.toLocaleString("en-US")} shapes`, {
      where: "--shape",
      fix: `Ask for ${mostValues.toLocaleString("en-US")} at most.`,
    });
  }
  return ranges.reduce<number[][]>(
    (shapes, values) => shapes.flatMap((shape) => values.map((value) => [...shape, value])),
    [[]],
  );
}

function valuesOf(part: string, text: string, known: Operator): number[] {
  const values = rangeOf(part);
  if (values !== undefined) return values;
  throw new InputError(`"${part}" in "${text}" is no extent and no range`, {
    where: "--shape",
    fix: `Write 4096, 1024|4096, 256..8192*2 or 256..1024+256 for each of ${known.dimensions.map(({ name }) => name).join(",")}.`,
  });
}

function describe(rows: readonly SweepRow[], known: Operator, { paint }: Shell): string {
  const figure = (value: unknown): string => (typeof value === "number" ? formatNumber(value) : "-");
  const cell = (name: string) => (row: SweepRow) => String(row[name] ?? "-");
  const table = formatTable(
    rows,
    [
      { title: "device", cell: cell("device") },
      { title: "shape", cell: cell("shape") },
      { title: "precision", cell: cell("precision") },
      { title: "mode", cell: cell("mode") },
      { title: "us", cell: (row) => figure(row["predicted_time_us"]), align: "right" },
      { title: "TFLOP/s", cell: (row) => figure(row["predicted_tflops"]), align: "right" },
      { title: "bound by", cell: cell("bottleneck") },
      { title: "note", cell: (row) => (row["predicted_time_us"] === null ? String(row["note"]) : "") },
    ],
    paint,
  );
  return `${paint("bold", `${rows.length} predictions of ${known.type}`)}\n\n${table}`;
}
