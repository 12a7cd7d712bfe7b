// The planner: laws that hold for every device and shape, and figures that were measured elsewhere.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Precision } from "../../src/core/precision.js";
import { device, devices, loadDevice } from "../../src/hardware/index.js";
import { type MatmulWork, predict, uniform } from "../../src/model/index.js";
import {
  cheapestMatmul,
  isPlannable,
  limitOf,
  matmulCandidates,
  planMatmul,
  planningMachine,
  powerTime,
} from "../../src/model/planner/index.js";

const extent = fc.integer({ min: 1, max: 16384 });
const plannable = devices().filter(isPlannable);
const question = fc.constantFrom(...plannable).chain((spec) =>
  fc.record({
    spec: fc.constant(spec),
    precision: fc.constantFrom(...(Object.keys(spec.peak) as Precision[])),
    batch: fc.integer({ min: 1, max: 64 }),
    m: extent,
    n: extent,
    k: extent,
  }),
);

function productIn(precision: Precision, extents: Partial<MatmulWork> & Pick<MatmulWork, "m" | "n" | "k">): MatmulWork {
  return { kind: "matmul", batch: 1, ...extents, formats: uniform(precision) };
}

describe("a device's own launch overhead", () => {
  it("stands in place of that of all devices, kernel by kernel", () => {
    const asked = { kernel: "gemm", shape: [512, 512, 512], precision: "FP16", mode: "planner" } as const;
    const spec = device("a100");
    const [slow, quick] = [5e-6, 0].map((launchOverhead) => predict({ ...asked, device: { ...spec, launchOverhead } }));
    expect(slow.predicted_time_us - quick.predicted_time_us).toBeCloseTo(5);
    expect(predict({ ...asked, device: spec }).predicted_time_us).toBeLessThan(slow.predicted_time_us);
  });
});

describe("a plan", () => {
  it("is never faster than the roofline", () => {
    fc.assert(
      fc.property(question, ({ spec, precision, m, n, k }) => {
        const asked = { kernel: "gemm", shape: [m, n, k], precision, device: spec } as const;
        const planned = predict({ ...asked, mode: "planner" }).predicted_time_us;
        expect(planned).toBeGreaterThan(predict({ ...asked, mode: "ideal" }).predicted_time_us);
      }),
    );
  });

  it("is the cheapest of its candidates", () => {
    fc.assert(
      fc.property(question, ({ spec, precision, ...extents }) => {
        const machine = planningMachine(spec, precision);
        const product = productIn(precision, extents);
        const candidates = matmulCandidates(machine, product);
        expect(cheapestMatmul(machine, product)).toEqual(candidates[0]);
        for (const { blocks, waves, splitK, tile } of candidates) {
          expect(waves).toBe(Math.ceil(blocks / machine.sms));
          const [tm, tn] = tile;
          expect(blocks).toBe(product.batch * Math.ceil(product.m / tm) * Math.ceil(product.n / tn) * splitK);
        }
      }),
    );
  });

  it("takes no less time for a larger product, whole tiles added", () => {
    fc.assert(
      fc.property(question, ({ spec, precision, ...extents }) => {
        const machine = planningMachine(spec, precision);
        const product = productIn(precision, extents);
        const larger = { ...product, batch: product.batch * 2 };
        expect(cheapestMatmul(machine, larger).time).toBeGreaterThanOrEqual(cheapestMatmul(machine, product).time);
      }),
    );
  });

  it.each([
    { m: 1, n: 64, k: 64, bound: "overhead" },
    { m: 1, n: 16384, k: 16384, bound: "memory" },
    { m: 8192, n: 8192, k: 8192, bound: "compute" },
  ])("of $m x $n x $k on an H100 is bound by $bound", ({ bound, ...extents }) => {
    const machine = planningMachine(device("h100"), "BF16");
    expect(limitOf([planMatmul(machine, productIn("BF16", extents))]).bottleneck).toBe(bound);
  });

  it("splits K where the tiles are too few for the SMs", () => {
    const machine = planningMachine(device("a100-sxm-80gb"), "FP16");
    expect(cheapestMatmul(machine, productIn("FP16", { m: 256, n: 256, k: 16384 })).splitK).toBeGreaterThan(1);
    expect(cheapestMatmul(machine, productIn("FP16", { m: 8192, n: 8192, k: 1024 })).splitK).toBe(1);
  });

  it("holds a 70 W card below what its SMs could do, and says so", () => {
    const { notes, predicted_tflops } = predict({
      kernel: "gemm",
      shape: [4096, 4096, 4096],
      precision: "FP32",
      device: "t4",
    });
    expect(notes[0]).toContain("the power limit of T4 holds it back");
    // DeepBench measured 3.5 to 4.7 TFLOP/s of large FP32 products on a T4, whose peak is 8.1.
    expect(predicted_tflops).toBeGreaterThan(3.5);
    expect(predicted_tflops).toBeLessThan(4.7);
  });

  // The best over many shapes that ml-engineering's "maximum achievable matmul FLOPS" found, in TFLOP/s.
  it.each([
    { device: "a100-sxm-80gb", precision: "BF16", shape: [1024, 10240, 5120], measured: 271.2 },
    { device: "a100-pcie-80gb", precision: "BF16", shape: [2048, 5120, 6144], measured: 252.9 },
    { device: "h100-sxm", precision: "BF16", shape: [2048, 2048, 13312], measured: 794.5 },
    { device: "b200", precision: "BF16", shape: [1792, 16128, 3072], measured: 1745 },
  ] as const)("reaches what was measured on $device within 25 %", ({ measured, ...asked }) => {
    const { predicted_tflops } = predict({ kernel: "gemm", ...asked, mode: "planner" });
    expect(Math.abs(predicted_tflops / measured - 1)).toBeLessThan(0.25);
  });
});

