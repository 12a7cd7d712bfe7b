// Runs a kernel's tree as JavaScript, block after block, thread after thread up to each barrier: the reference of the tests.
// Checks every access against its array. Knows nothing of PTX, warps or devices.
import { type Dim3Like, delinearise, dim3, formatIndex, volume } from "../../core/dim3.js";
import { type DType, type DTypeName, dtypes, type HostArrays, hostZeros, isDType, viewAs } from "../../core/dtype.js";
import { InputError, WarplabError } from "../../core/errors.js";
import { decodeFloat, encodeFloat, floatFormats } from "../../core/float-format.js";
import { binary, bitwiseNot, convert, math, narrow, negate, type Scalar } from "./arithmetic.js";
import { emitJavaScript } from "./emit-js.js";
import { fma } from "./exact.js";
import { bitcast, intrinsicValue } from "./intrinsic-values.js";
import { literalValue } from "./literal.js";
import { formatParameterType, type HostArguments, type KernelParameter, type Signature } from "./signature.js";
import type { ArrayDeclaration, Axis, KernelTree, ScalarType, ThreadIndex } from "./tree.js";

export interface ReferenceLaunch {
  readonly grid: Dim3Like;
  readonly block: Dim3Like;
  /** Dynamic shared memory of a block in bytes. */
  readonly shared?: number;
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
  readonly array: HostArray | HalfView;
  readonly name: string;
  readonly position: number;
}

/** Bytes seen as numbers of half precision, of which JavaScript has no array. */
class HalfView {
  readonly length: number;
  readonly #words: DataView;

  constructor(
    private readonly format: "f16" | "bf16",
    bytes: Uint8Array,
  ) {
    this.length = Math.floor(bytes.length / 2);
    this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(position: number): number {
    return decodeFloat(floatFormats[this.format], this.#words.getUint16(2 * position, true));
  }

  write(position: number, value: number): void {
    this.#words.setUint16(2 * position, encodeFloat(floatFormats[this.format], value), true);
  }
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
      const dynamic = new Uint8Array(launch.shared ?? 0);
      const shared = this.#tree.arrays.map((array) =>
        array.space === "shared" ? allocate(array, dynamic) : undefined,
      );
      const threads = Array.from({ length: volume(blockDim) }, (_, index) => {
        const thread: Thread = { threadIdx: delinearise(index, blockDim), blockIdx, blockDim, gridDim };
        const arrays = this.#tree.arrays.map((array, each) => shared[each] ?? allocate(array, dynamic));
        return body(values, thread, arrays, runtime);
      });
      // Each round takes every thread to its next barrier or its end.
      for (let running = threads; running.length > 0; )
        running = running.filter((thread) => thread.next().done !== true);
    }
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

/** Memory for an array; where the launch says how much there is, what fits into `dynamic`, at its beginning. */
function allocate(
  { name, element, extents }: Omit<ArrayDeclaration, "space" | "place">,
  dynamic?: Uint8Array,
): Pointer {
  const type = dtypes[element];
  const [first, ...rest] = extents;
  const row = rest.reduce<number>((product, extent) => product * (extent as number), 1);
  if (first !== undefined) return { array: hostZeros(type, first * row), name, position: 0 };
  const bytes = dynamic ?? new Uint8Array(0);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % type.bytes));
  const half = element === "f16" || element === "bf16";
  const array = half ? new HalfView(element, whole) : viewAs(type as DType<"f32">, whole);
  return { array, name, position: 0 };
}

function outside({ array, name, position }: Pointer, space: string, thread: Thread): WarplabError {
  return new WarplabError(
    `${threadWords(thread)}: element ${position} of ${name} (${space}) is outside: it has ${array.length}`,
  );
}

function threadWords({ blockIdx, gridDim, threadIdx, blockDim }: Thread): string {
  return `block ${formatIndex(blockIdx, gridDim)}, thread ${formatIndex(threadIdx, blockDim)}`;
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
  bitcast,
  intrinsic: intrinsicValue,
  allocate,
  /** What is printed goes nowhere: the values have been computed. */
  print: (): void => {},
  move: (pointer: Pointer, count: number): Pointer => ({ ...pointer, position: pointer.position + count }),
  element(pointer: Pointer, index: number, space: string, thread: Thread): Pointer {
    const position = pointer.position + index;
    const element = { ...pointer, position };
    if (position < 0 || position >= pointer.array.length) throw outside(element, `${space} memory`, thread);
    return element;
  },
  /** The first of elements that are accessed together, which lie at a multiple of their size. */
  vector(element: Pointer, count: number, thread: Thread): Pointer {
    const last = { ...element, position: element.position + count - 1 };
    if (last.position >= element.array.length) throw outside(last, `${count} elements at once`, thread);
    if (element.position % count === 0) return element;
    throw new WarplabError(
      `${threadWords(thread)}: ${count} elements of ${element.name} at once begin at a multiple of ${count}, not at ${element.position}`,
    );
  },
  load({ array, position }: Pointer): Scalar {
    return array instanceof HalfView ? array.read(position) : array[position];
  },
  store({ array, position }: Pointer, value: Scalar): void {
    if (array instanceof HalfView) array.write(position, value as number);
    else array[position] = value;
  },
  atomic(operator: string, type: ScalarType, element: Pointer, ...operands: Scalar[]): Scalar {
    const old = runtime.load(element);
    const value = operands[operands.length - 1];
    if (operator === "cas") {
      if (Object.is(old, operands[0])) runtime.store(element, value);
    } else if (operator === "exch") runtime.store(element, value);
    else if (operator === "inc") runtime.store(element, old >= value ? 0 : (old as number) + 1);
    else if (operator === "dec") runtime.store(element, old === 0 || old > value ? value : (old as number) - 1);
    else if (operator === "min" || operator === "max") runtime.store(element, math(operator, type, old, value));
    else runtime.store(element, binary(operator as "add", type, old, value));
    return old;
  },
};
