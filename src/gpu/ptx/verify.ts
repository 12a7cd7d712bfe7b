// Holds a parsed kernel and the functions that it reaches against the instruction table, so that what cannot be run is refused when
// it is loaded.
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { type CallGraph, callGraph } from "./call-graph.js";
import { fragmentOf } from "./fragments.js";
import { functionAddresses, functionNamedBy, withEnd } from "./functions.js";
import { adviceOn } from "./instructions/elsewhere.js";
import {
  type InstructionRow,
  type ModifierRule,
  type OperandClass,
  type OperandRule,
  rowsOf,
} from "./instructions/index.js";
import { describeName } from "./instructions/manual.js";
import { coordinateCounts } from "./instructions/texture.js";
import { cutWords, quoteAround } from "./quote.js";
import { isOtherSpecialRegister, specialRegisters } from "./special-registers.js";
import type { Body, Call, Entry, Instruction, Module, Operand, Parameter, Signature, Variable } from "./syntax.js";
import { type PtxType, ptxType, ptxTypes } from "./types.js";
import { callIsDefined, type VerifiedCall, verifyCall } from "./verify-calls.js";

/** An instruction with its row of the table, the modifiers by name, and its branch target. */
export interface VerifiedInstruction {
  readonly instruction: Instruction;
  readonly row: InstructionRow;
  /** Chosen modifiers by the rule's name: `{ type: "f32", space: "global", ftz: "ftz" }`. */
  readonly modifiers: Readonly<Record<string, string>>;
  /** The instruction's type, where it has one. */
  readonly type: PtxType | undefined;
  /** The pc in its function that a branch goes to. */
  readonly target: number | undefined;
  /** The pcs that `brx.idx` goes to, by number. */
  readonly targets?: readonly number[];
  readonly call?: VerifiedCall;
}

/** A function, or the kernel itself. */
export interface VerifiedFunction {
  readonly name: string;
  /** With the `ret` that is meant where control would fall off the end. */
  readonly body: Body;
  /** What it takes and returns; nothing, for the kernel, whose parameters are the entry's. */
  readonly signature: Signature;
  readonly code: readonly VerifiedInstruction[];
  /** The variables that its names mean: its own and the module's. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** It may be entered again before it has returned: through itself, or through an address. */
  readonly reentrant: boolean;
}

/** A kernel with everything that it reaches. */
export interface VerifiedEntry {
  readonly entry: Entry;
  /** The kernel itself first. A pc of the whole counts through the code of one after the other. */
  readonly functions: readonly VerifiedFunction[];
  readonly code: readonly VerifiedInstruction[];
  /** The addresses of the module's functions, by name. */
  readonly addresses: ReadonlyMap<string, number>;
}

/** Finds a kernel of a module and checks every instruction. Throws InputError with the line of what is unsupported. */
export function verifyEntry(module: Module, name: string): VerifiedEntry {
  const { verified, problems } = surveyEntry(module, name);
  if (verified === undefined) throw problems[0];
  return verified;
}

/** What of a kernel can run. */
export interface EntrySurvey {
  /** Undefined where something cannot. */
  readonly verified: VerifiedEntry | undefined;
  /** Everything that cannot, in the kernel and in the functions that it reaches, and not only the first of it. */
  readonly problems: readonly InputError[];
}

