// A kernel with the functions that it calls written out where they are called, so that everything after sees instructions alone:
// lanes that diverge inside a function come together as they do anywhere. What a call hands over are variables of the parameter
// space, one per call; a function's local variables are the call's own, its other variables the function's. Functions that call
// themselves, and calls of an address, are refused: they need a stack.
import { InputError } from "../../core/errors.js";
import { cutWords, quoteAround } from "./quote.js";
import type {
  Body,
  DeviceFunction,
  Entry,
  FormalParameter,
  Instruction,
  Module,
  Operand,
  RegisterDeclaration,
  Variable,
} from "./syntax.js";
import type { PtxType } from "./types.js";

/** Instructions beyond which a kernel with its calls written out is refused. */
const mostInstructions = 1_000_000;

/** The entry without calls of functions that the module defines; calls of others are left for whoever knows them. */
export function inlineCalls(module: Module, entry: Entry): Entry {
  if (!entry.instructions.some(({ call }) => call !== undefined)) return entry;
  const inlined = new Inlining(module, entry);
  inlined.expand(entry, undefined, []);
  return { ...entry, ...inlined.body() };
}

/** How a function's names are called in the kernel. */
interface Frame {
  readonly prefix: string;
  /** Formal parameters that are variables, by what the caller hands over. */
  readonly handedOver: ReadonlyMap<string, string>;
  /** Where a return goes on. */
  readonly end: string;
}

class Inlining {
  private readonly registers: Map<string, RegisterDeclaration>;
  private readonly variables: Variable[];
  private readonly instructions: Instruction[] = [];
  private readonly labels = new Map<string, number>();
  private calls = 0;

  constructor(
    private readonly module: Module,
    private readonly entry: Entry,
  ) {
    this.registers = new Map(entry.registers);
    this.variables = [...entry.variables];
  }

  body(): Body {
    const { registers, variables, instructions, labels } = this;
    return { registers, variables, instructions, labels };
  }

  /** Writes a body out; `frame` is undefined for the kernel itself. */
  expand(body: Body, frame: Frame | undefined, stack: readonly string[]): void {
    const labelsAt = new Map<number, string[]>();
    for (const [label, pc] of body.labels) labelsAt.set(pc, [...(labelsAt.get(pc) ?? []), label]);
    const rename = renaming(body, frame);
    const place = (pc: number): void => {
      for (const label of labelsAt.get(pc) ?? []) this.labels.set(rename(label), this.instructions.length);
    };
    for (const instruction of body.instructions) {
      place(instruction.pc);
      const renamed = frame === undefined ? instruction : renamedInstruction(instruction, rename);
      if (renamed.call !== undefined) this.call(renamed, instruction, stack);
      else if (frame !== undefined && instruction.opcode === "ret") this.jump(renamed, frame.end);
      else this.add(renamed);
    }
    place(body.instructions.length);
  }

  private call(instruction: Instruction, asWritten: Instruction, stack: readonly string[]): void {
    const { target, results } = instruction.call as NonNullable<Instruction["call"]>;
    if (target.kind !== "symbol") {
      this.refuse(
        asWritten,
        "calls the function at an address, which is not supported",
        "Call the function by its name.",
      );
    }
    const { name } = target;
    const callee = this.module.functions.get(name);
    if (callee?.body === undefined) {
      this.add(instruction);
      return;
    }
    if (stack.includes(name)) {
      this.refuse(
        asWritten,
        `"${name}" calls itself${stack.at(-1) === name ? "" : ` through ${stack.slice(stack.indexOf(name) + 1).join(", ")}`}, which is not supported`,
        "Write it as a loop.",
      );
    }
    const { operands } = instruction;
    if (operands.length !== callee.parameters.length || results.length !== callee.results.length) {
      this.refuse(
        asWritten,
        `"${name}" takes ${callee.parameters.length} arguments and returns ${callee.results.length}, found ${operands.length} and ${results.length}`,
      );
    }
    this.calls++;
    // No label of the function, which has the call's prefix, is called so.
    const end = `${name}#${this.calls} end`;
    const { guard } = instruction;
    if (guard !== undefined) this.jump({ ...instruction, guard: { ...guard, negated: !guard.negated } }, end);
    this.enter(callee, instruction, `${name}#${this.calls}.`, end, stack);
    this.labels.set(end, this.instructions.length);
  }

