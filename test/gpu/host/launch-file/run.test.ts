import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runLaunchFile } from "../../../../src/gpu/host/index.js";
import { plainBlockSum, plainMandelbrot, plainMatmul, plainSaxpy } from "../../kernels.js";

const ptx = readFileSync(new URL("../nvcc/kernels.ptx", import.meta.url), "utf8");
const readFile = (path: string): string => {
  if (path !== "kernels.ptx") throw new Error(path);
  return ptx;
};
const run = (launch: Record<string, unknown>) => runLaunchFile({ ptx: "kernels.ptx", ...launch }, { readFile });
const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const floats = (output: { base64: string }) => new Float32Array(bytes(output.base64).buffer);
const numbers = Float32Array.from({ length: 1000 }, (_, i) => Math.fround(Math.sin(i)));

describe.each(["stack", "lowest-pc", "independent"])("kernels that nvcc compiled run as they are (%s)", (policy) => {
  it("saxpy", () => {
    const y = numbers.map((value) => value / 3);
    const { outputs, counters, findings } = run({
      kernel: "saxpy",
      grid: [4, 1, 1],
      block: [256, 1, 1],
      policy,
      args: [
        { i32: 1000 },
        { f32: 1.5 },
        { ptr: { dtype: "f32", data: [...numbers] } },
        { ptr: { dtype: "f32", data: [...y] } },
      ],
      outputs: [3],
    });
    expect(findings).toEqual([]);
    expect(floats(outputs["3"])).toEqual(plainSaxpy(1.5, numbers, y));
    expect(counters).toMatchObject({ flop_f32: 2000, global_store_sectors: 125 });
  });

  it("a reduction in shared memory", () => {
    const base64 = Buffer.from(numbers.buffer).toString("base64");
    const { outputs } = run({
      kernel: "blockSum",
      grid: 4,
      block: 256,
      policy,
      args: [{ i32: 1000 }, { ptr: { dtype: "f32", base64 } }, { ptr: { dtype: "f32", count: 4 } }],
      outputs: [2],
    });
    expect(floats(outputs["2"])).toEqual(plainBlockSum(numbers));
  });

  it("a tiled matrix product", () => {
    const [a, b] = [numbers.slice(0, 900), numbers.slice(100, 1000)];
    const { outputs } = run({
      kernel: "matmul",
      grid: [2, 2, 1],
      block: [16, 16, 1],
      policy,
      args: [
        { i32: 30 },
        { ptr: { dtype: "f32", data: [...a] } },
        { ptr: { dtype: "f32", data: [...b] } },
        { ptr: { dtype: "f32", count: 900, fill: 7 } },
      ],
      outputs: [3],
    });
    expect(floats(outputs["3"])).toEqual(plainMatmul(30, a, b));
  });

  it("a Mandelbrot set", () => {
    const { outputs } = run({
      kernel: "mandelbrot",
      grid: [3, 3, 1],
      block: [16, 16, 1],
      policy,
      args: [{ i32: 40 }, { i32: 200 }, { ptr: { dtype: "i32", count: 1600 } }],
      outputs: [2],
    });
    expect(new Int32Array(bytes(outputs["2"].base64).buffer)).toEqual(plainMandelbrot(40, 200));
  });

  it("a histogram with atomics in shared and global memory", () => {
    const values = Array.from({ length: 3000 }, (_, i) => Math.imul(i, 2654435761) >>> 20);
    const { outputs } = run({
      kernel: "histogram",
      grid: 4,
      block: 256,
      policy,
      args: [{ i32: 3000 }, { ptr: { dtype: "u32", data: values } }, { ptr: { dtype: "u32", count: 256 } }],
      outputs: [2],
    });
    const bins = new Array(256).fill(0);
    for (const value of values) bins[value & 255]++;
    expect([...new Uint32Array(bytes(outputs["2"].base64).buffer)]).toEqual(bins);
  });

  it("a sum by shuffles", () => {
    const { outputs } = run({
      kernel: "warpSum",
      grid: 1,
      block: 64,
      policy,
      args: [
        { ptr: { dtype: "f32", data: Array.from({ length: 64 }, (_, i) => i) } },
        { ptr: { dtype: "f32", count: 2 } },
      ],
      outputs: [1],
    });
    expect([...floats(outputs["1"])]).toEqual([496, 1520]);
  });
});