/** Checks every instruction of a kernel to the last one. Throws InputError only where there is no such kernel. */
export function surveyEntry(module: Module, name: string): EntrySurvey {
  const entry = module.entries.get(name);
  if (entry === undefined) {
    const names = [...module.entries.keys()];
    throw new InputError(`the PTX has no kernel "${name}"`, {
      fix: names.length === 0 ? "It has no .entry at all." : `It has ${listChoices(names)}.`,
    });
  }
  const problems: InputError[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error);
      return undefined;
    }
  };
  const graph = callGraph(module, entry);
  const lines = module.text.split("\n");
  const parts = [
    { name, body: graph.functions.length === 0 ? entry : withEnd(entry), signature: { results: [], parameters: [] } },
    ...graph.functions.map(({ name, body, results, parameters }) => ({
      name,
      body: withEnd(body),
      signature: { results, parameters },
    })),
  ];
  const functions = parts.map(({ name, body, signature }, index): VerifiedFunction => {
    const variables = new Map([...module.variables, ...body.variables].map((variable) => [variable.name, variable]));
    const checked: Checked = {
      name,
      what: index === 0 ? "kernel" : "function",
      body,
      parameters: index === 0 ? entry.parameters : [],
    };
    const checker = new Checker(checked, variables, module, graph, lines);
    // Calls of what the module does not define are refused first of all, since what surrounds them would be refused with a
    // message that misleads.
    const [elsewhere, here] = [[] as Instruction[], [] as Instruction[]];
    for (const each of body.instructions) {
      (each.call === undefined || callIsDefined(module, each.call) ? here : elsewhere).push(each);
    }
    for (const each of elsewhere) attempt(() => checker.notDefined(each, (each.call as Call).target));
    const code = here.map((each) => attempt(() => checker.instruction(each)));
    return {
      name,
      body,
      signature,
      // Whoever looks at code has all of it: where something is refused there is no verified kernel.
      code: code as VerifiedInstruction[],
      variables,
      reentrant: index > 0 && graph.isReentrant(name),
    };
  });
  if (problems.length > 0) return { verified: undefined, problems };
  const code = functions.flatMap((each) => each.code);
  return { verified: { entry, functions, code, addresses: functionAddresses(module) }, problems };
}

/** What is checked: a kernel or a function. */
interface Checked {
  readonly name: string;
  readonly what: "kernel" | "function";
  readonly body: Body;
  /** The kernel's; a function's are variables. */
  readonly parameters: readonly Parameter[];
}

class Checker {
  constructor(
    private readonly checked: Checked,
    private readonly variables: ReadonlyMap<string, Variable>,
    private readonly module: Module,
    private readonly graph: CallGraph,
    private readonly lines: readonly string[],
  ) {}

  notDefined(instruction: Instruction, target: Operand): never {
    const name = target.kind === "symbol" ? target.name : "a function";
    this.fail(
      instruction,
      `"${name}" is not defined in this PTX`,
      "Compile it into the same file: modules are not linked.",
    );
  }

  instruction(instruction: Instruction): VerifiedInstruction {
    const rows = rowsOf.get(instruction.opcode);
    if (rows === undefined) {
      const slip = nearest(instruction.opcode, rowsOf.keys());
      this.fail(
        instruction,
        `instruction "${fullName(instruction)}" is not supported`,
        adviceOn(fullName(instruction)) ?? (slip === undefined ? undefined : `Did you mean "${slip}"?`),
      );
    }
    const form = firstMatch(rows, instruction);
    if (form === undefined) {
      this.fail(
        instruction,
        `"${fullName(instruction)}" is not a supported form of "${instruction.opcode}"`,
        adviceOn(fullName(instruction)) ?? `Supported: ${[...new Set(rows.map(describeName))].join("; ")}.`,
      );
    }
    const { row, modifiers } = form;
    const type = typeOf(modifiers);
    this.guard(instruction);
    if (instruction.call !== undefined) {
      const call = verifyCall(instruction, instruction.call, {
        ...this.checked,
        variables: this.variables,
        module: this.module,
        graph: this.graph,
        value: (operand, name, type) =>
          this.value(instruction, operand, { name, class: "type", optional: false }, type, {}),
        fail: (what, fix) => this.fail(instruction, what, fix),
      });
      return { instruction, row, modifiers, type, target: undefined, call };
    }
    this.operands(instruction, row, modifiers, type);
    const list = row.operands.findIndex(({ class: operandClass }) => operandClass === "labels");
    if (list >= 0) {
      const targets = this.labels(instruction, instruction.operands[list]);
      return { instruction, row, modifiers, type, target: undefined, targets };
    }
    const label = row.operands[0]?.class === "label" ? instruction.operands[0] : undefined;
    const target = label === undefined ? undefined : this.label(instruction, label);
    return { instruction, row, modifiers, type, target };
  }

