// A launch as a cell says it, with a kernel and values by name, turned into a launch file's JSON. Runs nothing.
import { type DType, type DTypeName, dtypes, hostZeros, isNarrowFloat } from "../../../core/dtype.js";
import { encodeElements } from "../../../core/elements.js";
import { InputError, listChoices, nearest } from "../../../core/errors.js";
import type { DeviceName } from "../../../hardware/index.js";
import { dtypeOfParameter, namedArguments } from "../arguments.js";
import { DeviceArray, DevicePointer } from "../device-array.js";
import { type ArrayData, hostArray, scalar } from "../host-values.js";
import { checkKernel, type LaunchableKernel, type LaunchConfig } from "../launch-request.js";
import { PtxKernel } from "../ptx-module.js";
import { encodeBase64 } from "./base64.js";

/** An array of so many equal elements. `dtype` is needed where the kernel came as PTX, which knows addresses only. */
export interface FilledArray {
  readonly count: number;
  /** 0 unless given. */
  readonly fill?: number | bigint;
  readonly dtype?: DTypeName;
}

/**
 * A value for a parameter: a number for a scalar; for an address a list or a typed array, `{ count, fill }`, or an array on a device,
 * which is copied as it is.
 */
export type DescribedArgument =
  | number
  | bigint
  | ArrayData<DTypeName>
  | Uint8Array
  | FilledArray
  | DeviceArray
  | DevicePointer;

/** A launch with everything that it needs, bound to no device's memory. */
export interface LaunchDescription
  extends Omit<LaunchConfig, "print" | "observers" | "progress" | "stream" | "timing" | "log"> {
  /** What `kernel(...)` or `gpu.load(ptx).kernel()` returns. */
  readonly kernel: LaunchableKernel;
  /** By name for a kernel of the language, a list for one that came as PTX. */
  readonly args?: Readonly<Record<string, DescribedArgument>> | readonly DescribedArgument[];
  /** By key or alias; an A100 unless given. */
  readonly device?: DeviceName;
}

/** A launch file's JSON, and the PTX that it names. */
export interface LaunchFile {
  readonly launch: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
}

/** The launch file of a launch. Throws InputError for an option that is not there and for arguments that do not fit the kernel. */
export function launchFileOf(description: LaunchDescription): LaunchFile {
  const { kernel, args, ...config } = description;
  checkKernel(kernel, "kernel");
  const { name } = kernel;
  const fields = Object.entries(config).flatMap(([option, value]) => {
    if (!Object.hasOwn(fieldOf, option)) {
      const slip = nearest(option, descriptionFields);
      throw new InputError(`there is no option "${option}"`, {
        where: `launch of "${name}"`,
        fix: slip === undefined ? `Known: ${listChoices(descriptionFields, false)}.` : `Did you mean "${slip}"?`,
      });
    }
    return value === undefined ? [] : [[fieldOf[option as keyof typeof fieldOf], extentsAsList(value)] as const];
  });
  const file = `${name}.ptx`;
  return {
    launch: { ptx: file, kernel: name, ...Object.fromEntries(fields), args: argumentsOf(kernel, args) },
    files: { [file]: kernel.ptx },
  };
}

/** What a launch file calls the options of a launch; the type sees to it that none is missing. */
const fieldOf: Readonly<Record<keyof Omit<LaunchDescription, "kernel" | "args">, string>> = {
  grid: "grid",
  block: "block",
  shared: "shared",
  policy: "policy",
  stackBytes: "stack_bytes",
  heapBytes: "heap_bytes",
  maxSteps: "max_steps",
  sanitize: "sanitize",
  scheduler: "scheduler",
  seed: "seed",
  cooperative: "cooperative",
  registersPerThread: "registers_per_thread",
  device: "device",
};

/** Every field that a description may have. */
export const descriptionFields: readonly string[] = ["kernel", "args", ...Object.keys(fieldOf)];

/** `{ x: 16, y: 16 }` as `[16, 16, 1]`; anything else as it is. */
function extentsAsList(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("x" in value)) return value;
  const { x, y = 1, z = 1 } = value as { x: unknown; y?: unknown; z?: unknown };
  return [x, y, z];
}

type Json = Readonly<Record<string, unknown>>;

