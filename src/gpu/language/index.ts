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
 * **Types.** i32, u32, i64, u64, f16, bf16, f32, f64, conditions, and pointers. i8, u8, i16 and u16 exist in memory and as
 * parameters: a load gives an i32, a store keeps the low bits. Each operation is done and rounded in its static type: integers
 * wrap, floats round each operation, nothing is contracted unless `fma` is written.
 * - i32 or u32 with f32 gives f32, with f64 gives f64; a float with a wider one gives the wider one; so does an assignment in
 *   that direction. i32 with u32, 64-bit integers with anything else, half precision with integers, and f16 with bf16 need a cast.
 * - Half precision adds, multiplies and fuses in one rounding of its own (bfloat16 as an fma, which is the same); it divides,
 *   compares and goes through Math in f32, rounded once more at the end.
 * - A literal, and a variable that starts as one, takes the one type, of those that it meets in its uses, with which all its
 *   uses are right. Literals and such variables that meet each other share a type. Whole numbers that meet no other type are
 *   i32; more than one type, and a fraction that meets none, is an error; a cast around it says which: `let sum = f32(0)`.
 * - `f32(d, "rz")` and `i32(x, "rn")` round as they say: "rn" to the nearest, "rz" towards zero, "rm" downwards, "rp" upwards.
 *   `bitcast(u32, x)` keeps the bits.
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
 * **Statements.** `const`, `let`, assignments, `++` and `--`, `if`, `for`, `while`, `do`, `switch` over integers, `break` and
 * `continue` with labels or without, `return`, blocks. An assignment is a statement of its own, never inside an expression.
 *
 * **Helpers.** `fn("clamp", { v: f32 }, f32, ({ v }) => ...)`, given as `{ use: { clamp } }`, taken from the context, called as
 * `clamp(x[i])` or `clamp({ v: x[i] })`. A helper is put in place of its calls; `{ inline: false }` makes it a function of the PTX
 * that is called and may call itself. Pointers that it takes are to global memory.
 *
 * **Math.** Exact: `sqrt`, `abs`, `min`, `max` (a number wins over a NaN, as on devices), `floor`, `ceil`, `trunc`, `round`,
 * `sign`, `fround`, `imul`, `clz32`, and division. In f32, approximately, as the device has them: `sin`, `cos`, `log2`, `exp2` (of
 * the context), and through them `tan`, `exp`, `log`, `log10` and `pow` (of x > 0): their error is that of PTX's instructions,
 * and grows with the exponent in `exp` and `pow`. All else, and all of f64, is computed by library.ts: in f32 `cbrt`, `hypot`,
 * `atan`, `atan2`, `asin`, `acos`, `sinh`, `cosh`, `tanh`, `asinh`, `acosh`, `atanh`, `expm1` and `log1p`, in f64 those and `sin`, `cos`,
 * `tan`, `exp`, `exp2`, `log`, `log2`, `log10`, `pow`; library.test.ts measures their errors against bounds. Half precision goes by
 * f32. The constants of Math.
 *
 * **Bits and roundings.** `popc`, `clz`, `brev`, `bfe`, `bfi`, `rotl`, `rotr`, `funnelShiftL`, `funnelShiftR`, `bytePerm`, `mulhi`,
 * `dp4a`; `roundedAdd(a, b, "rz")` and its like, `fma(a, b, c, "rp")`, `saturate`, `copysign`, `rsqrt`.
 *
 * **Memory.** `x[i]`, `x.add(n)`; `const tile = shared(f32, 16, 16)` and `local(i32, 8)`, with extents known when the
 * kernel is compiled; `tile[y][x]`, `tile[y]` as a pointer, `tile.length`; `dynamicShared(f32)`, as large as the launch says, or
 * `dynamicShared(f32, 17)` of rows. `const v = x.load4(i)` reads elements i to i + 3 at once, `v.x` to `v.w`; `x.store4(i, v)` or
 * `x.store2(i, a, b)` writes so; i is a multiple of their number. Atomics give the old value and work on the 32- and 64-bit
 * elements of global and shared memory: `atomicAdd(x, i, 1)`.
 *
 * **Threads together.** `syncthreads`, `barrierSync(id, threads)`, `barrierArrive`; of a warp `syncwarp`, `shfl` and its like for
 * every type, `ballot`, `any`, `all`, `uniform`, `activemask`, `matchAny`, `matchAll`, `reduceAdd` and its like; fences for block,
 * device and system; `gridSync` in cooperative launches. Matrices of 16 by 16 for the Tensor Cores, all lanes of a warp together: `const
 * a = loadMatrixA(x, stride)`, `loadMatrixB`, `loadMatrixC` or `fillMatrix(0)` of sums in f32, `mma(sum, a, b)`, `storeMatrix(y, stride, sum)`;
 * a and b are f16 or bf16, by rows or "col". `printf("%d\n", n)` prints.
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
