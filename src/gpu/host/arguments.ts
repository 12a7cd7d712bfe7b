// From the arguments of a launch to the parameter block that PTX reads. A missing, extra or wrongly typed argument is an
// error before anything runs.
import { type DType, type DTypeName, dtypes, type ParameterType, type PointerType } from "../../core/dtype.js";
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { DeviceArray, DevicePointer, scalar } from "./memory.js";

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
  const { offsets, bytes } = parameterOffsets(parameters);
  const block = new Uint8Array(bytes);
  parameters.forEach(({ name, type }, index) => {
    if (!(name in values) || values[name] === undefined) {
      throw new InputError(`argument "${name}" is missing`, { where, fix: `Pass ${name}, ${describeType(type)}.` });
    }
    const field = `${where}, argument "${name}"`;
    if ("pointerTo" in type)
      writeScalar(block, offsets[index], dtypes.u64, BigInt(pointerAddress(type, values[name], field)));
    else writeScalar(block, offsets[index], type, scalar(type, values[name], field));
  });
  return block;
}

// As PTX lays out .param variables: in order, each aligned to its size.
function parameterOffsets(parameters: readonly ParameterDescription[]): { offsets: number[]; bytes: number } {
  let bytes = 0;
  const offsets = parameters.map(({ type }) => {
    const size = "pointerTo" in type ? 8 : type.bytes;
    const offset = Math.ceil(bytes / size) * size;
    bytes = offset + size;
    return offset;
  });
  return { offsets, bytes };
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
  if (array.dtype.name !== type.pointerTo.name) {
    throw new InputError(`needs ${describeType(type)}, got "${array.label}" of ${array.dtype.name}`, { where });
  }
  if (array.freed) throw new InputError(`"${array.label}" has been freed`, { where, fix: "Allocate it anew." });
  return (value as DeviceArray | DevicePointer).address;
}

/** Writes a value little-endian. */
export function writeScalar(block: Uint8Array, offset: number, dtype: DType, value: number | bigint): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const write: Record<DTypeName, () => void> = {
    i8: () => view.setInt8(offset, value as number),
    u8: () => view.setUint8(offset, value as number),
    i16: () => view.setInt16(offset, value as number, true),
    u16: () => view.setUint16(offset, value as number, true),
    i32: () => view.setInt32(offset, value as number, true),
    u32: () => view.setUint32(offset, value as number, true),
    i64: () => view.setBigInt64(offset, value as bigint, true),
    u64: () => view.setBigUint64(offset, value as bigint, true),
    f32: () => view.setFloat32(offset, value as number, true),
    f64: () => view.setFloat64(offset, value as number, true),
  };
  write[dtype.name]();
}

function describeType(type: ParameterType): string {
  return "pointerTo" in type ? `an array of ${type.pointerTo.name} on the device` : `${type.name}`;
}
