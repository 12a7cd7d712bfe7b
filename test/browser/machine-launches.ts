// Launches for the stepper's page that calls, print, allocate, copy while they work, and have several blocks on the SMs: kernels
// of the language, whose functions stand in other cells, and what nvcc made.
import { f32, i32 } from "../../src/core/dtype.js";
import { VirtualGPU } from "../../src/gpu/host/index.js";
import { fn, kernel, setFunctionSourceProvider } from "../../src/gpu/language/index.js";
import type { LaunchImage } from "../../src/gpu/simt/launch-image.js";
import cooperativePtx from "../gpu/host/nvcc/cooperative.ptx";
import mallocPtx from "../gpu/host/nvcc/malloc.ptx";
import pipelinePtx from "../gpu/host/nvcc/pipeline.ptx";

const gpu = new VirtualGPU("h100");

/** Compiles what `make` makes as if its functions stood in cells of a notebook, one after another. */
function inCells<T>(make: () => T): T {
  let cell = 2;
  setFunctionSourceProvider((name, code) => ({ text: code, code, origin: `cell ${++cell}`, firstLine: name.length }));
  try {
    return make();
  } finally {
    setFunctionSourceProvider(undefined);
  }
}

/** Each lane has calls of its own depth: a function of cell 3, called by a kernel of cell 4. */
export function callingLaunch(): LaunchImage {
  const deep = inCells(() => {
    const ackermann = fn(
      "ackermann",
      { m: i32, n: i32 },
      i32,
      ({ m, n }, { ackermann }) => {
        if (m === 0) return n + 1;
        return n === 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
      },
      { inline: false },
    );
    return kernel(
      "deep",
      { out: i32.ptr },
      ({ out }, { threadIdx, ackermann }) => {
        out[threadIdx.x] = ackermann(2, threadIdx.x);
      },
      { use: { ackermann } },
    );
  });
  return gpu.step(deep, { grid: 1, block: 8 }, { out: gpu.zeros(i32, 8, { label: "out" }) }).image;
}

/** The same with a name as long as a compiler makes them, of a function that goes deep, in one lane after another. */
export function longNameLaunch(): LaunchImage {
  const name = "the_number_of_leaves_of_a_tree_that_is_as_deep_as_the_lane_is_far_from_the_first_of_its_warp";
  const counting = inCells(() => {
    const leaves = fn(
      name,
      { depth: i32 },
      i32,
      ({ depth }, context) => {
        const self =
          context.the_number_of_leaves_of_a_tree_that_is_as_deep_as_the_lane_is_far_from_the_first_of_its_warp;
        return depth <= 0 ? 1 : 1 + self(depth - 1);
      },
      { inline: false },
    );
    return kernel(
      "leaves",
      { out: i32.ptr },
      ({ out }, { threadIdx, leaves }) => {
        out[threadIdx.x] = leaves(threadIdx.x);
      },
      { use: { leaves } },
    );
  });
  return gpu.step(counting, { grid: 1, block: 32 }, { out: gpu.zeros(i32, 32, { label: "out" }) }).image;
}

/** A line of each thread, 512 of them, and one line that no pane is wide enough for. */
export function printingLaunch(): LaunchImage {
  const speaks = inCells(() =>
    kernel("speaks", { x: f32.ptr }, ({ x }, { threadIdx, blockIdx, printf }) => {
      if (threadIdx.x === 0)
        printf(
          "block %d, a line as long as somebody may print, without an end and_without_a_place_where_it_could_be_broken_into_lines_of_a_pane_for_as_long_as_it_goes_on_and_on_and_on\n",
          blockIdx.x,
        );
      printf("thread %d has %.2f\n", threadIdx.x, x[threadIdx.x]);
    }),
  );
  const x = gpu.array(
    f32,
    Array.from({ length: 128 }, (_, i) => i / 4),
    { label: "x" },
  );
  return gpu.step(speaks, { grid: 4, block: 128 }, { x }).image;
}

/** Four blocks of two warps on the SMs at once; one instruction of each in turn. */
export function residentLaunch(): LaunchImage {
  const squares = inCells(() =>
    kernel("squares", { out: i32.ptr }, ({ out }, { blockIdx, blockDim, threadIdx, syncthreads }) => {
      const i = blockIdx.x * blockDim.x + threadIdx.x;
      out[i] = i;
      syncthreads();
      out[i] = i * i;
    }),
  );
  const out = gpu.zeros(i32, 256, { label: "out" });
  return gpu.step(squares, { grid: 4, block: 64, scheduler: "round-robin" }, { out }).image;
}

/** Blocks that wait for each other. */
export function cooperativeLaunch(): LaunchImage {
  const values = gpu.array(
    i32,
    Array.from({ length: 128 }, (_, i) => i % 5),
    { label: "values" },
  );
  const scratch = gpu.zeros(i32, 128, { label: "scratch" });
  const scan = gpu.load(cooperativePtx).kernel("gridScan");
  return gpu.step(scan, { grid: 4, block: 32, cooperative: true }, [values, scratch, 128]).image;
}

/** Each lane makes a list in memory that it allocates, and gives it back. */
export function allocatingLaunch(): LaunchImage {
  const lists = gpu.load(mallocPtx).kernel("lists");
  return gpu.step(lists, { grid: 1, block: 32 }, [gpu.zeros(i32, 32, { label: "out" })]).image;
}

/** Copies to shared memory by cp.async, with an mbarrier to wait at. */
export function copyingLaunch(): LaunchImage {
  const copies = gpu.load(pipelinePtx).kernel("barrierCopy");
  const values = gpu.array(
    i32,
    Array.from({ length: 512 }, (_, i) => i),
    { label: "in" },
  );
  return gpu.step(copies, { grid: 1, block: 64 }, [2, values, gpu.zeros(i32, 512, { label: "out" })]).image;
}
