// The typed kernel tree -> JavaScript in which each operation is rounded to its static type: the reference that the PTX is
// tested against. A thread is a generator that yields at a barrier. Knows nothing of warps.
import { InputError } from "../../core/errors.js";
import type {
  ArrayDeclaration,
  DeviceFunction,
  Element,
  Expression,
  FunctionCall,
  HelperCall,
  If,
  KernelTree,
  PointerValue,
  Rounding,
  ScalarType,
  Statement,
  Variable,
} from "./tree.js";

/** The text of a function `(P, T, A, R)`: parameters by position, the thread, its arrays by number, and the runtime. */
export function emitJavaScript(tree: KernelTree): string {
  return new JavaScriptEmitter(tree).run();
}

class JavaScriptEmitter {
  readonly #names = new Map<Variable, string>();
  readonly #arrays = new Map<ArrayDeclaration, string>();
  readonly #functions = new Map<DeviceFunction, string>();

  constructor(readonly tree: KernelTree) {
    for (const [index, array] of tree.arrays.entries()) this.#arrays.set(array, `A[${index}]`);
    for (const [index, { arrays }] of tree.functions.entries()) {
      for (const [own, array] of arrays.entries()) this.#arrays.set(array, `B${index}_${own}`);
    }
    for (const [index, each] of tree.functions.entries()) this.#functions.set(each, `F${index}`);
  }

