// PTX text into a Module. Knows the grammar and nothing of what instructions do; verify.ts holds them against the table.
import type { Dim3 } from "../../core/dim3.js";
import { KernelBody } from "./kernel-body.js";
import type { Token } from "./lexer.js";
import { type ParameterExtent, parameterLayout } from "./parameter-layout.js";
import { parseGuard, parseOperand } from "./parse-operands.js";
import { isStateSpace, parseVariable } from "./parse-variables.js";
import type {
  Body,
  Call,
  DeviceFunction,
  Entry,
  FormalParameter,
  Instruction,
  Module,
  Operand,
  Parameter,
  SourceLocation,
  Variable,
} from "./syntax.js";
import { TokenReader } from "./token-reader.js";
import type { PtxType } from "./types.js";

/** Parses a PTX module. Throws InputError with line and column at the first thing that is no PTX. */
export function parseModule(text: string): Module {
  return new Parser(text).module();
}

class Parser extends TokenReader {
  private location: SourceLocation | undefined;
  private body = new KernelBody();

  module(): Module {
    let version: string | undefined;
    let target: string | undefined;
    const entries = new Map<string, Entry>();
    const functions = new Map<string, DeviceFunction>();
    const variables: Variable[] = [];
    const files = new Map<number, string>();
    while (this.peek.kind !== "end") {
      const token = this.next();
      switch (token.text) {
        case ".version":
          version = this.next().text;
          break;
        case ".target":
          target = this.listOfWords();
          break;
        case ".address_size":
          if (this.integer() !== 64n) this.fail(token, "only 64-bit addresses are supported", "Use .address_size 64.");
          break;
        case ".file": {
          const index = Number(this.integer());
          files.set(index, this.expectKind("string", "a file name").text);
          while (this.accept(",")) this.integer();
          break;
        }
        case ".visible":
        case ".weak":
        case ".common":
        case ".extern":
          if (token.text === ".extern" && this.peek.text !== ".func") variables.push(parseVariable(this, true));
          break;
        case ".entry": {
          const entry = this.entry();
          if (entries.has(entry.name)) this.fail(token, `a second kernel named "${entry.name}"`);
          entries.set(entry.name, entry);
          break;
        }
        case ".global":
        case ".const":
        case ".shared":
          this.at--;
          variables.push(parseVariable(this, false));
          break;
        case ".section":
          this.skipSection();
          break;
        case ".func": {
          const declared = this.function();
          // A declaration may stand before the definition.
          if (declared.body !== undefined || !functions.has(declared.name)) functions.set(declared.name, declared);
          break;
        }
        default:
          this.fail(token, `expected a directive such as .entry, found "${token.text}"`);
      }
    }
    const first = this.tokens[0];
    if (version === undefined) this.fail(first, "a PTX module begins with .version", "Write .version 7.8 on top.");
    if (target === undefined) this.fail(first, "a PTX module names its .target", "Write .target sm_80 after .version.");
    return { text: this.text, version, target, entries, functions, variables, files };
  }

  private entry(): Entry {
    const name = this.expectKind("word", "the kernel's name");
    const { parameters, bytes } = this.accept("(") ? this.parameters() : { parameters: [], bytes: 0 };
    const bounds: { maxntid?: Dim3; reqntid?: Dim3 } = {};
    while (this.peek.kind === "directive") this.performanceDirective(bounds);
    this.expect("{");
    return {
      name: name.text,
      parameters,
      parameterBytes: bytes,
      maxntid: bounds.maxntid,
      reqntid: bounds.reqntid,
      ...this.bodyOf(name.text, new KernelBody()),
      ptxLine: name.line,
    };
  }

  /** From behind the opening brace on. */
  private bodyOf(owner: string, body: KernelBody): Body {
    this.body = body;
    this.location = undefined;
    this.statements(body);
    const { registers, instructions, labels } = body;
    const variables = body.variables.map((variable) => ({ ...variable, symbol: `${owner}.${variable.name}` }));
    return { registers, variables, instructions, labels };
  }