describe("a device's file that leaves figures out", () => {
  const file = {
    key: "bare",
    name: "Bare",
    vendor: "Me",
    kind: "gpu",
    architecture: "Own",
    aliases: [],
    sms: 40,
    peak_tflops: { FP16: 65 },
    dram: { type: "GDDR6", bandwidth_gb_s: 320, capacity_gb: 16 },
    sources: {},
    unsure: [],
  };
  const planOn = (more: object) =>
    planMatmul(
      planningMachine(loadDevice({ ...file, ...more }), "FP16"),
      productIn("FP16", { m: 4096, n: 4096, k: 4096 }),
    );

  it("is planned for, with what is supposed in words", () => {
    expect(planOn({}).inWords()).toMatch(
      / The file of Bare states no boost_clock_mhz, so 1500 MHz is supposed, and no tdp_w, so no power limit is reckoned with\.$/,
    );
    expect(planOn({ boost_clock_mhz: 1500, tdp_w: 70 }).inWords()).toMatch(
      / The file of Bare states no process_nm, so 7 nm is supposed\.$/,
    );
    expect(planOn({ boost_clock_mhz: 1500, tdp_w: 70, process_nm: 12 }).inWords()).not.toMatch(/supposed/);
  });

  it("is planned for as if the file had said what is supposed", () => {
    expect(planOn({}).time).toBe(planOn({ boost_clock_mhz: 1500 }).time);
    expect(planOn({ tdp_w: 70 }).time).toBe(planOn({ tdp_w: 70, process_nm: 7 }).time);
  });

  it("has as many SMs as the FP32 peak of a GPU needs", () => {
    const { sms: _, ...less } = file;
    const boost_clock_mhz = 1000;
    // 128 lanes, a multiply-add each, at 1 GHz: 0.256 TFLOP/s an SM.
    const peak_tflops = { FP32: 2.56, FP16: 65 };
    const plan = (sms: object) => planOn({ ...less, boost_clock_mhz, peak_tflops, ...sms });
    const without = planMatmul(
      planningMachine(loadDevice({ ...less, boost_clock_mhz, peak_tflops }), "FP16"),
      productIn("FP16", { m: 4096, n: 4096, k: 4096 }),
    );
    expect(without.time).toBe(plan({ sms: 10 }).time);
    expect(without.inWords()).toMatch(
      / on 10 SMs .* states no sms, so 10 of 128 FP32 lanes are supposed, and no tdp_w/,
    );
  });

  it("has no plan without SMs where nothing tells their number", () => {
    const { sms: _, ...less } = file;
    expect(() => planningMachine(loadDevice(less), "FP16")).toThrow(
      "Bare states no sms, which the planner needs\nAdd it to the device's file, or ask for the ideal mode.",
    );
  });
});