  private guard(instruction: Instruction): void {
    const { guard } = instruction;
    if (guard === undefined) return;
    const register = this.checked.body.registers.get(guard.register);
    if (register === undefined) this.fail(instruction, `register "${guard.register}" is not declared`);
    if (register.type.kind !== "predicate") this.fail(instruction, `"${guard.register}" is not a predicate`);
  }

  private label(instruction: Instruction, operand: Operand): number {
    if (operand.kind !== "symbol") this.fail(instruction, "a branch needs a label");
    const target = this.checked.body.labels.get(operand.name);
    if (target === undefined)
      this.fail(instruction, `there is no label "${operand.name}" in this ${this.checked.what}`);
    return target;
  }

  /** The labels of a declared list. */
  private labels(instruction: Instruction, operand: Operand): readonly number[] {
    const declared = operand.kind === "symbol" ? this.checked.body.targets.get(operand.name) : undefined;
    if (declared?.kind !== "labels") {
      this.fail(instruction, "a branch by number needs a list of labels", "Declare one: name: .branchtargets a, b;");
    }
    return declared.names.map((name) => this.label(instruction, { kind: "symbol", name, offset: 0 }));
  }

  private operands(
    instruction: Instruction,
    row: InstructionRow,
    modifiers: Readonly<Record<string, string>>,
    type: PtxType | undefined,
  ): void {
    const count = instruction.operands.length;
    const rules = rulesOf(row, modifiers, count);
    const required = rules.filter((rule) => !rule.optional).length;
    if (count < required || count > rules.length) {
      this.fail(instruction, `"${row.opcode}" takes ${required} operand${required === 1 ? "" : "s"}, found ${count}`);
    }
    if (row.category === "video") this.video(instruction, row, modifiers);
    instruction.operands.forEach((operand, index) => {
      const rule = rules[index];
      if (rule.class === "label" || rule.class === "labels") return;
      if (rule.class === "address" || rule.class === "barrier") this.address(instruction, operand, modifiers, type);
      else if (rule.class === "texture" || rule.class === "surface" || rule.class === "handle") {
        this.texture(instruction, operand, rule, modifiers);
      } else if (rule.class === "literal") this.literal(instruction, operand, rule);
      else if (rule.class === "sharedAddress" || rule.class === "globalAddress") {
        this.address(instruction, operand, { space: rule.class === "sharedAddress" ? "shared" : "global" }, type);
      } else if (rule.class === "fragment") this.fragment(instruction, operand, rule, modifiers);
      else if (rule.class === "copied" && this.isPredicate(operand)) {
        this.value(instruction, operand, { ...rule, class: "pred" }, predicateType, modifiers);
      } else this.value(instruction, operand, rule, expectedType(rule.class, modifiers, type), modifiers);
    });
  }

  /** `[%rd1, {%f1, %f2}]`: a handle in a register of 64 bits, and as many coordinates as the shape has. */
  private texture(
    instruction: Instruction,
    operand: Operand,
    rule: OperandRule,
    modifiers: Readonly<Record<string, string>>,
  ): void {
    const base = operand.kind === "address" ? operand.base : undefined;
    const held = base === undefined ? undefined : this.checked.body.registers.get(base);
    if (operand.kind !== "address" || held === undefined || held.type.bytes !== 8 || held.type.kind === "float") {
      this.fail(
        instruction,
        "a texture or surface is a handle in a register of 64 bits",
        "Pass a cudaTextureObject_t or cudaSurfaceObject_t to the kernel; texture references are not supported.",
      );
    }
    const given = (operand.coordinates ?? []).flatMap((each) => (each.kind === "vector" ? each.elements : [each]));
    const { shape } = modifiers;
    const [used, written] = rule.class === "handle" ? [0, 0] : coordinateCounts[shape];
    if (given.length !== used && given.length !== written) {
      this.fail(instruction, `.${shape ?? instruction.opcode} takes ${written} coordinates, found ${given.length}`);
    }
    const type = ptxType(rule.class === "surface" ? "s32" : (modifiers["coordinates"] ?? "s32"));
    given.forEach((each, i) => {
      // A layer is a whole number whatever the others are.
      const expected = i === 0 && shape.startsWith("a") ? u32Type : type;
      this.value(instruction, each, { ...rule, name: "coordinate", class: "type" }, expected, {});
    });
  }

