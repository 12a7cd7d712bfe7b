import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";

const gpu = new VirtualGPU("h100");
const head = ".version 7.8\n.target sm_80\n.address_size 64\n";
const good = ".visible .entry good() { ret; }\n";
const bad = ".visible .entry bad() {\n  brkpt;\n  ret;\n}\n";
const refusal = /PTX of kernel "bad", line \d, column 3: instruction "brkpt" is not supported\n {6}brkpt/;

describe("a module of PTX", () => {
  it("runs its other kernels where one is not supported", () => {
    const module = gpu.load(head + bad + good);
    expect(module.kernels).toEqual(["bad", "good"]);
    expect(inspect(module)).toBe("PTX 7.8 for sm_80: bad (not supported), good");
    expect(gpu.launch(module.kernel("good"), { grid: 1, block: 32 }, []).counters.warp_instructions).toBe(1);
  });

  it("refuses a kernel that is not supported when it is asked for, by name and line", () => {
    const module = gpu.load(head + good + bad);
    expect([...module.unsupported.keys()]).toEqual(["bad"]);
    expect(() => module.kernel("bad")).toThrow(refusal);
    expect(() => module.kernel("bad")).toThrow(InputError);
  });

  it("is refused as it is loaded where none of its kernels is supported", () => {
    expect(() => gpu.load(head + bad)).toThrow(refusal);
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ["a kernel that is not there", head + good, "god", /the PTX has no kernel "god"\nIt has "good"/],
    ["no name where there are several", head + good + bad, undefined, /which kernel\?\nIt has "good" or "bad"/],
    ["any kernel of a module without", head, "good", /the PTX has no kernel "good"\nIt has no \.entry at all/],
  ])("refuses %s", (_, text, name, message) => {
    const module = gpu.load(text);
    expect(() => module.kernel(name)).toThrow(message);
  });
});