  run(): string {
    const parameters = this.tree.parameters.map((parameter, index) => `let ${this.#name(parameter)} = P[${index}];`);
    const functions = this.tree.functions.flatMap((each) => this.#function(each));
    return ["return function* (P, T, A, R) {", ...functions, ...parameters, ...this.#body(this.tree.body), "};"].join(
      "\n",
    );
  }

  /** A called function: each call has its local arrays anew. */
  #function(node: DeviceFunction): string[] {
    const parameters = node.parameters.map((parameter) => this.#name(parameter)).join(", ");
    const arrays = node.arrays.map((array) => {
      const { name, element, extents } = array;
      return `const ${this.#arrays.get(array)} = R.allocate(${JSON.stringify({ name, element, extents })});`;
    });
    return [`function* ${this.#functions.get(node)}(${parameters}) {`, ...arrays, ...this.#body(node.body), "}"];
  }

  #callFunction(node: FunctionCall): string {
    const operands = node.operands.map((each) => this.#value(each)).join(", ");
    return `(yield* ${this.#functions.get(node.function)}(${operands}))`;
  }

  #switch({ cases, label }: Extract<Statement, { kind: "switch" }>): string[] {
    return [
      `${labelOf(label)}switch (true) {`,
      ...cases.flatMap(({ test, body }) => [
        test === undefined ? "default:" : `case ${this.#value(test)}:`,
        ...this.#body(body),
      ]),
      "}",
    ];
  }

  #vector(node: Extract<Statement, { kind: "load-vector" | "store-vector" }>): string[] {
    const parts = node.kind === "load-vector" ? node.variables : node.values;
    const element = `const e = R.vector(${this.#element(node.element)}, ${parts.length}, T);`;
    if (node.kind === "load-vector") {
      const names = node.variables.map((variable) => this.#name(variable));
      const loads = names.map((name, at) => `${name} = R.load(R.move(e, ${at}));`);
      return [`let ${names.join(", ")};`, `{ ${element} ${loads.join(" ")} }`];
    }
    const stores = node.values.map((_, at) => `R.store(R.move(e, ${at}), w[${at}]);`);
    const values = node.values.map((value) => this.#value(value)).join(", ");
    return [`{ const w = [${values}]; ${element} ${stores.join(" ")} }`];
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
        return this.#if(node);
      case "loop": {
        const test = node.condition === undefined ? "true" : this.#value(node.condition);
        const label = labelOf(node.label);
        if (node.form === "do") return [`${label}do {`, ...this.#body(node.body), `} while (${test});`];
        const update = node.update.map((each) => this.#body([each]).join(" ")).join(" ");
        // The update stands at the top, so that `continue` comes past it.
        if (update === "") return [`${label}while (${test}) {`, ...this.#body(node.body), "}"];
        return [
          `${label}for (let first = true; ; first = false) { if (!first) { ${update} } if (!(${test})) break;`,
          ...this.#body(node.body),
          "}",
        ];
      }
      case "break":
      case "continue":
        return [`${node.kind}${node.label === undefined ? "" : ` L_${node.label}`};`];
      case "return":
        return [node.value === undefined ? "return;" : `return ${this.#value(node.value)};`];
      case "block":
        return [`${labelOf(node.label)}{`, ...this.#body(node.body), "}"];
      case "sync":
        if (node.scope === "grid") {
          throw new InputError("the JavaScript reference runs block after block, so it has no gridSync", {
            fix: "Run the kernel on a VirtualGPU.",
          });
        }
        if (node.scope === "warp") throw noWarps("syncwarp");
        return ["yield;"];
      case "fence":
        return [];
      case "switch":
        return this.#switch(node);
      case "load-vector":
      case "store-vector":
        return this.#vector(node);
      case "fragment-load":
      case "fragment-store":
      case "fragment-mma":
        throw noWarps("matrices of Tensor Cores");
      case "print":
        return [
          `R.print(${[JSON.stringify(node.format), ...node.operands.map((each) => this.#value(each))].join(", ")});`,
        ];
      case "barrier":
        if (node.mode === "arrive" || node.count !== undefined) throw noWarps("barriers of some threads");
        return [`${this.#value(node.id)};`, "yield;"];
    }
  }

  #if(first: If): string[] {
    const lines: string[] = [];
    for (let node: If | undefined = first, word = "if"; node !== undefined; word = "} else if") {
      const { condition, whenTrue, whenFalse }: If = node;
      lines.push(`${word} (${this.#value(condition)}) {`, ...this.#body(whenTrue));
      const [only]: readonly Statement[] = whenFalse;
      node = whenFalse.length === 1 && only.kind === "if" ? only : undefined;
      if (node === undefined && whenFalse.length > 0) lines.push("} else {", ...this.#body(whenFalse));
    }
    return [...lines, "}"];
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
          node.rounding,
        );
      case "math":
        return `R.math("${node.operator}", "${node.type}", ${node.operands.map((each) => this.#value(each)).join(", ")})`;
      case "fma":
        return `R.fma("${node.type}", ${[...node.operands.map((each) => this.#value(each)), rounding(node.rounding)].join(", ")})`;
      case "intrinsic": {
        const operands = node.operands.map((each) => this.#value(each)).join(", ");
        return `R.intrinsic("${node.name}", "${node.of}", ${rounding(node.rounding)}, ${operands})`;
      }
      case "bitcast":
        return `R.bitcast("${node.operand.type}", "${node.type}", ${this.#value(node.operand)})`;
      case "load":
        return `R.load(${this.#element(node.element)})`;
      case "stored":
        return "R.load(e)";
      case "array":
        return this.#arrays.get(node.array)!;
      case "pointer-add":
        return `R.move(${this.#value(node.pointer)}, ${this.#value(node.count)} * ${node.stride})`;
      case "atomic": {
        const operands = node.operands.map((each) => this.#value(each)).join(", ");
        return `R.atomic("${node.operator}", "${node.type}", ${this.#element(node.element)}, ${operands})`;
      }
      case "call":
        return this.#call(node);
      case "call-function":
        return this.#callFunction(node);
      case "warp-intrinsic":
        throw noWarps(node.name);
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
    if (type === "f32" || type === "f64")
      return type === "f32" ? `Math.fround(${left} ${word} ${right})` : `(${left} ${word} ${right})`;
    if ((type === "i32" || type === "u32") && word !== undefined && operator !== "div" && operator !== "mul") {
      return `((${left} ${word} ${right}) ${type === "i32" ? "| 0" : ">>> 0"})`;
    }
    return `R.binary("${operator}", "${type}", ${left}, ${right})`;
  }

  #convert(
    from: ScalarType | "bool",
    to: ScalarType,
    value: string,
    narrow: string | undefined,
    rounds: Rounding | undefined,
  ): string {
    const scalar = from === "bool" ? "i32" : from;
    const operand = from === "bool" ? `(${value} ? 1 : 0)` : value;
    return narrow === undefined
      ? `R.convert("${scalar}", "${to}", ${operand}, ${rounding(rounds)})`
      : `R.narrow("${narrow}", ${operand})`;
  }
}

const infix: Readonly<Record<string, string>> = { add: "+", sub: "-", mul: "*", div: "/", and: "&", or: "|", xor: "^" };

const comparisons = { eq: "===", ne: "!==", lt: "<", le: "<=", gt: ">", ge: ">=" } as const;

function rounding(rounding: Rounding | undefined): string {
  return rounding === undefined ? "undefined" : `"${rounding}"`;
}

/** A person's label may be a word that JavaScript keeps for itself. */
function labelOf(label: string | undefined): string {
  return label === undefined ? "" : `L_${label}: `;
}

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
