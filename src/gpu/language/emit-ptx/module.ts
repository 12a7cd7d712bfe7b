// The typed kernel tree -> a PTX module: header, declarations, the called functions and the kernel.
import { dtypes, isDType } from "../../../core/dtype.js";
import type { DebugInfo, FunctionDebugInfo, KernelSource, KernelVariable } from "../../ptx/debug-info.js";
import { formatParameterType, type KernelParameter } from "../signature.js";
import { type ArrayDeclaration, type DeviceFunction, formatType, type KernelTree } from "../tree.js";
import { FunctionEmitter, type ModuleNames } from "./function.js";
import { bitType, memoryType } from "./operands.js";
import { symbolName } from "./registers.js";

export interface EmittedPtx {
  readonly ptx: string;
  readonly debug: DebugInfo;
}

/** PTX ISA 7.8 and sm_70, the first with independent threads, are enough for most of what is emitted. */
const version = ".version 7.8";
const leastArchitecture = 70;

export function emitPtx(tree: KernelTree, parameters: readonly KernelParameter[], source: KernelSource): EmittedPtx {
  const module = new Module(tree);
  const functions = tree.functions.map((each, index) => module.emitFunction(each, index + 2));
  const { entry, emitter } = module.emitEntry(parameters);
  const text = [
    `// ${tree.name}(${parameters.map(({ name, type }) => `${ascii(name)}: ${formatParameterType(type)}`).join(", ")})`,
    version,
    `.target sm_${module.architecture}`,
    ".address_size 64",
    "",
    ...[source, ...functions.map(({ debug }) => debug.source)].map(
      ({ origin }, index) => `.file ${index + 1} "${ascii(origin.replaceAll(/["\\]/g, "'"))}"`,
    ),
    "",
    ...module.declarations(),
    "",
    ...functions.flatMap(({ lines }) => lines),
    ...entry,
    "",
  ];
  return {
    ptx: text.filter((line, index) => line !== "" || text[index - 1] !== "").join("\n"),
    debug: {
      source,
      variables: variablesOf(emitter),
      ...(functions.length === 0 ? {} : { functions: functions.map(({ debug }) => debug) }),
    },
  };
}

function variablesOf(emitter: FunctionEmitter): KernelVariable[] {
  return emitter.writer.registers
    .variables()
    .filter(([variable]) => variable.internal !== true)
    .map(([variable, name]) => ({
      name: variable.name,
      register: name,
      type: emitter.describe(variable, formatType(variable.type)),
    }));
}

