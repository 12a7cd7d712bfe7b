import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { i32 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import type { ReconvergencePolicy, SchedulerName } from "../../../src/gpu/simt/launch-image.js";
import { device } from "../../../src/hardware/index.js";
import { kernelPtx } from "../launches.js";

const ptx = readFileSync(new URL("./nvcc/cooperative.ptx", import.meta.url), "utf8");
const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];
const schedulers: readonly SchedulerName[] = ["default", "round-robin", "greedy-then-oldest", "random"];
const everyWay = schedulers.flatMap((scheduler) => policies.map((policy) => ({ scheduler, policy })));
const small = { ...device("a100"), sms: 4 };

describe("a cooperative launch", () => {
  const n = 700;
  const grid = { grid: 11, block: 64, cooperative: true };
  const arrays = (gpu: VirtualGPU) => {
    const values = Array.from({ length: n }, (_, i) => (i * 37) % 101);
    let sum = 0;
    const sums = values.map((value) => (sum += value));
    return { values: gpu.array(i32, values), scratch: gpu.zeros(i32, n), sums };
  };

  it.each(everyWay)("waits for the whole grid as nvcc compiles this_grid().sync() ($scheduler, $policy)", (way) => {
    const gpu = new VirtualGPU(small);
    const { values, scratch, sums } = arrays(gpu);
    gpu.launch(gpu.load(ptx).kernel("gridScan"), { ...grid, ...way }, [values, scratch, n]);
    expect(Array.from(values.toArray())).toEqual(sums);
    expect(scratch.toArray()[0]).toBe(11 * 64);
  });

  it("is stepped back and forth over its barriers", () => {
    const gpu = new VirtualGPU(small);
    const { values, scratch, sums } = arrays(gpu);
    const { replay } = gpu.step(gpu.load(ptx).kernel("gridScan"), grid, [values, scratch, n]);
    const look = (position: number): number[] => {
      replay.seek(position);
      const memory = replay.globalMemory().find(({ address }) => address === values.address);
      return Array.from(new Int32Array((memory?.bytes ?? new Uint8Array(0)).slice().buffer));
    };
    expect(look(replay.length)).toEqual(sums);
    const [early, late] = [look(3000), look(20_000)];
    expect(look(3000)).toEqual(early);
    expect(look(20_000)).toEqual(late);
    replay.seek(3000);
    // Blocks are on the SMs side by side: registers of each can be read.
    expect(replay.warpState(0, 0).status).not.toBe("not started");
    expect(replay.warpState(10, 1).status).not.toBe("not started");
    expect(replay.readRegister("%r1", 10, 0)).toHaveLength(32);
  });

  it("leaves nothing behind in the device's memory", () => {
    const gpu = new VirtualGPU(small);
    const { values, scratch } = arrays(gpu);
    const before = gpu.memory.allocatedBytes;
    gpu.launch(gpu.load(ptx).kernel("gridScan"), grid, [values, scratch, n]);
    expect(gpu.memory.allocatedBytes).toBe(before);
  });

  it("is refused where the SMs cannot hold all of its blocks, with the reason", () => {
    const gpu = new VirtualGPU(small);
    const { values, scratch } = arrays(gpu);
    const kernel = gpu.load(ptx).kernel("gridScan");
    expect(() => gpu.launch(kernel, { ...grid, grid: 200, registersPerThread: 32 }, [values, scratch, n])).toThrow(
      /a cooperative grid of 200 blocks, where A100 PCIe 80 GB holds 128 at a time: 32 on each of 4 SMs, limited by warps/,
    );
    expect(() => gpu.launch(kernel, { ...grid, grid: 64, registersPerThread: 128 }, [values, scratch, n])).toThrow(
      /holds 32 at a time: 8 on each of 4 SMs, limited by registers \(128 a thread: stated\)/,
    );
  });

  it("ends with the kernel's own trap where the launch is not cooperative, as on a device", () => {
    const gpu = new VirtualGPU(small);
    const { values, scratch } = arrays(gpu);
    const kernel = gpu.load(ptx).kernel("gridScan");
    expect(() => gpu.launch(kernel, { grid: 11, block: 64 }, [values, scratch, n])).toThrow(
      /the kernel ended itself with trap/,
    );
  });
});

describe("what a launch asks of the order of execution", () => {
  const kernel = (gpu: VirtualGPU) => gpu.load(kernelPtx(0, 0, "ret;")).kernel();
  it.each([
    [
      { scheduler: "fair" as never },
      /unknown scheduler "fair"\nKnown: "default", "round-robin", "greedy-then-oldest" or "random"/,
    ],
    [{ policy: "stak" as never }, /unknown policy "stak"\nKnown: "stack", "lowest-pc" or "independent"/],
    [{ polcy: "stack" } as object, /^launch of "k": there is no option "polcy"\nDid you mean "policy"\?/],
    [{ colour: 3 } as object, /there is no option "colour"\nKnown: grid, block,/],
    [{ seed: 3 }, /only the scheduler random draws from a seed/],
    [{ scheduler: "random" as const, seed: -1 }, /a seed is a whole number from 0 to 2\^53 - 1, got -1/],
    [{ cooperative: 1 as never }, /cooperative must be true or false, got 1/],
    [{ registersPerThread: 0 }, /a thread takes 1 to 255 registers on A100 PCIe 80 GB, got 0/],
    [{ registersPerThread: 256 }, /a thread takes 1 to 255 registers/],
    [
      { registersPerThread: 65, block: 1024 },
      /a block of 1024 threads with 65 registers each takes 73728, where A100 PCIe 80 GB has 65536 for a block/,
    ],
  ])("%j is refused", (extra, message) => {
    const gpu = new VirtualGPU("a100");
    expect(() => gpu.launch(kernel(gpu), { grid: 1, block: 32, ...extra }, [])).toThrow(message);
  });

  it("static shared memory beyond 48 KiB is refused, the same as dynamic memory is not", () => {
    const gpu = new VirtualGPU("a100");
    const statically = gpu.load(kernelPtx(0, 0, ".shared .align 4 .b8 tile[65536]; ret;")).kernel();
    expect(() => gpu.launch(statically, { grid: 1, block: 32 }, [])).toThrow(
      /65536 bytes of shared memory are declared, where a block has 49152 without asking for more/,
    );
    expect(gpu.launch(kernel(gpu), { grid: 1, block: 32, shared: 65536 }, []).occupancy?.sharedBytesPerBlock).toBe(
      65536,
    );
  });
});

describe("the occupancy of a launch", () => {
  it("rests on its registers, shared memory and block, and tells the waves of its grid", () => {
    const gpu = new VirtualGPU("a100");
    const kernel = gpu.load(kernelPtx(0, 0, ".shared .align 4 .b8 tile[20480]; ret;")).kernel();
    const { occupancy } = gpu.launch(kernel, { grid: 1000, block: 256, registersPerThread: 40 }, []);
    expect(occupancy).toMatchObject({
      activeBlocksPerSm: 6,
      activeWarpsPerSm: 48,
      maxWarpsPerSm: 64,
      occupancy: 0.75,
      limiter: "registers",
      registersPerThread: 40,
      registersFrom: "stated",
      sharedBytesPerBlock: 20480,
      blocksPerWave: 648,
      waves: 2,
      lastWave: 352 / 648,
    });
  });
});
