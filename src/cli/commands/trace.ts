// `warplab trace FILE`: what a recorded or simulated trace says, in words, as tables, rows of letters, folded stacks or a Chrome trace. The
// reading and the analyses are trace/'s; what the words are is trace-report.ts's.
import type { ColumnTable } from "arquero";
import { type Command, Option } from "commander";
import { InputError } from "../../core/errors.js";
import { openTrace } from "../../notebook/open-trace.js";
import { terminalProgress } from "../../notebook/progress.js";
import { tracerGuide, writeTracers } from "../../notebook/tracer-files.js";
import { analyse } from "../../trace/analysis/index.js";
import { timelineToChrome } from "../../trace/chrome/index.js";
import { driverTraceSchema } from "../../trace/index.js";
import { asciiTimeline, foldedStacks } from "../../trace/text/index.js";
import type { Timeline } from "../../trace/timeline/index.js";
import { traceComparison } from "../../view/trace/comparison.js";
import { type TraceTableName, traceTableNames, traceTables } from "../../view/trace/tables.js";
import { activityPaint } from "../activity-colours.js";
import { nanosecondsOf, wholeOf } from "../option-values.js";
import { explainFileError, type Shell } from "../shell.js";
import { speedUpsOf } from "../speed-ups.js";
import { alignedLines, csvLines } from "../table-lines.js";
import { traceDocument } from "../trace-document.js";
import { describeTrace, noteLines } from "../trace-report.js";
import { refuseOverInput, writeWhole } from "../whole-file.js";

interface TraceFlags {
  readonly format: "summary" | "ascii" | "folded" | "table";
  readonly table?: TraceTableName;
  readonly csv?: true;
  readonly by?: "thread" | "process" | "launch";
  readonly top?: string;
  readonly width?: string;
  readonly from?: string;
  readonly to?: string;
  readonly whatIf?: readonly string[];
  readonly against?: string;
  readonly chrome?: string;
  readonly json?: true;
  readonly record?: string | true;
  readonly schema?: true;
}

export function registerTrace(program: Command, shell: Shell): void {
  program
    .command("trace")
    .summary("say where the time of a recorded or simulated run goes")
    .description(
      "Reads a trace of driver calls as JSON lines, of the PyTorch profiler, of Nsight Systems (the exported sqlite file) or any Chrome " +
        "trace, .gz too, and says what limits, what takes the time, what was copied and allocated, and why the device was idle. What could " +
        "not be read is counted and named.",
    )
    .argument("[file]", "a trace, or - for standard input")
    .addOption(
      new Option("--format <name>", "what is printed")
        .choices(["summary", "ascii", "folded", "table"])
        .default("summary"),
    )
    .addOption(new Option("--table <name>", "which table (default: events)").choices(traceTableNames))
    .option("--csv", "of a table: commas between the cells, every cell whole")
    .addOption(
      new Option(
        "--by <name>",
        "ascii: a row each thread or process; folded: launch puts the device's work below what launched it",
      ).choices(["thread", "process", "launch"]),
    )
    .option("--top <number>", "rows of each list at most (default: 10 of a summary, 24 of ascii, all of a table)")
    .option("--width <number>", "characters of a line (default: the terminal's, else 100)")
    .option("--from <time>", "ascii: the part that begins here, as 1.5ms")
    .option("--to <time>", "ascii: and ends here")
    .option(
      "--what-if <part=times>",
      "say what the run would take if copies, kernels, kernels:NAME, launches or host were so many times as fast (may be given again)",
      (text, sofar: string[] = []) => [...sofar, text],
    )
    .option("--against <file>", "another trace: what takes longer in that one, by name")
    .option("--chrome <file>", "write a Chrome trace, for https://ui.perfetto.dev")
    .option("--json", "print one JSON document with all analyses")
    .option(
      "--record [folder]",
      `write the tracers for a machine with a GPU (default: ${tracerFolder}), and say how to record`,
    )
    .option("--schema", "print the JSON Schema of driver calls as JSON lines")
    .addHelpText(
      "after",
      `
Examples:
  warplab trace run.jsonl
  warplab trace profile.json.gz --format ascii --width 160
  warplab trace report.sqlite --chrome report.json
  warplab trace run.jsonl --format folded --by launch > stacks.txt
  warplab trace run.jsonl --table kernels --csv > kernels.csv
  warplab trace run.jsonl --what-if copies=2 --what-if "kernels:*gemm*=1.5"
  warplab trace before.jsonl --against after.jsonl
  warplab trace --record
  warplab trace run.jsonl --json | jq .metrics.kernel_time_ms`,
    )
    .action(async (file: string | undefined, flags: TraceFlags, command: Command) => {
      if (flags.record !== undefined || flags.schema) {
        if (file !== undefined) {
          throw new InputError("a trace is not read at the same time", {
            where: file,
            fix: "Leave it out, or the option.",
          });
        }
        if (flags.schema) shell.printJson(driverTraceSchema);
        else writeTracersTo(flags.record === true ? tracerFolder : (flags.record as string), flags, shell);
        return;
      }
      if (file === undefined) {
        throw new InputError("no trace is named", {
          where: "trace",
          fix: "Give a file, or - for standard input; --record says how one is recorded.",
        });
      }
      const output = outputOf(flags, command);
      const chosen = flags.top === undefined ? undefined : wholeOf(flags.top, "--top");
      for (const input of [file, flags.against]) {
        if (flags.chrome !== undefined && input !== undefined) refuseOverInput(flags.chrome, input, "--chrome");
      }
      const speedUps = flags.whatIf === undefined ? undefined : speedUpsOf(flags.whatIf);
      const progress = terminalProgress(process.stderr);
      const timeline = await openTrace(file, { progress });
      if (flags.chrome !== undefined) writeChrome(timeline, flags.chrome, shell);
      const analysis = analyse(timeline);
      if (flags.against !== undefined) {
        const other = analyse(await openTrace(flags.against, { progress }));
        sayNotes(timeline, shell);
        sayNotes(other.timeline, shell);
        const table = traceComparison(analysis, other);
        if (output === "comparison") printTable(shell, table, flags, chosen ?? 30);
        else shell.printJson({ a: timeline.source.name, b: other.timeline.source.name, rows: table.objects() });
        return;
      }
      const whatIf = speedUps === undefined ? undefined : analysis.whatIf(speedUps);
      if (output === "document") shell.printJson(traceDocument(analysis, whatIf));
      else if (output === "summary") shell.print(describeTrace(analysis, shell.paint, { top: chosen ?? 10, whatIf }));
      else {
        sayNotes(timeline, shell);
        if (output === "table") printTable(shell, traceTables(analysis)[flags.table ?? "events"], flags, chosen);
        else if (output === "ascii") shell.print(drawing(timeline, flags, chosen, shell));
        else printLines(shell, foldedStacks(timeline, { time: flags.by === "launch" ? "launched" : "own" }));
      }
    });
}

