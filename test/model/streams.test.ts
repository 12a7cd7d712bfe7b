// What kernels cost that memory binds: by hand on a device of round figures, and laws on every device.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { devices, loadDevice } from "../../src/hardware/index.js";
import {
  type KernelWork,
  layerNorm,
  normKernel,
  operator,
  predict,
  type RowsWork,
  type StreamWork,
  softmax,
  uniform,
} from "../../src/model/index.js";
import { eagerCall, isPlannable, type Plan, Planner, plannerOf, timeCall } from "../../src/model/planner/index.js";
import { keptInL2 } from "../../src/model/planner/l2.js";

/** 1 TB/s, of which streams get 870 GB/s; 10 SMs of 64 lanes at 1 GHz issue 640 G instructions a second. */
const figures = {
  key: "round",
  name: "Round",
  vendor: "Nobody",
  kind: "gpu",
  architecture: "None",
  aliases: [],
  sms: 10,
  boost_clock_mhz: 1000,
  peak_tflops: { FP32: 1.28 },
  dram: { type: "HBM3", bandwidth_gb_s: 1000, capacity_gb: 10 },
  sources: {},
  unsure: [],
};
const round = loadDevice(figures);
const cached = loadDevice({ ...figures, key: "cached", cache: { l2_mib: 10 } });
const start = 1.4e-6;

function timeOf(work: KernelWork, spec = round): number {
  return plannerOf(spec).plan(work).time;
}

function stream(some: Partial<StreamWork>): StreamWork {
  return { kind: "stream", read: 0, written: 0, elements: 0, operationsPerElement: 20, math: "FP32", ...some };
}

describe("a kernel that streams", () => {
  it("moves its bytes at the rate that the DRAM sustains, once it has begun", () => {
    expect(timeOf(stream({ read: 580e6, written: 290e6, elements: 1e6 }))).toBeCloseTo(1e-3 + start, 12);
  });

  it("is bound by its instructions where they are many", () => {
    const work = stream({ read: 8e6, written: 8e6, elements: 2e6, operationsPerElement: 320 });
    expect(timeOf(work)).toBeCloseTo(1e-3 + start, 12);
    expect(plannerOf(round).plan(work).inWords()).toBe("A pass over the memory of Round.");
  });

  it("finds in L2 what has just been in use and fits there, and leaves there what it writes", () => {
    const work = stream({ read: 2e6, written: 1e6, elements: 5e5 });
    const bytes = (some: StreamWork) => plannerOf(cached).plan(some).traffic?.().dram;
    expect(bytes(work)).toBe(2e6);
    expect(bytes({ ...work, warm: 1e6 })).toBe(1e6);
    expect(bytes({ ...work, warm: 2e6 })).toBe(0);
    expect(bytes(stream({ read: 20e6, written: 10e6, warm: 20e6 }))).toBe(30e6);
  });
});

describe("L2", () => {
  it("keeps all of what is half its size, half of what is its size, and nothing of what is half as large again", () => {
    const l2 = cached.cache.l2 as number;
    expect([0.25, 0.5, 1, 1.25, 1.5, 9].map((share) => keptInL2(share * l2, cached))).toEqual([1, 1, 0.5, 0.25, 0, 0]);
  });

  it("keeps nothing where a device's file names none", () => {
    expect(keptInL2(1, round)).toBe(0);
  });
});

describe("a kernel whose blocks reduce rows", () => {
  const norm = (rows: number, columns: number): RowsWork => normKernel(rows, columns, uniform("FP32"), 0);

  it("reads rows again from the DRAM where those in flight do not fit into L2", () => {
    // 16 blocks of 128 threads on each of 10 SMs: 160 rows of 64 KiB, read and written, are twice L2; of 8 KiB a quarter of it.
    const read = (columns: number) => plannerOf(cached).plan(norm(100_000, columns)).traffic?.().dram;
    expect(read(16384)).toBe(3 * 100_000 * 65_536);
    expect(read(2048)).toBe(2 * 100_000 * 8192);
    expect(plannerOf(cached).plan(norm(100_000, 16384)).inWords()).toBe(
      "100000 rows on Cached, 160 at a time, 128 threads each; each is read 2 times, of which L2 misses 100 %.".replace(
        "Cached",
        cached.name,
      ),
    );
  });

  it("of one row waits for its loads, and for each instruction after the other", () => {
    // 1024 elements by 128 threads, four at a time: two steps in each of two passes, from the DRAM; 550 instructions of each
    // thread and 20 for each of its eight elements, four clocks apart.
    expect(timeOf(norm(1, 1024))).toBeCloseTo(start + (4 * 600 + 4 * (550 + 8 * 20)) * 1e-9, 12);
  });
});

