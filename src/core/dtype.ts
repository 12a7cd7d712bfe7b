// The element types of arrays and kernel parameters, named as PTX names them (i for its s).
import type { FloatFormatName } from "./float-format.js";

/** The types that a typed array of JavaScript holds as they are. */
export type NativeDTypeName = "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "f32" | "f64";

/** Floating-point types of 16 and 8 bits, whose values the host holds in 32: half precision, bfloat16 and FP8. */
export type NarrowFloatName = Extract<FloatFormatName, "f16" | "bf16" | "e4m3" | "e5m2">;

export type DTypeName = NativeDTypeName | NarrowFloatName;

/** A scalar type: `f32`. `f32.ptr` is the type of a pointer to it. */
export interface DType<Name extends DTypeName = DTypeName> {
  readonly name: Name;
  /** Size of one element in bytes. */
  readonly bytes: number;
  readonly kind: "signed" | "unsigned" | "float";
  readonly ptr: PointerType<Name>;
}

/** A pointer into global memory, to elements of one scalar type. */
export interface PointerType<Name extends DTypeName = DTypeName> {
  readonly pointerTo: DType<Name>;
}

export type ParameterType = DType | PointerType;

/** The typed array that holds each dtype on the host. Every value of a narrow float is one of f32 too. */
export interface HostArrays {
  i8: Int8Array;
  u8: Uint8Array;
  i16: Int16Array;
  u16: Uint16Array;
  i32: Int32Array;
  u32: Uint32Array;
  i64: BigInt64Array;
  u64: BigUint64Array;
  f32: Float32Array;
  f64: Float64Array;
  f16: Float32Array;
  bf16: Float32Array;
  e4m3: Float32Array;
  e5m2: Float32Array;
}

function dtype<Name extends DTypeName>(name: Name, bytes: number, kind: DType["kind"]): DType<Name> {
  const type = { name, bytes, kind } as { -readonly [K in keyof DType<Name>]: DType<Name>[K] };
  type.ptr = Object.freeze({ pointerTo: type });
  return Object.freeze(type);
}

export const i8: DType<"i8"> = dtype("i8", 1, "signed");
export const u8: DType<"u8"> = dtype("u8", 1, "unsigned");
export const i16: DType<"i16"> = dtype("i16", 2, "signed");
export const u16: DType<"u16"> = dtype("u16", 2, "unsigned");
export const i32: DType<"i32"> = dtype("i32", 4, "signed");
export const u32: DType<"u32"> = dtype("u32", 4, "unsigned");
export const i64: DType<"i64"> = dtype("i64", 8, "signed");
export const u64: DType<"u64"> = dtype("u64", 8, "unsigned");
export const f32: DType<"f32"> = dtype("f32", 4, "float");
export const f64: DType<"f64"> = dtype("f64", 8, "float");
/** Half precision: IEEE 754 binary16. */
export const f16: DType<"f16"> = dtype("f16", 2, "float");
/** The upper half of an f32. */
export const bf16: DType<"bf16"> = dtype("bf16", 2, "float");
/** FP8 with 4 bits of exponent and 3 of fraction; no infinities, 448 at most. */
export const e4m3: DType<"e4m3"> = dtype("e4m3", 1, "float");
/** FP8 with 5 bits of exponent and 2 of fraction. */
export const e5m2: DType<"e5m2"> = dtype("e5m2", 1, "float");

export const dtypes: { readonly [Name in DTypeName]: DType<Name> } = {
  i8,
  u8,
  i16,
  u16,
  i32,
  u32,
  i64,
  u64,
  f32,
  f64,
  f16,
  bf16,
  e4m3,
  e5m2,
};

export function isDType(value: unknown): value is DType {
  return typeof value === "object" && value !== null && dtypes[(value as DType).name] === value;
}

export function isPointerType(value: unknown): value is PointerType {
  return typeof value === "object" && value !== null && isDType((value as PointerType).pointerTo);
}

/** Whether the host holds values of this type in 32 bits, since no typed array has them. */
export function isNarrowFloat(type: DType): type is DType<NarrowFloatName> {
  return type.kind === "float" && type.bytes < 4;
}

/** The bytes seen as elements of a dtype, without a copy. The byte offset must be a multiple of the element size. */
export function viewAs<Name extends NativeDTypeName>(type: DType<Name>, bytes: Uint8Array): HostArrays[Name] {
  const { buffer, byteOffset, byteLength } = bytes;
  return new constructors[type.name](buffer as ArrayBuffer, byteOffset, byteLength / type.bytes) as HostArrays[Name];
}

/** Zeros on the host. */
export function hostZeros<Name extends DTypeName>(type: DType<Name>, length: number): HostArrays[Name] {
  return new constructors[type.name](length) as HostArrays[Name];
}

const constructors = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
  f16: Float32Array,
  bf16: Float32Array,
  e4m3: Float32Array,
  e5m2: Float32Array,
} as const;