  /** `.func (.param .b32 result) name (.param .b64 a, .reg .f32 b) { ... }`, or `;` where it is only declared. */
  private function(): DeviceFunction {
    const body = new KernelBody();
    const results = this.peek.text === "(" ? this.formalParameters(body) : [];
    const name = this.expectKind("word", "the function's name");
    const parameters = this.peek.text === "(" ? this.formalParameters(body) : [];
    // How to compile it: .noreturn, .pragma, ABI directives.
    while (this.peek.kind === "directive") this.performanceDirective({});
    const isDeclared = this.accept(";");
    if (!isDeclared) this.expect("{");
    return {
      name: name.text,
      results,
      parameters,
      body: isDeclared ? undefined : this.bodyOf(name.text, body),
      ptxLine: name.line,
    };
  }

  private formalParameters(body: KernelBody): FormalParameter[] {
    const formal: FormalParameter[] = [];
    this.expect("(");
    while (!this.accept(")")) {
      if (formal.length > 0) this.expect(",");
      const space = this.next();
      const { name, type, bytes, alignment, ptxLine } = this.parameter();
      if (space.text === ".reg") {
        body.declareRegister(name, type);
        formal.push({ kind: "register", name });
        continue;
      }
      if (space.text !== ".param") this.fail(space, `expected .param or .reg, found "${space.text}"`);
      const rest = { external: false, symbol: name, initial: undefined, ptxLine };
      body.declareVariable({ name, space: "param", type, bytes, alignment, ...rest });
      formal.push({ kind: "variable", name, bytes });
    }
    return formal;
  }

  private parameters(): { parameters: Parameter[]; bytes: number } {
    const parameters: (Omit<Parameter, "offset"> & ParameterExtent)[] = [];
    while (!this.accept(")")) {
      if (parameters.length > 0) this.expect(",");
      this.expect(".param");
      const { ptxLine: _line, ...parameter } = this.parameter();
      parameters.push(parameter);
    }
    const { offsets, bytes } = parameterLayout(parameters);
    return { parameters: parameters.map((parameter, index) => ({ ...parameter, offset: offsets[index] })), bytes };
  }

  /** `.align 8 .b8 name[16]`: what stands behind the space of a kernel's or a function's parameter. */
  private parameter(): Omit<Parameter, "offset"> & ParameterExtent & { readonly ptxLine: number } {
    let alignment = 0;
    let type: PtxType | undefined;
    while (this.peek.kind === "directive") {
      const directive = this.next();
      if (directive.text === ".align") alignment = Number(this.integer());
      else if (directive.text !== ".ptr" && !isStateSpace(directive.text)) type = this.typeOf(directive);
    }
    const name = this.expectKind("word", "a parameter's name");
    if (type === undefined) this.fail(name, `parameter "${name.text}" has no type`);
    let elements: number | undefined;
    if (this.accept("[")) {
      elements = this.peek.text === "]" ? 0 : Number(this.integer());
      this.expect("]");
    }
    return {
      name: name.text,
      type,
      elements,
      bytes: type.bytes * (elements ?? 1),
      alignment: Math.max(alignment, type.bytes),
      ptxLine: name.line,
    };
  }

  // Of what stands between parameters and body, only these two say what may be launched; the others say how to compile.
  private performanceDirective(bounds: { maxntid?: Dim3; reqntid?: Dim3 }): void {
    const directive = this.next();
    if (directive.text === ".maxntid") bounds.maxntid = this.blockExtents();
    else if (directive.text === ".reqntid") bounds.reqntid = this.blockExtents();
    else if (directive.text === ".pragma") this.pragma();
    else while (this.peek.kind === "integer" || this.peek.text === ",") this.next();
  }

  private blockExtents(): Dim3 {
    const [x, y, z] = [this.integer(), this.accept(",") ? this.integer() : 1n, this.accept(",") ? this.integer() : 1n];
    return { x: Number(x), y: Number(y), z: Number(z) };
  }

  private pragma(): void {
    this.expectKind("string", "a pragma");
    this.expect(";");
  }

  private statements(body: KernelBody): void {
    while (!this.accept("}")) {
      const token = this.peek;
      if (token.kind === "end") this.fail(token, "the body is not closed", "Add the missing }.");
      if (token.text === "{") {
        this.next();
        body.openScope();
        this.statements(body);
        body.closeScope();
      } else if (token.kind === "directive") this.directive(body);
      else if (token.kind === "word" && this.tokens[this.at + 1].text === ":") {
        this.at += 2;
        if (labelledDeclarations.has(this.peek.text)) this.skipDeclaration();
        else if (!body.declareLabel(token.text)) this.fail(token, `label "${token.text}" stands twice`);
      } else body.add(this.instruction(body.pc));
    }
  }