  private address(
    instruction: Instruction,
    operand: Operand,
    modifiers: Readonly<Record<string, string>>,
    type: PtxType | undefined,
  ): void {
    if (operand.kind !== "address") this.fail(instruction, "expected an address in brackets, such as [%rd1+4]");
    const { base, offset } = operand;
    if (operand.coordinates !== undefined) this.fail(instruction, "an address in memory has no coordinates");
    const held = base === undefined ? undefined : this.checked.body.registers.get(base);
    if (modifiers["param"] !== undefined && held === undefined) {
      this.parameter(instruction, base, offset, (type?.bytes ?? 0) * (elementCounts[modifiers["vec"] ?? ""] ?? 1));
      return;
    }
    if (base === undefined) return;
    if (held !== undefined) {
      if ((held.type.bytes !== 4 && held.type.bytes !== 8) || held.type.kind === "float") {
        this.fail(instruction, `"${base}" is .${held.type.name} and cannot hold an address`);
      }
      return;
    }
    const variable = this.variables.get(base);
    if (variable === undefined) {
      const isParameter = this.parameterNamed(base) !== undefined;
      this.fail(
        instruction,
        isParameter ? `"${base}" is a parameter` : `"${base}" is neither a register nor a variable`,
        isParameter ? "Parameters are read with ld.param." : undefined,
      );
    }
    this.notElsewhere(instruction, variable);
    // A global variable's name is a generic address too.
    const space = modifiers["space"] ?? (variable.space === "global" ? "global" : undefined);
    if (space !== variable.space) {
      this.fail(
        instruction,
        modifiers["space"] === undefined
          ? `"${base}" is in .${variable.space} memory, and its name is no generic address`
          : `"${base}" is in .${variable.space} memory, not in .${modifiers["space"]}`,
        `Write ${instruction.opcode}.${variable.space}.`,
      );
    }
  }

  // `extern .shared` is the launch's dynamic memory; anything else of another module would have to be linked.
  private notElsewhere(instruction: Instruction, variable: Variable): void {
    if (!variable.external || variable.space === "shared") return;
    this.fail(
      instruction,
      `"${variable.name}" is declared here and defined in another module`,
      "Compile both into one PTX file: modules are not linked.",
    );
  }

  // Where a parameter is addressed by its name, what is past its end is known here.
  private parameter(instruction: Instruction, base: string | undefined, offset: number, bytes: number): void {
    const handedOver = base === undefined ? undefined : this.variables.get(base);
    if (handedOver?.space !== "param" && instruction.opcode === "st") {
      this.fail(
        instruction,
        `"${base ?? offset}" is nothing that a call hands over`,
        "Parameters of a kernel are read only.",
      );
    }
    const parameter =
      handedOver?.space === "param" ? handedOver : base === undefined ? undefined : this.parameterNamed(base);
    if (parameter === undefined) {
      this.fail(instruction, `"${base ?? offset}" is no parameter of this kernel`, "Name one, as in [param_0+4].");
    }
    if (offset < 0 || offset + bytes > parameter.bytes) {
      this.fail(
        instruction,
        `bytes ${offset} to ${offset + bytes - 1} do not lie in parameter "${parameter.name}", which has ${parameter.bytes}`,
      );
    }
  }

  private literal(instruction: Instruction, operand: Operand, { name, values }: OperandRule): void {
    if (operand.kind === "integer" && operand.value >= 0n && (values?.includes(operand.value) ?? true)) return;
    const wanted = values === undefined ? "a whole number" : values.join(" or ");
    this.fail(instruction, `operand ${name} of "${fullName(instruction)}" is ${wanted}, written out`);
  }

