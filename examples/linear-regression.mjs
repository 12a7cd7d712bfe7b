// @ts-check
// A line through points by gradient descent: the slope of the loss is added up by atomics.
import { f64, i32, kernel, VirtualGPU } from "warplab";
import { chance, program } from "./lib/program.mjs";

const slope = kernel(
  "slope",
  { n: i32, x: f64.ptr, y: f64.ptr, line: f64.ptr, gradient: f64.ptr },
  ({ n, x, y, line, gradient }, { blockIdx, blockDim, threadIdx, atomicAdd }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    const error = line[0] * x[i] + line[1] - y[i];
    atomicAdd(gradient, 0, (2 * error * x[i]) / n);
    atomicAdd(gradient, 1, (2 * error) / n);
  },
);

const descend = kernel(
  "descend",
  { rate: f64, line: f64.ptr, gradient: f64.ptr },
  ({ rate, line, gradient }, { threadIdx: { x: t } }) => {
    line[t] -= rate * gradient[t];
    gradient[t] = 0;
  },
);

program(
  "Fits a line to noisy points by gradient descent and compares it with the least squares in closed form.",
  {
    n: { default: 300, help: "points" },
    steps: { default: 150, help: "steps" },
    rate: { default: 0.3, help: "the learning rate" },
    device: { default: "h100", help: "the GPU" },
    tolerance: { default: 1e-6, help: "how far slope and intercept may be from the closed form" },
  },
  ({ n, steps, rate, device, tolerance }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const next = chance(8);
    const x = Float64Array.from({ length: n }, next);
    const y = x.map((value) => 3 * value - 0.5 + 0.2 * next());
    const line = gpu.zeros(f64, 2, { label: "line" });
    const args = {
      n,
      x: gpu.array(f64, x),
      y: gpu.array(f64, y),
      line,
      gradient: gpu.zeros(f64, 2, { label: "gradient" }),
    };
    for (let step = 0; step < steps; step++) {
      gpu.launch(slope, { grid: Math.ceil(n / 128), block: 128 }, args);
      gpu.launch(descend, { grid: 1, block: 2 }, { rate, line, gradient: args.gradient });
    }
    const mean = (/** @type {Float64Array} */ values) => values.reduce((sum, value) => sum + value, 0) / n;
    const [mx, my] = [mean(x), mean(y)];
    const best = mean(x.map((value, i) => (value - mx) * (y[i] - my))) / mean(x.map((value) => (value - mx) ** 2));
    const [a, b] = line.toArray();
    console.log(`y = ${a.toFixed(4)} x ${b < 0 ? "-" : "+"} ${Math.abs(b).toFixed(4)} after ${steps} steps`);
    check("slope", Math.abs(a - best), tolerance);
    check("intercept", Math.abs(b - (my - best * mx)), tolerance);
  },
);