/** What could not be read, where what is printed does not say it. */
function sayNotes(timeline: Timeline, shell: Shell): void {
  for (const note of noteLines(timeline)) shell.say(`${timeline.source.name}: not read: ${note}`);
}

/** Where the tracers go unless somebody says. */
const tracerFolder = "tracer";

/** What is printed of a trace, and the options that say how; another one is refused, since leaving it out would be silent. */
const outputs = {
  document: { options: ["whatIf"], words: "--json prints one document, and no text or table" },
  "compared document": { options: [], words: "--json prints one document, and no text or table" },
  comparison: { options: ["top", "csv"], words: "--against prints one table" },
  summary: { options: ["format", "top", "whatIf"], words: "this is not for a summary" },
  ascii: { options: ["format", "by", "top", "width", "from", "to"], words: "this is not for --format ascii" },
  folded: { options: ["format", "by"], words: "this is not for --format folded" },
  table: { options: ["format", "table", "top", "csv"], words: "this is not for a table" },
} as const;
type Output = keyof typeof outputs;
const optionsOfOutputs = ["format", "table", "csv", "by", "top", "width", "from", "to", "whatIf"] as const;

/** What the options ask for. Throws InputError for one that has no say in it. */
function outputOf(flags: TraceFlags, command: Command): Output {
  const { json, against, format, table, by } = flags;
  let output: Output = table === undefined ? format : "table";
  if (against !== undefined) output = json ? "compared document" : "comparison";
  else if (json) output = "document";
  const { options, words } = outputs[output];
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === "cli";
  const other =
    optionsOfOutputs.find((name) => isGiven(name) && !(options as readonly string[]).includes(name)) ??
    (output === "table" && isGiven("format") && format !== "table" ? "format" : undefined) ??
    ((output === "folded" && by === "process") || (output === "ascii" && by === "launch") ? "by" : undefined);
  if (other === undefined) return output;
  throw new InputError(words, {
    where: other === "whatIf" ? "--what-if" : `--${other}`,
    fix: "Leave one of them out.",
  });
}

function writeTracersTo(folder: string, { json }: TraceFlags, shell: Shell): void {
  const files = writeTracers(folder);
  if (json) {
    shell.printJson({ folder, files });
    return;
  }
  shell.say(`Wrote ${files.length} files into ${folder}`);
  shell.print(tracerGuide(folder).trimEnd());
}

function drawing(
  timeline: Timeline,
  { by, width, from, to }: TraceFlags,
  rows: number | undefined,
  shell: Shell,
): string {
  return asciiTimeline(timeline, {
    by: by === "process" ? "process" : "track",
    width: width === undefined ? (process.stdout.columns ?? 100) : wholeOf(width, "--width"),
    ...(rows !== undefined && { rows }),
    ...(from !== undefined && { from: nanosecondsOf(from, "--from") }),
    ...(to !== undefined && { to: nanosecondsOf(to, "--to") }),
    paint: activityPaint(shell.paint),
  });
}

function writeChrome(timeline: Timeline, path: string, shell: Shell): void {
  try {
    writeWhole(path, timelineToChrome(timeline));
  } catch (error) {
    throw explainFileError(error, path, "trace");
  }
  shell.say(`Wrote ${path}; https://ui.perfetto.dev opens it`);
}

function printTable(shell: Shell, table: ColumnTable, { csv }: TraceFlags, top: number | undefined): void {
  const shown = top === undefined ? table : table.slice(0, top);
  printLines(shell, csv ? csvLines(shown) : alignedLines(shown, shell.paint));
}

/** Lines that are too many for one text. */
function printLines(shell: Shell, lines: Iterable<string>): void {
  let some: string[] = [];
  for (const line of lines) {
    some.push(line);
    if (some.length < 10_000) continue;
    shell.print(some.join("\n"));
    some = [];
  }
  if (some.length > 0) shell.print(some.join("\n"));
}