  private isPredicate(operand: Operand): boolean {
    return operand.kind === "register" && this.checked.body.registers.get(operand.name)?.type.kind === "predicate";
  }

  /** `{%r1, %r2}`: as many registers as the matrix takes of each lane, one in braces too. */
  private fragment(
    instruction: Instruction,
    operand: Operand,
    rule: OperandRule,
    modifiers: Readonly<Record<string, string>>,
  ): void {
    const { registers, registerType } = fragmentOf(instruction.opcode, modifiers, rule.name);
    const found = operand.kind === "vector" ? operand.elements.length : undefined;
    if (operand.kind !== "vector" || found !== registers) {
      this.fail(
        instruction,
        `operand ${rule.name} of "${fullName(instruction)}" is ${registers} .${registerType.name} in braces, found ${found ?? "none"}`,
      );
    }
    for (const element of operand.elements) {
      if (element.kind !== "register") this.fail(instruction, `operand ${rule.name} is made of registers alone`);
      this.value(instruction, element, { ...rule, class: "type" }, registerType, modifiers);
    }
  }

  private parameterNamed(name: string): Parameter | undefined {
    return this.checked.parameters.find((parameter) => parameter.name === name);
  }

  private value(
    instruction: Instruction,
    operand: Operand,
    rule: OperandRule,
    expected: PtxType,
    modifiers: Readonly<Record<string, string>>,
  ): void {
    const written = rule.name === "d";
    switch (operand.kind) {
      case "register": {
        if (rule.class !== "part" && rule.class !== "factor") this.plainRegister(instruction, operand);
        else if (operand.selector !== undefined) this.selector(instruction, operand.selector, rule);
        if (rule.class === "halves") {
          this.fail(instruction, "two halves give two predicates", `Write ${operand.name}|%q, of which one may be _.`);
        }
        const found =
          this.checked.body.registers.get(operand.name)?.type ??
          this.special(instruction, operand.name, rule, expected);
        if (found === undefined) this.undeclared(instruction, operand.name);
        if (operand.negated && (written || found.kind !== "predicate")) {
          this.fail(
            instruction,
            `"!${operand.name}": only a predicate that is read can be negated`,
            found.kind === "predicate" ? undefined : `"${operand.name}" is .${found.name}; use not or setp.`,
          );
        }
        const widening =
          rule.class === "vector" || rule.class === "texels" || rule.class === "dtype" || rule.class === "atype";
        if (!agrees(found, expected, widening)) {
          this.fail(
            instruction,
            `operand ${rule.name} "${operand.name}" is .${found.name} where .${expected.name} is needed`,
          );
        }
        return;
      }
      case "vector": {
        if (rule.class === "packed") {
          this.packed(instruction, operand.elements, rule, expected);
          return;
        }
        // Triton writes one element as a vector of one, and the assembler takes it.
        const count = elementCounts[modifiers["vec"] ?? ""] ?? 1;
        if (
          (rule.class !== "vector" && rule.class !== "elements" && rule.class !== "texels") ||
          operand.elements.length !== count
        ) {
          this.fail(instruction, `a vector of ${operand.elements.length} does not fit "${fullName(instruction)}"`);
        }
        for (const element of operand.elements) this.value(instruction, element, rule, expected, {});
        return;
      }
      case "pair":
        if (rule.class !== "pair" && rule.class !== "match" && rule.class !== "preds" && rule.class !== "halves") {
          this.fail(instruction, "d|p does not fit here");
        }
        if (rule.class !== "match" || !isSink(operand.first)) {
          this.value(instruction, operand.first, { ...rule, class: "type" }, expected, modifiers);
        }
        this.value(instruction, operand.second, { ...rule, class: "pred" }, predicateType, modifiers);
        return;
      case "symbol":
        if (rule.class === "old" && isSink(operand)) return;
        if (written) this.fail(instruction, `"${operand.name}" cannot be written`, "The destination is a register.");
        if (functionNamedBy(instruction, this.checked.body, this.module) !== undefined) {
          this.functionAddress(instruction, operand, expected);
          return;
        }
        this.addressOf(instruction, operand.name, expected, modifiers);
        return;
      case "integer":
        if (expected.kind === "float" || written) {
          this.fail(instruction, `operand ${rule.name} cannot be the whole number ${operand.value}`);
        }
        return;
      case "float":
        if (
          (expected.kind !== "float" && expected.kind !== "bits") ||
          expected.bytes < 4 ||
          isPacked(expected) ||
          written
        ) {
          this.fail(instruction, `operand ${rule.name} cannot be a floating-point number`);
        }
        return;
      case "address":
        this.fail(instruction, `operand ${rule.name} cannot be an address`);
    }
  }

