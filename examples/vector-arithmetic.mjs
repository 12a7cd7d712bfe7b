// @ts-check
// Sums and products of vectors, an element a thread: the first kernel that anyone writes.
import { f32, i32, kernel, VirtualGPU } from "warplab";
import { chance, largestDifference, program } from "./lib/program.mjs";

const add = kernel(
  "add",
  { n: i32, a: f32.ptr, b: f32.ptr, sum: f32.ptr },
  ({ n, a, b, sum }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) sum[i] = a[i] + b[i];
  },
);

const multiply = kernel(
  "multiply",
  { n: i32, a: f32.ptr, b: f32.ptr, product: f32.ptr },
  ({ n, a, b, product }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) product[i] = a[i] * b[i];
  },
);

program(
  "Adds and multiplies two vectors, an element a thread, and tells how much memory traffic that is.",
  { n: { default: 10_000, help: "elements" }, device: { default: "h100", help: "the GPU" } },
  ({ n, device }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const next = chance(1);
    const [x, y] = [0, 1].map(() => Float32Array.from({ length: n }, next));
    const [a, b] = [gpu.array(f32, x, { label: "a" }), gpu.array(f32, y, { label: "b" })];
    const [sum, product] = [gpu.zeros(f32, n, { label: "sum" }), gpu.zeros(f32, n, { label: "product" })];
    const shape = { grid: Math.ceil(n / 256), block: 256 };
    const launch = gpu.launch(add, shape, { n, a, b, sum });
    gpu.launch(multiply, shape, { n, a, b, product });
    const { bytes_global_read, bytes_global_written } = launch.counters;
    console.log(
      `${n} elements: ${bytes_global_read} bytes read, ${bytes_global_written} written, ${launch.sectorsPerRequest.toFixed(1)} sectors per request`,
    );
    check(
      "sums",
      largestDifference(
        sum.toArray(),
        x.map((value, i) => value + y[i]),
      ),
    );
    check(
      "products",
      largestDifference(
        product.toArray(),
        x.map((value, i) => value * y[i]),
      ),
    );
  },
);
