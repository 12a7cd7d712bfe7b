// @ts-check
// A product of matrices, plain and by tiles: shared memory spares most of what is read.
import { f32, i32, kernel, VirtualGPU } from "warplab";
import { chance, largestDifference, program } from "./lib/program.mjs";

const signature = { n: i32, a: f32.ptr, b: f32.ptr, c: f32.ptr };

const plain = kernel("plain", signature, ({ n, a, b, c }, { blockIdx, blockDim, threadIdx }) => {
  const column = blockIdx.x * blockDim.x + threadIdx.x;
  const row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row >= n || column >= n) return;
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[row * n + k] * b[k * n + column];
  c[row * n + column] = sum;
});

const tiled = kernel("tiled", signature, ({ n, a, b, c }, { blockIdx, threadIdx, shared, syncthreads, f32 }) => {
  const tileA = shared(f32, [16, 16]);
  const tileB = shared(f32, [16, 16]);
  const { x: tx, y: ty } = threadIdx;
  const row = blockIdx.y * 16 + ty;
  const column = blockIdx.x * 16 + tx;
  let sum = 0;
  for (let start = 0; start < n; start += 16) {
    tileA[ty][tx] = row < n && start + tx < n ? a[row * n + start + tx] : 0;
    tileB[ty][tx] = start + ty < n && column < n ? b[(start + ty) * n + column] : 0;
    syncthreads();
    for (let k = 0; k < 16; k++) sum += tileA[ty][k] * tileB[k][tx];
    syncthreads();
  }
  if (row < n && column < n) c[row * n + column] = sum;
});

program(
  "Multiplies two square matrices with and without tiles in shared memory, and compares what each reads.",
  {
    n: { default: 48, help: "rows and columns" },
    device: { default: "h100", help: "the GPU" },
    tolerance: { default: 1e-5, help: "how far a sum may be from double precision" },
  },
  ({ n, device, tolerance }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const next = chance(3);
    const [x, y] = [0, 1].map(() => Float32Array.from({ length: n * n }, next));
    const expected = Array.from({ length: n * n }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += x[Math.floor(at / n) * n + k] * y[k * n + (at % n)];
      return sum;
    });
    const [a, b] = [gpu.array(f32, x, { label: "a" }), gpu.array(f32, y, { label: "b" })];
    const side = Math.ceil(n / 16);
    for (const of of [plain, tiled]) {
      const c = gpu.zeros(f32, n * n, { label: `c of ${of.name}` });
      const launch = gpu.launch(of, { grid: [side, side], block: [16, 16] }, { n, a, b, c });
      const { bytes_global_read, bytes_shared } = launch.counters;
      console.log(
        `${of.name}: ${bytes_global_read} bytes read from global memory, ${bytes_shared} of shared memory moved, ${launch.flopPerByte.toFixed(1)} FLOP per byte`,
      );
      check(of.name, largestDifference(c.toArray(), expected), tolerance);
    }
  },
);
