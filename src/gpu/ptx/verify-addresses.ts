// What the names of variables and parameters may stand for in an instruction: an address in brackets, or an address as a value.
import { elementCounts } from "./operand-types.js";
import type { Body, Instruction, Operand, Parameter, Variable } from "./syntax.js";
import type { PtxType } from "./types.js";

/** What is checked: a kernel or a function. */
export interface Checked {
  readonly name: string;
  readonly what: "kernel" | "function";
  readonly body: Body;
  /** The kernel's; a function's are variables. */
  readonly parameters: readonly Parameter[];
}

/** Checks the addresses in the instructions of one kernel or function. */
export class Addresses {
  constructor(
    private readonly checked: Checked,
    private readonly variables: ReadonlyMap<string, Variable>,
    /** Refuses an instruction. */
    private readonly fail: (instruction: Instruction, what: string, fix?: string) => never,
  ) {}

  /** `[%rd1+4]`, `[variable]` or `[parameter]` */
  inBrackets(
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

  /** The name of a variable or parameter as a value: its address. */
  asValue(
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

  private parameterNamed(name: string): Parameter | undefined {
    return this.checked.parameters.find((parameter) => parameter.name === name);
  }
}