function argumentsOf(kernel: LaunchableKernel, args: LaunchDescription["args"]): Json[] {
  const where = `launch of "${kernel.name}"`;
  const places = new Map<unknown, number>();
  if (kernel instanceof PtxKernel) {
    const { parameters } = kernel.entry;
    const values = args ?? [];
    if (!Array.isArray(values) || values.length !== parameters.length) {
      throw new InputError(`it takes a list of ${parameters.length} arguments`, {
        where,
        fix: `Pass [${parameters.map(({ name }) => name).join(", ")}].`,
      });
    }
    return parameters.map((parameter, index) => {
      const value = values[index] as DescribedArgument;
      const field = `${where}, argument ${index} (${parameter.name})`;
      if (parameter.elements !== undefined && value instanceof Uint8Array) return { bytes: encodeBase64(value) };
      if (typeof value === "object") return arrayArgument(value, dtypeOfArray(value, field), field, index, places);
      return scalarArgument(dtypes[dtypeOfParameter(parameter, field)], value, field);
    });
  }
  return namedArguments(kernel.name, kernel.parameters, args ?? {}).map(({ name, type, value }, index) => {
    const field = `${where}, argument "${name}"`;
    return "pointerTo" in type
      ? arrayArgument(value as DescribedArgument, type.pointerTo, field, index, places)
      : scalarArgument(type, value, field);
  });
}

function scalarArgument(dtype: DType, value: unknown, where: string): Json {
  return { [dtype.name]: jsonNumber(scalar(dtype, value, where)) };
}

/** What JSON cannot say is text. */
function jsonNumber(value: number | bigint): number | string {
  return typeof value === "bigint" || !Number.isFinite(value) ? String(value) : value;
}

function arrayArgument(
  value: DescribedArgument,
  dtype: DType,
  where: string,
  index: number,
  places: Map<unknown, number>,
): Json {
  if (value instanceof DeviceArray || value instanceof DevicePointer) {
    const array = value instanceof DevicePointer ? value.array : value;
    if (array.freed) throw new InputError(`"${array.label}" has been freed`, { where, fix: "Allocate it anew." });
    const { region } = array;
    const offset = value.address - region.base;
    const shift = offset === 0 ? {} : { offset };
    // Arguments that point into one allocation go on doing so.
    const earlier = places.get(region);
    if (earlier !== undefined) return { ref: earlier, ...shift };
    places.set(region, index);
    const isWhole = region.byteLength % dtypes[region.dtype].bytes === 0;
    return { ptr: { dtype: isWhole ? region.dtype : "u8", base64: encodeBase64(region.bytes) }, ...shift };
  }
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const elements = hostArray(dtype, value as ArrayData<DTypeName>, where);
    return { ptr: { dtype: dtype.name, base64: encodeBase64(encodeElements(dtype, elements)) } };
  }
  const { count, fill = 0, ...others } = (typeof value === "object" && value !== null ? value : {}) as FilledArray;
  if (!Number.isSafeInteger(count) || count < 0 || Object.keys(others).some((name) => name !== "dtype")) {
    throw new InputError(`needs an array of ${dtype.name}`, {
      where,
      fix: "Write [1, 2, 3], a typed array, { count: 1024, fill: 1 }, or pass an array on a device.",
    });
  }
  return { ptr: { dtype: dtype.name, count, fill: jsonNumber(scalar(dtype, fill, `${where}, fill`)) } };
}

/** The type of an array that says it itself, for a parameter that does not. */
function dtypeOfArray(value: DescribedArgument, where: string): DType {
  if (value instanceof DeviceArray || value instanceof DevicePointer) return value.dtype;
  const named = (value as FilledArray | null)?.dtype;
  if (named !== undefined && Object.hasOwn(dtypes, named)) return dtypes[named];
  const found = ArrayBuffer.isView(value)
    ? Object.values(dtypes).find(
        (dtype) => !isNarrowFloat(dtype) && hostZeros(dtype, 0).constructor === value.constructor,
      )
    : undefined;
  if (found !== undefined) return found;
  throw new InputError("the type of its elements is not known", {
    where,
    fix: 'Pass a typed array (new Float32Array(data)), or { dtype: "f32", count: 1024 }.',
  });
}