  private functionAddress(instruction: Instruction, operand: Operand & { kind: "symbol" }, expected: PtxType): void {
    if (this.module.functions.get(operand.name)?.body === undefined) this.notDefined(instruction, operand);
    if (expected.bytes !== 8) {
      this.fail(instruction, `the address of "${operand.name}" has 64 bits and does not fit .${expected.name}`);
    }
  }

  private plainRegister(instruction: Instruction, { name, minus, selector }: Operand & { kind: "register" }): void {
    if (selector !== undefined) this.fail(instruction, `"${name}.${selector}": only video instructions take parts`);
    if (minus === true) this.fail(instruction, `"-${name}": only vmad takes a minus`, "Use neg before.");
  }

  /** Scalar ones take one byte or half; those of two halves or four bytes as many of them, d any of its own. */
  private selector(instruction: Instruction, selector: string, rule: OperandRule): void {
    const parts = /[24]$/.exec(instruction.opcode)?.[0];
    const [one, two, four] = [/^(b[0-3]|h[01])$/, /^h[0-3]{2}$/, /^b[0-7]{4}$/];
    const own = parts === "2" ? /^(h0|h1|h10)$/ : /^b(?=.)3?2?1?0?$/;
    if (rule.name === "c") this.fail(instruction, "c is taken as a whole");
    const fits = parts === undefined ? one : rule.name === "d" ? own : parts === "2" ? two : four;
    if (!fits.test(selector)) this.fail(instruction, `".${selector}" is no selector of ${rule.name} here`);
  }

  /** c is there exactly where something is done with it; .po and a minus are for one another no company. */
  private video(instruction: Instruction, row: InstructionRow, modifiers: Readonly<Record<string, string>>): void {
    const [d, ...sources] = instruction.operands;
    if (row.operands[3].optional) {
      const merges = d.kind === "register" && d.selector !== undefined;
      if (merges && modifiers["op2"] !== undefined) {
        this.fail(instruction, `a part of d is written, or .${modifiers["op2"]} done: not both`);
      }
      const needsThird = merges || modifiers["op2"] !== undefined;
      if (needsThird !== (sources.length === 3)) {
        this.fail(instruction, needsThird ? "the operand c is missing" : "there is nothing to do with the operand c");
      }
    }
    if (row.opcode !== "vmad") return;
    const minus = sources.map((operand) => operand.kind === "register" && operand.minus === true);
    if (modifiers["po"] !== undefined && minus.includes(true)) this.fail(instruction, ".po takes no minus");
    if (minus[0] !== minus[1] && minus[2]) this.fail(instruction, "either the product or c has a minus, not both");
  }

  /** The type in which an instruction reads a special register; undefined where there is none of that name. */
  private special(instruction: Instruction, name: string, rule: OperandRule, expected: PtxType): PtxType | undefined {
    const register = specialRegisters.get(name);
    if (register === undefined) return undefined;
    if (rule.name === "d") this.fail(instruction, `"${name}" cannot be written`, "Special registers are read only.");
    if (register.changes && (instruction.opcode !== "mov" || rule.class !== "packed")) {
      this.fail(instruction, `"${name}" is read by mov alone`, "Move it to a register of your own first.");
    }
    return register.narrower.includes(expected.bytes) ? expected : register.type;
  }

