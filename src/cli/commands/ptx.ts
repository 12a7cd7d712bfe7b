// `warplab ptx FILE`: what a PTX file holds and what of it can run; `warplab ptx --table`: which instructions can. Prints what
// gpu/analysis/module-report.ts and the instruction table say.
import type { Command } from "commander";
import { formatPlace, InputError } from "../../core/errors.js";
import {
  type InstructionMix,
  type KernelReport,
  type ModuleReport,
  moduleReport,
} from "../../gpu/analysis/module-report.js";
import { instructionCounts, instructionForms } from "../../gpu/ptx/instructions/manual.js";
import { parseModule } from "../../gpu/ptx/parse.js";
import { readTextFile, type Shell } from "../shell.js";
import { formatTable } from "../terminal.js";

export function registerPtx(program: Command, shell: Shell): void {
  program
    .command("ptx")
    .summary("say what a PTX file holds and what of it can run")
    .description(
      "Says of each kernel of a PTX file its parameters, registers, memory, calls and instructions, and everything in it that is " +
        "not supported, by name and line. Counts are static: as written, not as executed.",
    )
    .argument("[file]", "a PTX file: what nvcc -ptx, clang or Triton writes")
    .option("--kernel <name>", "of this kernel only")
    .option("--table", "instead: every instruction that is supported, with its forms and what it does")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  warplab ptx saxpy.ptx                          every kernel
  warplab ptx cutlass.ptx --kernel gemm          one of them
  warplab ptx saxpy.ptx --json | jq '.kernels[] | select(.runs | not) | .unsupported'
  warplab ptx --table                            the instructions that are supported`,
    )
    .action(async (file: string | undefined, flags: { kernel?: string; table?: true; json?: true }) => {
      if (flags.table) {
        if (file !== undefined)
          throw new InputError("--table is of no file", { fix: "Leave out the file, or --table." });
        const table = { counts: instructionCounts(), instructions: instructionForms() };
        if (flags.json) shell.printJson(table);
        else shell.print(describeTable(table, shell));
        return;
      }
      if (file === undefined)
        throw new InputError("which PTX file?", { fix: "warplab ptx FILE, or warplab ptx --table." });
      const text = await readTextFile(file, "PTX file");
      const report = inFile(file, () => moduleReport(parseModule(text), flags.kernel));
      if (flags.json) shell.printJson(report);
      else shell.print(describe(file, report, shell));
    });
}

/** Puts the file's name in the place of "PTX" before a line. */
function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (typeof error.where !== "object") throw new InputError(error.message, { where: file });
    const [place, here] = [error.where, { ...error.where, file }].map(formatPlace);
    throw new InputError(error.message.startsWith(place) ? here + error.message.slice(place.length) : error.message);
  }
}

function describe(file: string, report: ModuleReport, shell: Shell): string {
  const { paint } = shell;
  const able = report.kernels.filter(({ runs }) => runs).length;
  const count = report.kernels.length;
  const parts = [
    `${paint("bold", file)}: PTX ${report.version} for ${report.target}, ${plural(count, "kernel")}` +
      `${count === 0 ? "" : able === count ? paint("green", count === 1 ? ", which can run" : ", all of which can run") : paint("red", `, of which ${able} can run`)}`,
  ];
  if (report.files.length > 0) parts.push(`Compiled from ${report.files.join(", ")}.`);
  if (report.variables.length > 0) parts.push(variablesTable(report.variables, shell));
  const declared = report.functions.filter(({ defined }) => !defined);
  if (declared.length > 0)
    parts.push(`Declared, and not defined here: ${declared.map(({ name }) => name).join(", ")}.`);
  for (const kernel of report.kernels) parts.push(describeKernel(kernel, shell));
  return parts.join("\n\n");
}

function describeKernel(kernel: KernelReport, shell: Shell): string {
  const { paint } = shell;
  const { name, runs, directives, parameters, registers, instructions, unsupported, calls } = kernel;
  const memory = [
    ...(kernel.shared_bytes === null ? [] : [`${bytes(kernel.shared_bytes)} of shared memory`]),
    ...(kernel.dynamic_shared ? ["dynamic shared memory"] : []),
    ...(kernel.local_bytes === null || kernel.local_bytes === 0
      ? []
      : [`${bytes(kernel.local_bytes)} of local memory a thread`]),
  ];
  const facts = [
    `registers     ${listCounts(registers)}${kernel.registers_estimate === null ? "" : ` declared; about ${kernel.registers_estimate} a thread`}`,
    ...(memory.length === 0 ? [] : [`memory        ${memory.join(", ")}`]),
    ...(calls.length === 0 ? [] : [`calls         ${calls.join(", ")}`]),
    ...(directives.length === 0 ? [] : [`directives    ${directives.join(" ")}`]),
    `instructions  ${plural(instructions.total, "instruction")}: ${listCounts(instructions.by_category)}`,
    `opcodes       ${listCounts(instructions.by_opcode)}`,
    ...flopLine(instructions),
  ];
  const head = `${paint("bold", name)}  ${runs ? paint("green", "can run") : paint("red", "cannot run")}  ${paint("dim", `line ${kernel.ptx_line}`)}`;
  const parts = [head];
  if (parameters.length > 0) {
    parts.push(
      formatTable(
        parameters,
        [
          { title: "parameter", cell: ({ name: parameter }) => parameter },
          { title: "type", cell: ({ type, elements }) => `.${type}${elements === null ? "" : `[${elements}]`}` },
          { title: "bytes", cell: ({ bytes: size }) => String(size), align: "right" },
          { title: "align", cell: ({ alignment }) => String(alignment), align: "right" },
          { title: "offset", cell: ({ offset }) => String(offset), align: "right" },
        ],
        paint,
      ),
    );
  }
  if (kernel.variables.length > 0) parts.push(variablesTable(kernel.variables, shell));
  parts.push(facts.join("\n"));
  if (unsupported.length > 0) {
    parts.push(
      [
        paint("red", `Not supported, ${unsupported.length} in all:`),
        ...unsupported.flatMap(({ ptx_line, message, text, fix }) => [
          `  line ${ptx_line}: ${message}`,
          `    ${paint("dim", text)}`,
          ...(fix === null ? [] : [`    ${fix}`]),
        ]),
      ].join("\n"),
    );
  }
  return parts.join("\n\n");
}

function variablesTable(variables: ModuleReport["variables"], { paint }: Shell): string {
  return formatTable(
    variables,
    [
      { title: "variable", cell: ({ name }) => name },
      { title: "space", cell: ({ space }) => space },
      { title: "type", cell: ({ type }) => `.${type}` },
      { title: "bytes", cell: ({ bytes: size, external }) => (external ? "extern" : String(size)), align: "right" },
      { title: "align", cell: ({ alignment }) => String(alignment), align: "right" },
    ],
    paint,
  );
}

function flopLine({ flop }: InstructionMix): string[] {
  const parts = Object.entries(flop).flatMap(([type, count]) => (count === 0 ? [] : [`${type} ${count}`]));
  return parts.length === 0 ? [] : [`FLOP          ${parts.join(", ")} a thread that executes each once`];
}

function describeTable(
  {
    counts,
    instructions,
  }: { counts: ReturnType<typeof instructionCounts>; instructions: ReturnType<typeof instructionForms> },
  { paint }: Shell,
): string {
  const categories = [...new Set(instructions.map(({ category }) => category))];
  const parts = categories.map((category) => {
    const forms = instructions.filter((each) => each.category === category);
    const lines = forms.map(({ form, does }) => `  ${form}\n      ${paint("dim", does)}`);
    return `${paint("bold", category)}\n${lines.join("\n")}`;
  });
  const head =
    `${counts.opcodes} opcodes in ${counts.rows} forms, ${counts.full_opcodes} full opcodes. Of words in braces one stands there, ` +
    "what is in brackets may be left out.";
  return [head, ...parts].join("\n\n");
}

function listCounts(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([what, count]) => `${what} ${count}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function bytes(count: number): string {
  return plural(count, "byte");
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
