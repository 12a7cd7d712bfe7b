// The element types of arrays and kernel parameters, named as PTX names them (i for its s).

export type DTypeName = "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "f32" | "f64";

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

/** The typed array that holds each dtype on the host. */
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

export const dtypes: { readonly [Name in DTypeName]: DType<Name> } = { i8, u8, i16, u16, i32, u32, i64, u64, f32, f64 };

export function isDType(value: unknown): value is DType {
  return typeof value === "object" && value !== null && dtypes[(value as DType).name] === value;
}

export function isPointerType(value: unknown): value is PointerType {
  return typeof value === "object" && value !== null && isDType((value as PointerType).pointerTo);
}

/** The bytes seen as elements of a dtype. The byte offset must be a multiple of the element size. */
export function viewAs<Name extends DTypeName>(type: DType<Name>, bytes: Uint8Array): HostArrays[Name] {
  const { buffer, byteOffset, byteLength } = bytes;
  return new constructors[type.name](buffer as ArrayBuffer, byteOffset, byteLength / type.bytes) as HostArrays[Name];
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
} as const;
