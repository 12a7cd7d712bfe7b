// @ts-check
// Two kinds of points told apart by a line: logistic regression, with a warp's lanes adding up by shuffles.
import { f32, i32, kernel, VirtualGPU } from "warplab";
import { chance, largestDifference, program } from "./lib/program.mjs";

/** Adds the gradient of the loss over all points to `gradient`: two weights and a bias. */
const gradient = kernel(
  "gradient",
  { n: i32, points: f32.ptr, kinds: f32.ptr, weights: f32.ptr, gradient: f32.ptr },
  ({ n, points, kinds, weights, gradient }, { blockIdx, blockDim, threadIdx, laneId, shflDown, atomicAdd }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    let first = 0;
    let second = 0;
    let bias = 0;
    if (i < n) {
      const score = weights[0] * points[2 * i] + weights[1] * points[2 * i + 1] + weights[2];
      const error = (1 / (1 + Math.exp(-score)) - kinds[i]) / n;
      first = error * points[2 * i];
      second = error * points[2 * i + 1];
      bias = error;
    }
    for (let step = 16; step > 0; step >>= 1) {
      first += shflDown(first, step);
      second += shflDown(second, step);
      bias += shflDown(bias, step);
    }
    if (laneId > 0) return;
    atomicAdd(gradient, 0, first);
    atomicAdd(gradient, 1, second);
    atomicAdd(gradient, 2, bias);
  },
);

const descend = kernel(
  "descend",
  { rate: f32, weights: f32.ptr, gradient: f32.ptr },
  ({ rate, weights, gradient }, { threadIdx: { x: t } }) => {
    weights[t] -= rate * gradient[t];
    gradient[t] = 0;
  },
);

program(
  "Learns to tell two kinds of points apart by logistic regression, and compares the weights with the same in double precision.",
  {
    n: { default: 400, help: "points" },
    steps: { default: 120, help: "steps" },
    rate: { default: 2, help: "the learning rate" },
    device: { default: "h100", help: "the GPU" },
    tolerance: { default: 1e-3, help: "how far a weight may be from double precision" },
  },
  ({ n, steps, rate, device, tolerance }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const next = chance(9);
    const points = Float32Array.from({ length: 2 * n }, next);
    const kinds = Float32Array.from({ length: n }, (_, i) =>
      points[2 * i] + 0.5 * points[2 * i + 1] + 0.3 * next() > 0.1 ? 1 : 0,
    );
    const weights = gpu.zeros(f32, 3, { label: "weights" });
    const sums = gpu.zeros(f32, 3, { label: "gradient" });
    const args = { n, points: gpu.array(f32, points), kinds: gpu.array(f32, kinds), weights, gradient: sums };
    let expected = [0, 0, 0];
    const chanceOf = (/** @type {ArrayLike<number>} */ w, /** @type {number} */ i) =>
      1 / (1 + Math.exp(-(w[0] * points[2 * i] + w[1] * points[2 * i + 1] + w[2])));
    for (let step = 0; step < steps; step++) {
      gpu.launch(gradient, { grid: Math.ceil(n / 128), block: 128 }, args);
      gpu.launch(descend, { grid: 1, block: 3 }, { rate, weights, gradient: sums });
      const slopes = [0, 0, 0];
      for (let i = 0; i < n; i++) {
        const error = (chanceOf(expected, i) - kinds[i]) / n;
        [points[2 * i], points[2 * i + 1], 1].forEach((value, at) => {
          slopes[at] += error * value;
        });
      }
      expected = expected.map((weight, at) => weight - rate * slopes[at]);
    }
    const learned = weights.toArray();
    const right = kinds.filter((kind, i) => chanceOf(learned, i) > 0.5 === (kind === 1)).length;
    console.log(
      `${((100 * right) / n).toFixed(1)} % of the points are told apart after ${steps} steps, weights ${[...learned].map((value) => value.toFixed(3)).join(", ")}`,
    );
    check("weights", largestDifference(learned, expected), tolerance);
    check("points told wrongly", 1 - right / n, 0.15);
  },
);
