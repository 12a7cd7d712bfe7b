// What a kernel's body sees of its thread: the TypeScript types of its second argument, documented for the editor. The
// functions have no body here: a kernel is compiled from its source and never called.
import type { DType, DTypeName } from "../../core/dtype.js";
import type { DevicePointer, DeviceValues, Signature } from "./signature.js";
import type { Rounding } from "./tree.js";

/** Three i32: of the thread in its block, of the block in its grid, or their extents. */
export interface Index3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * A conversion, and the name of a type for `shared` and `local`. Integers wrap; floats become integers by truncation,
 * beyond the range by the nearest value in it; a truth value becomes 1 or 0.
 */
export interface Cast<Name extends DTypeName> {
  (value: number | boolean): number;
  /** Rounded as asked: `i32(x, "rn")`, `f32(d, "rz")`. bf16 is rounded "rn" or "rz". */
  (value: number, rounding: Rounding): number;
  readonly dtype: Name;
}

/** An array in shared or local memory. */
export interface DeviceArray1<Name extends DTypeName = DTypeName> extends DevicePointer<Name> {
  readonly length: number;
}
/** `tile[y][x]`. */
export interface DeviceArray2<Name extends DTypeName = DTypeName> {
  readonly [row: number]: DeviceArray1<Name>;
  readonly length: number;
}
/** `box[z][y][x]`. */
export interface DeviceArray3<Name extends DTypeName = DTypeName> {
  readonly [plane: number]: DeviceArray2<Name>;
  readonly length: number;
}

/**
 * What an array is declared of: the context's `f32`. The imported one has a type here too, so that who takes it reads the
 * kernel language's own words about it rather than a list of overloads.
 */
type ElementType<Name extends DTypeName> = Cast<Name> | DType<Name>;

/**
 * Declares an array: `shared(f32, 256)`, `shared(f32, 16, 17)` or `shared(f32, [16, 17])`. The extents are known when the kernel
 * is compiled.
 */
export interface DeclareArray {
  <Name extends DTypeName>(type: ElementType<Name>, planes: number, rows: number, columns: number): DeviceArray3<Name>;
  <Name extends DTypeName>(type: ElementType<Name>, rows: number, columns: number): DeviceArray2<Name>;
  <Name extends DTypeName>(type: ElementType<Name>, extents: readonly [number, number, number]): DeviceArray3<Name>;
  <Name extends DTypeName>(type: ElementType<Name>, extents: readonly [number, number]): DeviceArray2<Name>;
  <Name extends DTypeName>(type: ElementType<Name>, extents: number | readonly [number]): DeviceArray1<Name>;
}

/**
 * Declares shared memory of as many bytes as the launch gives: `dynamicShared(f32)`; of rows, whose length is known when the
 * kernel is compiled, `dynamicShared(f32, 17)`; of planes, `dynamicShared(f32, 16, 17)`. All begin at the same place.
 */
export interface DeclareDynamicArray {
  <Name extends DTypeName>(
    type: ElementType<Name>,
    extents: readonly [number, number],
  ): Omit<DeviceArray3<Name>, "length">;
  <Name extends DTypeName>(type: ElementType<Name>, rows: number, columns: number): Omit<DeviceArray3<Name>, "length">;
  <Name extends DTypeName>(
    type: ElementType<Name>,
    columns: number | readonly [number],
  ): Omit<DeviceArray2<Name>, "length">;
  <Name extends DTypeName>(type: ElementType<Name>): DevicePointer<Name>;
}

/** Changes one element of global or shared memory in one go and gives what it held before. */
export type AtomicCall = (pointer: DevicePointer, index: number, value: number) => number;

/**
 * A value of another lane of the warp. `mask` says which lanes take part; all, unless given. `width`, a power of two, splits
 * the warp into groups that move values among themselves.
 */
export type ShuffleCall = (value: number, lane: number, mask?: number, width?: number) => number;

/** Works something out over the lanes of `mask`, all unless given; each of them gets it. */
export type ReduceCall = (value: number, mask?: number) => number;

/** The second argument of a kernel's body. */
export interface ThreadContext {
  /** The thread in its block, from 0. */
  readonly threadIdx: Index3;
  /** The block in its grid, from 0. */
  readonly blockIdx: Index3;
  /** Threads of a block. */
  readonly blockDim: Index3;
  /** Blocks of the grid. */
  readonly gridDim: Index3;
  /** The lane in its warp, 0 to 31. */
  readonly laneId: number;
  /** 32. */
  readonly warpSize: number;