const saxpy = {
  kernel: "saxpy",
  grid: 1,
  block: 32,
  args: [{ i32: 4 }, { f32: 2 }, { ptr: { dtype: "f32", data: [1, 2, 3, 4] } }, { ptr: { dtype: "f32", count: 4 } }],
  outputs: [3],
};

describe("a launch file", () => {
  it("refers to earlier arrays, with an offset in bytes", () => {
    const args = [{ i32: 2 }, { f32: 1 }, { ptr: { dtype: "f32", data: [1, 2, 3, 4] } }, { ref: 2, offset: 8 }];
    const { outputs } = run({ ...saxpy, args, outputs: [2] });
    expect([...floats(outputs["2"])]).toEqual([1, 2, 4, 6]);
  });

  it("reports a fault as a finding, with the outputs as they stood", () => {
    const args = [
      { i32: 6 },
      { f32: 1 },
      { ptr: { dtype: "f32", count: 6, fill: 5 } },
      { ptr: { dtype: "f32", count: 4 } },
    ];
    const { outputs, findings } = run({ ...saxpy, args });
    expect(findings).toMatchObject([
      { kind: "out-of-bounds", line: 5, block: [0, 0, 0], thread: [4, 0, 0], allocation: "argument 3" },
    ]);
    expect([...floats(outputs["3"])]).toEqual([0, 0, 0, 0]);
  });

  it("leaves the counters out where it is told to", () => {
    expect(run({ ...saxpy, counters: false })).not.toHaveProperty("counters");
  });

  const change = (index: number, argument: unknown) => saxpy.args.map((old, i) => (i === index ? argument : old));
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["an unknown field", { girth: 3 }, /^girth: unknown field\nDid you mean "grid"|^girth: unknown field/],
    ["no kernel", { kernel: undefined }, /^kernel: is missing\nWrite "kernel": "name"/],
    ["no PTX", { ptx: undefined }, /^ptx: is missing\nWrite "ptx": "kernels\.ptx"/],
    ["a kernel that is not there", { kernel: "saxpi" }, /^kernel: kernels\.ptx has no kernel "saxpi"\nIt has "saxpy"/],
    ["a grid of nothing", { grid: [0, 1, 1] }, /grid must be whole numbers of at least 1/],
    ["an unknown device", { device: "a1000" }, /unknown device "a1000"/],
    [
      "too few arguments",
      { args: [{ i32: 4 }] },
      /^args: kernel "saxpy" takes 4 arguments, found 1\nIts parameters: saxpy_param_0 \(\.u32, 4 bytes\)/,
    ],
    [
      "a dtype that does not exist",
      { args: change(2, { ptr: { dtype: "f23", count: 4 } }) },
      /^args\[2\]\.ptr\.dtype: unknown dtype "f23"/,
    ],
    ["an array of no dtype", { args: change(2, { ptr: { count: 4 } }) }, /^args\[2\]\.ptr\.dtype: is missing\nWrite/],
    [
      "an array that is new and an earlier one",
      { args: change(3, { ptr: { dtype: "f32", count: 4 }, ref: 2 }) },
      /^args\[3\]: is an array of its own or an earlier one, not both/,
    ],
    [
      "data and count at once",
      { args: change(2, { ptr: { dtype: "f32", count: 4, data: [1] } }) },
      /^args\[2\]\.ptr: needs one of data, base64 or count/,
    ],
    [
      "text where a number belongs",
      { args: change(2, { ptr: { dtype: "f32", data: [1, "x"] } }) },
      /^args\[2\]\.ptr\.data\[1\]: "x" is no f32/,
    ],
    [
      "bytes that are no base64",
      { args: change(2, { ptr: { dtype: "f32", base64: "%" } }) },
      /^args\[2\]\.ptr\.base64: is no base64/,
    ],
    [
      "a scalar of the wrong size",
      { args: change(0, { i64: 4 }) },
      /^args\[0\]: has 8 bytes where parameter saxpy_param_0 has 4/,
    ],
    [
      "a number that does not fit",
      { args: change(0, { i32: 5_000_000_000 }) },
      /^args\[0\]\.i32: 5000000000 is not a whole number from/,
    ],
    [
      "a reference to what comes later",
      { args: change(2, { ref: 3 }) },
      /^args\[2\]\.ref: argument 3 is no earlier ptr/,
    ],
    ["an output that is no array", { outputs: [0] }, /^outputs\[0\]: argument 0 is no array/],
    [
      "an unknown policy",
      { policy: "fair" },
      /^policy: unknown policy "fair"\nKnown: "stack", "lowest-pc" or "independent"/,
    ],
    [
      "an unknown scheduler",
      { scheduler: "fair" },
      /^scheduler: unknown scheduler "fair"\nKnown: "default", "round-robin"/,
    ],
    ["a seed that nobody draws from", { seed: 1 }, /only the scheduler random draws from a seed/],
    ["a seed that is none", { scheduler: "random", seed: 0.5 }, /^seed: must be a whole number from 0 on/],
    ["a word for cooperative", { cooperative: "yes" }, /^cooperative: must be true or false/],
    ["registers that no thread has", { registers_per_thread: 300 }, /a thread takes 1 to 255 registers/],
    [
      "a cooperative grid that the device does not hold",
      { cooperative: true, grid: 5000 },
      /a cooperative grid of 5000 blocks, where A100 PCIe 80 GB holds \d+ at a time/,
    ],
    [
      "the compiled engine, which does not exist yet",
      { engine: "compiled" },
      /^engine: there is no compiled engine yet/,
    ],
  ])("is refused for %s, with the field", (_, extra, message) => {
    expect(() => run({ ...saxpy, ...extra })).toThrow(message);
  });

  it("runs in the order that it asks for, and answers with its occupancy", () => {
    const plain = run(saxpy);
    for (const scheduler of ["round-robin", "greedy-then-oldest", "random"]) {
      const { outputs, counters } = run({ ...saxpy, scheduler, ...(scheduler === "random" ? { seed: 5 } : {}) });
      expect([outputs, counters]).toEqual([plain.outputs, plain.counters]);
    }
    expect(run({ ...saxpy, block: 512, registers_per_thread: 64 }).occupancy).toEqual({
      active_blocks_per_sm: 2,
      active_warps_per_sm: 32,
      max_warps_per_sm: 64,
      occupancy: 0.5,
      limiter: "registers",
      registers_per_thread: 64,
      registers_from: "stated",
      shared_bytes_per_block: 0,
      waves: 1,
      last_wave: 1 / 216,
    });
  });

  it("takes what JSON cannot say of numbers as text", () => {
    const args = [
      { i32: 4 },
      { f32: "Infinity" },
      { ptr: { dtype: "f32", data: [1, "NaN", "-Infinity", 0] } },
      { ptr: { dtype: "f32", count: 4 } },
    ];
    expect([...floats(run({ ...saxpy, args }).outputs["3"])]).toEqual([Infinity, NaN, -Infinity, NaN]);
  });

  // Stores its two 16-bit parameters; nvcc declares a __half as two bytes.
  const halves = `.version 7.8
    .target sm_80
    .address_size 64
    .visible .entry k(.param .b16 a, .param .align 2 .b8 b[2], .param .u64 out) {
      .reg .b16 %rs<3>; .reg .b64 %rd<2>;
      ld.param.b16 %rs1, [a]; ld.param.b16 %rs2, [b]; ld.param.u64 %rd1, [out];
      st.global.b16 [%rd1], %rs1; st.global.b16 [%rd1+2], %rs2; ret;
    }`;
  const runHalves = (a: unknown, b: unknown) => {
    const args = [a, b, { ptr: { dtype: "u16", count: 2 } }];
    const launch = { ptx: "k.ptx", kernel: "k", grid: 1, block: 1, args, outputs: [2] };
    return new Uint16Array(bytes(runLaunchFile(launch, { readFile: () => halves }).outputs["2"].base64).buffer);
  };

  it("writes f16 and bf16 as two bytes, rounded to nearest even", () => {
    expect([...runHalves({ f16: 1.5 }, { bf16: -2 })]).toEqual([0x3e00, 0xc000]);
    expect([...runHalves({ f16: 2049 }, { bf16: 257 })]).toEqual([0x6800, 0x4380]);
    expect([...runHalves({ f16: "NaN" }, { bf16: "-Infinity" })]).toEqual([0x7fff, 0xff80]);
  });

  it.each<[string, unknown, RegExp]>([
    ["text that is no number", { f16: "one" }, /^args\[0\]\.f16: "one" is no f16$/],
    ["a list", { bf16: [1] }, /^args\[0\]\.bf16: a list is not a number, as bf16 needs$/],
    ["a misspelt type", { bf1: 1 }, /^args\[0\]\.bf1: unknown field\nDid you mean "bf16"/],
  ])("refuses %s for a half", (_, argument, message) => {
    expect(() => runHalves(argument, { f16: 0 })).toThrow(message);
  });
});
