// @ts-check
// A sum by atomics: all threads add to one number, or each block to one of its own first, which spares most of the waiting.
import { i32, kernel, VirtualGPU } from "warplab";
import { chance, program } from "./lib/program.mjs";

const direct = kernel(
  "direct",
  { n: i32, x: i32.ptr, total: i32.ptr },
  ({ n, x, total }, { blockIdx, blockDim, threadIdx, atomicAdd }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(total, 0, x[i]);
  },
);

const byBlocks = kernel(
  "byBlocks",
  { n: i32, x: i32.ptr, total: i32.ptr },
  ({ n, x, total }, { blockIdx, blockDim, threadIdx, shared, syncthreads, atomicAdd, i32 }) => {
    const ours = shared(i32, 1);
    if (threadIdx.x === 0) ours[0] = 0;
    syncthreads();
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(ours, 0, x[i]);
    syncthreads();
    if (threadIdx.x === 0) atomicAdd(total, 0, ours[0]);
  },
);

program(
  "Adds many integers with atomics, once straight into global memory and once by way of shared memory. Sums wrap around as in C.",
  { n: { default: 20_000, help: "elements" }, device: { default: "h100", help: "the GPU" } },
  ({ n, device }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const next = chance(2);
    const x = Int32Array.from({ length: n }, () => Math.round(next() * 2 ** 30));
    const values = gpu.array(i32, x, { label: "values" });
    const expected = x.reduce((sum, value) => (sum + value) | 0, 0);
    for (const of of [direct, byBlocks]) {
      const total = gpu.zeros(i32, 1, { label: `total of ${of.name}` });
      const { counters } = gpu.launch(of, { grid: Math.ceil(n / 256), block: 256 }, { n, x: values, total });
      console.log(`${of.name}: ${total.get(0)}, ${counters.atomic_requests} atomic requests`);
      check(of.name, Math.abs(total.get(0) - expected));
    }
  },
);
