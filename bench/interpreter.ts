// How fast the virtual GPU runs the four kernels of the tests, beside the same work as plain JavaScript in the same process.
import { performance } from "node:perf_hooks";
import { f32, i32 } from "../src/core/dtype.js";
import { VirtualGPU } from "../src/gpu/host/index.js";
import type { Stepper } from "../src/gpu/host/stepper.js";
import { Machine } from "../src/gpu/simt/machine.js";
import {
  blockSum,
  mandelbrot,
  matmul,
  plainBlockSum,
  plainMandelbrot,
  plainMatmul,
  plainSaxpy,
  saxpy,
} from "../test/gpu/kernels.js";

export interface InterpreterFigure {
  readonly kernel: string;
  readonly size: string;
  readonly thread_instructions: number;
  /** Active lanes' instructions a second, with nobody watching. */
  readonly instructions_per_s: number;
  /** The same with the counters of every launch. */
  readonly counted_instructions_per_s: number;
  /** How many times longer than plain JavaScript the uncounted launch takes. */
  readonly times_plain: number;
}

export interface LaunchFigure {
  /** A launch of one block of one warp, milliseconds: the first of a kernel, and the median of those after. */
  readonly first_ms: number;
  readonly after_ms: number;
}

/** What a launch costs beside the instructions that it runs. */
export function measureLaunch(): LaunchFigure {
  const gpu = new VirtualGPU("h100");
  const [x, y] = [gpu.zeros(f32, 32), gpu.zeros(f32, 32)];
  const milliseconds = (): number => {
    const started = performance.now();
    gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 32, a: 2, x, y });
    return performance.now() - started;
  };
  const first_ms = milliseconds();
  const after = Array.from({ length: 501 }, milliseconds).sort((left, right) => left - right);
  return { first_ms, after_ms: after[250] };
}

interface Case {
  readonly kernel: string;
  readonly size: string;
  readonly plain: () => unknown;
  readonly step: (gpu: VirtualGPU) => Stepper;
  /** Launches as a notebook does; answers the thread instructions. */
  readonly launch: (gpu: VirtualGPU) => number;
}

export function measureInterpreter(): InterpreterFigure[] {
  return cases().map(({ kernel, size, plain, step, launch }) => {
    const gpu = new VirtualGPU("h100");
    const { image } = step(gpu);
    const thread_instructions = launch(gpu);
    const bare = medianSeconds(() => new Machine(image, []).run());
    const counted = medianSeconds(() => launch(gpu));
    const plainly = medianSeconds(plain);
    return {
      kernel,
      size,
      thread_instructions,
      instructions_per_s: thread_instructions / bare,
      counted_instructions_per_s: thread_instructions / counted,
      times_plain: bare / plainly,
    };
  });
}

function cases(): Case[] {
  const ramp = (count: number) => Float32Array.from({ length: count }, (_, i) => (i % 97) / 97);
  const n = 1 << 17;
  const [x, y] = [ramp(n), ramp(n).reverse()];
  const side = 96;
  const [a, b] = [ramp(side * side), ramp(side * side).reverse()];
  const picture = 160;
  const limit = 64;
  const saxpyConfig = { grid: n / 256, block: 256 };
  const matmulConfig = { grid: [side / 16, side / 16], block: [16, 16] };
  const mandelbrotConfig = { grid: [picture / 16, picture / 16], block: [16, 16] };
  const saxpyArguments = (gpu: VirtualGPU) => ({ n, a: 2, x: gpu.array(f32, x), y: gpu.array(f32, y) });
  const sumArguments = (gpu: VirtualGPU) => ({ n, x: gpu.array(f32, x), sums: gpu.zeros(f32, n / 256) });
  const matmulArguments = (gpu: VirtualGPU) => ({
    n: side,
    a: gpu.array(f32, a),
    b: gpu.array(f32, b),
    c: gpu.zeros(f32, side * side),
  });
  const mandelbrotArguments = (gpu: VirtualGPU) => ({ n: picture, limit, out: gpu.zeros(i32, picture * picture) });
  return [
    {
      kernel: "saxpy",
      size: `${n} elements`,
      plain: () => plainSaxpy(2, x, y),
      step: (gpu) => gpu.step(saxpy, saxpyConfig, saxpyArguments(gpu)),
      launch: (gpu) => gpu.launch(saxpy, saxpyConfig, saxpyArguments(gpu)).counters.thread_instructions,
    },
    {
      kernel: "block reduction",
      size: `${n} elements`,
      plain: () => plainBlockSum(x),
      step: (gpu) => gpu.step(blockSum, saxpyConfig, sumArguments(gpu)),
      launch: (gpu) => gpu.launch(blockSum, saxpyConfig, sumArguments(gpu)).counters.thread_instructions,
    },
    {
      kernel: "tiled matmul",
      size: `${side} x ${side}`,
      plain: () => plainMatmul(side, a, b),
      step: (gpu) => gpu.step(matmul, matmulConfig, matmulArguments(gpu)),
      launch: (gpu) => gpu.launch(matmul, matmulConfig, matmulArguments(gpu)).counters.thread_instructions,
    },
    {
      kernel: "mandelbrot",
      size: `${picture} x ${picture}, ${limit} iterations`,
      plain: () => plainMandelbrot(picture, limit),
      step: (gpu) => gpu.step(mandelbrot, mandelbrotConfig, mandelbrotArguments(gpu)),
      launch: (gpu) => gpu.launch(mandelbrot, mandelbrotConfig, mandelbrotArguments(gpu)).counters.thread_instructions,
    },
  ];
}

/** The median of five samples after a warm-up, each long enough for the clock. */
function medianSeconds(work: () => unknown): number {
  work();
  const samples = Array.from({ length: 5 }, () => {
    let rounds = 0;
    const started = performance.now();
    do {
      work();
      rounds++;
    } while (performance.now() - started < 50);
    return (performance.now() - started) / 1000 / rounds;
  });
  return samples.sort((left, right) => left - right)[2];
}
