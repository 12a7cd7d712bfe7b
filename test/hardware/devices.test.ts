import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generateDevices } from "../../scripts/generate-devices.mjs";
import { InputError } from "../../src/core/errors.js";
import { precisions } from "../../src/core/precision.js";
import { device, devices, loadDevice, refuseSharedNames, spellings, takenNames } from "../../src/hardware/index.js";

const files = readdirSync("hardware").filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"));
const read = (name: string) => JSON.parse(readFileSync(`hardware/${name}`, "utf8"));

describe.each(files)("hardware/%s", (name) => {
  const file = read(name);

  it("satisfies the schema, and is named by its key", () => {
    expect(`${loadDevice(file, name).key}.json`).toBe(name);
  });

  it("names a source for every figure", () => {
    const words = ["$schema", "key", "name", "vendor", "kind", "architecture", "aliases", "sources", "unsure"];
    const unsourced = leaves(file)
      .filter((path) => !words.includes(path.split(".")[0]))
      .filter((path) => !path.split(".").some((_, i, steps) => steps.slice(0, i + 1).join(".") in file.sources));
    expect(unsourced).toEqual([]);
  });

  it("says which of two contradicting figures it uses", () => {
    for (const { note } of file.unsure) expect(note).toMatch(/Used: /);
  });
});

it("the schema knows every precision", () => {
  const { $defs } = read("device.schema.json");
  expect(Object.keys($defs.perPrecision.properties)).toEqual([...precisions]);
});

describe("the catalogue", () => {
  it("has the three devices of the first tour", () => {
    expect(devices().map(({ key }) => key)).toEqual(expect.arrayContaining(["a100-pcie-80gb", "gb10", "h100-sxm"]));
  });

  it("is what the files say now", async () => {
    expect((await generateDevices()).changed).toBe(false);
    expect(devices().map(({ key }) => `${key}.json`)).toEqual(files.toSorted());
  });

  it("spells no two devices alike", () => {
    const all = devices().flatMap((spec) => spellings(spec).map((spelling) => spelling.toLowerCase()));
    expect(all).toEqual([...new Set(all)]);
  });

  it.each([
    ["b10", "gb10"],
    ["GB10", "gb10"],
    ["a100", "a100-pcie-80gb"],
    ["A100-PCIE-80GB", "a100-pcie-80gb"],
    ["h100", "h100-sxm"],
    ["NVIDIA H100 80GB HBM3", "h100-sxm"],
  ])("finds %s as %s", (name, key) => {
    expect(device(name).key).toBe(key);
  });

  it("gives a device back as it is, and refuses what is none", () => {
    expect(device(device("h100"))).toBe(device("h100"));
    expect(() => device({} as never)).toThrow("a device is a name or what loadDevice() made, got {}");
  });

  it("names the nearest device, and all", () => {
    expect(() => device("h1000")).toThrow(InputError);
    expect(() => device("h1000")).toThrow(
      /unknown device "h1000"\nDid you mean "h100"\? Known: a10, a100-pcie-40gb, .*xeon-8480/,
    );
  });

  it("prefers a device of one's own", () => {
    const own = loadDevice({ ...read("h100-sxm.json"), name: "mine" });
    expect(device("h100", [own]).name).toBe("mine");
  });
});

describe("the figures, in SI units", () => {
  it("A100 PCIe 80 GB", () => {
    const a100 = device("a100");
    expect(a100.peak.FP32).toBeCloseTo(19.5e12);
    expect(a100.dram.bandwidth).toBe(1935e9);
    expect(a100.sms).toBe(108);
    expect(a100.cache.l1SharedPerSm).toBe(192 * 1024);
    expect(a100.cache.l2).toBe(40 * 1024 * 1024);
    expect(a100.peak.FP8_E4M3).toBeUndefined();
    expect(a100.computeCapability).toBe("8.0");
  });

  it("GB10 states a peak for every precision", () => {
    expect(Object.keys(device("gb10").peak).sort()).toEqual([...precisions].sort());
    expect(device("gb10").efficiency["gemv"].FP8_E4M3).toBe(1.68);
  });

  it("cannot be changed", () => {
    expect(() => Object.assign(device("h100").dram, { bandwidth: 1 })).toThrow(TypeError);
  });
});

describe("loadDevice", () => {
  const good = read("a100-pcie-80gb.json");
  const without = (field: string) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));

  it("reads text, and points into it", () => {
    expect(loadDevice(JSON.stringify(good)).key).toBe("a100-pcie-80gb");
    expect(() => loadDevice('{ "key": }', "mine.json")).toThrow("mine.json, line 1, column 10: not valid JSON");
  });

  it.each([
    [[], "device: must be an object"],
    [without("dram"), "device: dram: is missing"],
    [{ ...good, key: "A 100" }, 'device: key: "A 100" does not have the form'],
    [{ ...good, kind: "fpga" }, 'device: kind: must be "gpu", "tpu", "cpu" or "asic", got "fpga"'],
    [{ ...good, peak_tflops: { FP32: -1 } }, "device: peak_tflops.FP32: must be more than 0, got -1"],
    [{ ...good, peak_tflops: { FP33: 1 } }, "device: peak_tflops.FP33: unknown field\nDid you mean"],
    [{ ...good, peak_tflops: {} }, "device: peak_tflops: states no peak"],
    [{ ...good, dram: { ...good.dram, bandwith_gb_s: 1 } }, "device: dram.bandwith_gb_s: unknown field"],
    [{ ...good, limits: { ...good.limits, warps_per_sm: 48 } }, "device: limits.threads_per_sm: 2048 is not 48 warps"],
    [{ ...good, cache: { ...good.cache, shared_kib_per_block: 200 } }, "device: cache.shared_kib_per_block: 200 does"],
    [{ ...good, sources: { "dram.speed": "x" } }, 'device: sources: "dram.speed" is no figure of this file'],
  ])("names the field that is wrong (%#)", (json, message) => {
    expect(() => loadDevice(json)).toThrow(InputError);
    expect(() => loadDevice(json)).toThrow(message);
  });

  it("takes a device that is no GPU", () => {
    const { limits, cache, sms, compute_capability, ...rest } = good;
    void [limits, cache, sms, compute_capability];
    const sources = { peak_tflops: "a data sheet", dram: "a data sheet" };
    const tpu = loadDevice({ ...rest, key: "tpu", kind: "tpu", sources, unsure: [] });
    expect(tpu.limits).toBeUndefined();
  });
});

function leaves(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

describe("devices of one's own", () => {
  const own = (fields: object) => loadDevice({ ...read("a100-pcie-80gb.json"), ...fields });

  it("are found under a name that a device of warplab has, which is to be said", () => {
    const mine = own({ key: "mine", name: "Mine", aliases: ["H100", "new"] });
    expect(device("h100", [mine]).key).toBe("mine");
    expect(takenNames([mine]).map(({ name, from, to }) => [name, from.key, to.key])).toEqual([
      ["H100", "h100-sxm", "mine"],
    ]);
  });

  it("may not share a name", () => {
    const twins = [own({ key: "one", name: "One", aliases: ["x"] }), own({ key: "two", name: "Two", aliases: ["X"] })];
    expect(() => refuseSharedNames(twins)).toThrow(InputError);
    expect(() => refuseSharedNames(twins)).toThrow('device two: "X" is also a name of one');
  });

  it("take the place of the device that has their key", () => {
    const mine = own({ sms: 4 });
    expect(takenNames([mine])).toEqual([]);
    expect(device("a100", [mine]).sms).toBe(4);
  });
});