  /** Waits until every thread of the block is here; what they wrote before is seen after. */
  syncthreads(): void;
  /**
   * A 16 by 16 matrix of f16 or bf16 for the Tensor Cores, all lanes together: `const a = loadMatrixA(x.add(at), stride)`, with
   * `stride` elements from one row to the next, a multiple of 8. The pointer is to 32 bytes' multiple in global or shared memory.
   */
  loadMatrixA(pointer: DevicePointer, stride: number, layout?: MatrixLayout): Fragment<"a">;
  loadMatrixB(pointer: DevicePointer, stride: number, layout?: MatrixLayout): Fragment<"b">;
  /** A matrix of sums in f32; its stride is a multiple of 4. */
  loadMatrixC(pointer: DevicePointer, stride: number, layout?: MatrixLayout): Fragment<"sum">;
  /** A matrix of sums, all of them this value. */
  fillMatrix(value: number): Fragment<"sum">;
  /** sum += a b, by the warp's Tensor Cores. */
  mma(sum: Fragment<"sum">, a: Fragment<"a">, b: Fragment<"b">): void;
  storeMatrix(pointer: DevicePointer, stride: number, sum: Fragment<"sum">, layout?: MatrixLayout): void;
  /** Waits until every thread of the grid is here, which takes a cooperative launch. */
  gridSync(): void;
  /** The same for the lanes of a warp that `mask` names; all, unless given. */
  syncwarp(mask?: number): void;
  /** Orders this thread's memory accesses before and after, as the whole device sees them. */
  threadfence(): void;
  /** The same as its block sees them. */
  threadfenceBlock(): void;
  /** The same as the host and other devices see them. */
  threadfenceSystem(): void;
  /** Waits at the block's barrier `id`, 0 to 15, until `threads` threads are there, a multiple of 32; all, unless given. */
  barrierSync(id: number, threads?: number): void;
  /** Tells the barrier that this thread is there, and goes on. */
  barrierArrive(id: number, threads: number): void;

  /**
   * Prints when the launch has ended: `printf("lane %d has %f\n", laneId, x)`. %d, %u and %x take 32-bit integers, %lld and
   * %llu 64-bit ones, %f, %e and %g floats.
   */
  printf(format: string, ...values: number[]): void;

  /** An array that the threads of a block share. It holds nothing in particular at first. */
  readonly shared: DeclareArray;
  /** An array that the threads of a block share, as large as the launch says: `{ grid, block, shared: bytes }`. */
  readonly dynamicShared: DeclareDynamicArray;
  /** An array of this thread alone. It holds nothing in particular at first. */
  readonly local: DeclareArray;

  readonly i32: Cast<"i32">;
  readonly u32: Cast<"u32">;
  readonly i64: Cast<"i64">;
  readonly u64: Cast<"u64">;
  readonly f32: Cast<"f32">;
  readonly f64: Cast<"f64">;
  readonly f16: Cast<"f16">;
  readonly bf16: Cast<"bf16">;
  /** Keeps 8 bits: the result is an i32 from -128 to 127. */
  readonly i8: Cast<"i8">;
  /** Keeps 8 bits: the result is an i32 from 0 to 255. */
  readonly u8: Cast<"u8">;
  /** Keeps 16 bits: the result is an i32 from -32768 to 32767. */
  readonly i16: Cast<"i16">;
  /** Keeps 16 bits: the result is an i32 from 0 to 65535. */
  readonly u16: Cast<"u16">;

  /** a / b of integers, truncated towards zero. By zero all bits of the result are set, on NVIDIA's hardware. */
  idiv(a: number, b: number): number;
  /** a * b + c of floats, rounded once: to the nearest, or as asked in f32 and f64. */
  fma(a: number, b: number, c: number, rounding?: Rounding): number;
  /** The same bits as a number of another type: `bitcast(u32, x)`. Both have 32 or both 64 bits. */
  bitcast(type: Cast<"i32" | "u32" | "i64" | "u64" | "f32" | "f64">, value: number): number;

  /** a + b in f32 or f64, rounded as asked: "rn" to the nearest, "rz" towards zero, "rm" downwards, "rp" upwards. */
  roundedAdd(a: number, b: number, rounding: Rounding): number;
  roundedSub(a: number, b: number, rounding: Rounding): number;
  roundedMul(a: number, b: number, rounding: Rounding): number;
  roundedDiv(a: number, b: number, rounding: Rounding): number;
  roundedSqrt(x: number, rounding: Rounding): number;
  /** x kept within 0 and 1, in f32; a NaN becomes 0. */
  saturate(x: number): number;
  /** The first number's size with the second's sign, in f32 or f64. */
  copysign(magnitude: number, sign: number): number;
  /** 1 / sqrt(x) in f32, within 2 units in the last place. */
  rsqrt(x: number): number;
  /** 2 to the power of x. */
  exp2(x: number): number;