  private enter(
    callee: DeviceFunction,
    call: Instruction,
    prefix: string,
    end: string,
    stack: readonly string[],
  ): void {
    const body = callee.body as Body;
    const formal = new Set([...callee.parameters, ...callee.results].map(({ name }) => name));
    const handedOver = new Map<string, string>();
    const results = call.call?.results ?? [];
    const pairs = (given: readonly Operand[], parameters: readonly FormalParameter[]): [Operand, FormalParameter][] =>
      parameters.map((parameter, i) => [given[i], parameter]);
    for (const [given, parameter] of [...pairs(call.operands, callee.parameters), ...pairs(results, callee.results)]) {
      if (parameter.kind === "register") continue;
      if (given.kind !== "symbol" || given.offset !== 0) {
        this.refuse(call, `"${callee.name}" needs a .param variable for "${parameter.name}"`);
      }
      handedOver.set(parameter.name, given.name);
    }
    for (const { name, type } of body.registers.values())
      this.registers.set(prefix + name, { name: prefix + name, type });
    for (const variable of body.variables) {
      if (variable.space === "local" || variable.space === "param") {
        if (!formal.has(variable.name)) this.variables.push({ ...variable, name: prefix + variable.name });
      } else if (!this.variables.some(({ name }) => name === `${callee.name}.${variable.name}`)) {
        this.variables.push({ ...variable, name: `${callee.name}.${variable.name}` });
      }
    }
    const inside = (name: string): Operand => ({ kind: "register", name: prefix + name, negated: false });
    const typeOf = (name: string): PtxType => (body.registers.get(name) as RegisterDeclaration).type;
    for (const [given, { kind, name }] of pairs(call.operands, callee.parameters)) {
      if (kind === "register") this.move(call, typeOf(name), inside(name), given);
    }
    this.expand(body, { prefix, handedOver, end: `${end} of its body` }, [...stack, callee.name]);
    this.labels.set(`${end} of its body`, this.instructions.length);
    for (const [given, { kind, name }] of pairs(results, callee.results)) {
      if (kind === "register") this.move(call, typeOf(name), given, inside(name));
    }
  }

  /** Copies to or from a formal parameter that is a register. */
  private move(from: Instruction, type: PtxType, d: Operand, a: Operand): void {
    const { call: _call, ...instruction } = from;
    this.add({ ...instruction, opcode: "mov", modifiers: [type.name], guard: undefined, operands: [d, a] });
  }

  private jump(from: Instruction, label: string): void {
    const { call: _call, ...instruction } = from;
    const target: Operand = { kind: "symbol", name: label, offset: 0 };
    this.add({ ...instruction, opcode: "bra", modifiers: [], operands: [target] });
  }

  private add(instruction: Instruction): void {
    if (this.instructions.length >= mostInstructions) {
      this.refuse(
        instruction,
        `the kernel has more than ${mostInstructions.toLocaleString("en-US")} instructions with its calls written out`,
      );
    }
    this.instructions.push({ ...instruction, pc: this.instructions.length });
  }

  private refuse({ ptxLine, ptxColumn }: Instruction, what: string, fix?: string): never {
    throw new InputError(cutWords(what), {
      where: { file: `PTX of kernel "${this.entry.name}"`, line: ptxLine, column: ptxColumn },
      ...quoteAround(this.module.text.split("\n")[ptxLine - 1], ptxColumn),
      ...(fix === undefined ? {} : { fix }),
    });
  }
}

/** From the names of a function's body to those of the kernel. */
function renaming(body: Body, frame: Frame | undefined): (name: string) => string {
  if (frame === undefined) return (name) => name;
  const { prefix, handedOver } = frame;
  const functionName = prefix.slice(0, prefix.indexOf("#"));
  const own = new Map(
    body.variables.map(({ name, space }) => [
      name,
      space === "local" || space === "param" ? prefix + name : `${functionName}.${name}`,
    ]),
  );
  return (name) => {
    if (handedOver.has(name)) return handedOver.get(name) as string;
    if (body.registers.has(name) || body.labels.has(name)) return prefix + name;
    return own.get(name) ?? name;
  };
}

function renamedInstruction(instruction: Instruction, rename: (name: string) => string): Instruction {
  const operand = (each: Operand): Operand => {
    switch (each.kind) {
      case "register":
      case "symbol":
        return { ...each, name: rename(each.name) };
      case "address":
        return { ...each, base: each.base === undefined ? undefined : rename(each.base) };
      case "vector":
        return { ...each, elements: each.elements.map(operand) };
      case "pair":
        return { ...each, first: operand(each.first), second: operand(each.second) };
      default:
        return each;
    }
  };
  const { guard, call } = instruction;
  return {
    ...instruction,
    guard: guard === undefined ? undefined : { ...guard, register: rename(guard.register) },
    operands: instruction.operands.map(operand),
    ...(call === undefined ? {} : { call: { target: call.target, results: call.results.map(operand) } }),
  };
}
