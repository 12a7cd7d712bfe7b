// `warplab validate`: holds predictions against the times that a benchmark file says were measured.
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Command } from "commander";
import { InputError } from "../../core/errors.js";
import { parseJson } from "../../core/json.js";
import { device as findDevice } from "../../hardware/index.js";
import {
  type AcceptanceCheck,
  acceptanceOf,
  describeCheck,
  describeMode,
  describeShape,
  describeSkipped,
  errorOf,
  modeSummary,
  operator,
  skippedReasons,
  type ValidationReport,
  type ValidationResult,
  type ValidationStatus,
  validate,
  validationAnswer,
  validationModes,
} from "../../model/index.js";
import { makeWritableFolder } from "../../notebook/folders.js";
import { installation } from "../../notebook/installation.js";
import { terminalProgress } from "../../notebook/progress.js";
import { residuals } from "../../view/chart/residuals.js";
import { roofline } from "../../view/chart/roofline/roofline.js";
import { type ReportOrigin, validationDocument } from "../../view/validation-document.js";
import { exitStatus } from "../exit.js";
import { hardwareOption, readHardwareFolder } from "../hardware-folder.js";
import { explainFileError, readTextFile, type Shell } from "../shell.js";
import { type Column, formatNumber, formatTable, type Style } from "../terminal.js";
import { refuseOverInput } from "../whole-file.js";

interface ValidateFlags {
  readonly device?: string;
  readonly hardware?: string;
  readonly html?: string;
  readonly json?: true;
}

export function registerValidate(program: Command, shell: Shell): void {
  program
    .command("validate")
    .summary("hold predictions against measured times")
    .description(
      "Holds predictions against the times that were measured on a real GPU. Green is below 10 % of error, yellow up to " +
        "25 %, red above; the exit status is 1 when a benchmark is red or none could be compared.",
    )
    .argument(
      "<file>",
      "a benchmark JSON: { hardware_key, benchmarks: [{ kernel_type, shape, precision, measured_time_us }] }",
    )
    .option("--device <name>", "predict this device, whatever hardware_key says")
    .option("--html <out>", "write the table as a page that stands alone")
    .addOption(hardwareOption())
    .option("--json", "print one JSON document: results, skipped, summary, acceptance, noise floor")
    .addHelpText(
      "after",
      `
Examples:
  warplab validate hardware/measurements/gb10.json
  warplab validate my-times.json --device h100 --html report.html
  warplab validate my-times.json --json | jq .summary`,
    )
    .action(async (file: string, flags: ValidateFlags) => {
      const own = await readHardwareFolder(flags.hardware);
      const text = await readTextFile(file, "benchmark file");
      if (flags.html !== undefined) {
        refuseOverInput(flags.html, file, "--html");
        refuseUnwritable(flags.html);
      }
      const report = validate(text, {
        name: file,
        devices: own,
        ...(flags.device !== undefined && { device: findDevice(flags.device, own, "--device") }),
        progress: terminalProgress(process.stderr),
      });
      if (flags.html !== undefined) await writePage(flags.html, await pageOf(report, text, file, flags));
      if (report.unread.length > 0) shell.say(`${file}: not read: ${report.unread.join(", ")}`);
      if (flags.json) shell.printJson(validationAnswer(report));
      else shell.print(describe(report, shell));
      if (flags.html !== undefined) shell.say(`wrote ${flags.html}`);
      if (!report.summary.accepted) shell.status = exitStatus.checkFailed;
    });
}

