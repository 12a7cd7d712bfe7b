// From the arguments of a launch to the parameter block that PTX reads. A missing, extra or wrongly typed argument is an
// error before anything runs.
import { type DType, type DTypeName, dtypes, type ParameterType, type PointerType } from "../../core/dtype.js";
import { writeElement } from "../../core/elements.js";
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { parameterLayout } from "../ptx/parameter-layout.js";
import type { Entry, Parameter } from "../ptx/syntax.js";
import { DeviceArray, DevicePointer } from "./device-array.js";
import { scalar } from "./host-values.js";

/** What a launch passes for a parameter: an array or a pointer for a pointer, a number (or bigint) for a scalar. */
export type LaunchArgument<T extends ParameterType> =
  T extends PointerType<infer Name>
    ? DeviceArray<Name> | DevicePointer<Name>
    : T extends DType<"i64" | "u64">
      ? bigint | number
      : number;

export type LaunchArguments<S extends Readonly<Record<string, ParameterType>>> = {
  readonly [Name in keyof S]: LaunchArgument<S[Name]>;
};

/** A parameter by name and type. */
export interface ParameterDescription {
  readonly name: string;
  readonly type: ParameterType;
}

/** Lays out named arguments as the kernel's PTX expects them. Throws InputError that names the argument. */
export function layOutArguments(
  kernel: string,
  parameters: readonly ParameterDescription[],
  values: Readonly<Record<string, unknown>>,
): Uint8Array {
  const named = namedArguments(kernel, parameters, values);
  const { offsets, bytes } = parameterLayout(
    parameters.map(({ type }) => {
      const size = "pointerTo" in type ? 8 : type.bytes;
      return { bytes: size, alignment: size };
    }),
  );
  const block = new Uint8Array(bytes);
  named.forEach(({ name, type, value }, index) => {
    const field = `launch of "${kernel}", argument "${name}"`;
    if ("pointerTo" in type) writeScalar(block, offsets[index], dtypes.u64, BigInt(pointerAddress(type, value, field)));
    else writeScalar(block, offsets[index], type, scalar(type, value, field));
  });
  return block;
}

/** A parameter with what is passed for it. */
export interface NamedArgument extends ParameterDescription {
  readonly value: unknown;
}

/** The arguments in the order of the parameters. Throws InputError for one that is missing or that no parameter has. */
export function namedArguments(
  kernel: string,
  parameters: readonly ParameterDescription[],
  values: unknown,
): readonly NamedArgument[] {
  const where = `launch of "${kernel}"`;
  const names = parameters.map(({ name }) => name);
  if (typeof values !== "object" || values === null) {
    throw new InputError("the arguments must be an object", { where, fix: `Write { ${names.join(", ")} }.` });
  }
  for (const name of Object.keys(values)) {
    if (names.includes(name)) continue;
    const slip = nearest(name, names);
    throw new InputError(`there is no parameter "${name}"`, {
      where,
      fix: `${slip === undefined ? "" : `Did you mean "${slip}"? `}It takes ${listChoices(names, false).replace(" or ", " and ")}.`,
    });
  }
  return parameters.map(({ name, type }) => {
    const value = (values as Readonly<Record<string, unknown>>)[name];
    if (value === undefined) {
      throw new InputError(`argument "${name}" is missing`, { where, fix: `Pass ${name}, ${describeType(type)}.` });
    }
    return { name, type, value };
  });
}

/** What a kernel that came as PTX takes: a number for a scalar, an array for an address, bytes for a struct. */
export type PtxArgument = number | bigint | DeviceArray | DevicePointer | Uint8Array;

