// What a kernel's body declares and does, while it is read. PTX scopes names by { }: here those of inner scopes get names of
// their own, so that everything after sees one flat kernel. Knows nothing of the text.
import type { Instruction, RegisterDeclaration, Variable } from "./syntax.js";
import type { PtxType } from "./types.js";

interface Scope {
  readonly outer: Scope | undefined;
  /** Registers and variables, as written and as they are called in the kernel. */
  readonly names: Map<string, string>;
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

  /** What a register or variable is called in the kernel; undefined where no open scope declares it. */
  resolve(name: string): string | undefined {
    return lookUp(this.scope, (scope) => scope.names.get(name));
  }

  add(instruction: Instruction): void {
    this.written.push({ instruction, scope: this.scope });
  }

  /** All instructions. A branch may go to a label further down, so that it is known only now which one it means. */
  get instructions(): readonly Instruction[] {
    return this.written.map(({ instruction, scope }) => {
      const [target] = instruction.operands;
      if (instruction.opcode !== "bra" || target?.kind !== "symbol") return instruction;
      const label = lookUp(scope, ({ labels }) => labels.get(target.name));
      if (label === undefined || label === target.name) return instruction;
      return { ...instruction, operands: [{ ...target, name: label }] };
    });
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
