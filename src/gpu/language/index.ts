/**
 * The kernel language: a kernel is a TypeScript function whose source is compiled to PTX when it is defined.
 *
 * ```ts
 * const saxpy = kernel("saxpy", { n: i32, a: f32, x: f32.ptr, y: f32.ptr },
 *   ({ n, a, x, y }, { blockIdx, blockDim, threadIdx }) => {
 *     const i = blockIdx.x * blockDim.x + threadIdx.x;
 *     if (i < n) y[i] = a * x[i] + y[i];
 *   });
 * ```
 *
 * **What a body sees.** Its parameters (first argument), its thread (second argument, `ThreadContext`), `Math`, and the
 * numbers `Infinity` and `NaN`. Everything else is passed: values as arguments, functions as helpers (`fn`). A parameter
 * is a variable of the thread. Both arguments may be taken apart or used whole (`p.x[i]`, `ctx.threadIdx.x`).
 *
 * **Types.** i32, u32, i64, u64, f32, f64, conditions, and pointers. i8, u8, i16 and u16 exist in memory and as parameters:
 * a load gives an i32, a store keeps the low bits. Each operation is done and rounded in its static type: integers wrap,
 * f32 rounds each operation, nothing is contracted unless `fma` is written.
 * - i32 or u32 with f32 gives f32, with f64 gives f64; f32 with f64 gives f64; so does an assignment in that direction.
 *   i32 with u32, and 64-bit integers with anything else, need a cast.
 * - A literal, and a variable that starts as one, takes the one type, of those that it meets in its uses, with which all its
 *   uses are right. Literals and such variables that meet each other share a type. None or more than one is an error; a
 *   cast around it says which: `let sum = f32(0)`.
 * - An index is i32; a u32 is taken as it is. `blockIdx`, `threadIdx`, `blockDim`, `gridDim` are i32.
 * - An integer where a condition stands means that it is not 0. A float does not: write `x !== 0`.
 *
 * **Operators.** `+ - * / % & | ^ ~ << >> >>> < <= > >= === !== && || ! ? :` and the assignments made of them.
 * - `/` of integers is an error: `idiv(a, b)`, `(a / b) | 0` (i32) or `(a / b) >>> 0` (u32) truncate. By zero the result has
 *   all bits set (-1, or the largest unsigned), as on NVIDIA's hardware; PTX does not promise it.
 * - `>>>` gives u32 (u64 of 64 bits), of i32 too: `(a - b) >>> 1`. Shifts count modulo the width, as in JavaScript. The bit operators otherwise give the
 *   type of their operands: `u | 0` is u32.
 * - `%` is for integers, and has the sign of the left side. `a % 0` is `a`, in the same way.
 * - `&&`, `||` and `? :` evaluate the other side only where it matters; where it reads no memory nobody can tell, and it is
 *   computed without a branch.
 * - Floats become integers by truncation, with the nearest integer beyond the range.
 *
 * **Statements.** `const`, `let`, assignments, `++` and `--`, `if`, `for`, `while`, `do`, `break`, `continue`, `return`,
 * blocks. An assignment is a statement of its own, never inside an expression.
 *
 * **Math.** Exact: `sqrt`, `abs`, `min`, `max` (a number wins over a NaN, as on devices), `floor`, `ceil`, `trunc`,
 * `fround`, `imul`, and division. In f32, approximately, as the device has them: `sin`, `cos`, `tan`, `log2`, and through
 * base 2 `exp`, `log`, `log10` and `pow` (of x > 0). The constants of Math.
 *
 * **Memory.** `x[i]`, `x.add(n)`; `const tile = shared(f32, [16, 16])` and `local(i32, 8)`, with extents known when the
 * kernel is compiled; `tile[y][x]`, `tile[y]` as a pointer, `tile.length`. Atomics give the old value and work on the 32-
 * and 64-bit elements of global and shared memory: `atomicAdd(x, i, 1)`.
 *
 * **What comes of it.** `source -> typed tree -> PTX` with a `.loc` for every statement and registers named after
 * variables, and `typed tree -> JavaScript`, the reference of the tests. Lines and columns are those of the source shown.
 */
export type {
  AtomicCall,
  Cast,
  DeclareArray,
  DeviceArray1,
  DeviceArray2,
  DeviceArray3,
  HelperFunction,
  Index3,
  ShuffleCall,
  ThreadContext,
} from "./context.js";
export {
  fn,
  type Helper,
  type HelperFunctions,
  type Helpers,
  type Kernel,
  type KernelBody,
  type KernelOptions,
  kernel,
} from "./kernel.js";
export type { KernelReference, ReferenceLaunch } from "./reference.js";
export {
  type DevicePointer,
  type DeviceValue,
  type DeviceValues,
  formatParameterType,
  type HostArgument,
  type HostArguments,
  type KernelParameter,
  type Signature,
} from "./signature.js";
export { type FunctionSourceProvider, setFunctionSourceProvider, type TypedFunction } from "./source.js";
export type * from "./tree.js";