  private directive(body: KernelBody): void {
    const token = this.next();
    switch (token.text) {
      case ".reg":
        this.registers(body);
        break;
      case ".loc":
        this.location = {
          file: Number(this.integer()),
          line: Number(this.integer()),
          column: Number(this.integer()),
        };
        // nvcc adds where an inlined function was called from.
        while (this.peek.text === ",") {
          this.next();
          while (this.peek.line === token.line && this.peek.text !== ",") this.next();
        }
        break;
      case ".shared":
      case ".local":
      case ".const":
      case ".global":
      // What a call hands over.
      case ".param":
        this.at--;
        this.bodyVariable(token, body);
        break;
      case ".pragma":
        this.pragma();
        break;
      default:
        this.fail(token, `directive "${token.text}" is not supported in a kernel`);
    }
  }

  private skipDeclaration(): void {
    while (this.peek.text !== ";" && this.peek.kind !== "end") this.next();
    this.expect(";");
  }

  private registers(body: KernelBody): void {
    const type = this.type();
    do {
      const name = this.expectKind("word", "a register's name");
      const declare = (register: string): void => {
        if (!body.declareRegister(register, type)) this.fail(name, `register "${register}" is declared twice`);
      };
      if (this.accept("<")) {
        const count = Number(this.integer());
        this.expect(">");
        for (let i = 0; i < count; i++) declare(`${name.text}${i}`);
      } else declare(name.text);
    } while (this.accept(","));
    this.expect(";");
  }

  private bodyVariable(first: Token, body: KernelBody): void {
    const variable = parseVariable(this, false);
    if (!body.declareVariable(variable)) this.fail(first, `"${variable.name}" is declared twice`);
  }

  private instruction(pc: number): Instruction {
    const first = this.peek;
    const guard = parseGuard(this, this.body);
    const name = this.expectKind("word", "an instruction");
    const [opcode, ...modifiers] = name.text.split(".");
    const operands: Operand[] = [];
    const call = opcode === "call" ? this.call(operands) : undefined;
    while (this.peek.text !== ";") {
      if (operands.length > 0) this.expect(",");
      operands.push(parseOperand(this, this.body));
    }
    const end = this.expect(";");
    return {
      pc,
      opcode,
      modifiers,
      guard,
      operands,
      ...(call === undefined ? {} : { call }),
      text: this.text.slice(first.start, end.end).replace(/\s+/g, " "),
      ptxLine: first.line,
      ptxColumn: first.column,
      location: this.location,
    };
  }

  /** `(result), function, (a, b), prototype` up to the semicolon; the arguments go to `operands`. */
  private call(operands: Operand[]): Call {
    const results = this.peek.text === "(" ? this.inParentheses() : [];
    if (results.length > 0) this.expect(",");
    const target = parseOperand(this, this.body);
    if (this.accept(",")) {
      if (this.peek.text === "(") operands.push(...this.inParentheses());
      // Whom an indirect call may call.
      while (this.peek.text !== ";" && this.peek.kind !== "end") this.next();
    }
    return { target, results };
  }

  private inParentheses(): Operand[] {
    const operands: Operand[] = [];
    this.expect("(");
    while (!this.accept(")")) {
      if (operands.length > 0) this.expect(",");
      operands.push(parseOperand(this, this.body));
    }
    return operands;
  }

  private listOfWords(): string {
    const words = [this.expectKind("word", "a target").text];
    while (this.accept(",")) words.push(this.expectKind("word", "a target").text);
    return words.join(", ");
  }

  // Debug sections that nvcc -G writes; they describe, they do not compute.
  private skipSection(): void {
    while (this.peek.text !== "{" && this.peek.kind !== "end") this.next();
    this.skipBlock("a .section");
  }

  private skipBlock(what: string): void {
    this.expect("{");
    for (let depth = 1; depth > 0; ) {
      const token = this.next();
      if (token.kind === "end") this.fail(token, `${what} is not closed`);
      if (token.text === "{") depth++;
      if (token.text === "}") depth--;
    }
  }
}

// Say which functions or labels an indirect call or branch may go to; neither is run.
const labelledDeclarations: ReadonlySet<string> = new Set([".callprototype", ".calltargets", ".branchtargets"]);
