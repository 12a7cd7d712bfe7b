import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32, i32 } from "../../../src/core/dtype.js";
import type { Replay } from "../../../src/gpu/analysis/replay.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { blockSum, mandelbrot, saxpy } from "../kernels.js";

// Everything that can be read at a position.
function stateAt(replay: Replay, block: number): unknown {
  const warps = Array.from({ length: replay.warpsPerBlock }, (_, warp) => ({
    state: replay.warpState(block, warp),
    registers: replay.registers.map(({ name }) => replay.readRegister(name, block, warp)),
  }));
  return {
    warps,
    shared: [...replay.sharedMemory(block)],
    global: replay.globalMemory().map(({ bytes }) => [...bytes]),
  };
}

function mandelbrotReplay(): Replay {
  const gpu = new VirtualGPU("h100");
  return gpu.step(mandelbrot, { grid: [2, 2], block: [16, 16] }, { n: 32, limit: 40, out: gpu.zeros(i32, 1024) })
    .replay;
}

function blockSumReplay(): Replay {
  const gpu = new VirtualGPU("h100");
  const x = gpu.array(
    f32,
    Float32Array.from({ length: 512 }, (_, i) => i % 7),
  );
  return gpu.step(blockSum, { grid: 2, block: 256 }, { n: 512, x, sums: gpu.zeros(f32, 2, { label: "sums" }) }).replay;
}

describe("time travel", () => {
  it.each([
    ["mandelbrot", mandelbrotReplay],
    ["blockSum", blockSumReplay],
  ])("comes to the same place whichever way it goes (%s)", (_, make) => {
    const replay = make();
    const straight = make();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: replay.length }), { minLength: 1, maxLength: 6 }), (path) => {
        for (const position of path) replay.seek(position);
        const target = path[path.length - 1];
        straight.seek(0);
        straight.seek(target);
        const { block } = replay.recordAt(Math.max(0, target - 1));
        expect(stateAt(replay, block)).toEqual(stateAt(straight, block));
      }),
      { numRuns: 25 },
    );
  });

  it("counts a step for each warp instruction, and records who took it", () => {
    const replay = mandelbrotReplay();
    expect(replay.length).toBe(replay.counters.warp_instructions);
    const total = replay.executions().reduce((sum, count) => sum + count, 0);
    expect(total).toBe(replay.length);
    let steps = 0;
    for (let block = 0; block < replay.blocks; block++) {
      for (let warp = 0; warp < replay.warpsPerBlock; warp++) steps += replay.stepsOfWarp(block, warp).length;
    }
    expect(steps).toBe(replay.length);
  });

  it("finds divergences, barriers and memory accesses in both directions", () => {
    const replay = blockSumReplay();
    const first = replay.find("barrier", 0, 1) as number;
    expect(replay.entry.instructions[replay.recordAt(first - 1).pc].opcode).toBe("bar");
    expect(replay.find("barrier", first, -1)).toBeUndefined();
    const next = replay.find("barrier", first, 1) as number;
    expect(replay.find("barrier", next, -1)).toBe(first);
    const divergence = replay.find("divergence", 0, 1) as number;
    const { mask, active } = replay.recordAt(divergence - 1);
    expect(mask & active).toBe(mask);
    expect(mask).not.toBe(active);
  });

  it("knows what a step asked of memory, and who wrote an address last", () => {
    const replay = blockSumReplay();
    const sums = replay.globalMemory().find(({ label }) => label === "sums");
    const step = replay.lastWrite("global", sums?.address as number, replay.length) as number;
    const access = replay.accessAt(step);
    expect(access).toMatchObject({ space: "global", kind: "store", bytesPerLane: 4, mask: 1 });
    expect(access?.addresses[0]).toBe(sums?.address);
    expect(replay.lastWrite("global", sums?.address as number, step)).toBeUndefined();
    // partial[0] of block 0 is written once at the start and once a round.
    const writes: number[] = [];
    const end = replay.find("memory", step + 1, -1) as number;
    for (let at: number | undefined = end; at !== undefined; ) {
      at = replay.lastWrite("shared", 0, at);
      if (at !== undefined) writes.push(at);
    }
    expect(writes).toHaveLength(9);
  });

  it("ends at the step that faulted, and can go back from there", () => {
    const gpu = new VirtualGPU("h100");
    const [x, y] = [gpu.zeros(f32, 4), gpu.zeros(f32, 2, { label: "y" })];
    const { replay } = gpu.step(saxpy, { grid: 1, block: 32 }, { n: 4, a: 1, x, y });
    expect(replay.fault?.message).toMatch(/past the end of "y"/);
    replay.seek(replay.length);
    const { pc } = replay.recordAt(replay.length - 1);
    expect(replay.entry.instructions[pc].opcode).toBe("ld");
    replay.seek(1);
    expect(replay.position).toBe(1);
    replay.seek(replay.length);
    expect(() => replay.seek(replay.length + 1)).toThrow(RangeError);
  });
});
