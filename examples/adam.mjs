// @ts-check
// The optimiser Adam: a step of all parameters is one kernel, a parameter a thread.
import { f32, i32, kernel, VirtualGPU } from "warplab";
import { chance, largestDifference, program } from "./lib/program.mjs";

const adam = kernel(
  "adam",
  { n: i32, rate: f32, unbias1: f32, unbias2: f32, w: f32.ptr, g: f32.ptr, m: f32.ptr, v: f32.ptr },
  ({ n, rate, unbias1, unbias2, w, g, m, v }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    m[i] = 0.9 * m[i] + 0.1 * g[i];
    v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
    w[i] -= (rate * (m[i] / unbias1)) / (Math.sqrt(v[i] / unbias2) + 1e-8);
  },
);

/** The gradient of (w - target)^2. */
const gradient = kernel(
  "gradient",
  { n: i32, w: f32.ptr, target: f32.ptr, g: f32.ptr },
  ({ n, w, target, g }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) g[i] = 2 * (w[i] - target[i]);
  },
);

program(
  "Brings parameters to a target with Adam (Kingma and Ba, 2015), and compares each with the same in double precision.",
  {
    n: { default: 500, help: "parameters" },
    steps: { default: 60, help: "steps" },
    rate: { default: 0.05, help: "the learning rate" },
    device: { default: "h100", help: "the GPU" },
    tolerance: { default: 1e-4, help: "how far a parameter may be from double precision" },
  },
  ({ n, steps, rate, device, tolerance }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const next = chance(7);
    const [start, goal] = [0, 1].map(() => Float32Array.from({ length: n }, next));
    const [w, target] = [gpu.array(f32, start, { label: "w" }), gpu.array(f32, goal, { label: "target" })];
    const [g, m, v] = ["g", "m", "v"].map((label) => gpu.zeros(f32, n, { label }));
    const mine = Array.from(start, (value) => ({ w: value, m: 0, v: 0 }));
    const loss = () => w.toArray().reduce((sum, value, i) => sum + (value - goal[i]) ** 2, 0);
    const shape = { grid: Math.ceil(n / 128), block: 128 };
    console.log(`loss ${loss().toFixed(4)}`);
    for (let step = 1; step <= steps; step++) {
      const [unbias1, unbias2] = [1 - 0.9 ** step, 1 - 0.999 ** step];
      gpu.launch(gradient, shape, { n, w, target, g });
      gpu.launch(adam, shape, { n, rate, unbias1, unbias2, w, g, m, v });
      mine.forEach((one, i) => {
        const slope = 2 * (one.w - goal[i]);
        one.m = 0.9 * one.m + 0.1 * slope;
        one.v = 0.999 * one.v + 0.001 * slope * slope;
        one.w -= (rate * (one.m / unbias1)) / (Math.sqrt(one.v / unbias2) + 1e-8);
      });
    }
    console.log(`loss ${loss().toFixed(4)} after ${steps} steps`);
    check(
      "parameters",
      largestDifference(
        w.toArray(),
        mine.map((one) => one.w),
      ),
      tolerance,
    );
  },
);
