// @ts-check
// Many numbers to one on several devices: each adds its part, the first one adds what the others send it.
import { f64, GPUCluster, i32, kernel } from "warplab";
import { chance, program } from "./lib/program.mjs";

const partSum = kernel(
  "partSum",
  { n: i32, x: f64.ptr, sums: f64.ptr },
  ({ n, x, sums }, { blockIdx, blockDim, gridDim, threadIdx, shared, syncthreads, f64 }) => {
    const partial = shared(f64, 128);
    const t = threadIdx.x;
    let mine = 0;
    for (let i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x) mine += x[i];
    partial[t] = mine;
    syncthreads();
    for (let half = 64; half > 0; half >>= 1) {
      if (t < half) partial[t] += partial[t + half];
      syncthreads();
    }
    if (t === 0) sums[blockIdx.x] = partial[0];
  },
);

program(
  "Splits a vector over several devices, adds each part where it lies, and gathers the sums on device 0.",
  {
    n: { default: 40_000, help: "elements" },
    devices: { default: 2, help: "how many devices" },
    sms: { default: 4, help: "multiprocessors of each" },
    device: { default: "h100", help: "the GPU" },
  },
  ({ n, devices, sms, device }, check) => {
    const cluster = new GPUCluster(new Array(devices).fill(device), { sms });
    const next = chance(5);
    const x = Float64Array.from({ length: n }, () => Math.round(next() * 1e6));
    const size = Math.ceil(n / devices);
    const gathered = cluster.gpus[0].zeros(f64, devices * sms, { label: "gathered" });
    cluster.gpus.forEach((gpu, index) => {
      const part = x.subarray(index * size, (index + 1) * size);
      const mine = gpu.array(f64, part, { label: `part ${index}` });
      const sums = gpu.zeros(f64, sms, { label: `sums ${index}` });
      gpu.launch(partSum, { grid: sms, block: 128 }, { n: part.length, x: mine, sums });
      cluster.gpus[0].memcpy(gathered.subarray(index * sms, (index + 1) * sms), sums);
    });
    const [first] = cluster.gpus;
    const total = first.zeros(f64, 1, { label: "total" });
    first.launch(partSum, { grid: 1, block: 128 }, { n: gathered.length, x: gathered, sums: total });
    for (const row of cluster.table)
      console.log(
        `device ${row.device}, ${row.name}: ${row.sms} SMs, ${row.launches === 1 ? "1 launch" : `${row.launches} launches`}, ${row.memory_used} bytes`,
      );
    console.log(`sum ${total.get(0)} of ${devices} parts`);
    check("sum", Math.abs(total.get(0) - x.reduce((sum, value) => sum + value, 0)));
  },
);
