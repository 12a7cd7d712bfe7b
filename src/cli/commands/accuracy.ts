// `warplab accuracy`: holds the model against tables of measured latencies.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { InputError } from "../../core/errors.js";
import { type AccuracyGroup, type AccuracyReport, accuracy } from "../../model/index.js";
import { terminalProgress } from "../../notebook/progress.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { explainFileError, readTextFile, type Shell } from "../shell.js";
import { type Column, formatTable } from "../terminal.js";

export function registerAccuracy(program: Command, shell: Shell): void {
  program
    .command("accuracy")
    .summary("hold the model against tables of measured latencies")
    .description(
      "Predicts every row of every .csv of a folder and prints how far off it was: the unweighted mean and median of " +
        "|predicted - measured| / measured by file, GPU, operator and dtype, the ideal roofline beside the realistic model.",
    )
    .argument(
      "<folder>",
      "tables with the columns gpu, op, M, N, K (B), dtype, measured_us, and protocol where it is known",
    )
    .addOption(hardwareOption())
    .option("--json", "print one JSON document: groups, skipped, summary")
    .addHelpText(
      "after",
      `
A row that cannot be predicted is counted by its reason. protocol says how a time was taken: graph (from a CUDA graph, and what
is assumed), loop, events, eager or kernel; for tables of aiconfigurator, Vidur, NeuSight and DeepBench the column source says it,
and where it is missing too, words of op and dtype that only one of them uses.

Examples:
  warplab accuracy measurements
  warplab accuracy measurements --hardware my-devices --json | jq .summary`,
    )
    .action(async (folder: string, flags: { readonly hardware?: string; readonly json?: true }) => {
      const devices = await readHardwareFolder(flags.hardware);
      const names = await readdir(folder).catch((error) => {
        throw explainFileError(error, folder, "folder of tables");
      });
      const files = names.filter((name) => name.endsWith(".csv")).sort();
      if (files.length === 0) {
        throw new InputError("there is no .csv file in it", {
          where: folder,
          fix: "Give a folder of tables of latencies.",
        });
      }
      const tables = await Promise.all(
        files.map(async (name) => ({ name, text: await readTextFile(join(folder, name), "table of latencies") })),
      );
      const report = accuracy(tables, { devices, progress: terminalProgress(process.stderr) });
      if (flags.json) shell.printJson(report);
      else shell.print(describe(report, shell));
    });
}

function describe(report: AccuracyReport, { paint }: Shell): string {
  const percent = (value: number) => value.toFixed(1);
  const columns: readonly Column<AccuracyGroup>[] = [
    { title: "table", cell: ({ file }) => file },
    { title: "gpu", cell: ({ gpu }) => gpu },
    { title: "op", cell: ({ op }) => op },
    { title: "dtype", cell: ({ dtype }) => dtype },
    { title: "rows", cell: ({ rows }) => String(rows), align: "right" },
    { title: "mean %", cell: (row) => percent(row.mean_error_pct), align: "right" },
    { title: "median %", cell: (row) => percent(row.median_error_pct), align: "right" },
    { title: "in interval %", cell: (row) => percent(row.in_interval_pct), align: "right" },
    { title: "ideal mean %", cell: (row) => percent(row.ideal_mean_error_pct), align: "right" },
    { title: "ideal median %", cell: (row) => percent(row.ideal_median_error_pct), align: "right" },
  ];
  const parts = [String(report)];
  if (report.groups.length > 0) parts.push(formatTable(report.groups, columns, paint));
  if (report.skipped.length > 0) {
    const skipped = formatTable(
      report.skipped,
      [
        { title: "not predicted", cell: ({ file }) => file },
        { title: "rows", cell: ({ rows }) => String(rows), align: "right" },
        { title: "why", cell: ({ reason }) => reason },
      ],
      paint,
    );
    parts.push(skipped);
  }
  for (const { file, source, rows } of report.supposed) {
    parts.push(
      `${file}: ${rows} rows without a column "source" or "protocol" are taken to be timed as ${source}'s, by their words.`,
    );
  }
  return parts.join("\n\n");
}
