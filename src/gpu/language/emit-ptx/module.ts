// The typed kernel tree -> a PTX module: statements, layout and declarations. Blocks stand in the order of the source, so
// that of two groups of lanes the one with the lower address is behind.
import { dtypes, isDType } from "../../../core/dtype.js";
import type { DebugInfo, KernelSource, KernelVariable } from "../../ptx/debug-info.js";
import { formatParameterType, type KernelParameter } from "../signature.js";
import {
  type ArrayDeclaration,
  formatType,
  type HelperCall,
  type KernelTree,
  type Loop,
  type PointerValue,
  type Statement,
} from "../tree.js";
import { elementAddress } from "./addresses.js";
import { memoryType } from "./operands.js";
import { symbolName } from "./registers.js";
import { branchWhen, emitValue, mask, register, type ValueEmitter } from "./values.js";
import { PtxWriter } from "./writer.js";

export interface EmittedPtx {
  readonly ptx: string;
  readonly debug: DebugInfo;
}

/** PTX ISA 7.8 and sm_70, the first with independent threads, are enough for everything that is emitted. */
const header = [".version 7.8", ".target sm_70", ".address_size 64"];

export function emitPtx(tree: KernelTree, parameters: readonly KernelParameter[], source: KernelSource): EmittedPtx {
  const emitter = new Emitter(tree, parameters);
  emitter.run();
  const { registers } = emitter.writer;
  const text = [
    `// ${tree.name}(${parameters.map(({ name, type }) => `${ascii(name)}: ${formatParameterType(type)}`).join(", ")})`,
    ...header,
    "",
    `.file 1 "${ascii(source.origin.replaceAll(/["\\]/g, "'"))}"`,
    "",
    `.visible .entry ${tree.name}(`,
    parameters
      .map((parameter) => `  .param .${parameterType(parameter)} ${emitter.parameterName(parameter)}`)
      .join(",\n"),
    ")",
    "{",
    ...registers.declarations().map((line) => `  ${line}`),
    ...emitter.arrayDeclarations().map((line) => `  ${line}`),
    "",
    ...emitter.writer.lines(),
    "}",
    "",
  ];
  const variables: KernelVariable[] = registers.variables().map(([variable, name]) => ({
    name: variable.name,
    register: name,
    type: emitter.describe(variable, formatType(variable.type)),
  }));
  return {
    ptx: text.filter((line, index) => line !== "" || text[index - 1] !== "").join("\n"),
    debug: { source, variables },
  };
}

