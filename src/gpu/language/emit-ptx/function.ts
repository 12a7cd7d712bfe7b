// The statements of a function -> PTX. Blocks stand in the order of the source, so that of two groups of lanes the one with the
// lower address is behind.
import { dtypes } from "../../../core/dtype.js";
import type { ArrayDeclaration, HelperCall, If, Loop, PointerValue, Statement } from "../tree.js";
import { elementAddress } from "./addresses.js";
import { bitType, memoryType } from "./operands.js";
import { branchWhen, emitValue, mask, register, type ValueEmitter } from "./values.js";
import { PtxWriter } from "./writer.js";

/** What the functions of a module share: symbols, texts, and what they need. */
export interface ModuleNames {
  symbol(declared: object): string;
  needs(sm: number): void;
  text(text: string): string;
  prints: boolean;
}

/** Where jumps out of a statement go. Only a loop has a `next`, and a block is left by its name alone. */
interface JumpLabels {
  readonly kind: "loop" | "switch" | "block";
  readonly label: string | undefined;
  readonly end: string;
  readonly next?: string;
}

interface HelperFrame {
  readonly result: string;
  readonly end: string;
  /** Lines inside a helper belong to its call, since the debugger shows one text. */
  readonly last: Statement | undefined;
}

export class FunctionEmitter implements ValueEmitter {
  readonly writer: PtxWriter;
  stored: ValueEmitter["stored"];
  readonly #module: ModuleNames;
  /** The parameter that takes what a called function returns; undefined in a kernel. */
  readonly #result: string | undefined;
  readonly #arrayOf = new Map<object, ArrayDeclaration>();
  readonly #jumps: JumpLabels[] = [];
  readonly #helpers: HelperFrame[] = [];
  /** Bytes for the values of the longest printf. */
  #printed = 0;

  /** `file` is the number of the function's text, `result` the parameter for what it returns. */
  constructor(module: ModuleNames, file: number, result: string | undefined) {
    this.writer = new PtxWriter(file);
    this.#module = module;
    this.#result = result;
  }

