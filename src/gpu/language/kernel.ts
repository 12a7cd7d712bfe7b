// kernel() and fn(): a function with a signature becomes a compiled kernel, at once. Knows how, not where it will run.
import { type DType, type DTypeName, isDType } from "../../core/dtype.js";
import { InputError } from "../../core/errors.js";
import { inspectAsText, inspectObjectAs } from "../../core/inspect.js";
import type { DebugInfo } from "../ptx/debug-info.js";
import { checkHelper, checkKernel } from "./check/check.js";
import { contextNames } from "./check/context-values.js";
import type { HelperSource } from "./check/scope.js";
import type { HelperFunction, ThreadContext } from "./context.js";
import { emitPtx } from "./emit-ptx/module.js";
import { reservedNames } from "./emit-ptx/registers.js";
import { type KernelReference, kernelReference } from "./reference.js";
import {
  type DeviceValues,
  formatParameterType,
  type KernelParameter,
  readSignature,
  type Signature,
} from "./signature.js";
import { functionSource } from "./source.js";
import type { KernelTree } from "./tree.js";

/** Helpers by the name under which a kernel's body finds them in its context. */
// biome-ignore lint/suspicious/noExplicitAny: a helper of any signature, whose own signature the caller's type keeps.
export type Helpers = Readonly<Record<string, Helper<any>>>;

/** The helpers as the body calls them. */
export type HelperFunctions<U extends Helpers> = {
  readonly [Name in keyof U]: U[Name] extends Helper<infer S> ? HelperFunction<S> : never;
};

/** What a person writes for a kernel: it is compiled from its source and never called. */
export type KernelBody<S extends Signature, U extends Helpers> = (
  parameters: DeviceValues<S>,
  context: ThreadContext & HelperFunctions<U>,
) => void;

export interface KernelOptions<U extends Helpers = Helpers> {
  /** Functions made by `fn` that the body calls. */
  readonly use?: U;
}

export interface HelperOptions<U extends Helpers = Helpers> extends KernelOptions<U> {
  /**
   * Whether the helper is put in place of its calls, which is the default. With `false` it becomes a function of the PTX that
   * is called: its text is there once, and it may call itself, by its name taken from the context.
   */
  readonly inline?: boolean;
}

/** What a helper may return. */
export type HelperResult = DType<"i32" | "u32" | "i64" | "u64" | "f16" | "bf16" | "f32" | "f64">;

/** A compiled kernel. */
export interface Kernel<S extends Signature = Signature> {
  /** The name of the PTX entry. */
  readonly name: string;
  readonly signature: S;
  /** The parameters in the order of the PTX entry. */
  readonly parameters: readonly KernelParameter[];
  /** A complete PTX module. */
  readonly ptx: string;
  /** The source, and the register of every variable. */
  readonly debug: DebugInfo;
  /** The typed tree that the PTX was made of. */
  readonly tree: KernelTree;
  /** The same tree as JavaScript that rounds every operation: slow, exact, and without warps. */
  readonly reference: KernelReference<S>;
}

/** A function that kernels call. */
export interface Helper<S extends Signature = Signature> {
  readonly name: string;
  readonly signature: S;
  readonly result: HelperResult;
}

/**
 * Compiles a kernel. `signature` gives the types of the parameters, `body` what each thread does. Throws InputError, with
 * the line, the column and the fix, for anything in the body that is not part of the language.
 *
 * @example
 * const saxpy = kernel("saxpy", { n: i32, a: f32, x: f32.ptr, y: f32.ptr },
 *   ({ n, a, x, y }, { blockIdx, blockDim, threadIdx }) => {
 *     const i = blockIdx.x * blockDim.x + threadIdx.x;
 *     if (i < n) y[i] = a * x[i] + y[i];
 *   });
 */
// biome-ignore lint/complexity/noBannedTypes: {} is "no helpers", so that the context has none.
export function kernel<S extends Signature, U extends Helpers = {}>(
  name: string,
  signature: S,
  body: KernelBody<S, U>,
  options: KernelOptions<U> = {},
): Kernel<S> {
  const parameters = checkNamed("kernel", name, signature);
  const source = functionSource(name, body);
  const tree = checkKernel(name, parameters, source, helperSources(name, options.use));
  const { ptx, debug } = emitPtx(tree, parameters, source.shown);
  const reference = kernelReference<S>(tree, parameters);
  return new CompiledKernel(name, signature, parameters, ptx, debug, tree, reference);
}