function describe(report: ValidationReport, { paint }: Shell): string {
  const headline = paint(report.summary.accepted ? "green" : "red", report.toString());
  const parts = [headline];
  if (report.results.length > 0) {
    parts.push(validationModes.map((mode) => describeMode(modeSummary(report, mode))).join("\n"));
    parts.push(
      formatTable(
        report.results,
        [
          { title: "kernel", cell: ({ kernel_type }) => kernel_type },
          { title: "shape", cell: ({ kernel_type, shape }) => describeShape(operator(kernel_type), shape) },
          { title: "precision", cell: ({ precision }) => precision },
          { title: "predicted us", cell: (row) => formatNumber(row.predicted_time_us), align: "right" },
          { title: "measured us", cell: (row) => formatNumber(row.measured_time_us), align: "right" },
          { title: "error %", cell: ({ error_pct }) => error_pct.toFixed(1), align: "right" },
          ...plannerColumns(report),
          { title: "bound by", cell: ({ bottleneck }) => bottleneck },
          { title: "status", cell: ({ status }) => status, style: ({ status }) => styles[status] },
        ],
        paint,
      ),
    );
  }
  if (report.results.length > 0) {
    const { checks } = acceptanceOf(report);
    const style = ({ holds }: AcceptanceCheck): Style => (holds === null ? "dim" : holds ? "green" : "red");
    parts.push(checks.map((check) => paint(style(check), describeCheck(check, report.results))).join("\n"));
  }
  if (report.skipped.length > 0) {
    parts.push(
      skippedReasons(report.skipped)
        .map((reason) => `skipped ${describeSkipped(reason)}`)
        .join("\n"),
    );
  }
  return parts.join("\n\n");
}

/** What the planner says where the device's table answered, and how far off that is; no columns where it never did. */
function plannerColumns({ planned, results }: ValidationReport): Column<ValidationResult>[] {
  if (planned.every((prediction) => prediction === undefined)) return [];
  const cell = (write: (time: number, row: ValidationResult) => string) => (row: ValidationResult) => {
    const prediction = planned[results.indexOf(row)];
    return prediction === undefined ? "-" : write(prediction.predicted_time_us, row);
  };
  const error = (predicted_time_us: number, { measured_time_us }: ValidationResult) =>
    errorOf({ predicted_time_us, measured_time_us }).toFixed(1);
  return [
    { title: "planner us", cell: cell(formatNumber), align: "right" },
    { title: "its error %", cell: cell(error), align: "right" },
  ];
}

const styles: Readonly<Record<ValidationStatus, Style>> = { green: "green", yellow: "yellow", red: "red" };

/** The page: verdict, charts, rows, and where they come from. */
async function pageOf(report: ValidationReport, text: string, file: string, flags: ValidateFlags): Promise<string> {
  const { source, protocol, provenance } = parseJson(text, file) as Readonly<Record<string, unknown>>;
  const origin: ReportOrigin = {
    inputs: [
      { what: "benchmark file", name: basename(file), sha256: sha256(text) },
      { what: "device", name: report.device.key, sha256: sha256(JSON.stringify(report.device)) },
    ],
    version: installation().version,
    command: [
      `warplab validate ${basename(file)}`,
      ...(flags.device === undefined ? [] : [`--device ${flags.device}`]),
      ...(flags.hardware === undefined ? [] : [`--hardware ${basename(flags.hardware)}`]),
      `--html ${basename(flags.html as string)}`,
    ].join(" "),
    made: Object.fromEntries(
      Object.entries({ source, protocol, provenance }).filter(([, value]) => value !== undefined),
    ),
  };
  if (report.results.length === 0) return validationDocument(report, { origin });
  // Loaded here, for it starts vega.
  const { stillChart } = await import("../../notebook/still-chart.js");
  const both = { mode: "both" } as const;
  // The caches' ceilings, with each point under each of them, are more than a picture of many rows bears.
  const levels = report.results.length > 12 ? { levels: ["dram"] as const } : {};
  const charts = [
    {
      title: "Predicted as circles, full by the realistic model and hollow by the ideal one; measured as triangles.",
      svg: stillChart(roofline(report, { ...both, ...levels })),
    },
    { title: "How far off both are, by arithmetic intensity.", svg: stillChart(residuals(report, both)) },
    { title: "How far off both are, by size.", svg: stillChart(residuals(report, { ...both, over: "work" })) },
  ];
  return validationDocument(report, { charts, origin });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Throws InputError, before there is anything to write, where it could not be written. */
function refuseUnwritable(path: string): void {
  makeWritableFolder(dirname(path), "page");
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new InputError("page: this is a folder", { where: path, fix: "Give the path of a file." });
}

async function writePage(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (error) {
    throw explainFileError(error, path, "page");
  }
}
