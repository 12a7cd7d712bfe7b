// Runs a kernel's tree as JavaScript, block after block, thread after thread up to each barrier: the reference of the tests.
// Checks every access against its array. Knows nothing of PTX, warps or devices.
import { type Dim3Like, delinearise, dim3, formatIndex, volume } from "../../core/dim3.js";
import { type DTypeName, dtypes, type HostArrays, hostZeros, isDType } from "../../core/dtype.js";
import { InputError, WarplabError } from "../../core/errors.js";
import { binary, bitwiseNot, convert, fma, math, narrow, negate, type Scalar } from "./arithmetic.js";
import { emitJavaScript } from "./emit-js.js";
import { literalValue } from "./literal.js";
import { formatParameterType, type HostArguments, type KernelParameter, type Signature } from "./signature.js";
import type { Axis, KernelTree, ScalarType, ThreadIndex } from "./tree.js";

export interface ReferenceLaunch {
  readonly grid: Dim3Like;
  readonly block: Dim3Like;
}

/** A kernel as JavaScript. */
export interface KernelReference<S extends Signature = Signature> {
  /** The text of the JavaScript, for a look at it. Throws InputError for a kernel that needs warps. */
  readonly javascript: string;
  /**
   * Runs every thread, changing the given typed arrays in place. Throws InputError for wrong arguments and for a kernel
   * that needs warps, WarplabError for an access outside of an array.
   */
  run(launch: ReferenceLaunch, args: HostArguments<S>): void;
}

export function kernelReference<S extends Signature>(
  tree: KernelTree,
  parameters: readonly KernelParameter[],
): KernelReference<S> {
  return new TreeReference<S>(tree, parameters);
}

type HostArray = HostArrays[DTypeName];
type Body = (
  values: readonly unknown[],
  thread: Thread,
  arrays: readonly Pointer[],
  runtime: object,
) => Generator<void, void>;

/** A position in an array. */
interface Pointer {
  readonly array: HostArray;
  readonly name: string;
  readonly position: number;
}

type Thread = Readonly<Record<ThreadIndex, Readonly<Record<Axis, number>>>>;

class TreeReference<S extends Signature> implements KernelReference<S> {
  readonly #tree: KernelTree;
  readonly #parameters: readonly KernelParameter[];
  #javascript: string | undefined;

  constructor(tree: KernelTree, parameters: readonly KernelParameter[]) {
    this.#tree = tree;
    this.#parameters = parameters;
  }

  get javascript(): string {
    this.#javascript ??= emitJavaScript(this.#tree);
    return this.#javascript;
  }

  run(launch: ReferenceLaunch, args: HostArguments<S>): void {
    const gridDim = dim3(launch.grid, "grid");
    const blockDim = dim3(launch.block, "block");
    const values = this.#arguments(args);
    const body = new Function(this.javascript)() as Body;
    for (let block = 0; block < volume(gridDim); block++) {
      const blockIdx = delinearise(block, gridDim);
      const shared = this.#tree.arrays.map((array) => (array.space === "shared" ? this.#allocate(array) : undefined));
      const threads = Array.from({ length: volume(blockDim) }, (_, index) => {
        const thread: Thread = { threadIdx: delinearise(index, blockDim), blockIdx, blockDim, gridDim };
        const arrays = this.#tree.arrays.map((array, each) => shared[each] ?? this.#allocate(array));
        return body(values, thread, arrays, runtime);
      });
      // Each round takes every thread to its next barrier or its end.
      for (let running = threads; running.length > 0; )
        running = running.filter((thread) => thread.next().done !== true);
    }
  }

  #allocate({ name, element, extents }: KernelTree["arrays"][number]): Pointer {
    const type = dtypes[element];
    const length = extents.reduce((product, extent) => product * extent, 1);
    return { array: hostZeros(type, length), name, position: 0 };
  }

  #arguments(args: HostArguments<S>): unknown[] {
    const names = this.#parameters.map(({ name }) => name);
    const extra = Object.keys(args).find((name) => !names.includes(name));
    if (extra !== undefined) {
      throw new InputError(`${this.#tree.name} takes no argument ${extra}`, {
        where: extra,
        fix: `It takes ${names.join(", ")}.`,
      });
    }
    return this.#parameters.map(({ name, type }) => {
      const given = (args as Readonly<Record<string, unknown>>)[name];
      const wanted = formatParameterType(type);
      if (!isDType(type)) {
        const array: HostArray = hostZeros(type.pointerTo, 0);
        if (Object.prototype.toString.call(given) === Object.prototype.toString.call(array)) {
          return { array: given, name, position: 0 } as Pointer;
        }
        throw new InputError(`argument ${name} must be a ${array.constructor.name} (${wanted})`, { where: name });
      }
      if (typeof given === "bigint" && (type.name === "i64" || type.name === "u64")) return given;
      if (typeof given !== "number")
        throw new InputError(`argument ${name} must be a number (${wanted})`, { where: name });
      const found = type.bytes < 4 ? { value: given } : literalValue(given, type.name as ScalarType);
      if ("problem" in found) throw new InputError(`argument ${name}: ${found.problem}`, { where: name });
      return found.value;
    });
  }
}

/** What the emitted JavaScript calls. */
const runtime = {
  binary,
  negate,
  bitwiseNot,
  convert,
  narrow,
  math,
  fma,
  move: (pointer: Pointer, count: number): Pointer => ({ ...pointer, position: pointer.position + count }),
  element(pointer: Pointer, index: number, space: string, thread: Thread): Pointer {
    const position = pointer.position + index;
    if (position < 0 || position >= pointer.array.length) {
      const where = `block ${formatIndex(thread.blockIdx, thread.gridDim)}, thread ${formatIndex(thread.threadIdx, thread.blockDim)}`;
      throw new WarplabError(
        `${where}: element ${position} of ${pointer.name} (${space} memory) is outside: it has ${pointer.array.length}`,
      );
    }
    return { ...pointer, position };
  },
  load: ({ array, position }: Pointer): Scalar => array[position],
  store({ array, position }: Pointer, value: Scalar): void {
    array[position] = value;
  },
  atomic(operator: string, type: ScalarType, element: Pointer, ...operands: Scalar[]): Scalar {
    const old = runtime.load(element);
    const value = operands[operands.length - 1];
    if (operator === "cas") {
      if (Object.is(old, operands[0])) runtime.store(element, value);
    } else if (operator === "exch") runtime.store(element, value);
    else if (operator === "min" || operator === "max") runtime.store(element, math(operator, type, old, value));
    else runtime.store(element, binary(operator as "add", type, old, value));
    return old;
  },
};