  /** The name of a variable or parameter as a value: its address. */
  private addressOf(
    instruction: Instruction,
    name: string,
    expected: PtxType,
    modifiers: Readonly<Record<string, string>>,
  ): void {
    const variable = this.variables.get(name);
    const space = variable?.space ?? (this.parameterNamed(name) === undefined ? undefined : "param");
    if (space === undefined || (instruction.opcode !== "mov" && instruction.opcode !== "cvta")) {
      this.fail(instruction, `"${name}" is neither a register nor a variable`);
    }
    if (instruction.opcode === "cvta" && modifiers["space"] !== space) {
      this.fail(instruction, `"${name}" is in .${space} memory, not in .${modifiers["space"]}`);
    }
    if (expected.bytes < 8 && space !== "shared" && space !== "local") {
      this.fail(instruction, `an address in .${space} memory has 64 bits, and .${expected.name} has fewer`);
    }
    if (variable !== undefined) this.notElsewhere(instruction, variable);
  }

  /** `mov.b64 {%r1, %r2}, %rd1`: the elements' bits make up the type's. */
  private packed(instruction: Instruction, elements: readonly Operand[], rule: OperandRule, expected: PtxType): void {
    const part = ptxTypes.get(`b${(expected.bytes * 8) / elements.length}`);
    if (expected.kind !== "bits" || part === undefined || (elements.length !== 2 && elements.length !== 4)) {
      this.fail(instruction, `a vector of ${elements.length} does not make up .${expected.name}`, "Take .b32 or .b64.");
    }
    for (const element of elements) {
      if (rule.name === "d" && isSink(element)) continue;
      this.value(instruction, element, { ...rule, class: "type" }, part, {});
    }
  }

  private undeclared(instruction: Instruction, name: string): never {
    if (isOtherSpecialRegister(name)) this.fail(instruction, `special register ${name} is not supported yet`);
    this.fail(instruction, `register "${name}" is not declared`);
  }

  private fail(instruction: Instruction, what: string, fix?: string): never {
    throw new InputError(cutWords(what), {
      where: {
        file: `PTX of ${this.checked.what} "${this.checked.name}"`,
        line: instruction.ptxLine,
        column: instruction.ptxColumn,
      },
      ...quoteAround(this.lines[instruction.ptxLine - 1], instruction.ptxColumn),
      ...(fix === undefined ? {} : { fix }),
    });
  }
}

/** `_` stands for a result that nobody needs. */
function isSink(operand: Operand): boolean {
  return operand.kind === "symbol" && operand.name === "_";
}

const elementCounts: Readonly<Record<string, number>> = { v2: 2, v4: 4, v8: 8 };

const predicateType = ptxType("pred");
const u32Type = ptxType("u32");

function expectedType(
  operandClass: OperandClass,
  modifiers: Readonly<Record<string, string>>,
  type: PtxType | undefined,
): PtxType {
  if (operandClass === "pred" || operandClass === "preds" || operandClass === "halves") return predicateType;
  if (operandClass === "u32" || operandClass === "match" || operandClass === "copied") return u32Type;
  if (operandClass === "f32") return ptxType("f32");
  if (operandClass === "policy" || operandClass === "u64") return ptxType("b64");
  if (operandClass === "from") return ptxType(modifiers["from"]);
  if (operandClass === "atype") return ptxType(modifiers["atype"]);
  const base = type ?? u32Type;
  if (operandClass !== "wide") return base;
  return ptxType(`${base.name[0]}${base.bytes * 16}`);
}

// PTX's rule: the sizes are equal, and integers do not mix with floating point unless one side is untyped bits. Loads,
// stores and conversions take a wider register and use its low part.
function agrees(found: PtxType, expected: PtxType, widening: boolean): boolean {
  if ((found.kind === "predicate") !== (expected.kind === "predicate")) return false;
  if (widening ? found.bytes < expected.bytes : found.bytes !== expected.bytes) return false;
  if (found.kind === "bits" || expected.kind === "bits") return true;
  if (isPacked(found) || isPacked(expected)) return found === expected;
  return (found.kind === "float") === (expected.kind === "float");
}

/** Two numbers in a register. */
function isPacked({ name }: PtxType): boolean {
  return name.endsWith("x2");
}