  run(body: readonly Statement[], loadParameters: (writer: PtxWriter) => void): void {
    loadParameters(this.writer);
    this.#statements(body);
    if (this.#result === undefined) this.writer.instruction("ret");
    else if (body.at(-1)?.kind !== "return") this.writer.instruction("ret");
  }

  symbol(declared: object): string {
    return this.#module.symbol(declared);
  }

  needs(sm: number): void {
    this.#module.needs(sm);
  }

  /** Declarations that the function turned out to need. */
  declarations(): string[] {
    return this.#printed === 0 ? [] : [`.local .align 8 .b8 printed_values[${this.#printed}];`];
  }

  /** The type for people: an array with all its extents, `f32.shared[16][16]`. */
  describe(variable: object, type: string): string {
    const array = this.#arrayOf.get(variable);
    if (array === undefined) return type;
    return `${array.element}.${array.space}${array.extents.map((extent) => `[${extent ?? ""}]`).join("")}`;
  }

  inline(call: HelperCall, result: string): void {
    const registers = call.parameters.map((parameter) => this.writer.registers.of(parameter));
    for (const [index, operand] of call.operands.entries()) emitValue(this, operand, registers[index]);
    const end = `${this.writer.family(call.name)}_end`;
    const jumps = this.#jumps.splice(0);
    this.#helpers.push({ result, end, last: call.body.at(-1) });
    this.#statements(call.body);
    this.#helpers.pop();
    this.#jumps.push(...jumps);
    this.writer.label(end);
  }

  #statements(body: readonly Statement[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #locate(place: Statement["place"]): void {
    // The places of what is put in place of a call are in another text.
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
      case "continue":
        this.#jump(node);
        return;
      case "switch":
        this.#switch(node);
        return;
      case "load-vector":
        this.#loadVector(node);
        return;
      case "store-vector":
        this.#storeVector(node);
        return;
      case "fragment-load":
      case "fragment-store":
        this.#moveFragment(node);
        return;
      case "fragment-mma": {
        if (node.element === "bf16") this.needs(80);
        const [sum, a, b] = [node.sum, node.a, node.b].map((each) => each.map((one) => writer.registers.of(one)));
        const types = node.element === "bf16" ? "f32.bf16.bf16.f32" : "f32.f32";
        const opcode = `wmma.mma.sync.aligned.${node.layouts.join(".")}.m16n16k16.${types}`;
        writer.vectorLoad(opcode, sum, [a, b, sum].map((each) => `{${each.join(", ")}}`).join(", "));
        return;
      }
      case "print":
        this.#print(node);
        return;
      case "barrier": {
        const operands = [node.id, ...(node.count === undefined ? [] : [node.count])];
        writer.instruction(`bar.${node.mode}`, ...operands.map((each) => emitValue(this, each)));
        return;
      }
      case "return":
        this.#return(node);
        return;
      case "block":
        this.#block(node);
        return;
      case "sync":
        if (node.scope === "grid") this.#gridSync();
        else if (node.scope === "block") writer.instruction("bar.sync", "0");
        else writer.instruction("bar.warp.sync", node.mask === undefined ? "-1" : mask(this, node.mask));
        return;
      case "fence":
        writer.instruction(`membar.${{ device: "gl", block: "cta", system: "sys" }[node.scope]}`);
        return;
    }
  }

  #moveFragment(node: Extract<Statement, { kind: "fragment-load" | "fragment-store" }>): void {
    const { writer } = this;
    const { space, element } = node.pointer.type as PointerValue;
    if (element === "bf16") this.needs(80);
    const registers = node.variables.map((variable) => writer.registers.of(variable));
    const address = `[${emitValue(this, node.pointer)}]`;
    const stride = emitValue(this, node.stride);
    const matrix = node.kind === "fragment-load" ? `load.${node.role}` : "store.d";
    const opcode = `wmma.${matrix}.sync.aligned.${node.layout}.m16n16k16.${space}.${element}`;
    if (node.kind === "fragment-load") writer.vectorLoad(opcode, registers, `${address}, ${stride}`);
    else writer.instruction(opcode, address, `{${registers.join(", ")}}`, stride);
  }

  #jump({ kind, label }: Extract<Statement, { kind: "break" | "continue" }>): void {
    const targets = this.#jumps.filter((each) =>
      label !== undefined ? each.label === label : kind === "continue" ? each.kind === "loop" : each.kind !== "block",
    );
    const target = targets.at(-1);
    if (target === undefined) throw new Error(`no target for ${kind} ${label ?? ""}`);
    this.writer.branch(kind === "continue" ? (target.next ?? target.end) : target.end);
  }

  #block({ body, label }: Extract<Statement, { kind: "block" }>): void {
    if (label === undefined) {
      this.#statements(body);
      return;
    }
    const end = `${this.writer.family(label)}_end`;
    this.#jumps.push({ kind: "block", label, end });
    this.#statements(body);
    this.#jumps.pop();
    this.writer.label(end);
  }

  /** Tests in order, then the bodies in order, so that one runs on into the next. */
  #switch({ cases, label }: Extract<Statement, { kind: "switch" }>): void {
    const { writer } = this;
    const family = writer.family("switch");
    const end = `${family}_end`;
    const labels = cases.map(({ test }, index) =>
      test === undefined ? `${family}_default` : `${family}_case${index}`,
    );
    for (const [index, { test, place }] of cases.entries()) {
      if (test === undefined) continue;
      this.#locate(place);
      branchWhen(this, test, true, labels[index]);
    }
    const otherwise = cases.findIndex(({ test }) => test === undefined);
    writer.branch(otherwise < 0 ? end : labels[otherwise]);
    this.#jumps.push({ kind: "switch", label, end });
    for (const [index, { body }] of cases.entries()) {
      writer.label(labels[index]);
      this.#statements(body);
    }
    this.#jumps.pop();
    writer.label(end);
  }

  #loadVector({ variables, element }: Extract<Statement, { kind: "load-vector" }>): void {
    const { space } = element.pointer.type as PointerValue;
    const address = elementAddress(this.writer, (each) => emitValue(this, each), element);
    const opcode = `ld.${space}.v${variables.length}.${memoryType(element.dtype)}`;
    const registers = variables.map((variable) => this.writer.registers.of(variable));
    this.writer.vectorLoad(opcode, registers, address);
  }

  #storeVector({ values, element }: Extract<Statement, { kind: "store-vector" }>): void {
    const { space } = element.pointer.type as PointerValue;
    const address = elementAddress(this.writer, (each) => emitValue(this, each), element);
    const sources = values.map((value) => register(this, value));
    this.writer.instruction(
      `st.${space}.v${values.length}.${memoryType(element.dtype)}`,
      address,
      `{${sources.join(", ")}}`,
    );
  }

  /** A call of vprintf with the format and the values' address, as nvcc has it; each value at a multiple of its size. */
  #print({ format, operands }: Extract<Statement, { kind: "print" }>): void {
    const { writer } = this;
    this.#module.prints = true;
    const text = this.#address("global", this.#module.text(format));
    let values = "0";
    if (operands.length > 0) {
      const sources = operands.map((operand) => register(this, operand));
      const local = writer.registers.temporary("b64");
      let offset = 0;
      const places = operands.map(({ type }) => {
        const { bytes } = dtypes[type as "f64"];
        const at = Math.ceil(offset / bytes) * bytes;
        offset = at + bytes;
        return at;
      });
      // The array's symbol is declared once for the whole function.
      this.#printed = Math.max(this.#printed, Math.ceil(offset / 8) * 8);
      writer.instruction("mov.u64", local, "printed_values");
      for (const [index, source] of sources.entries()) {
        const address = places[index] === 0 ? `[${local}]` : `[${local}+${places[index]}]`;
        writer.instruction(`st.local.${bitType(operands[index].type)}`, address, source);
      }
      values = writer.registers.temporary("b64");
      writer.instruction("cvta.local.u64", values, local);
    }
    writer.verbatim("{", ".param .b64 param0;");
    writer.instruction("st.param.b64", "[param0]", text);
    writer.verbatim(".param .b64 param1;");
    writer.instruction("st.param.b64", "[param1]", values);
    writer.verbatim(".param .b32 retval0;", "call.uni (retval0), vprintf, (param0, param1);");
    writer.instruction("ld.param.b32", writer.registers.temporary("b32"), "[retval0]");
    writer.verbatim("}");
  }

  #address(space: string, symbol: string): string {
    const { writer } = this;
    const [there, generic] = [writer.registers.temporary("b64"), writer.registers.temporary("b64")];
    writer.instruction("mov.u64", there, symbol);
    writer.instruction(`cvta.${space}.u64`, generic, there);
    return generic;
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

  /** An "else if" is what stands alone behind "else"; all ends of a chain are in one place. */
  #if(first: If): void {
    const { writer } = this;
    const ends: string[] = [];
    for (let node: If | undefined = first; node !== undefined; ) {
      const { condition, whenTrue, whenFalse }: If = node;
      if (node !== first) this.#locate(node.place);
      const family = writer.family("if");
      const [otherwise, end] = [`${family}_else`, `${family}_end`];
      ends.push(end);
      branchWhen(this, condition, false, whenFalse.length > 0 ? otherwise : end);
      this.#statements(whenTrue);
      const [only]: readonly Statement[] = whenFalse;
      node = whenFalse.length === 1 && only.kind === "if" ? only : undefined;
      if (whenFalse.length > 0) {
        if (!jumpsAway(whenTrue)) writer.branch(end);
        writer.label(otherwise);
        if (node === undefined) this.#statements(whenFalse);
      }
    }
    for (const end of ends.reverse()) writer.label(end);
  }

  /**
   * Blocks of a cooperative launch meet as CUDA's cooperative groups have it: the first thread of each block counts at an address
   * that the launch hands over in %envreg1 and 2, the first block by what is missing to the highest bit, and waits for that
   * bit to change.
   */
  #gridSync(): void {
    const { writer } = this;
    const word = () => writer.registers.temporary("b32");
    const [low, high, address, place] = [
      word(),
      word(),
      writer.registers.temporary("b64"),
      writer.registers.temporary("b64"),
    ];
    const family = writer.family("grid");
    writer.instruction("mov.u32", low, "%envreg2");
    writer.instruction("mov.u32", high, "%envreg1");
    writer.instruction("mov.b64", address, `{${low}, ${high}}`);
    const given = writer.registers.temporary("pred");
    writer.instruction("setp.ne.s64", given, address, "0");
    writer.branch(`${family}_given`, given);
    writer.instruction("trap");
    writer.label(`${family}_given`);
    writer.instruction("bar.sync", "0");
    const sum = (special: string, join: string): string => {
      const parts = ["x", "y", "z"].map((axis) => {
        const part = word();
        writer.instruction("mov.u32", part, `${special}.${axis}`);
        return part;
      });
      return parts.reduce((a, b) => {
        const both = word();
        writer.instruction(join, both, a, b);
        return both;
      });
    };
    const notFirst = writer.registers.temporary("pred");
    writer.instruction("setp.ne.u32", notFirst, sum("%tid", "or.b32"), "0");
    writer.branch(`${family}_met`, notFirst);
    writer.instruction("add.s64", place, address, "4");
    const [rest, one, firstBlock] = [word(), word(), writer.registers.temporary("pred")];
    writer.instruction("sub.s32", rest, "-2147483647", sum("%nctaid", "mul.lo.s32"));
    writer.instruction("setp.eq.u32", firstBlock, sum("%ctaid", "or.b32"), "0");
    writer.instruction("selp.b32", one, rest, "1", firstBlock);
    const [before, now, changed, same] = [word(), word(), word(), writer.registers.temporary("pred")];
    writer.instruction("atom.add.release.gpu.u32", before, `[${place}]`, one);
    writer.label(`${family}_wait`);
    writer.instruction("ld.acquire.gpu.u32", now, `[${place}]`);
    writer.instruction("xor.b32", changed, now, before);
    writer.instruction("setp.ge.s32", same, changed, "0");
    writer.branch(`${family}_wait`, same);
    writer.label(`${family}_met`);
    writer.instruction("bar.sync", "0");
  }

  #loop({ form, condition, update, body, place, label }: Loop): void {
    const { writer } = this;
    const start = writer.family(form);
    const labels: JumpLabels & { readonly next: string } = {
      kind: "loop",
      label,
      end: `${start}_end`,
      next: form === "while" ? start : `${start}_${form === "do" ? "test" : "next"}`,
    };
    writer.label(start);
    if (form !== "do" && condition !== undefined && condition.kind !== "literal") this.#locate(condition.place);
    if (form !== "do" && condition !== undefined) branchWhen(this, condition, false, labels.end);
    this.#jumps.push(labels);
    this.#statements(body);
    this.#jumps.pop();
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
      if (this.#result !== undefined && node.value !== undefined) {
        const value = register(this, node.value);
        this.writer.instruction(`st.param.${bitType(node.value.type)}`, `[${this.#result}]`, value);
      }
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
