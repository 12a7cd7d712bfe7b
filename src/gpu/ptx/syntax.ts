// The syntax tree of a PTX module, as parsed: nothing is resolved yet but what the text itself says.
import type { Dim3 } from "../../core/dim3.js";
import type { PtxType } from "./types.js";

/** A place in the source that a `.loc` line names. */
export interface SourceLocation {
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

export type Operand =
  | {
      readonly kind: "register";
      readonly name: string;
      /** `!%p1` */
      readonly negated: boolean;
      /** `-%r1`, which only vmad takes. */
      readonly minus?: boolean;
      /** Which bytes or halves: `b0` in `%r1.b0`, for video instructions. */
      readonly selector?: string;
    }
  | { readonly kind: "integer"; readonly value: bigint }
  | {
      readonly kind: "float";
      readonly value: number;
      readonly bits?: { readonly width: 32 | 64; readonly value: bigint };
    }
  /** `[base + offset]`; base is a register or a variable, or absent for an absolute address. */
  | {
      readonly kind: "address";
      readonly base: string | undefined;
      readonly offset: number;
      /** Where in the texture or tensor at the address: `[base, {%f1, %f2}]`. */
      readonly coordinates?: readonly Operand[];
    }
  /** A name that is no register, plus an offset in bytes: a label, a variable or a function. */
  | { readonly kind: "symbol"; readonly name: string; readonly offset: number }
  /** `{a, b}` */
  | { readonly kind: "vector"; readonly elements: readonly Operand[] }
  /** `d|p` */
  | { readonly kind: "pair"; readonly first: Operand; readonly second: Operand };

export interface Guard {
  readonly register: string;
  readonly negated: boolean;
}

export interface Instruction {
  /** Its index in the kernel: the program counter. */
  readonly pc: number;
  readonly opcode: string;
  /** What follows the opcode, without the dots: `ld.global.f32` has `["global", "f32"]`. */
  readonly modifiers: readonly string[];
  readonly guard: Guard | undefined;
  /** A call's are its arguments. */
  readonly operands: readonly Operand[];
  readonly call?: Call;
  /** As written, on one line, with single spaces. */
  readonly text: string;
  /** 1-based line and column of its first token in the module. */
  readonly ptxLine: number;
  readonly ptxColumn: number;
  readonly location: SourceLocation | undefined;
}

/** `call (result), function, (arguments), prototype`: whom it calls, and where what it returns goes. */
export interface Call {
  /** A function's name, or a register that holds an address. */
  readonly target: Operand;
  readonly results: readonly Operand[];
  /** Of the function at an address: the `.callprototype` or `.calltargets` that says what it takes. */
  readonly prototype: string | undefined;
}

export interface Parameter {
  readonly name: string;
  readonly type: PtxType;
  /** Byte offset in the parameter block. */
  readonly offset: number;
  /** How many elements an array parameter has (`.b8 p[16]`, a struct), undefined for a scalar. */
  readonly elements: number | undefined;
  /** Size in bytes: an array parameter `.b8 p[16]` has 16. */
  readonly bytes: number;
  readonly alignment: number;
}

/** The address of a variable, among what another one holds at first. */
export interface AddressReference {
  /** Byte offset of the 8 bytes that hold it. */
  readonly at: number;
  readonly name: string;
  /** Bytes beyond the variable's address. */
  readonly offset: number;
  readonly ptxLine: number;
}

/** What a variable holds at first; where that is an address, the module's loading says which. */
export interface Initialiser {
  readonly bytes: Uint8Array;
  readonly addresses: readonly AddressReference[];
}

/** A variable. Those in global and constant memory live as long as their module is loaded. */
export interface Variable {
  readonly name: string;
  /** `param` is what a call hands over, in a kernel's body. */
  readonly space: "shared" | "local" | "global" | "const" | "param";
  readonly type: PtxType;
  readonly bytes: number;
  readonly alignment: number;
  /** `extern .shared .b8 buffer[]`: its size comes with the launch. */
  readonly external: boolean;
  /** Under which name it is loaded: its own, for one that a kernel or function declares with theirs before it. */
  readonly symbol: string;
  /** Zeros where it is undefined. */
  readonly initial: Initialiser | undefined;
  readonly ptxLine: number;
}

export interface RegisterDeclaration {
  readonly name: string;
  readonly type: PtxType;
}

/** What a kernel or a function declares and does. */
export interface Body {
  readonly registers: ReadonlyMap<string, RegisterDeclaration>;
  readonly variables: readonly Variable[];
  readonly instructions: readonly Instruction[];
  /** Label to the pc of the instruction that follows it (or one past the last). */
  readonly labels: ReadonlyMap<string, number>;
  /** What calls of addresses and branches by number may go to, by the names of their declarations. */
  readonly targets: ReadonlyMap<string, TargetDeclaration>;
}

/** `.callprototype`, `.calltargets` and `.branchtargets`. */
export type TargetDeclaration =
  | ({ readonly kind: "prototype" } & Signature)
  | { readonly kind: "functions"; readonly names: readonly string[] }
  | { readonly kind: "labels"; readonly names: readonly string[] };

/** What a function takes or returns: a register, or a variable of the parameter space. */
export interface FormalParameter {
  readonly kind: "register" | "variable";
  readonly name: string;
  readonly type: PtxType;
  /** Size in bytes: a variable `.b8 p[16]` has 16. */
  readonly bytes: number;
}

export interface Signature {
  readonly results: readonly FormalParameter[];
  readonly parameters: readonly FormalParameter[];
}

/** A device function. */
export interface DeviceFunction extends Signature {
  readonly name: string;
  /** Undefined where it is only declared. */
  readonly body: Body | undefined;
  readonly ptxLine: number;
}

/** `.maxntid 256`, `.minnctapersm 2`, `.pragma "nounroll"`: what a kernel says of how to compile and launch it. */
export interface PerformanceDirective {
  /** With its dot. */
  readonly name: string;
  /** Of a pragma the text. */
  readonly values: readonly (number | string)[];
  readonly ptxLine: number;
}

export interface Entry extends Body {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly parameterBytes: number;
  /** `.maxntid`: the block that bounds how many threads a launch may have. */
  readonly maxntid: Dim3 | undefined;
  /** `.reqntid`: the block that every launch must have. */
  readonly reqntid: Dim3 | undefined;
  /** Those two among them, as written. */
  readonly directives: readonly PerformanceDirective[];
  readonly ptxLine: number;
}

export interface Module {
  readonly text: string;
  readonly version: string;
  readonly target: string;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Device functions, also those that are only declared. */
  readonly functions: ReadonlyMap<string, DeviceFunction>;
  /** Variables at module scope. */
  readonly variables: readonly Variable[];
  readonly files: ReadonlyMap<number, string>;
}
