// What a PTX module holds, and what of it can run here: its kernels with parameters, registers, memory, calls, instructions and
// everything that is not supported. Counts are static: how often an instruction is written, not how often it is executed.
import { formatPlace, type InputError } from "../../core/errors.js";
import { mostLiveWords, registersBeyondValues } from "../occupancy/registers.js";
import { formOf } from "../ptx/instruction-forms.js";
import type { InstructionCategory } from "../ptx/instructions/index.js";
import type { Body, DeviceFunction, Entry, Instruction, Module, Variable } from "../ptx/syntax.js";
import { surveyEntry } from "../ptx/verify.js";
import { planVariables } from "../simt/program.js";
import { precisionOf } from "./counters.js";

export interface ModuleReport {
  /** `8.0` */
  readonly version: string;
  /** `sm_90`, with what else stands there. */
  readonly target: string;
  readonly kernels: readonly KernelReport[];
  readonly functions: readonly FunctionReport[];
  /** Those at module scope. */
  readonly variables: readonly VariableReport[];
  /** Source files that the line information names, in the order of their numbers. */
  readonly files: readonly string[];
}

export interface KernelReport {
  readonly name: string;
  readonly ptx_line: number;
  /** Nothing in it or in what it calls is unsupported. */
  readonly runs: boolean;
  readonly parameters: readonly ParameterReport[];
  readonly parameter_bytes: number;
  /** Registers that it declares, by type. PTX declares as many as it likes: the assembler shares them out. */
  readonly registers: Readonly<Record<string, number>>;
  /** Registers that a thread needs, by the values that live at one time: an estimate, which knows no device. Null where it cannot run. */
  readonly registers_estimate: number | null;
  /** Static shared memory of a block in bytes; null where the kernel cannot run. */
  readonly shared_bytes: number | null;
  /** It has `extern .shared`, whose bytes come with the launch. */
  readonly dynamic_shared: boolean;
  /** Local memory of a thread in bytes; null where the kernel cannot run. */
  readonly local_bytes: number | null;
  readonly variables: readonly VariableReport[];
  /** The functions that it calls, and those that these call; a call of an address is `(address)`. */
  readonly calls: readonly string[];
  /** `.maxntid 256`, as written. */
  readonly directives: readonly string[];
  readonly instructions: InstructionMix;
  readonly unsupported: readonly Unsupported[];
}

/** Static counts, of the body and once of each function that it calls. */
export interface InstructionMix {
  readonly total: number;
  /** What the table does not have is `unsupported`. */
  readonly by_category: Readonly<Partial<Record<InstructionCategory | "unsupported", number>>>;
  /** Descending. */
  readonly by_opcode: Readonly<Record<string, number>>;
  /** Floating-point operations if each instruction were executed once by one thread; a fused multiply-add is 2. */
  readonly flop: Readonly<Record<"f16" | "f32" | "f64", number>>;
}

export interface ParameterReport {
  readonly name: string;
  readonly type: string;
  /** Elements of an array parameter, null for a scalar. */
  readonly elements: number | null;
  readonly bytes: number;
  readonly alignment: number;
  readonly offset: number;
}

export interface VariableReport {
  readonly name: string;
  readonly space: string;
  readonly type: string;
  readonly bytes: number;
  readonly alignment: number;
  /** Declared here and defined elsewhere; of shared memory: sized by the launch. */
  readonly external: boolean;
  readonly ptx_line: number;
}

export interface FunctionReport {
  readonly name: string;
  /** False where it is only declared. */
  readonly defined: boolean;
  readonly instructions: number;
  readonly ptx_line: number;
}

export interface Unsupported {
  readonly ptx_line: number;
  readonly column: number;
  /** The line of PTX. */
  readonly text: string;
  /** What is not supported, by name. */
  readonly message: string;
  /** What to do about it, where something can be done. */
  readonly fix: string | null;
}

/** Reports on every kernel of a module, or on one. Throws InputError where there is no such kernel. */
export function moduleReport(module: Module, kernel?: string): ModuleReport {
  // Says which kernels there are.
  if (kernel !== undefined) surveyEntry(module, kernel);
  const entries = [...module.entries.values()].filter(({ name }) => kernel === undefined || name === kernel);
  return {
    version: module.version,
    target: module.target,
    kernels: entries.map((entry) => kernelReport(module, entry)),
    functions: [...module.functions.values()].map(({ name, body, ptxLine }) => ({
      name,
      defined: body !== undefined,
      instructions: body?.instructions.length ?? 0,
      ptx_line: ptxLine,
    })),
    variables: module.variables.map(variableReport),
    files: [...module.files].sort(([a], [b]) => a - b).map(([, file]) => file),
  };
}

