// What a kernel's body sees of its thread: the TypeScript types of its second argument, documented for the editor. The
// functions have no body here: a kernel is compiled from its source and never called.
import type { DType, DTypeName } from "../../core/dtype.js";
import type { DevicePointer, DeviceValues, Signature } from "./signature.js";

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

/** Declares an array: `shared(f32, 256)`, `shared(f32, [16, 17])`. The extents are known when the kernel is compiled. */
export interface DeclareArray {
  <Name extends DTypeName>(type: ElementType<Name>, extents: readonly [number, number, number]): DeviceArray3<Name>;
  <Name extends DTypeName>(type: ElementType<Name>, extents: readonly [number, number]): DeviceArray2<Name>;
  <Name extends DTypeName>(type: ElementType<Name>, extents: number | readonly [number]): DeviceArray1<Name>;
}

/** Changes one element of global or shared memory in one go and gives what it held before. */
export type AtomicCall = (pointer: DevicePointer, index: number, value: number) => number;

/** A value of another lane of the warp. `mask` says which lanes take part; all, unless given. */
export type ShuffleCall = (value: number, lane: number, mask?: number) => number;

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
  /** The same for the lanes of a warp that `mask` names; all, unless given. */
  syncwarp(mask?: number): void;
  /** Orders this thread's memory accesses before and after, as the whole device sees them. */
  threadfence(): void;
  /** The same as its block sees them. */
  threadfenceBlock(): void;

  /** An array that the threads of a block share. It holds nothing in particular at first. */
  readonly shared: DeclareArray;
  /** An array of this thread alone. It holds nothing in particular at first. */
  readonly local: DeclareArray;

  readonly i32: Cast<"i32">;
  readonly u32: Cast<"u32">;
  readonly i64: Cast<"i64">;
  readonly u64: Cast<"u64">;
  readonly f32: Cast<"f32">;
  readonly f64: Cast<"f64">;
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
  /** a * b + c of floats, rounded once. */
  fma(a: number, b: number, c: number): number;

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

  readonly atomicAdd: AtomicCall;
  readonly atomicSub: AtomicCall;
  readonly atomicMin: AtomicCall;
  readonly atomicMax: AtomicCall;
  readonly atomicExch: AtomicCall;
  readonly atomicAnd: AtomicCall;
  readonly atomicOr: AtomicCall;
  readonly atomicXor: AtomicCall;
  /** Writes `value` if the element equals `compare`. */
  atomicCAS(pointer: DevicePointer, index: number, compare: number, value: number): number;
}

/** A helper as a kernel's body calls it: `clamp({ v: x[i] })`. */
export type HelperFunction<S extends Signature> = (parameters: DeviceValues<S>) => number;