/**
 * A helper for kernels: `fn("clamp", { v: f32 }, f32, ({ v }) => Math.min(Math.max(v, 0), 1))`, given to a kernel as
 * `{ use: { clamp } }` and called with its arguments by name, `clamp({ v: x[i] })`, or in order, `clamp(x[i])`. It is put in
 * place of each call, unless `{ inline: false }` makes it a function that is called. Throws InputError as `kernel` does.
 */
// biome-ignore lint/complexity/noBannedTypes: {} is "no helpers", so that the context has none.
export function fn<S extends Signature, U extends Helpers = {}, Name extends string = string>(
  name: Name,
  signature: S,
  result: HelperResult,
  body: (
    parameters: DeviceValues<S>,
    context: ThreadContext & HelperFunctions<U> & { readonly [Self in Name]: HelperFunction<S> },
  ) => number,
  options: HelperOptions<U> = {},
): Helper<S> {
  const parameters = checkNamed("helper", name, signature);
  const results = ["i32", "u32", "i64", "u64", "f16", "bf16", "f32", "f64"];
  if (!isDType(result) || !results.includes((result as DType<DTypeName>).name)) {
    throw new InputError(`the result of ${name} must be i32, u32, i64, u64, f16, bf16, f32 or f64`, {
      fix: `Write fn("${name}", { ... }, f32, body).`,
    });
  }
  const source = functionSource(name, body);
  const called = options.inline === false;
  if (called && reservedNames.has(name)) {
    throw new InputError(`a called helper cannot be called ${name}, which is a word of PTX`, {
      fix: "Give it another name.",
    });
  }
  const use = helperSources(name, options.use);
  const helper: HelperSource = { name, parameters, result: result.name, source, use, called };
  checkHelper(helper);
  const made: Helper<S> = { name, signature, result };
  const taken = parameters.map((each) => `${each.name}: ${formatParameterType(each.type)}`).join(", ");
  inspectObjectAs(made, () => `fn ${name}(${taken}): ${result.name}${called ? ", called" : ""}`);
  Object.freeze(made);
  sources.set(made, helper);
  return made;
}

/** What a helper was made of; a helper object shows its signature only. */
const sources = new WeakMap<object, HelperSource>();

function helperSources(name: string, use: Helpers | undefined): Readonly<Record<string, HelperSource>> {
  const found = Object.entries(use ?? {}).map(([key, helper]) => {
    const source = sources.get(helper);
    if (source === undefined) {
      throw new InputError(`${name} is given ${key}, which is no helper`, {
        where: `use.${key}`,
        fix: `Make it one: const ${key} = fn("${key}", { v: f32 }, f32, ({ v }) => ...).`,
      });
    }
    if (contextNames.has(key)) {
      throw new InputError(`${name} is given a helper ${key}, but the context has a ${key} already`, {
        where: `use.${key}`,
        fix: "Give it under another name.",
      });
    }
    return [key, source] as const;
  });
  return Object.fromEntries(found);
}

function checkNamed(what: "kernel" | "helper", name: unknown, signature: unknown): readonly KernelParameter[] {
  if (typeof name !== "string" || !/^[A-Za-z][A-Za-z0-9_$]*$/.test(name)) {
    throw new InputError(`a ${what} is named by letters, digits and underscores, got ${JSON.stringify(name)}`, {
      fix: what === "kernel" ? 'Write kernel("saxpy", { ... }, body).' : 'Write fn("clamp", { v: f32 }, f32, body).',
    });
  }
  if (what === "kernel" && reservedNames.has(name)) {
    throw new InputError(`a kernel cannot be called ${name}, which is a word of PTX`, {
      fix: `Give it another name: kernel("${name.toLowerCase()}", { ... }, body).`,
    });
  }
  return readSignature(signature, name);
}

class CompiledKernel<S extends Signature> implements Kernel<S> {
  static {
    inspectAsText(CompiledKernel);
  }

  constructor(
    readonly name: string,
    readonly signature: S,
    readonly parameters: readonly KernelParameter[],
    readonly ptx: string,
    readonly debug: DebugInfo,
    readonly tree: KernelTree,
    readonly reference: KernelReference<S>,
  ) {}

  /** One line, where a notebook or a console shows the object. */
  toString(): string {
    const parameters = this.parameters.map(({ name, type }) => `${name}: ${formatParameterType(type)}`).join(", ");
    const lines = this.ptx.split("\n").filter((line) => /;$/.test(line) && !/^\s*\./.test(line)).length;
    return `kernel ${this.name}(${parameters}): ${lines} PTX instructions`;
  }
}