function kernelReport(module: Module, entry: Entry): KernelReport {
  const { verified, problems } = surveyEntry(module, entry.name);
  // Variables of the module have no address before it is loaded, and need none to be counted.
  const plan = verified === undefined ? undefined : planVariables(verified, 0);
  const called = reachedFrom(module, entry);
  const bodies: Body[] = [entry, ...called.functions.flatMap(({ body }) => (body === undefined ? [] : [body]))];
  const lines = module.text.split("\n");
  return {
    name: entry.name,
    ptx_line: entry.ptxLine,
    runs: problems.length === 0,
    parameters: entry.parameters.map(({ name, type, elements, bytes, alignment, offset }) => ({
      name,
      type: type.name,
      elements: elements ?? null,
      bytes,
      alignment,
      offset,
    })),
    parameter_bytes: entry.parameterBytes,
    registers: countBy([...entry.registers.values()].map(({ type }) => type.name)),
    registers_estimate: verified === undefined ? null : mostLiveWords(verified) + registersBeyondValues,
    shared_bytes: plan?.sharedBytes ?? null,
    dynamic_shared: usesDynamicShared(module, bodies),
    local_bytes: plan?.localBytes ?? null,
    variables: entry.variables.filter(({ space }) => space !== "param").map(variableReport),
    calls: called.names,
    directives: entry.directives.map(({ name, values }) => [name, values.join(", ")].join(" ").trimEnd()),
    instructions: instructionMix(bodies.flatMap(({ instructions }) => instructions)),
    unsupported: unsupportedAt(problems, lines),
  };
}

function instructionMix(instructions: readonly Instruction[]): InstructionMix {
  const flop = { f16: 0, f32: 0, f64: 0 };
  const categories = instructions.map((instruction) => {
    const { row, type } = formOf(instruction) ?? {};
    if (row !== undefined && type !== undefined && row.flop > 0) flop[precisionOf(type)] += row.flop;
    return row?.category ?? (instruction.call === undefined ? "unsupported" : "control");
  });
  return {
    total: instructions.length,
    by_category: countBy(categories),
    by_opcode: countBy(instructions.map(({ opcode }) => opcode)),
    flop,
  };
}

/** The functions that a kernel comes to, each once, in the order in which they are called. */
function reachedFrom(module: Module, entry: Entry): { readonly names: string[]; readonly functions: DeviceFunction[] } {
  const names = new Set<string>();
  const functions: DeviceFunction[] = [];
  const waiting: Body[] = [entry];
  for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
    for (const { call } of body.instructions) {
      if (call === undefined) continue;
      const name = call.target.kind === "symbol" ? call.target.name : "(address)";
      const callee = module.functions.get(name);
      if (callee !== undefined && !names.has(name)) {
        functions.push(callee);
        if (callee.body !== undefined) waiting.push(callee.body);
      }
      names.add(name);
    }
  }
  return { names: [...names], functions };
}

function usesDynamicShared(module: Module, bodies: readonly Body[]): boolean {
  const dynamic = module.variables.filter(({ space, external }) => space === "shared" && external);
  if (dynamic.length === 0) return false;
  const names = new Set(dynamic.map(({ name }) => name));
  return bodies.some(({ instructions }) =>
    instructions.some(({ operands }) =>
      operands.some(
        (operand) =>
          (operand.kind === "symbol" && names.has(operand.name)) ||
          (operand.kind === "address" && operand.base !== undefined && names.has(operand.base)),
      ),
    ),
  );
}

// A function that is called twice is looked at twice, and has its mistakes once.
function unsupportedAt(problems: readonly InputError[], lines: readonly string[]): Unsupported[] {
  const found = new Map<string, Unsupported>();
  for (const { where, message, fix } of problems) {
    if (typeof where !== "object") continue;
    const [first] = message.split("\n");
    const what = first.startsWith(`${formatPlace(where)}: `) ? first.slice(formatPlace(where).length + 2) : first;
    found.set(`${where.line}:${where.column}:${what}`, {
      ptx_line: where.line,
      column: where.column ?? 1,
      text: lines[where.line - 1]?.trim() ?? "",
      message: what,
      fix: fix ?? null,
    });
  }
  return [...found.values()].sort((a, b) => a.ptx_line - b.ptx_line || a.column - b.column);
}

function variableReport({ name, space, type, bytes, alignment, external, ptxLine }: Variable): VariableReport {
  return { name, space, type: type.name, bytes, alignment, external, ptx_line: ptxLine };
}

/** How often each word is there, the most frequent first; of equals the one that came first. */
function countBy(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
