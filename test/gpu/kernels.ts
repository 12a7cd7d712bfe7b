// The kernels that tests of the virtual GPU share, each with a plain computation of what it should give.
import { f32, i32 } from "../../src/core/dtype.js";
import { type Kernel, kernel } from "../../src/gpu/language/index.js";

type F32 = typeof f32;
type I32 = typeof i32;

/** y = a x + y, one element a thread. */
export const saxpy: Kernel<{ n: I32; a: F32; x: F32["ptr"]; y: F32["ptr"] }> = kernel(
  "saxpy",
  { n: i32, a: f32, x: f32.ptr, y: f32.ptr },
  ({ n, a, x, y }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
  },
);

export function plainSaxpy(a: number, x: Float32Array, y: Float32Array): Float32Array {
  return y.map((value, i) => Math.fround(Math.fround(Math.fround(a) * x[i]) + value));
}

/** Sums of 256 elements each, as a tree in shared memory; blocks of 256 threads. */
export const blockSum: Kernel<{ n: I32; x: F32["ptr"]; sums: F32["ptr"] }> = kernel(
  "blockSum",
  { n: i32, x: f32.ptr, sums: f32.ptr },
  ({ n, x, sums }, { blockIdx, blockDim, threadIdx, shared, syncthreads, f32 }) => {
    const partial = shared(f32, 256);
    const t = threadIdx.x;
    const i = blockIdx.x * blockDim.x + t;
    partial[t] = i < n ? x[i] : 0;
    syncthreads();
    for (let half = blockDim.x >> 1; half > 0; half >>= 1) {
      if (t < half) partial[t] += partial[t + half];
      syncthreads();
    }
    if (t === 0) sums[blockIdx.x] = partial[0];
  },
);

/** The same sums in the same order, with f32 rounding. */
export function plainBlockSum(x: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.ceil(x.length / 256) }, (_, block) => {
    const partial = new Float32Array(256);
    partial.set(x.subarray(block * 256, block * 256 + 256));
    for (let half = 128; half > 0; half >>= 1) for (let t = 0; t < half; t++) partial[t] += partial[t + half];
    return partial[0];
  });
}

/** c = a b of n x n matrices, rows one after the other, by tiles of 16 x 16; blocks of 16 x 16 threads, any n. */
export const matmul: Kernel<{ n: I32; a: F32["ptr"]; b: F32["ptr"]; c: F32["ptr"] }> = kernel(
  "matmul",
  { n: i32, a: f32.ptr, b: f32.ptr, c: f32.ptr },
  ({ n, a, b, c }, { blockIdx, threadIdx, shared, syncthreads, f32 }) => {
    const T = 16;
    const tileA = shared(f32, [T, T]);
    const tileB = shared(f32, [T, T]);
    const { x: tx, y: ty } = threadIdx;
    const row = blockIdx.y * T + ty;
    const column = blockIdx.x * T + tx;
    let sum = 0;
    for (let start = 0; start < n; start += T) {
      tileA[ty][tx] = row < n && start + tx < n ? a[row * n + start + tx] : 0;
      tileB[ty][tx] = start + ty < n && column < n ? b[(start + ty) * n + column] : 0;
      syncthreads();
      for (let k = 0; k < T; k++) sum += tileA[ty][k] * tileB[k][tx];
      syncthreads();
    }
    if (row < n && column < n) c[row * n + column] = sum;
  },
);

/** With f32 rounding of every operation, in the kernel's order. */
export function plainMatmul(n: number, a: Float32Array, b: Float32Array): Float32Array {
  const c = new Float32Array(n * n);
  const padded = Math.ceil(n / 16) * 16;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let k = 0; k < padded; k++) {
        const product = k < n ? Math.fround(a[row * n + k] * b[k * n + column]) : 0;
        sum = Math.fround(sum + product);
      }
      c[row * n + column] = sum;
    }
  }
  return c;
}

/** Iterations until a point of the Mandelbrot set's square leaves the circle of radius 2; blocks of 16 x 16 threads. */
export const mandelbrot: Kernel<{ n: I32; limit: I32; out: I32["ptr"] }> = kernel(
  "mandelbrot",
  { n: i32, limit: i32, out: i32.ptr },
  ({ n, limit, out }, { blockIdx, blockDim, threadIdx, f32 }) => {
    const x = blockIdx.x * blockDim.x + threadIdx.x;
    const y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    const cr = f32(3 * x) / f32(n) - 2;
    const ci = f32(3 * y) / f32(n) - 1.5;
    let zr = 0;
    let zi = 0;
    let i = 0;
    while (i < limit && zr * zr + zi * zi < 4) {
      const t = zr * zr - zi * zi + cr;
      zi = 2 * zr * zi + ci;
      zr = t;
      i++;
    }
    out[y * n + x] = i;
  },
);

export function plainMandelbrot(n: number, limit: number): Int32Array {
  const r = Math.fround;
  return Int32Array.from({ length: n * n }, (_, index) => {
    const [x, y] = [index % n, Math.floor(index / n)];
    const cr = r(r((3 * x) / n) - 2);
    const ci = r(r((3 * y) / n) - 1.5);
    let [zr, zi, i] = [0, 0, 0];
    while (i < limit && r(r(zr * zr) + r(zi * zi)) < 4) {
      const t = r(r(r(zr * zr) - r(zi * zi)) + cr);
      zi = r(r(r(2 * zr) * zi) + ci);
      zr = t;
      i++;
    }
    return i;
  });
}
