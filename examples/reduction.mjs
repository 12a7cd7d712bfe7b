// @ts-check
// Many numbers to one on one device: a tree in each block, then once more over the blocks' sums.
import { f64, i32, kernel, VirtualGPU } from "warplab";
import { chance, program } from "./lib/program.mjs";

const blockSum = kernel(
  "blockSum",
  { n: i32, x: f64.ptr, sums: f64.ptr },
  ({ n, x, sums }, { blockIdx, blockDim, threadIdx, shared, syncthreads, f64 }) => {
    const partial = shared(f64, 128);
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

program(
  "Adds many numbers by launches that leave 128 times fewer each, until one is left.",
  { n: { default: 30_000, help: "elements" }, device: { default: "h100", help: "the GPU" } },
  ({ n, device }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const next = chance(4);
    // Whole numbers, of which each sum is exact in double precision.
    const x = Float64Array.from({ length: n }, () => Math.round(next() * 1e6));
    let from = gpu.array(f64, x, { label: "values" });
    let launches = 0;
    for (let left = n; left > 1; left = Math.ceil(left / 128)) {
      const sums = gpu.zeros(f64, Math.ceil(left / 128), { label: `sums of ${left}` });
      const launch = gpu.launch(blockSum, { grid: sums.length, block: 128 }, { n: left, x: from, sums });
      console.log(
        `${left} -> ${sums.length}: ${launch.counters.warp_instructions} warp instructions, ${(100 * launch.laneEfficiency).toFixed(0)} % of lanes active`,
      );
      from = sums;
      launches++;
    }
    console.log(`sum ${from.get(0)} after ${launches} launches`);
    check("sum", Math.abs(from.get(0) - x.reduce((sum, value) => sum + value, 0)));
  },
);
