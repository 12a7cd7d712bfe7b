// PTX text into a Module. Knows the grammar and nothing of what instructions do; verify.ts holds them against the table.
import { KernelBody } from "./kernel-body.js";
import type { Token } from "./lexer.js";
import { type ParameterExtent, parameterLayout } from "./parameter-layout.js";
import {
  bodyWords,
  extentsOf,
  linkable,
  moduleWords,
  mostFiles,
  parsePerformanceDirective,
  parsePragma,
  parseSourceLocation,
  parseTarget,
  parseVersion,
  suggestion,
} from "./parse-directives.js";
import { parseGuard, parseOperand } from "./parse-operands.js";
import { isStateSpace, parseAlignment, parseVariables, skipAttribute } from "./parse-variables.js";
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
  PerformanceDirective,
  SourceLocation,
  TargetDeclaration,
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
  /** Where what is inlined in the body was called from. */
  private calls = new Map<string, SourceLocation>();
  private body = new KernelBody();

  module(): Module {
    let version: string | undefined;
    let target: string | undefined;
    const entries = new Map<string, Entry>();
    const declared = new Map<string, Token>();
    const functions = new Map<string, DeviceFunction>();
    const aliases: { readonly alias: Token; readonly of: Token }[] = [];
    const variables = new Map<string, Variable>();
    const files = new Map<number, string>();
    const declareVariables = (first: Token, external: boolean): void => {
      for (const variable of parseVariables(this, external)) {
        const known = variables.get(variable.name);
        if (known !== undefined && !known.external && !external) {
          this.fail(first, `a second variable named "${variable.name}"`);
        }
        // What is declared as defined elsewhere may be defined here.
        if (known === undefined || known.external) variables.set(variable.name, variable);
      }
    };
    while (this.peek.kind !== "end") {
      const token = this.next();
      switch (token.text) {
        case ".version":
          version = parseVersion(this);
          break;
        case ".target":
          target = parseTarget(this);
          break;
        case ".address_size":
          if (this.integer() !== 64n) this.fail(token, "only 64-bit addresses are supported", "Use .address_size 64.");
          break;
        case ".file": {
          const index = this.count("files", mostFiles);
          files.set(index, this.string("a file name"));
          while (this.accept(",")) this.integer();
          break;
        }
        case ".visible":
        case ".weak":
        case ".common":
        case ".extern":
          if (!linkable.has(this.peek.text)) {
            this.fail(this.peek, `expected .func, .entry or a variable after ${token.text}, found "${this.peek.text}"`);
          }
          if (token.text === ".extern" && this.peek.text !== ".func" && this.peek.text !== ".entry") {
            declareVariables(this.peek, true);
          }
          break;
        case ".entry": {
          const entry = this.entry();
          if (typeof entry === "string") {
            declared.set(entry, this.before);
            break;
          }
          if (entries.has(entry.name)) this.fail(token, `a second kernel named "${entry.name}"`);
          entries.set(entry.name, entry);
          break;
        }
        case ".global":
        case ".const":
        case ".shared":
          this.at--;
          declareVariables(token, false);
          break;
        case ".section":
          this.skipSection();
          break;
        case ".pragma":
          parsePragma(this);
          break;
        case ".alias": {
          const alias = this.expectKind("word", "a function's name");
          this.expect(",");
          aliases.push({ alias, of: this.expectKind("word", "a function's name") });
          this.expect(";");
          break;
        }
        case ".func": {
          const found = this.function();
          const known = functions.get(found.name);
          if (known?.body !== undefined && found.body !== undefined) {
            this.fail(token, `a second function named "${found.name}"`);
          }
          // A declaration may stand before the definition.
          if (found.body !== undefined || known === undefined) functions.set(found.name, found);
          break;
        }
        default:
          this.fail(
            token,
            `expected a directive such as .entry, found "${token.text}"`,
            suggestion(token, moduleWords),
          );
      }
    }
    for (const { alias, of } of aliases) {
      const found = functions.get(of.text);
      if (found === undefined) this.fail(of, `there is no function "${of.text}"`);
      functions.set(alias.text, { ...found, name: alias.text });
    }
    for (const [name, token] of declared) {
      if (!entries.has(name)) this.fail(token, `kernel "${name}" is declared and not defined in this PTX`);
    }
    const first = this.tokens[0];
    if (version === undefined) this.fail(first, "a PTX module begins with .version", "Write .version 7.8 on top.");
    if (target === undefined) this.fail(first, "a PTX module names its .target", "Write .target sm_80 after .version.");
    return { text: this.text, version, target, entries, functions, variables: [...variables.values()], files };
  }

  /** A kernel, or its name where it is only declared. */
  private entry(): Entry | string {
    const name = this.expectKind("word", "the kernel's name");
    const { parameters, bytes } = this.accept("(") ? this.parameters() : { parameters: [], bytes: 0 };
    const directives: PerformanceDirective[] = [];
    while (this.peek.kind === "directive") directives.push(parsePerformanceDirective(this));
    if (this.accept(";")) return name.text;
    this.expect("{");
    return {
      name: name.text,
      parameters,
      parameterBytes: bytes,
      maxntid: extentsOf(directives, ".maxntid"),
      reqntid: extentsOf(directives, ".reqntid"),
      directives,
      ...this.bodyOf(name.text, new KernelBody()),
      ptxLine: name.line,
    };
  }

  /** From behind the opening brace on. */
  private bodyOf(owner: string, body: KernelBody): Body {
    this.body = body;
    this.location = undefined;
    this.calls = new Map();
    this.statements(body, 0);
    const { registers, instructions, labels, targets } = body;
    const variables = body.variables.map((variable) => ({ ...variable, symbol: `${owner}.${variable.name}` }));
    return { registers, variables, instructions, labels, targets };
  }

  /** `.func (.param .b32 result) name (.param .b64 a, .reg .f32 b) { ... }`, or `;` where it is only declared. */
  private function(): DeviceFunction {
    const body = new KernelBody();
    if (this.accept(".attribute")) skipAttribute(this);
    const results = this.formalParameters(body);
    const name = this.expectKind("word", "the function's name");
    const parameters = this.formalParameters(body);
    // How to compile it: .noreturn, .pragma, ABI directives.
    while (this.peek.kind === "directive") parsePerformanceDirective(this);
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

  /** `(.param .b32 a, .reg .f32 b)`, or nothing; a prototype's, which have no body, are declared nowhere. */
  private formalParameters(body: KernelBody | undefined): FormalParameter[] {
    const formal: FormalParameter[] = [];
    if (!this.accept("(")) return formal;
    while (!this.accept(")")) {
      if (formal.length > 0) this.expect(",");
      const space = this.next();
      const { name, type, bytes, alignment, ptxLine } = this.parameter();
      if (space.text === ".reg") {
        if (body?.declareRegister(name, type) === false) this.fail(space, `"${name}" is declared twice`);
        formal.push({ kind: "register", name, type, bytes: type.bytes });
        continue;
      }
      if (space.text !== ".param") this.fail(space, `expected .param or .reg, found "${space.text}"`);
      const rest = { external: false, symbol: name, initial: undefined, ptxLine };
      if (body?.declareVariable({ name, space: "param", type, bytes, alignment, ...rest }) === false) {
        this.fail(space, `"${name}" is declared twice`);
      }
      formal.push({ kind: "variable", name, type, bytes });
    }
    return formal;
  }

  private parameters(): { parameters: Parameter[]; bytes: number } {
    const parameters: (Omit<Parameter, "offset"> & ParameterExtent)[] = [];
    const names = new Set<string>();
    while (!this.accept(")")) {
      if (parameters.length > 0) this.expect(",");
      this.expect(".param");
      const first = this.peek;
      const { ptxLine: _line, ...parameter } = this.parameter();
      if (names.has(parameter.name)) this.fail(first, `a second parameter named "${parameter.name}"`);
      names.add(parameter.name);
      parameters.push(parameter);
    }
    const { offsets, bytes } = parameterLayout(parameters);
    if (bytes > mostParameterBytes) {
      this.fail(
        this.before,
        `${bytes} bytes of parameters, where ${mostParameterBytes} are the most that a kernel takes`,
      );
    }
    return { parameters: parameters.map((parameter, index) => ({ ...parameter, offset: offsets[index] })), bytes };
  }

  /** `.align 8 .b8 name[16]`: what stands behind the space of a kernel's or a function's parameter. */
  private parameter(): Omit<Parameter, "offset"> & ParameterExtent & { readonly ptxLine: number } {
    let alignment = 0;
    let type: PtxType | undefined;
    let isPointer = false;
    while (this.peek.kind === "directive") {
      const directive = this.next();
      if (directive.text === ".align") {
        // Behind .ptr it is that of what the pointer points to.
        const given = parseAlignment(this);
        if (!isPointer) alignment = given;
      } else if (directive.text === ".ptr") isPointer = true;
      else if (!isStateSpace(directive.text)) type = this.typeOf(directive);
    }
    const name = this.expectKind("word", "a parameter's name");
    if (type === undefined) this.fail(name, `parameter "${name.text}" has no type`);
    if (type.kind === "predicate") this.fail(name, `parameter "${name.text}" cannot be a predicate`);
    let elements: number | undefined;
    if (this.accept("[")) {
      elements = this.peek.text === "]" ? 0 : this.count("elements", mostParameterBytes);
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

  private statements(body: KernelBody, depth: number): void {
    while (!this.accept("}")) {
      const token = this.peek;
      if (token.kind === "end") this.fail(token, "the body is not closed", "Add the missing }.");
      if (token.text === "{") {
        this.next();
        if (depth === deepestScope) this.fail(token, `more than ${deepestScope} scopes within each other`);
        body.openScope();
        this.statements(body, depth + 1);
        body.closeScope();
      } else if (token.kind === "directive") this.directive(body);
      else if (token.kind === "word" && this.tokens[this.at + 1].text === ":") {
        this.at += 2;
        const targets = this.targetDeclaration();
        const isNew = targets === undefined ? body.declareLabel(token.text) : body.declareTargets(token.text, targets);
        if (!isNew) this.fail(token, `label "${token.text}" stands twice`);
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
        this.location = parseSourceLocation(this, this.calls);
        break;
      case ".shared":
      case ".local":
      case ".const":
      case ".global":
      // What a call hands over.
      case ".param":
        this.at--;
        this.bodyVariables(token, body);
        break;
      case ".pragma":
        parsePragma(this);
        break;
      default:
        this.fail(token, `directive "${token.text}" is not supported in a kernel`, suggestion(token, bodyWords));
    }
  }

  /** What stands behind a name and its colon where that is no label: whom a call or a branch may go to. */
  private targetDeclaration(): TargetDeclaration | undefined {
    const kind = ({ ".calltargets": "functions", ".branchtargets": "labels" } as const)[this.peek.text];
    if (kind !== undefined) {
      this.next();
      const names = this.words("a target");
      this.expect(";");
      return { kind, names };
    }
    if (!this.accept(".callprototype")) return undefined;
    const results = this.formalParameters(undefined);
    this.expectKind("word", "_");
    const parameters = this.formalParameters(undefined);
    while (this.peek.kind === "directive") parsePerformanceDirective(this);
    this.expect(";");
    return { kind: "prototype", results, parameters };
  }

  private registers(body: KernelBody): void {
    const vector = this.accept(".v2") ? 2 : this.accept(".v4") ? 4 : undefined;
    const type = this.type();
    do {
      const name = this.expectKind("word", "a register's name");
      const declare = (register: string): void => {
        const isNew =
          vector === undefined ? body.declareRegister(register, type) : body.declareVector(register, type, vector);
        if (!isNew) this.fail(name, `register "${register}" is declared twice`);
      };
      if (this.accept("<")) {
        const count = this.count("registers", mostRegisters);
        if (body.registers.size + count > mostRegisters) {
          this.fail(name, `more than ${mostRegisters.toLocaleString("en-US")} registers in one kernel`);
        }
        this.expect(">");
        for (let i = 0; i < count; i++) declare(`${name.text}${i}`);
      } else declare(name.text);
    } while (this.accept(","));
    this.expect(";");
  }

  private bodyVariables(first: Token, body: KernelBody): void {
    for (const variable of parseVariables(this, false)) {
      if (!body.declareVariable(variable)) this.fail(first, `"${variable.name}" is declared twice`);
    }
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
    let prototype: string | undefined;
    if (this.accept(",")) {
      const hasArguments = this.peek.text === "(";
      if (hasArguments) operands.push(...this.inParentheses());
      if (!hasArguments || this.accept(",")) prototype = this.expectKind("word", "a prototype's name").text;
    }
    return { target, results, prototype };
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

  private words(what: string): string[] {
    const words = [this.expectKind("word", what).text];
    while (this.accept(",")) words.push(this.expectKind("word", what).text);
    return words;
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

/** Scopes within each other beyond which a body is refused. */
const deepestScope = 200;
/** Registers beyond which a body is refused: the largest kernels have some ten thousand. */
const mostRegisters = 500_000;
/** Bytes of parameters of a kernel (CUDA 12.1 on sm_70 and later: 32,764), and of what a function takes. */
const mostParameterBytes = 32_764;
