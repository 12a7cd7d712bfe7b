// @ts-check
// A small network learns exclusive or: a hidden layer, forwards and backwards, each a kernel.
import { f32, fn, i32, kernel, VirtualGPU } from "warplab";
import { chance, program } from "./lib/program.mjs";

const sigmoid = fn("sigmoid", { x: f32 }, f32, ({ x }) => 1 / (1 + Math.exp(-x)));

/** out[sample, unit] = sigmoid(bias + sum over inputs): a block a sample, a thread a unit. Rows of weights end with the bias. */
const forwards = kernel(
  "forwards",
  { inputs: i32, x: f32.ptr, weights: f32.ptr, out: f32.ptr },
  ({ inputs, x, weights, out }, { blockIdx, blockDim, threadIdx, sigmoid }) => {
    const unit = threadIdx.x;
    const row = unit * (inputs + 1);
    let sum = weights[row + inputs];
    for (let i = 0; i < inputs; i++) sum += weights[row + i] * x[blockIdx.x * inputs + i];
    out[blockIdx.x * blockDim.x + unit] = sigmoid({ x: sum });
  },
  { use: { sigmoid } },
);

/** What each output is off by, times the slope of its sigmoid. */
const outputErrors = kernel(
  "outputErrors",
  { out: f32.ptr, target: f32.ptr, errors: f32.ptr },
  ({ out, target, errors }, { threadIdx: { x: t } }) => {
    errors[t] = (out[t] - target[t]) * out[t] * (1 - out[t]);
  },
);

/** The same of the hidden units, from the errors of the one output: a block a sample. */
const hiddenErrors = kernel(
  "hiddenErrors",
  { hidden: f32.ptr, weights: f32.ptr, above: f32.ptr, errors: f32.ptr },
  ({ hidden, weights, above, errors }, { blockIdx, blockDim, threadIdx }) => {
    const at = blockIdx.x * blockDim.x + threadIdx.x;
    errors[at] = weights[threadIdx.x] * above[blockIdx.x] * hidden[at] * (1 - hidden[at]);
  },
);

/** A thread a weight: all samples' shares are added and taken off. A block is a unit. */
const learn = kernel(
  "learn",
  { samples: i32, inputs: i32, rate: f32, x: f32.ptr, errors: f32.ptr, weights: f32.ptr },
  ({ samples, inputs, rate, x, errors, weights }, { blockIdx, gridDim, threadIdx }) => {
    const input = threadIdx.x;
    let sum = 0;
    for (let s = 0; s < samples; s++) {
      const value = input < inputs ? x[s * inputs + input] : 1;
      sum += errors[s * gridDim.x + blockIdx.x] * value;
    }
    weights[blockIdx.x * (inputs + 1) + input] -= rate * sum;
  },
);

program(
  "Trains a network of one hidden layer on exclusive or, and follows it with the same network in plain JavaScript.",
  {
    hidden: { default: 8, help: "hidden units, at most 1024" },
    steps: { default: 800, help: "steps" },
    rate: { default: 4, help: "the learning rate" },
    seed: { default: 3, help: "of the weights at first" },
    device: { default: "h100", help: "the GPU" },
    tolerance: { default: 1e-3, help: "how far an answer may be from double precision" },
  },
  ({ hidden: units, steps, rate, seed, device, tolerance }, check) => {
    const gpu = new VirtualGPU(/** @type {any} */ (device));
    const samples = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const answers = [0, 1, 1, 0];
    const next = chance(seed);
    const first = Float32Array.from({ length: units * 3 }, () => 2 * next());
    const second = Float32Array.from({ length: units + 1 }, () => 2 * next());

    const x = gpu.array(f32, samples.flat(), { label: "x" });
    const target = gpu.array(f32, answers, { label: "target" });
    const [w1, w2] = [gpu.array(f32, first, { label: "w1" }), gpu.array(f32, second, { label: "w2" })];
    const [hidden, errorsHidden] = ["hidden", "errors of hidden"].map((label) => gpu.zeros(f32, 4 * units, { label }));
    const [out, errors] = ["out", "errors"].map((label) => gpu.zeros(f32, 4, { label }));
    const answer = () => {
      gpu.launch(forwards, { grid: 4, block: units }, { inputs: 2, x, weights: w1, out: hidden });
      gpu.launch(forwards, { grid: 4, block: 1 }, { inputs: units, x: hidden, weights: w2, out });
    };
    for (let step = 0; step < steps; step++) {
      answer();
      gpu.launch(outputErrors, { grid: 1, block: 4 }, { out, target, errors });
      gpu.launch(hiddenErrors, { grid: 4, block: units }, { hidden, weights: w2, above: errors, errors: errorsHidden });
      gpu.launch(
        learn,
        { grid: 1, block: units + 1 },
        { samples: 4, inputs: units, rate, x: hidden, errors, weights: w2 },
      );
      gpu.launch(
        learn,
        { grid: units, block: 3 },
        { samples: 4, inputs: 2, rate, x, errors: errorsHidden, weights: w1 },
      );
    }
    answer();
    const got = out.toArray();
    samples.forEach(([a, b], i) => {
      console.log(`${a} xor ${b} = ${got[i].toFixed(3)}`);
    });
    const expected = plainNetwork({ samples, answers, steps, rate, first: [...first], second: [...second], units });
    check("answers", Math.max(...expected.map((value, i) => Math.abs(value - got[i]))), tolerance);
    check("distance from exclusive or", Math.max(...answers.map((value, i) => Math.abs(value - got[i]))), 0.2);
  },
);

/** @param {{ samples: number[][], answers: number[], steps: number, rate: number, first: number[], second: number[], units: number }} network */
function plainNetwork({ samples, answers, steps, rate, first, second, units }) {
  const plainSigmoid = (/** @type {number} */ value) => 1 / (1 + Math.exp(-value));
  const answer = (/** @type {number[]} */ [a, b]) => {
    const hidden = Array.from({ length: units }, (_, u) =>
      plainSigmoid(first[3 * u] * a + first[3 * u + 1] * b + first[3 * u + 2]),
    );
    return { hidden, out: plainSigmoid(hidden.reduce((sum, value, u) => sum + value * second[u], second[units])) };
  };
  for (let step = 0; step < steps; step++) {
    const seen = samples.map(answer);
    const slopes = seen.map(({ out }, s) => (out - answers[s]) * out * (1 - out));
    const below = seen.map(({ hidden }, s) => hidden.map((value, u) => second[u] * slopes[s] * value * (1 - value)));
    seen.forEach(({ hidden }, s) => {
      [...hidden, 1].forEach((value, u) => {
        second[u] -= rate * slopes[s] * value;
      });
      below[s].forEach((slope, u) => {
        [...samples[s], 1].forEach((value, i) => {
          first[3 * u + i] -= rate * slope * value;
        });
      });
    });
  }
  return samples.map((sample) => answer(sample).out);
}
