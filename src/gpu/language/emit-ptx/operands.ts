// How values are written in PTX: immediates, and the type suffixes of instructions. Knows nothing of statements.
import { encodeFloat, floatFormats, roundTo } from "../../../core/float-format.js";
import { isHalf, isPointer, type Literal, type ScalarType, type ValueType } from "../tree.js";

/** `-5`, `0f3F800000`, `0d3FF0000000000000`, and of half precision the 16 bits, `0x3C00`. */
export function immediate({ value, type }: Literal): string {
  if (isHalf(type)) return halfImmediate(type, Number(value));
  if (type === "f32") return `0f${hex(new Float32Array([Number(value)]).buffer, 4)}`;
  if (type === "f64") return `0d${hex(new Float64Array([Number(value)]).buffer, 8)}`;
  if (typeof value === "boolean") return value ? "1" : "0";
  return type === "u64" && (value as bigint) >= 2n ** 63n ? `${value}U` : `${value}`;
}

export function halfImmediate(type: "f16" | "bf16", value: number): string {
  return `0x${encodeFloat(floatFormats[type], roundTo(floatFormats[type], value)).toString(16).toUpperCase().padStart(4, "0")}`;
}

function hex(buffer: ArrayBuffer, bytes: 4 | 8): string {
  const view = new DataView(buffer);
  const bits = bytes === 4 ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
  return bits
    .toString(16)
    .toUpperCase()
    .padStart(bytes * 2, "0");
}

/** The type for instructions that know signs: `s32`. */
export function arithmeticType(type: ScalarType): string {
  return type.startsWith("i") ? `s${type.slice(1)}` : type;
}

/** The type for instructions that move bits: `b32`. */
export function bitType(type: ValueType): string {
  if (isHalf(type)) return "b16";
  return is64(type) ? "b64" : "b32";
}

/** The type of `mov`, `selp` and the like: `u32`, `f32`, `pred`. */
export function moveType(type: ValueType): string {
  if (type === "bool") return "pred";
  if (type === "f32" || type === "f64") return type;
  if (isHalf(type)) return "b16";
  return is64(type) ? "u64" : "u32";
}

/** The type of `selp`: `f32`, `b32`. */
export function choiceType(type: ValueType): string {
  return type === "f32" || type === "f64" ? type : bitType(type);
}

/** The type of loads, stores and parameters, as in memory: `s8`, `u32`, `f64`, `b16` of half precision. */
export function memoryType(dtype: string): string {
  if (dtype === "f16" || dtype === "bf16") return "b16";
  if (dtype === "i8" || dtype === "i16") return `s${dtype.slice(1)}`;
  return dtype.startsWith("i") ? `u${dtype.slice(1)}` : dtype;
}

function is64(type: ValueType): boolean {
  if (isPointer(type)) return type.space !== "shared";
  return type === "i64" || type === "u64" || type === "f64";
}
