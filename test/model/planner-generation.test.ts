// What the architecture tells where a device's file states no more than the form requires.
import { describe, expect, it } from "vitest";
import { device, devices, loadDevice } from "../../src/hardware/index.js";
import {
  capability,
  hasTensorMemory,
  multicasts,
  processOf,
  typicalLanes,
} from "../../src/model/planner/generation.js";
import { planningMachine } from "../../src/model/planner/index.js";
import { issueRate, residentBlocks } from "../../src/model/planner/threads.js";

const gpus = devices().filter(({ kind, vendor }) => kind === "gpu" && vendor !== "Apple");
const bare = (architecture: string, type: string, vendor = "NVIDIA", more: object = {}) =>
  loadDevice({
    ...{ key: "bare", name: "Bare", vendor, kind: "gpu", architecture, aliases: [], sources: {}, unsure: [] },
    ...{ peak_tflops: { FP32: 15.36, FP16: 100 }, dram: { type, bandwidth_gb_s: 900, capacity_gb: 16 } },
    ...more,
  });

describe("a GPU's architecture", () => {
  it.each(gpus.map((spec) => [spec.name, spec] as const))("tells the generation and the lanes of %s", (_, spec) => {
    const less = { ...spec, computeCapability: undefined };
    const of = (text: string) => Math.floor(Number.parseFloat(text));
    expect(Math.floor(capability(less))).toBe(of(spec.computeCapability ?? "0"));
    if (spec.key === "gb10") return;
    expect(processOf({ ...spec, process: undefined })).toBe(spec.process);
    const lanes = spec.peak.FP32! / (2 * spec.sms! * spec.boostClock!);
    // The boost clock of the file and that of the peak differ by up to 8 %.
    expect(Math.abs(lanes / typicalLanes(less) - 1)).toBeLessThan(0.15);
  });

  it("tells nothing of a device of others, and of an unknown name", () => {
    expect(capability(bare("Hopper", "HBM3", "Me"))).toBe(0);
    expect(capability(bare("Rubin", "HBM4"))).toBe(0);
    expect(processOf(bare("Rubin", "HBM4"))).toBeUndefined();
  });

  it("is overruled by what the file states", () => {
    expect(capability(bare("Ampere", "LPDDR5", "NVIDIA", { compute_capability: "8.7" }))).toBe(8.7);
    expect(processOf(bare("Ampere", "HBM2e", "NVIDIA", { process_nm: 5 }))).toBe(5e-9);
  });
});

describe("a compute capability", () => {
  it.each([
    { capability: "8.9", tensorMemory: false, multicast: false },
    { capability: "9.0", tensorMemory: false, multicast: true },
    { capability: "10.3", tensorMemory: true, multicast: true },
    { capability: "11.0", tensorMemory: true, multicast: true },
    { capability: "12.1", tensorMemory: false, multicast: false },
  ])("$capability: tensor memory $tensorMemory, multicast $multicast", ({ capability, tensorMemory, multicast }) => {
    const spec = bare("Own", "HBM3", "NVIDIA", { compute_capability: capability });
    expect([hasTensorMemory(spec), multicasts(spec)]).toEqual([tensorMemory, multicast]);
  });
});

describe("a GPU's file without a clock, or without SMs", () => {
  it("has the clock at which its SMs reach the FP32 peak, and as many SMs as reach it", () => {
    // Volta: 64 lanes, a multiply-add each: 15.36e12 / (2 * 64 * 80) = 1.5e9.
    expect(planningMachine(bare("Volta", "HBM2", "NVIDIA", { sms: 80 }), "FP16").clock).toBe(1.5e9);
    expect(planningMachine(bare("Volta", "HBM2"), "FP16").sms).toBe(80);
    expect(planningMachine(bare("Ada", "GDDR6"), "FP16").sms).toBe(40);
  });

  it("has FP32 on the matrix cores of CDNA and CDNA 2, at twice the rate of the vector units", () => {
    const mi = (FP32: number) =>
      planningMachine(
        bare("CDNA 2", "HBM2e", "AMD", { sms: 104, boost_clock_mhz: 1700, peak_tflops: { FP32 } }),
        "FP32",
      );
    expect(mi(22.6)).toMatchObject({ tensor: true, smRate: (2 * 22.6e12) / 104 });
    // Stated as the peak itself: 128 lanes an SM, where there are 64.
    expect(mi(45.3)).toMatchObject({ tensor: true, smRate: 45.3e12 / 104 });
  });

  it("says what is supposed", () => {
    const { supposed } = planningMachine(bare("Volta", "HBM2", "NVIDIA", { tdp_w: 250 }), "FP16");
    expect(supposed).toEqual([
      "no sms, so 80 of 64 FP32 lanes are supposed",
      "no boost_clock_mhz, so 1500 MHz is supposed",
      "no process_nm, so 12 nm is supposed",
      "no compute_capability, so 7.0 is supposed",
    ]);
    expect(planningMachine(device("v100"), "FP16").supposed).toEqual([]);
  });
});

describe("the limits of an SM that a file leaves out", () => {
  const nvidia = gpus.filter(({ limits }) => limits !== undefined);
  it.each(nvidia.map((spec) => [spec.name, spec] as const))("are supposed as %s has them", (_, spec) => {
    const less = { ...spec, limits: undefined };
    for (const threads of [64, 128, 256, 1024]) {
      expect(residentBlocks(less, threads)).toBe(residentBlocks(spec, threads));
    }
    expect(issueRate(planningMachine(less, "FP32"))).toBe(issueRate(planningMachine(spec, "FP32")));
  });
});