/** Text for a comment or a string of PTX, which knows ASCII only: any other character as `\u{3b1}`. */
function ascii(text: string): string {
  return text.replaceAll(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

function parameterType({ type }: KernelParameter): string {
  return isDType(type) ? memoryType(type.name) : "u64";
}

interface LoopLabels {
  readonly end: string;
  readonly next: string;
}

interface HelperFrame {
  readonly result: string;
  readonly end: string;
  /** Lines inside a helper belong to its call, since the debugger shows one text. */
  readonly last: Statement | undefined;
}

class Emitter implements ValueEmitter {
  readonly writer: PtxWriter = new PtxWriter();
  stored: ValueEmitter["stored"];
  readonly #tree: KernelTree;
  readonly #parameters: readonly KernelParameter[];
  readonly #symbols = new Map<object, string>();
  readonly #parameterNames = new Map<KernelParameter, string>();
  readonly #arrayOf = new Map<object, ArrayDeclaration>();
  readonly #loops: LoopLabels[] = [];
  readonly #helpers: HelperFrame[] = [];

  constructor(tree: KernelTree, parameters: readonly KernelParameter[]) {
    this.#tree = tree;
    this.#parameters = parameters;
    const taken = new Set([tree.name]);
    for (const parameter of parameters) {
      this.#parameterNames.set(parameter, symbolName(`${tree.name}_param_${parameter.name}`, taken));
    }
    for (const array of tree.arrays) this.#symbols.set(array, symbolName(array.name, taken));
  }

  run(): void {
    this.#loadParameters();
    this.#statements(this.#tree.body);
    this.writer.instruction("ret");
  }

  symbol(array: object): string {
    return this.#symbols.get(array)!;
  }

  parameterName(parameter: KernelParameter): string {
    return this.#parameterNames.get(parameter)!;
  }

  /** The type for people: an array with all its extents, `f32.shared[16][16]`. */
  describe(variable: object, type: string): string {
    const array = this.#arrayOf.get(variable);
    if (array === undefined) return type;
    return `${array.element}.${array.space}${array.extents.map((extent) => `[${extent}]`).join("")}`;
  }

  arrayDeclarations(): string[] {
    return this.#tree.arrays.map((array) => {
      const { bytes } = dtypes[array.element];
      const size = array.extents.reduce((product, extent) => product * extent, bytes);
      return `.${array.space} .align ${bytes} .b8 ${this.symbol(array)}[${size}];`;
    });
  }

  inline(call: HelperCall, result: string): void {
    const registers = call.parameters.map((parameter) => this.writer.registers.of(parameter));
    for (const [index, operand] of call.operands.entries()) emitValue(this, operand, registers[index]);
    const end = `${this.writer.family(call.name)}_end`;
    const loops = this.#loops.splice(0);
    this.#helpers.push({ result, end, last: call.body.at(-1) });
    this.#statements(call.body);
    this.#helpers.pop();
    this.#loops.push(...loops);
    this.writer.label(end);
  }

  #loadParameters(): void {
    const { writer } = this;
    if (this.#tree.parameters.length > 0) writer.location(this.#tree.parameters[0].place);
    for (const [index, parameter] of this.#parameters.entries()) {
      const target = writer.registers.of(this.#tree.parameters[index]);
      const source = `[${this.parameterName(parameter)}]`;
      const load = `ld.param.${parameterType(parameter)}`;
      if (isDType(parameter.type)) {
        writer.instruction(load, target, source);
        continue;
      }
      const generic = writer.registers.temporary("b64");
      writer.instruction(load, generic, source);
      writer.instruction("cvta.to.global.u64", target, generic);
    }
  }

  #statements(body: readonly Statement[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #locate(place: Statement["place"]): void {
    if (this.#helpers.length === 0) this.writer.location(place);
  }

  #statement(node: Statement): void {
    const { writer } = this;
    if (node.kind !== "block" && node.kind !== "loop") this.#locate(node.place);
    switch (node.kind) {
      case "declare":
        if (node.value?.kind === "array") this.#arrayOf.set(node.variable, node.value.array);
        if (node.value === undefined) writer.registers.of(node.variable);
        else emitValue(this, node.value, writer.registers.of(node.variable));
        return;
      case "assign":
        emitValue(this, node.value, writer.registers.of(node.variable));
        return;
      case "store":
        this.#store(node);
        return;
      case "evaluate":
        emitValue(this, node.expression);
        return;
      case "if":
        this.#if(node);
        return;
      case "loop":
        this.#loop(node);
        return;
      case "break":
        writer.branch(this.#loops.at(-1)!.end);
        return;
      case "continue":
        writer.branch(this.#loops.at(-1)!.next);
        return;
      case "return":
        this.#return(node);
        return;
      case "block":
        this.#statements(node.body);
        return;
      case "sync":
        if (node.scope === "block") writer.instruction("bar.sync", "0");
        else writer.instruction("bar.warp.sync", node.mask === undefined ? "-1" : mask(this, node.mask));
        return;
      case "fence":
        writer.instruction(node.scope === "device" ? "membar.gl" : "membar.cta");
        return;
    }
  }

  #store({ element, value }: Extract<Statement, { kind: "store" }>): void {
    const { space } = element.pointer.type as PointerValue;
    const type = memoryType(element.dtype);
    const address = elementAddress(this.writer, (each) => emitValue(this, each), element);
    const outer = this.stored;
    this.stored = { instruction: `ld.${space}.${type}`, address };
    const source = register(this, value);
    this.stored = outer;
    this.writer.instruction(`st.${space}.${type}`, address, source);
  }

  #if({ condition, whenTrue, whenFalse }: Extract<Statement, { kind: "if" }>): void {
    const { writer } = this;
    const family = writer.family("if");
    const [otherwise, end] = [`${family}_else`, `${family}_end`];
    branchWhen(this, condition, false, whenFalse.length > 0 ? otherwise : end);
    this.#statements(whenTrue);
    if (whenFalse.length > 0) {
      if (!jumpsAway(whenTrue)) writer.branch(end);
      writer.label(otherwise);
      this.#statements(whenFalse);
    }
    writer.label(end);
  }

  #loop({ form, condition, update, body, place }: Loop): void {
    const { writer } = this;
    const start = writer.family(form);
    const labels = {
      end: `${start}_end`,
      next: form === "while" ? start : `${start}_${form === "do" ? "test" : "next"}`,
    };
    writer.label(start);
    if (form !== "do" && condition !== undefined && condition.kind !== "literal") this.#locate(condition.place);
    if (form !== "do" && condition !== undefined) branchWhen(this, condition, false, labels.end);
    this.#loops.push(labels);
    this.#statements(body);
    this.#loops.pop();
    if (form !== "while") writer.label(labels.next);
    this.#statements(update);
    if (form === "do" && condition !== undefined) {
      this.#locate(condition.place);
      branchWhen(this, condition, true, start);
    } else {
      if (update.length === 0) this.#locate(place);
      writer.branch(start);
    }
    writer.label(labels.end);
  }

  #return(node: Extract<Statement, { kind: "return" }>): void {
    const helper = this.#helpers.at(-1);
    if (helper === undefined) {
      this.writer.instruction("ret");
      return;
    }
    emitValue(this, node.value!, helper.result);
    if (node !== helper.last) this.writer.branch(helper.end);
  }
}

/** Whether control never reaches the end of these statements. */
function jumpsAway(body: readonly Statement[]): boolean {
  const last = body.at(-1);
  return last?.kind === "return" || last?.kind === "break" || last?.kind === "continue";
}
