// What names stand for while a kernel is checked, and what the parts of the checker share. Knows no construct in particular.
import type * as acorn from "acorn";
import type { InputError } from "../../../core/errors.js";
import type { KernelParameter } from "../signature.js";
import type { FunctionSource } from "../source.js";
import type {
  ArrayDeclaration,
  DeviceFunction,
  Element,
  Expression,
  PointerValue,
  ScalarType,
  Statement,
  ThreadIndex,
  ValueType,
  Variable,
} from "../tree.js";
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
  | { readonly kind: "helper"; readonly name: string; readonly helper: HelperSource }
  | { readonly kind: "vector"; readonly parts: readonly Draft[] }
  | VectorLoad
  | Fragment
  | FragmentSource;

/** A matrix that a warp holds together. */
export interface Fragment {
  readonly kind: "fragment";
  readonly role: "a" | "b" | "c";
  readonly element: "f16" | "bf16" | "f32";
  readonly layout: "row" | "col";
  readonly variables: readonly OpenVariable[];
}

/** What becomes a fragment once it has a name: a matrix in memory, or one value for all its elements. */
export interface FragmentSource {
  readonly kind: "fragment-source";
  readonly node: acorn.Node;
  readonly role: "a" | "b" | "c";
  readonly value?: Draft;
  readonly base?: Draft;
  readonly type?: PointerValue;
  readonly stride?: Draft;
  readonly layout?: "row" | "col";
}

/** Elements that are read together once they have a name. */
export interface VectorLoad {
  readonly kind: "vector-load";
  readonly node: acorn.Node;
  readonly base: Draft;
  readonly width: number;
  readonly element: () => Element;
}

export type Value = Draft | Static;

/** A helper function as the checker needs it. */
export interface HelperSource {
  readonly name: string;
  readonly parameters: readonly KernelParameter[];
  readonly result: ScalarType;
  readonly source: FunctionSource;
  readonly use: Readonly<Record<string, HelperSource>>;
  /** Whether it is called, rather than put in place of its calls. */
  readonly called: boolean;
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
  /** The called helper whose own body this is, which may call itself. */
  readonly self: HelperSource | undefined;
  /** The helpers in whose place this stands, outermost first. */
  readonly inside: readonly HelperSource[];
}

/** The state of a check, and the visitors that its parts call. */
export interface Checker {
  readonly inference: Inference;
  /** Those of the function being checked. */
  arrays: ArrayDeclaration[];
  readonly variables: { readonly variable: OpenVariable; readonly slot: Slot }[];
  /** Called functions by their helpers, and in the order in which their bodies were checked. */
  readonly called: Map<HelperSource, DeviceFunction>;
  readonly functions: { readonly function: DeviceFunction; readonly build: () => void }[];
  /** Bytes of the widest access to an array that the kernel declares. */
  widestAccess: number;
  frame: Frame;
  scope: Scope;
  value(node: acorn.Node): Value;
  /** A value that can be computed with; an error for anything else. */
  draft(node: acorn.Node): Draft;
  /** A draft of type bool; an integer means that it is not 0. */
  condition(node: acorn.Node): Draft;
  /** A helper in a call of it, and one with arguments that are there already. */
  call(helper: HelperSource, call: acorn.CallExpression): Draft;
  apply(helper: HelperSource, node: acorn.Node, operands: readonly Draft[]): Draft;
  /** A function of the library in place of a call: variables of its own, and its body. */
  instance(helper: HelperSource): { readonly parameters: readonly Variable[]; readonly body: readonly Statement[] };
  typeOf(slot: Slot): ValueType;
  error(node: acorn.Node, what: string, fix: string): InputError;
}
