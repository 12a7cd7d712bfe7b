// `warplab launch LAUNCH.json`: runs one kernel that a file describes. The form of the file is gpu/host/launch-file/fields.ts's.
import type { Command } from "commander";
import { dtypes } from "../../core/dtype.js";
import { decodeElements } from "../../core/elements.js";
import { parseJson } from "../../core/json.js";
import { type LaunchFileResult, type OccupancyJson, runLaunchFile } from "../../gpu/host/launch-file/run.js";
import { terminalProgress } from "../../notebook/progress.js";
import { readerBeside } from "../beside.js";
import { exitStatus } from "../exit.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { inFile, readTextFile, type Shell } from "../shell.js";
import { formatTable } from "../terminal.js";

export function registerLaunch(program: Command, shell: Shell): void {
  program
    .command("launch")
    .summary("run a PTX kernel that a JSON file describes")
    .description(
      "Runs a PTX kernel on the virtual GPU as a JSON file describes it, and answers with its outputs, counters and " +
        "findings. Paths in the file are relative to it. The exit status is 1 when there are findings: a fault, or what the sanitizer sees.",
    )
    .argument("<file>", "the launch: { ptx, kernel, grid, block, args, outputs, ... }")
    .addOption(hardwareOption())
    .option("--json", "print one JSON document: outputs, counters, findings")
    .addHelpText(
      "after",
      `
A launch file:
  {
    "ptx": "saxpy.ptx", "kernel": "saxpy", "grid": [1, 1, 1], "block": [128, 1, 1], "device": "a100",
    "args": [
      { "i32": 100 }, { "f32": 2 },
      { "ptr": { "dtype": "f32", "count": 100, "fill": 1 } },
      { "ptr": { "dtype": "f32", "data": [1, 2, "NaN", 4] } }
    ],
    "outputs": [3]
  }

The device is an A100 where none is named; "args", "outputs" and "shared" (bytes of dynamic shared memory) may be left out.

An argument is a scalar of one of i8 u8 i16 u16 i32 u32 i64 u64 f16 bf16 f32 f64, {"bytes": base64} for a struct, a
"ptr" (dtype with data, base64, or count and fill), or {"ref": index} of an earlier ptr; "offset" beside ptr or ref moves
it by bytes. Integers of 64 bits are numbers or text; "NaN", "Infinity" and "-Infinity" are text; base64 is little-endian.

What a launch file may have besides:
  "policy"                "stack", "lowest-pc" or "independent": how lanes of a warp that parted come together
  "scheduler"             "default", "round-robin", "greedy-then-oldest" or "random", with "seed"
  "cooperative"           true: all blocks are on the SMs at a time, and may wait for each other
  "sanitize"              true: look for data races, reads of memory that nothing has written, and barriers to which
                          the threads of a block come in different places
  "max_steps"             the warp instructions after which the launch is stopped
  "stack_bytes"           of a thread, for local arrays and calls
  "heap_bytes"            for malloc in kernels
  "registers_per_thread"  what ptxas -v prints, for the occupancy, which is an estimate without
  "counters"              false: leave them out
  "engine"                "interpreter", the only one

Examples:
  warplab launch saxpy.json
  warplab launch saxpy.json --json | jq .counters`,
    )
    .action(async (file: string, flags: { hardware?: string; json?: true }) => {
      const devices = await readHardwareFolder(flags.hardware);
      const progress = terminalProgress(process.stderr);
      const description = parseJson(await readTextFile(file, "launch file"), file);
      const result = inFile(file, () =>
        runLaunchFile(description, { readFile: readerBeside(file), devices, progress }),
      );
      process.stderr.write(result.printed ?? "");
      if (flags.json) shell.printJson(result);
      else shell.print(describe(result, shell));
      if (result.findings.length > 0) shell.status = exitStatus.checkFailed;
    });
}

function describe({ outputs, counters, occupancy, findings }: LaunchFileResult, { paint }: Shell): string {
  const headline =
    findings.length === 0
      ? paint("green", "The launch ran to its end.")
      : paint("red", findings.length === 1 ? "One finding:" : `${findings.length} findings:`);
  const parts = [headline, ...findings.map(({ kind, message }) => `${paint("red", kind)}  ${message}`)];
  const arrays = Object.entries(outputs);
  if (arrays.length > 0) {
    parts.push(
      formatTable(
        arrays,
        [
          { title: "output", cell: ([index]) => `args[${index}]` },
          { title: "dtype", cell: ([, { dtype }]) => dtype },
          { title: "begins with", cell: ([, output]) => firstValues(output) },
        ],
        paint,
      ),
    );
  }
  if (counters !== undefined) {
    parts.push(
      formatTable(
        Object.entries(counters),
        [
          { title: "counter", cell: ([name]) => name.replaceAll("_", " ") },
          { title: "count", cell: ([, count]) => String(count), align: "right" },
        ],
        paint,
      ),
    );
  }
  if (occupancy !== undefined) parts.push(describeOccupancy(occupancy));
  return parts.join("\n\n");
}

function describeOccupancy(found: OccupancyJson): string {
  const source = found.registers_from;
  const from = source === "estimate" ? "an estimate" : source === "stated" ? "as stated" : `by ${source}`;
  return (
    `${Number((100 * found.occupancy).toFixed(1))} % occupancy in theory: ${found.active_warps_per_sm} of ${found.max_warps_per_sm} warps ` +
    `on an SM, limited by ${found.limiter}\n` +
    `${found.registers_per_thread} registers a thread (${from}), ` +
    `${found.shared_bytes_per_block} bytes of shared memory a block`
  );
}

function firstValues({ dtype, base64 }: LaunchFileResult["outputs"][string], most = 8): string {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  const values = decodeElements(dtypes[dtype], bytes);
  const shown = Array.from(values.subarray(0, most) as Iterable<number | bigint>, String).join(" ");
  return values.length > most ? `${shown} … (${values.length})` : shown;
}
