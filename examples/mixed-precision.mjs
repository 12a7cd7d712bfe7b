// @ts-check
// Products of matrices that are kept in half precision: adding up in half precision loses what single precision keeps.
import { f16, f32, i32, kernel, VirtualGPU } from "warplab";
import { chance, largestDifference, program } from "./lib/program.mjs";

const inHalf = kernel(
  "inHalf",
  { n: i32, a: f16.ptr, b: f16.ptr, c: f32.ptr },
  ({ n, a, b, c }, { blockIdx, blockDim, threadIdx, f16, f32 }) => {
    const column = blockIdx.x * blockDim.x + threadIdx.x;
    const row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= n || column >= n) return;
    let sum = f16(0);
    for (let k = 0; k < n; k++) sum += a[row * n + k] * b[k * n + column];
    c[row * n + column] = f32(sum);
  },
);

const mixed = kernel(
  "mixed",
  { n: i32, a: f16.ptr, b: f16.ptr, c: f32.ptr },
  ({ n, a, b, c }, { blockIdx, blockDim, threadIdx, f32 }) => {
    const column = blockIdx.x * blockDim.x + threadIdx.x;
    const row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= n || column >= n) return;
    let sum = f32(0);
    for (let k = 0; k < n; k++) sum += f32(a[row * n + k]) * f32(b[k * n + column]);
    c[row * n + column] = sum;
  },
);

program(
  "Multiplies matrices of half-precision numbers, adding up in half and in single precision, and tells the error of each.",
  {
    n: { default: 64, help: "rows and columns" },
    device: { default: "h100", help: "the GPU" },
    tolerance: { default: 1e-5, help: "how far a sum in single precision may be from double precision" },
  },
  ({ n, device, tolerance }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const next = chance(6);
    const [a, b] = [0, 1].map((i) => gpu.array(f16, Array.from({ length: n * n }, next), { label: "ab"[i] }));
    // What lies on the device: rounded to half precision.
    const [x, y] = [a.toArray(), b.toArray()];
    const expected = Array.from({ length: n * n }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += x[Math.floor(at / n) * n + k] * y[k * n + (at % n)];
      return sum;
    });
    const side = Math.ceil(n / 16);
    const errors = [inHalf, mixed].map((of) => {
      const c = gpu.zeros(f32, n * n, { label: `c of ${of.name}` });
      const { counters } = gpu.launch(of, { grid: [side, side], block: [16, 16] }, { n, a, b, c });
      const error = largestDifference(c.toArray(), expected);
      console.log(
        `${of.name}: off by ${error.toExponential(1)}; ${counters.flop_f16} FLOP in f16, ${counters.flop_f32} in f32`,
      );
      return error;
    });
    console.log(`single precision keeps ${Math.round(errors[0] / errors[1])} times more`);
    check("sums in single precision", errors[1], tolerance);
    // Ten bits of fraction, and as many roundings as there are products and sums.
    check("sums in half precision", errors[0], 2 * n * 2 ** -11 * Math.max(...expected.map(Math.abs)));
  },
);
