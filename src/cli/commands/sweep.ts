// `warplab sweep OPERATOR`: predictions over ranges of shapes, precisions and devices, as a table or into a file. The predicting is
// model/'s, going on after an interruption notebook/sweep-file's.
import type { Command } from "commander";
import { InputError } from "../../core/errors.js";
import { device as findDevice } from "../../hardware/index.js";
import { exampleShape, operator as findOperator, type Operator, type SweepRow, sweepRows } from "../../model/index.js";
import { terminalProgress } from "../../notebook/progress.js";
import { sweepToFile } from "../../notebook/sweep/index.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import type { Shell } from "../shell.js";
import { formatNumber, formatTable } from "../terminal.js";

interface SweepFlags {
  readonly shape: readonly string[];
  readonly precision: string;
  readonly device: string;
  readonly mode?: string;
  readonly protocol?: string;
  readonly workers?: string;
  readonly out?: string;
  readonly hardware?: string;
  readonly json?: true;
}

/** Shapes of one option at most: beyond it the list of them would not fit into memory. */
const mostShapes = 20_000_000;

export function registerSweep(program: Command, shell: Shell): void {
  program
    .command("sweep")
    .summary("predict over ranges of shapes, precisions and devices")
    .description(
      "Predicts every combination. What cannot be predicted is a row with its reason. Into a file it runs on several threads, and " +
        "after an interruption, even a kill, the same command goes on where it was.",
    )
    .argument("<kernel>", "an operator: gemm, attention, ... (warplab predict --help)")
    .requiredOption(
      "--shape <ranges>",
      "an extent each, with commas between them: 4096, 1024|4096, 256..8192*2 or 256..1024+256 (may be given again)",
      (text, sofar: string[] = []) => [...sofar, text],
    )
    .requiredOption("--precision <list>", "fp16,bf16,fp8,...")
    .requiredOption("--device <list>", "devices by key or alias: h100,a100")
    .option("--mode <list>", "of ideal,realistic,planner (default: realistic)")
    .option("--protocol <name>", "how the planner's time is taken: graph, loop, events, eager or kernel")
    .option("--out <file>", "write a .parquet, .arrow or .csv file instead of a table")
    .option("--workers <number>", "threads for --out (default: as many as the machine runs)")
    .addOption(hardwareOption())
    .option("--json", "print one JSON document: a list of rows, or with --out what was written")
    .addHelpText(
      "after",
      `
Examples:
  warplab sweep gemm --shape 128..8192*2,4096,4096 --precision fp16,fp8 --device h100
  warplab sweep gemv --shape "1024|4096,256..65536*4" --precision fp16 --device h100,a100 --mode ideal,planner --json
  warplab sweep gemm --shape 16..8192+16,4096,16..8192+16 --precision fp16 --device h100 --out gemm.parquet`,
    )
    .action(async (kernel: string, flags: SweepFlags) => {
      const known = findOperator(kernel, "sweep");
      const own = await readHardwareFolder(flags.hardware);
      const options = {
        kernel: known.type,
        shapes: flags.shape.flatMap((text) => shapesOf(text, known)),
        precisions: listOf(flags.precision),
        devices: listOf(flags.device).map((name) => findDevice(name, own, "--device")),
        ...(flags.mode !== undefined && { modes: listOf(flags.mode) }),
        ...(flags.protocol !== undefined && { protocol: flags.protocol }),
        missing: "keep" as const,
      };
      const progress = terminalProgress(process.stderr);
      if (flags.out === undefined) {
        const rows = sweepRows({ ...options, progress });
        if (flags.json) shell.printJson(rows);
        else shell.print(describe(rows, known, shell));
        return;
      }
      const done = await sweepToFile(options, flags.out, {
        progress,
        ...(flags.workers !== undefined && { workers: readWorkers(flags.workers) }),
      });
      if (flags.json) shell.printJson(done);
      else shell.print(String(done));
    });
}

function listOf(text: string): string[] {
  return text.split(",").map((word) => word.trim());
}

function readWorkers(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InputError(`"${text}" is no number of threads`, {
    where: "--workers",
    fix: "Write a whole number of at least 1.",
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
  if (count > mostShapes) {
    throw new InputError(`"${text}" asks for ${count.toLocaleString("en-US")} shapes`, {
      where: "--shape",
      fix: `Ask for ${mostShapes.toLocaleString("en-US")} at most.`,
    });
  }
  return ranges.reduce<number[][]>(
    (shapes, values) => shapes.flatMap((shape) => values.map((value) => [...shape, value])),
    [[]],
  );
}

function valuesOf(part: string, text: string, known: Operator): number[] {
  if (/^\d{1,15}$/.test(part)) return [Number(part)];
  const range = /^(\d{1,15})\.\.(\d{1,15})([*+])(\d{1,15})$/.exec(part);
  const [from, to, step] = [range?.[1], range?.[2], range?.[4]].map(Number);
  const isTimes = range?.[3] === "*";
  if (range === null || to < from || (isTimes ? step < 2 || from === 0 : step < 1)) {
    throw new InputError(`"${part}" in "${text}" is no extent and no range`, {
      where: "--shape",
      fix: `Write 4096, 1024|4096, 256..8192*2 or 256..1024+256 for each of ${known.dimensions.map(({ name }) => name).join(",")}.`,
    });
  }
  const values: number[] = [];
  for (let value = from; value <= to && values.length <= mostShapes; value = isTimes ? value * step : value + step)
    values.push(value);
  return values;
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
