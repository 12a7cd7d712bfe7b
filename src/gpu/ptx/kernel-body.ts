// What a kernel's body declares and does, while it is read. PTX scopes names by { }: here those of inner scopes get names of
// their own, so that everything after sees one flat kernel. Knows nothing of the text.
import type { Instruction, Operand, RegisterDeclaration, TargetDeclaration, Variable } from "./syntax.js";
import type { PtxType } from "./types.js";

interface Scope {
  readonly outer: Scope | undefined;
  /** Registers and variables, as written and as they are called in the kernel. */
  readonly names: Map<string, string>;
  /** Labels, and the names of declared targets, which are written the same way. */
  readonly labels: Map<string, string>;
}

export class KernelBody {
  readonly registers: Map<string, RegisterDeclaration> = new Map();
  readonly variables: Variable[] = [];
  /** Label to the pc of the instruction that follows it. */
  readonly labels: Map<string, number> = new Map();
  private readonly written: { readonly instruction: Instruction; readonly scope: Scope }[] = [];
  /** Vector registers as called in the kernel, with what their elements are called. */
  private readonly vectors = new Map<string, readonly string[]>();
  /** Names that are called in the kernel as they are written. */
  private readonly plain = new Set<string>();
  /** The number of the last one of those that are not. */
  private readonly counts = new Map<string, number>();
  private readonly declared: { readonly name: string; readonly targets: TargetDeclaration; readonly scope: Scope }[] =
    [];
  private scope: Scope = newScope(undefined);

  /** The pc of the next instruction. */
  get pc(): number {
    return this.written.length;
  }

  openScope(): void {
    this.scope = newScope(this.scope);
  }

  closeScope(): void {
    this.scope = this.scope.outer as Scope;
  }

  /** False where this scope has the name already. */
  declareRegister(name: string, type: PtxType): boolean {
    const unique = this.declare(this.scope.names, name);
    if (unique === undefined) return false;
    this.registers.set(unique, { name: unique, type });
    return true;
  }

  /** `.reg .v2 .f32 name`: the registers `name.x` and `name.y`, which are `name.r` and `name.g` too. */
  declareVector(name: string, type: PtxType, count: number): boolean {
    const unique = this.declare(this.scope.names, name);
    if (unique === undefined) return false;
    const elements = ["x", "y", "z", "w"].slice(0, count).map((axis) => `${unique}.${axis}`);
    for (const element of elements) this.registers.set(element, { name: element, type });
    this.vectors.set(unique, elements);
    elements.forEach((element, i) => {
      this.scope.names.set(`${name}.${"xyzw"[i]}`, element);
      this.scope.names.set(`${name}.${"rgba"[i]}`, element);
    });
    return true;
  }

  /** The registers of a vector register; undefined for what is none. */
  vector(name: string): readonly string[] | undefined {
    if (this.vectors.size === 0) return undefined;
    return this.vectors.get(this.resolve(name) ?? "");
  }

  /** False where this scope has the name already. */
  declareVariable(variable: Variable): boolean {
    const unique = this.declare(this.scope.names, variable.name);
    if (unique === undefined) return false;
    this.variables.push({ ...variable, name: unique });
    return true;
  }

  /** Puts a label before the next instruction. False where this scope has the label already. */
  declareLabel(name: string): boolean {
    const unique = this.declare(this.scope.labels, name);
    if (unique === undefined) return false;
    this.labels.set(unique, this.pc);
    return true;
  }

  /** False where this scope has the name already. */
  declareTargets(name: string, targets: TargetDeclaration): boolean {
    const unique = this.declare(this.scope.labels, name);
    if (unique === undefined) return false;
    this.declared.push({ name: unique, targets, scope: this.scope });
    return true;
  }

  /** What a register or variable is called in the kernel; undefined where no open scope declares it. */
  resolve(name: string): string | undefined {
    return lookUp(this.scope, (scope) => scope.names.get(name));
  }

  add(instruction: Instruction): void {
    this.written.push({ instruction, scope: this.scope });
  }

  /** All instructions. What one goes to may stand further down, so that it is known only now what is meant. */
  get instructions(): readonly Instruction[] {
    return this.written.map(({ instruction, scope }) => {
      const at = { bra: 0, brx: 1 }[instruction.opcode];
      const { call } = instruction;
      if (at !== undefined) {
        const operands = instruction.operands.map((each, index) => (index === at ? goingTo(scope, each) : each));
        return { ...instruction, operands };
      }
      if (call?.prototype === undefined) return instruction;
      return { ...instruction, call: { ...call, prototype: labelIn(scope, call.prototype) } };
    });
  }

  /** Declared targets by name, all of them known only now, as for instructions. */
  get targets(): ReadonlyMap<string, TargetDeclaration> {
    return new Map(
      this.declared.map(({ name, targets, scope }): [string, TargetDeclaration] => {
        if (targets.kind !== "labels") return [name, targets];
        return [name, { kind: "labels", names: targets.names.map((label) => labelIn(scope, label)) }];
      }),
    );
  }

  // What an inner scope declares as `%p` is `%p#2`: no name in the text is written so, and nothing outside finds it.
  private declare(names: Map<string, string>, name: string): string | undefined {
    if (names.has(name)) return undefined;
    let unique = name;
    if (this.scope.outer !== undefined || this.plain.has(name)) {
      const count = (this.counts.get(name) ?? 1) + 1;
      this.counts.set(name, count);
      unique = `${name}#${count}`;
    } else this.plain.add(name);
    names.set(name, unique);
    return unique;
  }
}

function goingTo(scope: Scope, operand: Operand): Operand {
  return operand.kind === "symbol" ? { ...operand, name: labelIn(scope, operand.name) } : operand;
}

/** What a label is called in the kernel; as written where no open scope has it. */
function labelIn(scope: Scope, name: string): string {
  return lookUp(scope, ({ labels }) => labels.get(name)) ?? name;
}

function newScope(outer: Scope | undefined): Scope {
  return { outer, names: new Map(), labels: new Map() };
}

function lookUp(innermost: Scope, find: (scope: Scope) => string | undefined): string | undefined {
  for (let scope: Scope | undefined = innermost; scope !== undefined; scope = scope.outer) {
    const found = find(scope);
    if (found !== undefined) return found;
  }
  return undefined;
}
