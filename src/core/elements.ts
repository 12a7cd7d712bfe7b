// Values of a dtype as the bytes that memory holds, little-endian, and back. A number that a narrow float cannot hold is rounded to
// the nearest, ties to even. Knows nothing of whose bytes they are.

import type { NativeDTypeName } from "./dtype.js";
import { type DType, type DTypeName, type HostArrays, hostZeros, isNarrowFloat, viewAs } from "./dtype.js";
import { decodeFloat, encodeFloat, floatFormats, roundTo, shortestDecimal } from "./float-format.js";

/** The value at a byte of a view: bigint for 64-bit integers, number otherwise. */
export function readElement(view: DataView, offset: number, { name }: DType): number | bigint {
  switch (name) {
    case "i8":
      return view.getInt8(offset);
    case "u8":
      return view.getUint8(offset);
    case "i16":
      return view.getInt16(offset, true);
    case "u16":
      return view.getUint16(offset, true);
    case "i32":
      return view.getInt32(offset, true);
    case "u32":
      return view.getUint32(offset, true);
    case "i64":
      return view.getBigInt64(offset, true);
    case "u64":
      return view.getBigUint64(offset, true);
    case "f32":
      return view.getFloat32(offset, true);
    case "f64":
      return view.getFloat64(offset, true);
    case "f16":
    case "bf16":
      return decodeFloat(floatFormats[name], view.getUint16(offset, true));
    case "e4m3":
    case "e5m2":
      return decodeFloat(floatFormats[name], view.getUint8(offset));
  }
}

/** Writes a value: a bigint for 64-bit integers, a number otherwise. Integers wrap around; floats are rounded. */
export function writeElement(view: DataView, offset: number, { name }: DType, value: number | bigint): void {
  switch (name) {
    case "i8":
    case "u8":
      view.setUint8(offset, Number(value));
      break;
    case "i16":
    case "u16":
      view.setUint16(offset, Number(value), true);
      break;
    case "i32":
    case "u32":
      view.setUint32(offset, Number(value), true);
      break;
    case "i64":
    case "u64":
      view.setBigUint64(offset, BigInt(value), true);
      break;
    case "f32":
      view.setFloat32(offset, Number(value), true);
      break;
    case "f64":
      view.setFloat64(offset, Number(value), true);
      break;
    case "f16":
    case "bf16":
      view.setUint16(offset, narrowBits(name, Number(value)), true);
      break;
    case "e4m3":
    case "e5m2":
      view.setUint8(offset, narrowBits(name, Number(value)));
      break;
  }
}

/** The bytes as elements, copied. There must be a whole number of them. */
export function decodeElements<Name extends DTypeName>(type: DType<Name>, bytes: Uint8Array): HostArrays[Name] {
  if (!isNarrowFloat(type)) return viewAs(type as DType<NativeDTypeName>, bytes.slice()) as HostArrays[Name];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = hostZeros(type, bytes.byteLength / type.bytes) as Float32Array;
  for (let i = 0; i < values.length; i++) values[i] = readElement(view, i * type.bytes, type) as number;
  return values as HostArrays[Name];
}

/** The bytes of elements: a view of a native type's, new ones of a narrow float's. */
export function encodeElements<Name extends DTypeName>(type: DType<Name>, values: HostArrays[Name]): Uint8Array {
  if (!isNarrowFloat(type)) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(values.length * type.bytes);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) writeElement(view, i * type.bytes, type, values[i]);
  return bytes;
}

/** A value as people read it: the shortest decimal that its type rounds to the same number, `0.1`. */
export function formatElement(type: DType, value: number | bigint): string {
  if (type.kind !== "float" || type.name === "f64" || typeof value === "bigint") return String(value);
  return shortestDecimal(floatFormats[type.name as keyof typeof floatFormats], value);
}

// What a format without infinities cannot hold is its NaN, as a conversion without saturation makes it.
function narrowBits(name: "f16" | "bf16" | "e4m3" | "e5m2", value: number): number {
  const format = floatFormats[name];
  return encodeFloat(format, roundTo(format, value));
}
