import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OccupancyLimiter, occupancyOf, wavesOf } from "../../../src/gpu/occupancy/occupancy.js";
import { device, devices } from "../../../src/hardware/index.js";

interface Case {
  readonly device: string;
  readonly registers: number;
  readonly shared: number;
  readonly block: number;
  readonly blocks: number;
  readonly limits: readonly OccupancyLimiter[];
}

// What NVIDIA's occupancy calculator (cuda_occupancy.h of CUDA 13.0, all of an SM's array as shared memory) answered on 2026-11-21.
const answers = JSON.parse(readFileSync(new URL("calculator.json", import.meta.url), "utf8")) as Case[];

describe("theoretical occupancy", () => {
  it.each(["a100-pcie-80gb", "h100-sxm", "gb10"])("is what NVIDIA's calculator answers: %s", (key) => {
    const cases = answers.filter((each) => each.device === key);
    expect(cases).toHaveLength(60);
    for (const { registers, shared, block, blocks, limits } of cases) {
      const found = occupancyOf(device(key), { threads: block, registersPerThread: registers, sharedBytes: shared });
      const name = `${registers} registers, ${shared} bytes, ${block} threads`;
      expect(found?.activeBlocksPerSm, name).toBe(blocks);
      expect(limits, name).toContain(found?.limiter);
      const all = Object.entries(found?.limits ?? {}).filter(([, most]) => most === blocks);
      expect(all.map(([limiter]) => limiter).sort(), name).toEqual([...limits].sort());
    }
  });

  // By hand: 256 threads are 8 warps. 40 registers a thread are 1280 a warp, so that a quarter of an SM's 16384 holds 12
  // warps, the SM 48, which is 6 blocks of 8. 20 KiB and the system's 1 KiB go into 164 KiB 7 times.
  it("is the least of what warps, blocks, registers and shared memory allow", () => {
    expect(occupancyOf(device("a100"), { threads: 256, registersPerThread: 40, sharedBytes: 20 * 1024 })).toEqual({
      activeBlocksPerSm: 6,
      activeWarpsPerSm: 48,
      maxWarpsPerSm: 64,
      occupancy: 0.75,
      limiter: "registers",
      limits: { warps: 8, blocks: 32, registers: 6, "shared memory": 7 },
    });
  });

  const kernels = devices().filter(({ limits }) => limits !== undefined);
  const anyDevice = fc.constantFrom(...kernels);
  const anyBlock = fc.record({
    threads: fc.integer({ min: 1, max: 1024 }),
    registersPerThread: fc.integer({ min: 1, max: 255 }),
    sharedBytes: fc.integer({ min: 0, max: 64 * 1024 }),
  });

  it("never grows with what a block takes, and never passes what an SM has", () => {
    fc.assert(
      fc.property(
        anyDevice,
        anyBlock,
        fc.integer({ min: 0, max: 64 }),
        fc.integer({ min: 0, max: 8192 }),
        (spec, block, registers, bytes) => {
          const { limits } = spec;
          const found = occupancyOf(spec, block);
          const more = {
            ...block,
            registersPerThread: Math.min(255, block.registersPerThread + registers),
            sharedBytes: block.sharedBytes + bytes,
          };
          const larger = occupancyOf(spec, more);
          if (found === undefined || larger === undefined || limits === undefined) throw new Error(spec.key);
          expect(larger.activeBlocksPerSm).toBeLessThanOrEqual(found.activeBlocksPerSm);
          expect(found.occupancy).toBeLessThanOrEqual(1);
          expect(found.activeWarpsPerSm).toBeLessThanOrEqual(limits.warpsPerSm);
          expect(found.activeWarpsPerSm * 32 * block.registersPerThread).toBeLessThanOrEqual(limits.registersPerSm);
          expect(found.activeBlocksPerSm * block.sharedBytes).toBeLessThanOrEqual(
            spec.cache.sharedPerSm ?? Number.POSITIVE_INFINITY,
          );
        },
      ),
    );
  });

  it("is unknown for a device that runs no kernels", () => {
    const tpu = devices().find(({ limits }) => limits === undefined);
    if (tpu === undefined) throw new Error("no such device");
    expect(occupancyOf(tpu, { threads: 32, registersPerThread: 8, sharedBytes: 0 })).toBeUndefined();
  });
});

describe("the waves of a grid", () => {
  it("count whole ones and the tail", () => {
    expect(wavesOf(1000, 2, 100)).toEqual({ blocksPerWave: 200, waves: 5, lastWave: 1 });
    expect(wavesOf(1001, 2, 100)).toEqual({ blocksPerWave: 200, waves: 6, lastWave: 1 / 200 });
    expect(wavesOf(1, 2, 100)).toEqual({ blocksPerWave: 200, waves: 1, lastWave: 1 / 200 });
    expect(wavesOf(1, 0, 100)).toBeUndefined();
  });
});
