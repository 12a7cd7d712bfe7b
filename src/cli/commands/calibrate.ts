// `warplab calibrate`: a device's file with what it sustains, from two measurements. The shares are found in model/.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromCSV, escape as withOutside } from "arquero";
import type { Command } from "commander";
import { InputError } from "../../core/errors.js";
import { type DeviceSpec, deviceFile, device as findDevice, spellings } from "../../hardware/index.js";
import {
  type AccuracyReport,
  accuracy,
  type Calibration,
  type CalibrationMeasurement,
  calibrate,
  calibratedFile,
  type LatencyTable,
} from "../../model/index.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { explainFileError, readTextFile, type Shell } from "../shell.js";
import { formatTable } from "../terminal.js";

interface CalibrateFlags {
  readonly gemv: string;
  readonly gemm: string;
  readonly precision: string;
  readonly protocol: string;
  readonly out?: string;
  readonly against?: string;
  readonly hardware?: string;
  readonly json?: true;
}

export function registerCalibrate(program: Command, shell: Shell): void {
  program
    .command("calibrate")
    .summary("find from two measurements what a device sustains")
    .description(
      "Finds the shares of a device's bandwidth and peak that explain one measured gemv and one measured large gemm, and writes " +
        "a device file that has them.",
    )
    .argument("<device>", "a device by key, name or alias")
    .requiredOption("--gemv <N,K=us>", "a matrix several times the size of L2: 32768,16384=412")
    .requiredOption("--gemm <M,N,K=us>", "large in every extent, about a millisecond: 8192,8192,8192=1610")
    .requiredOption("--precision <name>", "of both: fp16, bf16, fp32, ...")
    .option("--protocol <how>", "how both were timed: graph, loop, events or eager", "graph")
    .option("--out <file>", "write the device's file with the shares; a folder of such files is what --hardware takes")
    .option(
      "--against <folder>",
      "tables of latencies (as warplab accuracy reads them): the device's error before and after",
    )
    .addOption(hardwareOption())
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  warplab calibrate h100 --gemv 32768,16384=412 --gemm 8192,8192,8192=1610 --precision fp16 --out mine/h100-sxm.json
  warplab predict gemm --shape 1024,4096,4096 --precision fp16 --device h100 --hardware mine`,
    )
    .action(async (name: string, flags: CalibrateFlags) => {
      const own = await readHardwareFolder(flags.hardware);
      const before = findDevice(name, own);
      const found = calibrate(before, {
        gemv: readTimed(flags.gemv, "--gemv", flags),
        gemm: readTimed(flags.gemm, "--gemm", flags),
      });
      const errors = flags.against === undefined ? undefined : await errorsOver(flags.against, before, found.device);
      if (flags.out !== undefined) await writeDevice(flags.out, before, found);
      const { dram_share, math_share, precision, supposed, sources } = found;
      const answer = { device: before.key, precision, dram_share, math_share, supposed, sources };
      if (flags.json) shell.printJson(errors === undefined ? answer : { ...answer, errors });
      else shell.print(describe(found, errors, flags.out, shell));
    });
}

function readTimed(text: string, flag: string, { precision, protocol }: CalibrateFlags): CalibrationMeasurement {
  const [extents, time, ...rest] = text.split("=");
  if (time === undefined || rest.length > 0 || !(Number(time) > 0)) {
    throw new InputError(`a measurement is extents, "=" and microseconds, got ${JSON.stringify(text)}`, {
      where: flag,
      fix: flag === "--gemv" ? "Write --gemv 32768,16384=412." : "Write --gemm 8192,8192,8192=1610.",
    });
  }
  return { shape: extents.split(",").map(Number), precision, measured_time_us: Number(time), protocol };
}

/** Mean errors of one group of rows, in percent. */
interface BeforeAndAfter {
  readonly file: string;
  readonly op: string;
  readonly dtype: string;
  readonly rows: number;
  readonly before_pct: number;
  readonly after_pct: number;
}

async function errorsOver(folder: string, before: DeviceSpec, after: DeviceSpec): Promise<BeforeAndAfter[]> {
  const names = await readdir(folder).catch((error) => {
    throw explainFileError(error, folder, "folder of tables");
  });
  const known = new Set(spellings(before).map((spelling) => spelling.toLowerCase()));
  const tables: LatencyTable[] = [];
  for (const name of names.filter((file) => file.endsWith(".csv")).sort()) {
    const rows = rowsOf(await readTextFile(join(folder, name), "table of latencies"), known);
    if (rows !== undefined) tables.push({ name, text: rows });
  }
  if (tables.length === 0) {
    throw new InputError(`no row of a .csv file in it is of ${before.name}`, {
      where: folder,
      fix: `Its column gpu has one of the device's names: ${spellings(before).join(", ")}.`,
    });
  }
  const errorsOn = (device: DeviceSpec): AccuracyReport => accuracy(tables, { devices: [device] });
  const [first, second] = [errorsOn(before), errorsOn(after)];
  return first.groups.map(({ file, op, dtype, rows, mean_error_pct }, index) => ({
    file,
    op,
    dtype,
    rows,
    before_pct: mean_error_pct,
    after_pct: second.groups[index].mean_error_pct,
  }));
}

/** The rows of a GPU of these names; undefined where the table has none. */
function rowsOf(text: string, names: ReadonlySet<string>): string | undefined {
  const table = fromCSV(text, { autoType: false });
  if (!table.columnNames().includes("gpu")) return undefined;
  const kept = table.filter(
    withOutside((row: { readonly gpu: string | null }) => names.has((row.gpu ?? "").toLowerCase())),
  );
  return kept.numRows() === 0 ? undefined : kept.toCSV();
}

async function writeDevice(path: string, spec: DeviceSpec, found: Calibration): Promise<void> {
  const text = `${JSON.stringify(calibratedFile(deviceFile(spec), found), null, 2)}\n`;
  await writeFile(path, text).catch((error) => {
    throw explainFileError(error, path, "device file");
  });
}

function describe(
  { device, dram_share, math_share, precision, supposed, sources }: Calibration,
  errors: readonly BeforeAndAfter[] | undefined,
  out: string | undefined,
  { paint }: Shell,
): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const shares = formatTable(
    [
      { of: "DRAM bandwidth", supposed: supposed.dram_share, found: dram_share, source: sources.dram_share },
      { of: `${precision} peak`, supposed: supposed.math_share, found: math_share, source: sources.math_share },
    ],
    [
      { title: "share of", cell: ({ of }) => of },
      { title: "supposed", cell: (row) => percent(row.supposed), align: "right" },
      { title: "sustained", cell: (row) => percent(row.found), align: "right" },
      { title: "from", cell: ({ source }) => source, style: () => "dim" },
    ],
    paint,
  );
  const parts = [`${paint("bold", device.name)} (${device.key})`, shares];
  if (errors !== undefined) {
    parts.push(
      formatTable(
        errors,
        [
          { title: "table", cell: ({ file }) => file },
          { title: "op", cell: ({ op }) => op },
          { title: "dtype", cell: ({ dtype }) => dtype },
          { title: "rows", cell: ({ rows }) => String(rows), align: "right" },
          { title: "mean % before", cell: ({ before_pct }) => before_pct.toFixed(1), align: "right" },
          { title: "after", cell: ({ after_pct }) => after_pct.toFixed(1), align: "right" },
        ],
        paint,
      ),
    );
  }
  if (out !== undefined) parts.push(`Written to ${out}. A folder of such files is what --hardware takes.`);
  return parts.join("\n\n");
}
