// Holds one instruction against the instruction table: its name, its operands, what they name and of which type that is.
import { InputError, nearest } from "../../core/errors.js";
import type { CallGraph } from "./call-graph.js";
import { fragmentOf } from "./fragments.js";
import { functionNamedBy } from "./functions.js";
import { firstMatch, fullName, rulesOf, typeOf } from "./instruction-forms.js";
import { adviceOn } from "./instructions/elsewhere.js";
import { type InstructionRow, type OperandRule, rowsOf } from "./instructions/index.js";
import { describeName } from "./instructions/manual.js";
import { coordinateCounts } from "./instructions/texture.js";
import { agrees, elementCounts, expectedType, isPacked, isSink, predicateType, u32Type } from "./operand-types.js";
import { cutWords, quoteAround } from "./quote.js";
import { isOtherSpecialRegister, specialRegisters } from "./special-registers.js";
import type { Instruction, Module, Operand, Variable } from "./syntax.js";
import { type PtxType, ptxType, ptxTypes } from "./types.js";
import { Addresses, type Checked } from "./verify-addresses.js";
import { type VerifiedCall, verifyCall } from "./verify-calls.js";
import { checkSelector, checkVideo } from "./verify-video.js";

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

export class Checker {
  private readonly addresses: Addresses;

  constructor(
    private readonly checked: Checked,
    private readonly variables: ReadonlyMap<string, Variable>,
    private readonly module: Module,
    private readonly graph: CallGraph,
    private readonly lines: readonly string[],
  ) {
    this.addresses = new Addresses(checked, variables, (instruction, what, fix) => this.fail(instruction, what, fix));
  }

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
    if (register === undefined) {
      this.fail(
        instruction,
        `register "${guard.register}" is not declared`,
        `Declare it: .reg .pred ${guard.register};`,
      );
    }
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
    if (row.category === "video")
      checkVideo(instruction.operands, row, modifiers, (what) => this.fail(instruction, what));
    instruction.operands.forEach((operand, index) => {
      const rule = rules[index];
      if (rule.class === "label" || rule.class === "labels") return;
      if (rule.class === "address" || rule.class === "barrier")
        this.addresses.inBrackets(instruction, operand, modifiers, type);
      else if (rule.class === "texture" || rule.class === "surface" || rule.class === "handle") {
        this.texture(instruction, operand, rule, modifiers);
      } else if (rule.class === "literal") this.literal(instruction, operand, rule);
      else if (rule.class === "sharedAddress" || rule.class === "globalAddress") {
        this.addresses.inBrackets(
          instruction,
          operand,
          { space: rule.class === "sharedAddress" ? "shared" : "global" },
          type,
        );
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
        else if (operand.selector !== undefined)
          checkSelector(instruction.opcode, operand.selector, rule, (what) => this.fail(instruction, what));
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
        this.addresses.asValue(instruction, operand.name, expected, modifiers);
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
    this.fail(instruction, `register "${name}" is not declared`, `Declare it with its type, as in .reg .b32 ${name};`);
  }

  private fail(instruction: Instruction, what: string, fix?: string): never {
    throw new InputError(cutWords(what), {
      where: {
        file: `PTX of ${this.checked.what} "${this.checked.name}"`,
        line: instruction.ptxLine,
        column: instruction.ptxColumn,
      },
      ...quoteAround(this.lines[instruction.ptxLine - 1], instruction.ptxColumn),
      ...(fix === undefined ? {} : { fix: cutWords(fix) }),
    });
  }
}