  /** How many bits are 1: an i32. */
  popc(x: number): number;
  /** How many bits before the first 1: an i32, 32 or 64 of 0. */
  clz(x: number): number;
  /** The bits in reverse order. */
  brev(x: number): number;
  /** `length` bits of x from bit `start` on; of a signed integer the highest of them is the sign. */
  bfe(x: number, start: number, length: number): number;
  /** `into` with `length` bits from bit `start` on replaced by the low bits of `bits`. */
  bfi(bits: number, into: number, start: number, length: number): number;
  /** 32 bits turned to the left; the count is taken modulo 32. */
  rotl(x: number, count: number): number;
  /** 32 bits turned to the right; the count is taken modulo 32. */
  rotr(x: number, count: number): number;
  /** The upper half of high:low shifted left, the count modulo 32. */
  funnelShiftL(low: number, high: number, count: number): number;
  /** The lower half of high:low shifted right, the count modulo 32. */
  funnelShiftR(low: number, high: number, count: number): number;
  /** Four bytes of b:a, each chosen by four bits of the selector: 0 to 7 the byte, 8 to 15 its sign. */
  bytePerm(a: number, b: number, selector: number): number;
  /** The upper half of a * b. */
  mulhi(a: number, b: number): number;
  /** c + the products of the four bytes of a and b. */
  dp4a(a: number, b: number, c: number): number;

  /** The value of the lane with this number. */
  readonly shfl: ShuffleCall;
  /** The value of the lane `delta` below; one's own where there is none. */
  readonly shflUp: ShuffleCall;
  /** The value of the lane `delta` above; one's own where there is none. */
  readonly shflDown: ShuffleCall;
  /** The value of the lane whose number differs in these bits. */
  readonly shflXor: ShuffleCall;

  /** A u32 with a bit for every lane whose condition holds. */
  ballot(condition: boolean, mask?: number): number;
  any(condition: boolean, mask?: number): boolean;
  all(condition: boolean, mask?: number): boolean;
  /** Whether the condition is the same in all lanes. */
  uniform(condition: boolean, mask?: number): boolean;
  /** The lanes that run together now, as bits of a u32. */
  activemask(): number;
  /** The lanes that have the same value, as bits of a u32. */
  readonly matchAny: ReduceCall;
  /** The mask where all its lanes have the same value, else 0. */
  readonly matchAll: ReduceCall;
  /** The sum of an i32 or u32 over the lanes. Needs sm_80. */
  readonly reduceAdd: ReduceCall;
  readonly reduceMin: ReduceCall;
  readonly reduceMax: ReduceCall;
  readonly reduceAnd: ReduceCall;
  readonly reduceOr: ReduceCall;
  readonly reduceXor: ReduceCall;

  readonly atomicAdd: AtomicCall;
  readonly atomicSub: AtomicCall;
  readonly atomicMin: AtomicCall;
  readonly atomicMax: AtomicCall;
  readonly atomicExch: AtomicCall;
  readonly atomicAnd: AtomicCall;
  readonly atomicOr: AtomicCall;
  readonly atomicXor: AtomicCall;
  /** Counts a u32 up, to 0 after `value`. */
  readonly atomicInc: AtomicCall;
  /** Counts a u32 down, to `value` after 0 and where it is above. */
  readonly atomicDec: AtomicCall;
  /** Writes `value` if the element equals `compare`. */
  atomicCAS(pointer: DevicePointer, index: number, compare: number, value: number): number;
}

declare const matrix: unique symbol;

/** A 16 by 16 matrix that the lanes of a warp hold together. `Role` says which place it has in a product. */
export interface Fragment<Role extends "a" | "b" | "sum"> {
  readonly [matrix]: Role;
}

/** How a matrix lies in memory: by rows or by columns. */
export type MatrixLayout = "row" | "col";

/** A helper as a kernel's body calls it: `clamp(x[i])`, or by name, `clamp({ v: x[i] })`. */
export interface HelperFunction<S extends Signature> {
  (...values: (number | DevicePointer)[]): number;
  (parameters: DeviceValues<S>): number;
}
