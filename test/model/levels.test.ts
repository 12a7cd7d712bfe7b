// The hierarchical roofline: bytes and ceilings of each memory level, and the traffic of planned products.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Work } from "../../src/core/work.js";
import { device, devices } from "../../src/hardware/index.js";
import { uniform } from "../../src/model/operator/index.js";
import { plannerOf } from "../../src/model/planner/index.js";
import { levelsOnRoofline, memoryCeilings, placeOnRoofline } from "../../src/model/roofline/index.js";

const h100 = device("h100");

describe("the memory ceilings of a device", () => {
  it("are the file's where it has them", () => {
    expect(memoryCeilings(h100)).toEqual([
      { level: "dram", bandwidth: 3350e9, origin: "stated" },
      { level: "l2", bandwidth: 5500e9, origin: "measured" },
      { level: "l1", bandwidth: 132 * 1830e6 * 128, origin: "128 bytes a clock and SM" },
    ]);
  });

  it("are 32 bytes a clock and SM for an L2 that nobody measured, and say so", () => {
    const [, l2] = memoryCeilings(device("l4"));
    expect(l2).toEqual({ level: "l2", bandwidth: 58 * 2040e6 * 32, origin: "taken to be 32 bytes a clock and SM" });
  });

  it("are DRAM's alone for devices without SMs, and 128 bytes a clock for a GPU of compute capability whose file lacks it", () => {
    expect(memoryCeilings(device("tpu-v5e")).map(({ level }) => level)).toEqual(["dram"]);
    const bare = { ...h100, cache: { ...h100.cache, l1PerClock: undefined } };
    expect(memoryCeilings(bare)).toEqual(memoryCeilings(h100));
  });

  it("grow inwards on every device", () => {
    for (const spec of devices()) {
      const bandwidths = memoryCeilings(spec).map(({ bandwidth }) => bandwidth);
      expect(bandwidths, spec.key).toEqual([...bandwidths].sort((a, b) => a - b));
    }
  });
});

describe("work under several ceilings", () => {
  const work: Work = { flop: { FP32: 67e9 }, bytes: { dram: 3.35e9, l2: 11e9, l1: 1e6 } };

  it("takes as long as its slowest level", () => {
    const place = placeOnRoofline(work, h100);
    // 1 ms of DRAM and of arithmetic, 2 ms of L2.
    expect(place).toMatchObject({ level: "l2", bottleneck: "memory", intensity: 20 });
    expect(place.time).toBeCloseTo(2e-3);
    expect(place.attainable).toBeCloseTo(33.5e12);
    expect(levelsOnRoofline(work, h100).map(({ level, intensity }) => [level, intensity])).toEqual([
      ["dram", 20],
      ["l2", 67 / 11],
      ["l1", 67e3],
    ]);
  });

  it("is placed as before where the bytes of DRAM alone are known", () => {
    const plain: Work = { flop: work.flop, bytes: { dram: 3.35e9 } };
    expect(placeOnRoofline(plain, h100).time).toBeCloseTo(1e-3);
    expect(levelsOnRoofline(plain, h100)).toHaveLength(1);
  });

  it("never gets faster by bytes of one more level", () => {
    const bytes = fc.double({ min: 1, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(bytes, bytes, bytes, (dram, l2, l1) => {
        const time = (traffic: Work["bytes"]) => placeOnRoofline({ flop: { FP32: 1 }, bytes: traffic }, h100).time;
        expect(time({ dram, l2 })).toBeGreaterThanOrEqual(time({ dram }));
        expect(time({ dram, l2, l1 })).toBeGreaterThanOrEqual(time({ dram, l2 }));
      }),
    );
  });
});

describe("the traffic of a planned product", () => {
  const traffic = (key: string, m: number, n: number, k: number) =>
    plannerOf(device(key))
      .plan({ kind: "matmul", batch: 1, m, n, k, formats: uniform("FP16") })
      .traffic?.();

  it("reads each operand once for each row or column of tiles", () => {
    // One tile of 128 x 128 holds all of C, so that every level but shared memory moves everything once.
    const plan = plannerOf(device("a100")).plan({
      kind: "matmul",
      batch: 1,
      m: 64,
      n: 64,
      k: 64,
      formats: uniform("FP16"),
    });
    const [best] = plan.candidates?.() ?? [];
    expect(String(best.choice["tile"])).toMatch(/^\d+ x \d+$/);
    expect(plan.traffic?.()?.dram).toBe(3 * 64 * 64 * 2);
  });

  it("grows inwards: operands come through L2 oftener than from DRAM, and through shared memory oftener than that", () => {
    const tiles = fc.integer({ min: 1, max: 64 });
    const rows = fc.oneof(
      fc.constant(1),
      tiles.map((count) => 128 * count),
    );
    fc.assert(
      fc.property(fc.constantFrom("a100", "h100", "t4", "b200"), rows, tiles, tiles, (key, m, n, k) => {
        const { dram, l2 = 0, l1 = 0 } = traffic(key, m, 128 * n, 128 * k) ?? { dram: 0 };
        expect(l2).toBeGreaterThanOrEqual(dram);
        expect(l1).toBeGreaterThan(l2);
      }),
    );
  });
});
