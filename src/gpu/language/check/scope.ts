// What names stand for while a kernel is checked, and what the parts of the checker share. Knows no construct in particular.
import type * as acorn from "acorn";
import type { InputError } from "../../../core/errors.js";
import type { KernelParameter } from "../signature.js";
import type { FunctionSource } from "../source.js";
import type { ArrayDeclaration, Expression, ScalarType, Statement, ThreadIndex, ValueType, Variable } from "../tree.js";
import type { Inference, Slot } from "./inference.js";

/** An expression whose type may still be open; `build` is called once all types are known. */
export interface Draft {
  readonly kind: "draft";
  readonly slot: Slot;
  readonly node: acorn.Node;
  build(): Expression;
  /** Its number, if it is one that is known already. */
  readonly constant?: number;
  /** The extent of an array's first dimension. */
  readonly length?: number | undefined;
}

/** What exists only while compiling: it can be taken apart, called and named, not computed with. */
export type Static =
  | { readonly kind: "parameters" }
  | { readonly kind: "context" }
  | { readonly kind: "thread-index"; readonly index: ThreadIndex }
  | { readonly kind: "math" }
  | { readonly kind: "math-function"; readonly name: string }
  | { readonly kind: "context-function"; readonly name: string }
  | { readonly kind: "helper"; readonly name: string; readonly helper: HelperSource };

export type Value = Draft | Static;

/** A helper function as the checker needs it. */
export interface HelperSource {
  readonly name: string;
  readonly parameters: readonly KernelParameter[];
  readonly result: ScalarType;
  readonly source: FunctionSource;
  readonly use: Readonly<Record<string, HelperSource>>;
}

/** A variable of the tree while its type is not known. */
export type OpenVariable = { -readonly [K in keyof Variable]: Variable[K] };

export type Binding =
  | {
      readonly kind: "variable";
      readonly variable: OpenVariable;
      readonly slot: Slot;
      readonly constant: boolean;
      /** The extent of an array's first dimension. */
      readonly length?: number | undefined;
    }
  | { readonly kind: "value"; readonly value: Value };

/** The names of one block, and through `outer` those around it. */
export class Scope {
  readonly outer: Scope | undefined;
  readonly #names = new Map<string, Binding>();

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  declare(name: string, binding: Binding): boolean {
    if (this.#names.has(name)) return false;
    this.#names.set(name, binding);
    return true;
  }

  find(name: string): Binding | undefined {
    return this.#names.get(name) ?? this.outer?.find(name);
  }

  names(): string[] {
    return [...this.#names.keys(), ...(this.outer?.names() ?? [])];
  }
}

export type StatementDraft = () => Statement[];

export function buildAll(drafts: readonly StatementDraft[]): Statement[] {
  return drafts.flatMap((draft) => draft());
}

/** The function being checked: the kernel, or a helper in place of its call. */
export interface Frame {
  readonly source: FunctionSource;
  readonly parameters: ReadonlyMap<string, Value>;
  /** The variables behind the parameters; each has a slot of its own. */
  readonly parameterVariables: readonly { readonly variable: OpenVariable; readonly slot: Slot }[];
  readonly use: Readonly<Record<string, HelperSource>>;
  /** What `return` gives; undefined in a kernel. */
  readonly result: ScalarType | undefined;
  /** Names of the functions around, outermost first: the kernel, and helpers in place of their calls. */
  readonly callers: readonly string[];
}

/** The state of a check, and the visitors that its parts call. */
export interface Checker {
  readonly inference: Inference;
  readonly arrays: ArrayDeclaration[];
  readonly variables: { readonly variable: OpenVariable; readonly slot: Slot }[];
  frame: Frame;
  scope: Scope;
  value(node: acorn.Node): Value;
  /** A value that can be computed with; an error for anything else. */
  draft(node: acorn.Node): Draft;
  /** A draft of type bool; an integer means that it is not 0. */
  condition(node: acorn.Node): Draft;
  /** A helper's body in place of a call. */
  inline(helper: HelperSource, call: acorn.CallExpression): Draft;
  typeOf(slot: Slot): ValueType;
  error(node: acorn.Node, what: string, fix: string): InputError;
}