/** Text for a comment or a string of PTX, which knows ASCII only: any other character as `\u{3b1}`. */
function ascii(text: string): string {
  return text.replaceAll(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

function parameterType({ type }: KernelParameter): string {
  return isDType(type) ? memoryType(type.name) : "u64";
}

class Module implements ModuleNames {
  architecture: number = leastArchitecture;
  prints = false;
  readonly #tree: KernelTree;
  readonly #taken: Set<string>;
  readonly #symbols = new Map<object, string>();
  readonly #texts = new Map<string, string>();

  constructor(tree: KernelTree) {
    this.#tree = tree;
    this.#taken = new Set([tree.name, "vprintf", "printed_values"]);
    for (const each of tree.functions) this.#symbols.set(each, symbolName(each.name, this.#taken));
  }

  symbol(declared: object): string {
    return this.#symbols.get(declared)!;
  }

  needs(sm: number): void {
    this.architecture = Math.max(this.architecture, sm);
  }

  /** The symbol of a text in global memory. */
  text(text: string): string {
    const found = this.#texts.get(text);
    if (found !== undefined) return found;
    const symbol = symbolName("format", this.#taken);
    this.#texts.set(text, symbol);
    return symbol;
  }

  /** What stands before functions: texts, printf, and shared memory that more than the kernel sees. */
  declarations(): string[] {
    const texts = Array.from(this.#texts, ([text, symbol]) => {
      const bytes = [...new TextEncoder().encode(text), 0];
      return `.global .align 1 .b8 ${symbol}[${bytes.length}] = {${bytes.join(", ")}};`;
    });
    return [
      ...(this.prints
        ? [
            ".extern .func (.param .b32 vprintf_result) vprintf(.param .b64 vprintf_format, .param .b64 vprintf_values);",
          ]
        : []),
      ...texts,
      ...this.#tree.arrays.filter((array) => this.#isModules(array)).map((array) => this.#declaration(array)),
    ];
  }

  /** `file` is the number of the function's text. */
  emitFunction(node: DeviceFunction, file: number): { lines: string[]; debug: FunctionDebugInfo } {
    const name = this.symbol(node);
    for (const array of node.arrays) this.#symbols.set(array, symbolName(array.name, this.#taken));
    this.#nameArrays();
    const emitter = new FunctionEmitter(this, file, `${name}_result`);
    const names = node.parameters.map((parameter) => symbolName(`${name}_param_${parameter.name}`, this.#taken));
    emitter.run(node.body, (writer) => {
      if (node.parameters.length > 0) writer.location(node.parameters[0].place);
      for (const [index, parameter] of node.parameters.entries()) {
        writer.instruction(`ld.param.${bitType(parameter.type)}`, writer.registers.of(parameter), `[${names[index]}]`);
      }
    });
    const taken = node.parameters.map((parameter, index) => `  .param .${bitType(parameter.type)} ${names[index]}`);
    const lines = [
      `.func (.param .${bitType(node.result)} ${name}_result) ${name}(`,
      taken.join(",\n"),
      ")",
      ...this.#block(emitter, node.arrays),
      "",
    ];
    return { lines, debug: { name, source: node.source, variables: variablesOf(emitter) } };
  }

  emitEntry(parameters: readonly KernelParameter[]): { entry: string[]; emitter: FunctionEmitter } {
    const tree = this.#tree;
    const names = parameters.map((parameter) => symbolName(`${tree.name}_param_${parameter.name}`, this.#taken));
    this.#nameArrays();
    const emitter = new FunctionEmitter(this, 1, undefined);
    emitter.run(tree.body, (writer) => {
      if (tree.parameters.length > 0) writer.location(tree.parameters[0].place);
      for (const [index, parameter] of parameters.entries()) {
        const target = writer.registers.of(tree.parameters[index]);
        const load = `ld.param.${parameterType(parameter)}`;
        if (isDType(parameter.type)) {
          writer.instruction(load, target, `[${names[index]}]`);
          continue;
        }
        const generic = writer.registers.temporary("b64");
        writer.instruction(load, generic, `[${names[index]}]`);
        writer.instruction("cvta.to.global.u64", target, generic);
      }
    });
    const own = tree.arrays.filter((array) => !this.#isModules(array));
    const entry = [
      `.visible .entry ${tree.name}(`,
      parameters.map((parameter, index) => `  .param .${parameterType(parameter)} ${names[index]}`).join(",\n"),
      ")",
      ...this.#block(emitter, own),
    ];
    return { entry, emitter };
  }

  #nameArrays(): void {
    for (const array of this.#tree.arrays) {
      if (!this.#symbols.has(array)) this.#symbols.set(array, symbolName(array.name, this.#taken));
    }
  }

  #block(emitter: FunctionEmitter, arrays: readonly ArrayDeclaration[]): string[] {
    return [
      "{",
      ...emitter.writer.registers.declarations().map((line) => `  ${line}`),
      ...arrays.map((array) => `  ${this.#declaration(array)}`),
      ...emitter.declarations().map((line) => `  ${line}`),
      "",
      ...emitter.writer.lines(),
      "}",
    ];
  }

  /** Whether the array stands outside of the functions: dynamic memory must, and what a called function may share. */
  #isModules({ space, extents }: ArrayDeclaration): boolean {
    return space === "shared" && (extents[0] === undefined || this.#tree.functions.length > 0);
  }

  #declaration(array: ArrayDeclaration): string {
    const { bytes } = dtypes[array.element];
    const symbol = this.symbol(array);
    const [first, ...rest] = array.extents;
    if (first === undefined) return `.extern .shared .align 16 .b8 ${symbol}[];`;
    const size = rest.reduce<number>((product, extent) => product * (extent as number), first * bytes);
    return `.${array.space} .align ${Math.max(bytes, this.#tree.widestAccess)} .b8 ${symbol}[${size}];`;
  }
}
