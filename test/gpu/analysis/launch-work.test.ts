// The work of launches, held against bytes that are reckoned by hand.
import { describe, expect, it } from "vitest";
import { f16, f32, i32 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { kernel } from "../../../src/gpu/language/index.js";

const gpu = new VirtualGPU("h100");
const zeros = (length: number) => gpu.zeros(f32, length);

const add = kernel(
  "add",
  { x: f32.ptr, y: f32.ptr, stride: i32 },
  ({ x, y, stride }, { threadIdx, blockIdx, blockDim }) => {
    const i = (blockIdx.x * blockDim.x + threadIdx.x) * stride;
    y[i] = x[i] + 1;
  },
);

const count = kernel("count", { total: i32.ptr }, ({ total }, { atomicAdd }) => {
  atomicAdd(total, 0, 1);
});

const shift = kernel("shift", { x: f32.ptr }, ({ x }, { threadIdx, shared, syncthreads, f32 }) => {
  const tile = shared(f32, 32);
  tile[threadIdx.x] = x[threadIdx.x];
  syncthreads();
  x[threadIdx.x] = tile[31 - threadIdx.x];
});

const square = kernel(
  "square",
  { a: f16.ptr, c: f32.ptr },
  ({ a, c }, { loadMatrixA, loadMatrixB, fillMatrix, mma, storeMatrix }) => {
    const sum = fillMatrix(0);
    const left = loadMatrixA(a, 16);
    const right = loadMatrixB(a, 16);
    mma(sum, left, right);
    storeMatrix(c, 16, sum);
  },
);

describe("what a launch asks of each level", () => {
  it("is the same everywhere where each byte is used once and lanes lie side by side", () => {
    const { work } = gpu.launch(add, { grid: 2, block: 64 }, { x: zeros(128), y: zeros(128), stride: 1 });
    expect(work).toEqual({ flop: { FP32: 128 }, bytes: { l1: 1024, l2: 1024, dram: 1024 }, workingSet: 1024 });
  });

  it("moves whole sectors beyond L1, each of which holds eight numbers", () => {
    const { work } = gpu.launch(add, { grid: 1, block: 32 }, { x: zeros(256), y: zeros(256), stride: 8 });
    expect(work.bytes).toEqual({ l1: 256, l2: 2048, dram: 2048 });
  });

  it("asks L2 each time and DRAM once for what is used again", () => {
    const { work } = gpu.launch(add, { grid: 8, block: 32 }, { x: zeros(1), y: zeros(1), stride: 0 });
    // Eight warps touch one sector of x and one of y.
    expect(work.bytes).toEqual({ l1: 8 * 32 * 8, l2: 8 * 64, dram: 64 });
  });

  it("fetches what it changes in place and writes it back: DRAM moves it twice, a cache holds it once", () => {
    const x = zeros(64);
    const { work } = gpu.launch(add, { grid: 1, block: 64 }, { x, y: x, stride: 1 });
    expect(work.bytes.dram).toBe(512);
    expect(work.workingSet).toBe(256);
  });

  it("counts an atomic's sector at L2 each time", () => {
    const { work } = gpu.launch(count, { grid: 4, block: 32 }, { total: gpu.zeros(i32, 1) });
    expect(work.bytes).toMatchObject({ l2: 4 * 32, dram: 64 });
  });

  it("counts shared memory at L1 alone", () => {
    const { work } = gpu.launch(shift, { grid: 1, block: 32 }, { x: zeros(32) });
    expect(work.bytes).toEqual({ l1: 512, l2: 256, dram: 256 });
  });

  it("gives matrix operations their precision", () => {
    const { work } = gpu.launch(square, { grid: 1, block: 32 }, { a: gpu.zeros(f16, 256), c: zeros(256) });
    expect(work.flop).toEqual({ FP16: 2 * 16 ** 3 });
    expect(work.bytes.dram).toBe(512 + 1024);
  });
});
