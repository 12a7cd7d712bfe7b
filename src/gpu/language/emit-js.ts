// The typed kernel tree -> JavaScript in which each operation is rounded to its static type: the reference that the PTX is
// tested against. A thread is a generator that yields at a barrier. Knows nothing of warps.
import { InputError } from "../../core/errors.js";
import {
  type ArrayDeclaration,
  type Element,
  type Expression,
  type HelperCall,
  isFloat,
  type KernelTree,
  type PointerValue,
  type ScalarType,
  type Statement,
  type Variable,
} from "./tree.js";

/** The text of a function `(P, T, A, R)`: parameters by position, the thread, its arrays by number, and the runtime. */
export function emitJavaScript(tree: KernelTree): string {
  return new JavaScriptEmitter(tree).run();
}

class JavaScriptEmitter {
  readonly #names = new Map<Variable, string>();
  readonly #arrays = new Map<ArrayDeclaration, number>();

  constructor(readonly tree: KernelTree) {
    for (const [index, array] of tree.arrays.entries()) this.#arrays.set(array, index);
  }

  run(): string {
    const parameters = this.tree.parameters.map((parameter, index) => `let ${this.#name(parameter)} = P[${index}];`);
    return ["return function* (P, T, A, R) {", ...parameters, ...this.#body(this.tree.body), "};"].join("\n");
  }

  #name(variable: Variable): string {
    let name = this.#names.get(variable);
    if (name === undefined) {
      name = `v${this.#names.size}_${variable.name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
      this.#names.set(variable, name);
    }
    return name;
  }

  #body(body: readonly Statement[]): string[] {
    return body.flatMap((statement) => this.#statement(statement));
  }

  #statement(node: Statement): string[] {
    switch (node.kind) {
      case "declare": {
        const value = node.value === undefined ? undefined : this.#value(node.value);
        return [`let ${this.#name(node.variable)}${value === undefined ? "" : ` = ${value}`};`];
      }
      case "assign":
        return [`${this.#name(node.variable)} = ${this.#value(node.value)};`];
      case "store":
        return [`{ const e = ${this.#element(node.element)}; R.store(e, ${this.#value(node.value)}); }`];
      case "evaluate":
        return [`${this.#value(node.expression)};`];
      case "if":
        return [
          `if (${this.#value(node.condition)}) {`,
          ...this.#body(node.whenTrue),
          ...(node.whenFalse.length === 0 ? [] : ["} else {", ...this.#body(node.whenFalse)]),
          "}",
        ];
      case "loop": {
        const test = node.condition === undefined ? "true" : this.#value(node.condition);
        if (node.form === "do") return ["do {", ...this.#body(node.body), `} while (${test});`];
        const update = node.update.map((each) => this.#body([each]).join(" ")).join(" ");
        // The update stands at the top, so that `continue` comes past it.
        if (update === "") return [`while (${test}) {`, ...this.#body(node.body), "}"];
        return [
          `for (let first = true; ; first = false) { if (!first) { ${update} } if (!(${test})) break;`,
          ...this.#body(node.body),
          "}",
        ];
      }
      case "break":
      case "continue":
        return [`${node.kind};`];
      case "return":
        return [node.value === undefined ? "return;" : `return ${this.#value(node.value)};`];
      case "block":
        return ["{", ...this.#body(node.body), "}"];
      case "sync":
        if (node.scope === "warp") throw noWarps("syncwarp");
        return ["yield;"];
      case "fence":
        return [];
    }
  }

  #value(node: Expression): string {
    switch (node.kind) {
      case "literal":
        return number(node.value);
      case "variable":
        return this.#name(node.variable);
      case "index":
        return `T.${node.index}.${node.axis}`;
      case "unary":
        if (node.type === "bool") return `!${this.#value(node.operand)}`;
        return `R.${node.operator === "neg" ? "negate" : "bitwiseNot"}("${node.type}", ${this.#value(node.operand)})`;
      case "binary":
        return this.#binary(node.operator, node.type, this.#value(node.left), this.#value(node.right));
      case "compare":
        return `(${this.#value(node.left)} ${comparisons[node.operator]} ${this.#value(node.right)})`;
      case "logical":
        return `(${this.#value(node.left)} ${node.operator === "and" ? "&&" : "||"} ${this.#value(node.right)})`;
      case "select":
        return `(${this.#value(node.condition)} ? ${this.#value(node.whenTrue)} : ${this.#value(node.whenFalse)})`;
      case "convert":
        return this.#convert(
          node.operand.type as ScalarType | "bool",
          node.type,
          this.#value(node.operand),
          node.narrow,
        );
      case "math":
        return `R.math("${node.operator}", "${node.type}", ${node.operands.map((each) => this.#value(each)).join(", ")})`;
      case "fma":
        return `R.fma("${node.type}", ${node.operands.map((each) => this.#value(each)).join(", ")})`;
      case "load":
        return `R.load(${this.#element(node.element)})`;
      case "stored":
        return "R.load(e)";
      case "array":
        return `A[${this.#arrays.get(node.array)}]`;
      case "pointer-add":
        return `R.move(${this.#value(node.pointer)}, ${this.#value(node.count)} * ${node.stride})`;
      case "atomic": {
        const operands = node.operands.map((each) => this.#value(each)).join(", ");
        return `R.atomic("${node.operator}", "${node.type}", ${this.#element(node.element)}, ${operands})`;
      }
      case "call":
        return this.#call(node);
      case "lane":
        throw noWarps("laneId");
      case "shuffle":
        throw noWarps("shuffles");
      case "vote":
        throw noWarps("votes");
    }
  }

  #call(node: HelperCall): string {
    const operands = node.operands.map((each) => this.#value(each)).join(", ");
    const parameters = node.parameters.map((parameter) => this.#name(parameter)).join(", ");
    return `(yield* (function* (${parameters}) {\n${this.#body(node.body).join("\n")}\n})(${operands}))`;
  }

  #element({ pointer, index }: Element): string {
    const space = (pointer.type as PointerValue).space;
    return `R.element(${this.#value(pointer)}, ${this.#value(index)}, "${space}", T)`;
  }

  #binary(operator: string, type: ScalarType, left: string, right: string): string {
    const word = infix[operator];
    if (isFloat(type)) return type === "f32" ? `Math.fround(${left} ${word} ${right})` : `(${left} ${word} ${right})`;
    if ((type === "i32" || type === "u32") && word !== undefined && operator !== "div" && operator !== "mul") {
      return `((${left} ${word} ${right}) ${type === "i32" ? "| 0" : ">>> 0"})`;
    }
    return `R.binary("${operator}", "${type}", ${left}, ${right})`;
  }

  #convert(from: ScalarType | "bool", to: ScalarType, value: string, narrow: string | undefined): string {
    const scalar = from === "bool" ? "i32" : from;
    const operand = from === "bool" ? `(${value} ? 1 : 0)` : value;
    return narrow === undefined ? `R.convert("${scalar}", "${to}", ${operand})` : `R.narrow("${narrow}", ${operand})`;
  }
}

const infix: Readonly<Record<string, string>> = { add: "+", sub: "-", mul: "*", div: "/", and: "&", or: "|", xor: "^" };

const comparisons = { eq: "===", ne: "!==", lt: "<", le: "<=", gt: ">", ge: ">=" } as const;

function number(value: number | bigint | boolean): string {
  if (typeof value === "bigint") return value < 0n ? `(${value}n)` : `${value}n`;
  if (Object.is(value, -0)) return "(-0)";
  return typeof value === "number" && value < 0 ? `(${value})` : `${value}`;
}

function noWarps(what: string): InputError {
  return new InputError(`the JavaScript reference has no warps, so it cannot run a kernel with ${what}`, {
    fix: "Run the kernel on a VirtualGPU.",
  });
}