/** The operands of a row; a cache policy only where the instruction says that it has one, and no optional ones where there is no room. */
function rulesOf(
  row: InstructionRow,
  modifiers: Readonly<Record<string, string>>,
  count: number,
): readonly OperandRule[] {
  const rules = modifiers["hint"] === undefined ? row.operands.filter((rule) => rule.class !== "policy") : row.operands;
  const required = rules.filter((rule) => !rule.optional);
  return required.length === count ? required : rules;
}

interface Form {
  readonly row: InstructionRow;
  readonly modifiers: Readonly<Record<string, string>>;
}

/** The row of the table that an instruction's name fits, and its type, whatever its operands; undefined where none does. */
export function formOf(
  instruction: Instruction,
): { readonly row: InstructionRow; readonly type: PtxType | undefined } | undefined {
  const form = firstMatch(rowsOf.get(instruction.opcode) ?? [], instruction);
  return form === undefined ? undefined : { row: form.row, type: typeOf(form.modifiers) };
}

function typeOf(modifiers: Readonly<Record<string, string>>): PtxType | undefined {
  return ptxTypes.get(modifiers["type"] ?? modifiers["dtype"] ?? "");
}

// Of rows that differ in how many operands they take, the one that the operands fit.
function firstMatch(rows: readonly InstructionRow[], instruction: Instruction): Form | undefined {
  let other: Form | undefined;
  for (const row of rows) {
    const modifiers = matchModifiers(row, instruction.modifiers);
    if (modifiers === undefined) continue;
    if (row.operands.length === instruction.operands.length) return { row, modifiers };
    other ??= { row, modifiers };
  }
  if (other !== undefined) return other;
  // NVIDIA's assembler takes modifiers in any order, and inline assembly makes use of it: atom.add.acquire.gpu.u32.
  for (const row of rows) {
    const modifiers = matchInAnyOrder(row, instruction.modifiers);
    if (modifiers !== undefined) return { row, modifiers };
  }
  return undefined;
}

/** Each word goes to the first rule that takes it and has none yet: of two types the one written first is the row's first. */
function matchInAnyOrder(row: InstructionRow, words: readonly string[]): Record<string, string> | undefined {
  const chosen: Record<string, string> = {};
  for (let at = 0; at < words.length; ) {
    const choiceOf = (rule: ModifierRule): string | undefined =>
      chosen[rule.name] === undefined ? rule.choices.find((each) => stands(each, words, at)) : undefined;
    const rule = row.modifiers.find((each) => choiceOf(each) !== undefined);
    if (rule === undefined) return undefined;
    const choice = choiceOf(rule) as string;
    chosen[rule.name] = choice;
    at += choice.split(".").length;
  }
  return row.modifiers.every(({ name, optional }) => optional || chosen[name] !== undefined) ? chosen : undefined;
}

function matchModifiers(row: InstructionRow, words: readonly string[]): Record<string, string> | undefined {
  const chosen: Record<string, string> = {};
  let at = 0;
  for (const rule of row.modifiers) {
    const choice = rule.choices.find((each) => stands(each, words, at));
    if (choice !== undefined) {
      chosen[rule.name] = choice;
      at += choice.split(".").length;
    } else if (!rule.optional) return undefined;
  }
  return at === words.length ? chosen : undefined;
}

/** Whether the words from a place on are this choice, which may be several: `xorsign.abs`. */
function stands(choice: string, words: readonly string[], at: number): boolean {
  return choice
    .split(".")
    .every((word, i) => at + i < words.length && (words[at + i] === word || plainSpace(words[at + i]) === word));
}

// `.shared::cta` and `.shared::cluster` are `.shared`: each block is a cluster of its own here. The parameters of kernels and of functions have names that differ.
function plainSpace(word: string): string {
  return word.replace(/^(shared)::(?:cta|cluster)$|^(param)::(entry|func)$/, "$1$2");
}

function fullName(instruction: Instruction): string {
  return [instruction.opcode, ...instruction.modifiers].join(".");
}