describe("products of matrices on units of their own", () => {
  it("go at the peak of matrix cores where the file states one", () => {
    expect(planningMachine(device("mi100"), "FP32")).toMatchObject({ tensor: true, smRate: 46.1e12 / 120 });
    expect(planningMachine(device("v100"), "FP32")).toMatchObject({
      tensor: false,
      smRate: device("v100").peak.FP32! / 80,
    });
  });

  it("go four at a time through the FP32 units where a library keeps INT8 off tensor cores", () => {
    const t4 = device("t4");
    expect(planningMachine(t4, "INT8", undefined, "scalar").smRate).toBe((4 * t4.peak.FP32!) / t4.sms!);
  });
});

describe("products of batches", () => {
  const tilesOf = (name: string, batch: number): string[] => {
    const machine = planningMachine(device(name), "FP32");
    const candidates = matmulCandidates(machine, productIn("FP32", { batch, m: 384, n: 256, k: 384 }));
    return [...new Set(candidates.map(({ tile }) => tile.join(" x ")))].sort();
  };

  it("have one tile in FP32 on Ampere, as the names of its library's kernels say", () => {
    expect(tilesOf("a100", 96)).toEqual(["128 x 128"]);
    expect(tilesOf("a100", 1).length).toBeGreaterThan(1);
    expect(tilesOf("t4", 96)).not.toContain("128 x 128");
    expect(tilesOf("h100", 96).length).toBeGreaterThan(1);
  });

  it("keep the tile of one product on AMD's devices", () => {
    const machine = planningMachine(device("mi100"), "FP32");
    const single = productIn("FP32", { m: 384, n: 256, k: 384 });
    const unsplit = cheapestMatmul(machine, single, { splits: [1] });
    expect(cheapestMatmul(machine, { ...single, batch: 1000 }).tile).toEqual(unsplit.tile);
  });
});

describe("the power limit", () => {
  it("holds a long kernel down further than a short one", () => {
    const machine = planningMachine(device("l4"), "FP32");
    const { powerReserve } = machine.constants;
    const rate = (operations: number): number => operations / powerTime(machine, operations);
    expect(rate(1e6) / rate(1e15)).toBeCloseTo(1 + powerReserve, 3);
    fc.assert(
      fc.property(fc.double({ min: 6, max: 15, noNaN: true }), (digits) => {
        expect(powerTime(machine, 1.1 * 10 ** digits)).toBeGreaterThan(powerTime(machine, 10 ** digits));
      }),
    );
  });
});

describe("the main loop outside tensor cores", () => {
  it("shares its issue slots where an SM has a lane of FP32 for every one of them", () => {
    const { scalarLoop } = planningMachine(device("h100"), "FP32").constants;
    expect(planningMachine(device("h100"), "FP32").loopShare).toBe(scalarLoop.shared);
    expect(planningMachine(device("a100"), "FP32").loopShare).toBe(scalarLoop.free);
    expect(planningMachine(device("p4"), "FP32").loopShare).toBe(scalarLoop.shared);
    expect(planningMachine(device("p100"), "FP32").loopShare).toBe(scalarLoop.free);
  });
});

describe("a product with scales by blocks", () => {
  const product = productIn("FP8_E4M3", { m: 4096, n: 4096, k: 4096 });

  it("has them applied outside the tensor cores before compute capability 10.0", () => {
    const h100 = planningMachine(device("h100"), "FP8_E4M3");
    const scaled = cheapestMatmul(h100, { ...product, scaleBlock: 128 });
    const [tm, tn] = scaled.tile;
    expect(tn).toBeLessThanOrEqual(128);
    expect(scaled.splitK).toBe(1);
    const plain = matmulCandidates(h100, product).find(
      ({ tile, splitK }) => tile[0] === tm && tile[1] === tn && splitK === 1,
    )!;
    // Two instructions for each element of a tile and each of 32 blocks of K, on 128 lanes.
    const scaling = (scaled.waves * tm * tn * 32 * 2) / (128 * h100.clock);
    expect(scaled.resources.compute).toBeCloseTo(plain.resources.compute + scaling, 12);
  });

  it("has them applied by the tensor cores from then on", () => {
    const b200 = planningMachine(device("b200"), "FP8_E4M3");
    expect(cheapestMatmul(b200, { ...product, scaleBlock: 128 })).toEqual(cheapestMatmul(b200, product));
  });
});