describe("a lookup", () => {
  it("reads each row that is taken once in whole sectors, writes it, and reads its index", () => {
    // One row of 33 bytes is two sectors.
    const gather = { kind: "gather", rows: 1, tableRows: 1, rowBytes: 33, indexBytes: 8, math: "FP32" } as const;
    expect(timeOf(gather)).toBeCloseTo(start + (64 + 33 + 8) / 870e9, 15);
  });

  it("of as many rows as the table has takes 1 - 1/e of them", () => {
    const gather = { kind: "gather", rows: 1e6, tableRows: 1e6, rowBytes: 32, indexBytes: 8, math: "FP32" } as const;
    const different = plannerOf(round).plan(gather).traffic?.().dram as number;
    expect((different - 40e6) / 32e6).toBeCloseTo(1 - 1 / Math.E, 5);
  });
});

describe("a call from a framework", () => {
  const call = { before: 15e-6, after: 13e-6 };

  it("takes as long as the host as long as the kernel is done before the host is", () => {
    const planner = plannerOf(round);
    const small = stream({ read: 870e3, elements: 1 });
    expect(timeCall(planner, [small], call).time).toBeCloseTo(28e-6, 12);
    expect(timeCall(planner, [stream({ read: 870e6 })], call).time).toBeCloseTo(15e-6 + 1e-3 + start, 12);
    expect(timeCall(planner, [small], call).limit().bottleneck).toBe("overhead");
    expect(timeCall(planner, [stream({ read: 870e6 })], call).limit()).toMatchObject({
      bottleneck: "memory",
      level: "DRAM",
    });
  });

  it("is another host's on AMD's runtime, and longer by its steps", () => {
    const { constants } = new Planner(round);
    expect(eagerCall(round, constants, 0)).toEqual(call);
    expect(eagerCall(round, constants, 2).before - call.before).toBeCloseTo(9.2e-6, 12);
    const amd = eagerCall({ ...round, vendor: "AMD" }, constants, 0);
    expect(amd.before).toBeCloseTo(13e-6, 12);
    expect(amd.after).toBe(4e-6);
  });
});

describe("on every device that can be planned for", () => {
  const extent = fc.integer({ min: 1, max: 65_536 });
  const spec = fc.constantFrom(...devices().filter((known) => isPlannable(known) && known.peak.FP16 !== undefined));
  const rowwise = fc.constantFrom(softmax, layerNorm, operator("sum"), operator("transpose"));
  const plan = (work: KernelWork, on: Parameters<typeof plannerOf>[0]): Plan => plannerOf(on).plan(work);

  it("more rows never take less time, nor does anything take less than its start", () => {
    fc.assert(
      fc.property(spec, rowwise, extent, extent, fc.integer({ min: 1, max: 1000 }), (on, one, rows, columns, more) => {
        const [few, many] = [rows, rows + more].map(
          (count) => plan(one.kernels([count, columns], uniform("FP16"))[0], on).time,
        );
        expect(many).toBeGreaterThanOrEqual(few * (1 - 1e-12));
        expect(few).toBeGreaterThan(start);
      }),
    );
  });

  it("data that have just been in use never make it slower", () => {
    fc.assert(
      fc.property(spec, extent, extent, (on, rows, columns) => {
        const cold = normKernel(rows, columns, uniform("FP16"), 0);
        expect(plan({ ...cold, warm: rows * cold.rowRead }, on).time).toBeLessThanOrEqual(plan(cold, on).time);
      }),
    );
  });

  it("a large copy lies within a third of the roofline, over it", () => {
    for (const on of devices().filter((known) => isPlannable(known) && known.peak.FP16 !== undefined)) {
      const asked = { kernel: "copy", shape: [1 << 30], precision: "FP16", device: on } as const;
      const ratio =
        predict({ ...asked, mode: "planner" }).predicted_time_us /
        predict({ ...asked, mode: "ideal" }).predicted_time_us;
      expect(ratio, on.key).toBeGreaterThan(1);
      expect(ratio, on.key).toBeLessThan(4 / 3);
    }
  });
});