/** Lays out a list of arguments, one a parameter, as the PTX declares them. Throws InputError that names the argument. */
export function layOutPtxArguments(entry: Entry, values: unknown): Uint8Array {
  const { name: kernel, parameters } = entry;
  const where = `launch of "${kernel}"`;
  if (!Array.isArray(values) || values.length !== parameters.length) {
    throw new InputError(`it takes a list of ${parameters.length} arguments`, {
      where,
      fix: `Pass [${parameters.map(({ name }) => name).join(", ")}].`,
    });
  }
  const block = new Uint8Array(entry.parameterBytes);
  parameters.forEach((parameter, index) => {
    writePtxArgument(block, parameter, values[index], `${where}, argument ${index} (${parameter.name})`);
  });
  return block;
}

function writePtxArgument(block: Uint8Array, parameter: Parameter, value: unknown, where: string): void {
  const { type, elements, offset, bytes } = parameter;
  if (elements !== undefined) {
    if (!(value instanceof Uint8Array) || value.length !== bytes) {
      const got = value instanceof Uint8Array ? `${value.length} bytes` : describeValue(value);
      throw new InputError(`.${type.name}[${elements}] takes a Uint8Array of ${bytes} bytes, got ${got}`, { where });
    }
    block.set(value, offset);
    return;
  }
  const dtype = dtypes[dtypeOfParameter(parameter, where)];
  if (value instanceof DeviceArray || value instanceof DevicePointer) {
    if (dtype.bytes !== 8 || dtype.kind === "float") {
      throw new InputError(`.${type.name} takes a number, got ${describeValue(value)}`, {
        where,
        fix: "Only a 64-bit integer parameter can hold an address.",
      });
    }
    writeScalar(block, offset, dtypes.u64, BigInt(liveAddress(value, where)));
  } else writeScalar(block, offset, dtype, scalar(dtype, value, where));
}

/** The dtype in which the host writes a scalar parameter of a PTX type. */
export function dtypeOfParameter({ type }: Parameter, where: string): DTypeName {
  const name = type.name.replace(/^s/, "i").replace(/^b/, "u");
  if (!(name in dtypes)) throw new InputError(`a parameter of type .${type.name} is not supported`, { where });
  return name as DTypeName;
}

function describeValue(value: unknown): string {
  if (value instanceof DeviceArray) return `the array "${value.label}"`;
  if (value instanceof DevicePointer) return `a pointer into "${value.array.label}"`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  return Array.isArray(value) ? "a list" : value === null ? "null" : typeof value;
}

function pointerAddress(type: PointerType, value: unknown, where: string): number {
  const array = value instanceof DevicePointer ? value.array : value;
  if (!(array instanceof DeviceArray)) {
    const isHost = ArrayBuffer.isView(value) || Array.isArray(value);
    throw new InputError(`needs ${describeType(type)}, got ${isHost ? "an array on the host" : typeof value}`, {
      where,
      fix: `Copy it to the device first: gpu.array(${type.pointerTo.name}, …).`,
    });
  }
  const { dtype } = value as DeviceArray | DevicePointer;
  if (dtype.name !== type.pointerTo.name) {
    throw new InputError(`needs ${describeType(type)}, got "${array.label}" of ${dtype.name}`, {
      where,
      fix: `Where its bytes are meant, pass ${value instanceof DeviceArray ? "x.view" : "p.cast"}(${type.pointerTo.name}).`,
    });
  }
  return liveAddress(value as DeviceArray | DevicePointer, where);
}

function liveAddress(value: DeviceArray | DevicePointer, where: string): number {
  const array = value instanceof DevicePointer ? value.array : value;
  if (array.freed) throw new InputError(`"${array.label}" has been freed`, { where, fix: "Allocate it anew." });
  return value.address;
}

/** Writes a value little-endian. */
export function writeScalar(block: Uint8Array, offset: number, dtype: DType, value: number | bigint): void {
  writeElement(new DataView(block.buffer, block.byteOffset, block.byteLength), offset, dtype, value);
}

function describeType(type: ParameterType): string {
  return "pointerTo" in type ? `an array of ${type.pointerTo.name} on the device` : `${type.name}`;
}
