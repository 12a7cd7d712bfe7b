// The latency model, held against small launches whose cycles are reckoned by hand.
import { describe, expect, it } from "vitest";
import { f32, f64, i32 } from "../../../src/core/dtype.js";
import { SectorCache } from "../../../src/gpu/analysis/latency-model.js";
import { VirtualGPU, type VirtualGPUOptions } from "../../../src/gpu/host/index.js";
import { kernel } from "../../../src/gpu/language/index.js";

// Powers of ten tell which space was paid: registers 1, shared 100, L1 1000, L2 10^5, global 10^7; bytes cost nothing.
const latency = { register: 0, shared: 100, l1: 1000, l2: 1e5, global: 1e7, constant: 10 };
const bandwidth = { shared: 1e30, l1: 1e30, l2: 1e30, global: 1e30, constant: 1e30 };
const make = (options: VirtualGPUOptions = {}) => new VirtualGPU("h100", { sms: 2, latency, bandwidth, ...options });

const copy = kernel("copy", { x: f32.ptr, y: f32.ptr }, ({ x, y }, { threadIdx, blockIdx, blockDim }) => {
  const i = blockIdx.x * blockDim.x + threadIdx.x;
  y[i] = x[i];
});

const twice = kernel("twice", { x: f32.ptr, y: f32.ptr }, ({ x, y }, { threadIdx }) => {
  const i = threadIdx.x;
  y[i] = x[i] + x[i];
});

const stage = kernel("stage", { x: f32.ptr, stride: i32 }, ({ x, stride }, { threadIdx, shared, syncthreads, f32 }) => {
  const tile = shared(f32, 1024);
  tile[threadIdx.x * stride] = 1;
  syncthreads();
  x[threadIdx.x] = tile[threadIdx.x * stride];
});

describe("a launch takes the latency of the space that answers", () => {
  it("global memory at first, L2 once it is there, L1 within a launch", () => {
    const gpu = make();
    const [x, y] = [gpu.zeros(f32, 32), gpu.zeros(f32, 32)];
    // A load and a store, each of sectors that nobody asked for before.
    expect(gpu.launch(copy, { grid: 1, block: 32 }, { x, y }).cycles).toBe(2e7);
    // Now both are in L2; a new launch has an empty L1.
    expect(gpu.launch(copy, { grid: 1, block: 32 }, { x, y }).cycles).toBe(2e5);
    expect(gpu.launch(twice, { grid: 1, block: 32 }, { x, y }).cycles).toBe(1e5 + 1000 + 1e5);
  });

  it("shared memory, which nothing waits for longer because of latency", () => {
    const gpu = make();
    const { cycles } = gpu.launch(stage, { grid: 1, block: 32 }, { x: gpu.zeros(f32, 32), stride: 1 });
    expect(cycles).toBe(100 + 100 + 1e7);
  });
});

describe("bytes take their time", () => {
  it("of DRAM, where it is the slowest", () => {
    const gpu = make({ latency: { ...latency, global: 0, l2: 0 }, bandwidth: { ...bandwidth, global: 1 } });
    const n = 1024;
    const { cycles } = gpu.launch(copy, { grid: n / 32, block: 32 }, { x: gpu.zeros(f32, n), y: gpu.zeros(f32, n) });
    expect(cycles).toBe(2 * 4 * n);
  });

  it("of shared memory with its conflicts: 32 lanes on one bank take 32 passes", () => {
    const cycles = (stride: number) => {
      const gpu = make({ latency: { ...latency, shared: 0, global: 0 }, bandwidth: { ...bandwidth, shared: 128 } });
      return gpu.launch(stage, { grid: 1, block: 32 }, { x: gpu.zeros(f32, 32), stride }).cycles;
    };
    expect(cycles(1)).toBe(2);
    expect(cycles(32)).toBe(64);
  });
});

describe("warps and blocks", () => {
  it("of one block overlap, blocks of one SM do not, SMs run beside each other", () => {
    const cycles = (grid: number, block: number) => {
      const gpu = make();
      const n = grid * block;
      return gpu.launch(copy, { grid, block }, { x: gpu.zeros(f32, n), y: gpu.zeros(f32, n) }).cycles;
    };
    expect(cycles(1, 256)).toBe(2e7);
    expect(cycles(2, 256)).toBe(2e7);
    expect(cycles(3, 256)).toBe(4e7);
    expect(cycles(4, 256)).toBe(4e7);
  });
});

describe("instructions", () => {
  const chain = (type: typeof f32 | typeof f64) =>
    kernel(`chain_${type.name}`, { x: type.ptr, n: i32 }, ({ x, n }) => {
      let sum = x[0];
      for (let i = 0; i < n; i++) sum = sum * sum;
      x[0] = sum;
    });

  it("cost what their type costs", () => {
    const options = {
      latency: { ...latency, register: 1, global: 0 },
      cycles: { f32: 1000, f64: 5000, i32: 0, i64: 0 },
    };
    const cost = (type: typeof f32 | typeof f64, n: number) => {
      const gpu = make(options);
      return gpu.launch(chain(type), { grid: 1, block: 1 }, { x: gpu.zeros(type, 1), n } as never).cycles;
    };
    const round = (cycles: number) => 1000 * Math.round(cycles / 1000);
    expect(round(cost(f32, 8) - cost(f32, 0))).toBe(8 * 1000);
    expect(round(cost(f64, 8) - cost(f64, 0))).toBe(8 * 5000);
  });
});

it("a cache of sectors holds what fits, each in one place", () => {
  const cache = new SectorCache(100);
  // Two sectors: the power of two that fits into 3.
  expect([cache.touch(0), cache.touch(1), cache.touch(0), cache.touch(2), cache.touch(0), cache.touch(1)]).toEqual([
    false,
    false,
    true,
    false,
    false,
    true,
  ]);
});
