// Variables of a module in global and constant memory, in PTX that nvcc made and in hand-written PTX.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { f32, i32, u32 } from "../../../src/core/dtype.js";
import { runLaunchFile, VirtualGPU } from "../../../src/gpu/host/index.js";

const compiled = readFileSync(new URL("nvcc/variables.ptx", import.meta.url), "utf8");
const head = ".version 7.8\n.target sm_80\n.address_size 64\n";
const shape = { grid: 1, block: 1 } as const;

describe("compiled by nvcc", () => {
  it("reads constants as they are initialised, and as the host sets them", () => {
    const gpu = new VirtualGPU("a100");
    const module = gpu.load(compiled);
    const xs = [0, 1, 2, -1.5];
    const x = gpu.array(f32, xs);
    const y = gpu.zeros(f32, 4);
    gpu.launch(module.kernel("polynomial"), { grid: 1, block: 32 }, [x, y, 4]);
    expect([...y.toArray()]).toEqual(xs.map((v) => 0.5 + v * (-2 + v * 8)));

    module.variable("untouched").set(new Uint8Array(Int32Array.of(10, 20, 30, 40).buffer));
    gpu.launch(module.kernel("polynomial"), { grid: 1, block: 32 }, [x, y, 4]);
    expect([...y.toArray()]).toEqual(xs.map((v, i) => 0.5 + v * (-2 + v * 8) + 10 * (i + 1)));
  });

  it("keeps variables from launch to launch, addresses in tables of pointers, and a kernel's static ones", () => {
    const gpu = new VirtualGPU("a100");
    const module = gpu.load(compiled);
    const out = gpu.zeros(i32, 3);
    for (const call of [0, 1]) {
      gpu.launch(module.kernel("polynomial"), shape, [gpu.zeros(f32, 1), gpu.zeros(f32, 1), 1]);
      gpu.launch(module.kernel("scatter"), shape, [out]);
      expect([...out.toArray()]).toEqual([40 + call, 252, 6 + call]);
    }
    const scratch = new Float32Array(module.variable("scratch").toArray().buffer);
    expect([...scratch]).toEqual([0, 1.5, 0, 2.5]);
    expect(module.variable("launches").toString()).toBe("launches: u32[1] on the device [7]");
  });

  it("does not count constants as requests to global memory", () => {
    const gpu = new VirtualGPU("a100");
    const y = gpu.zeros(f32, 32);
    const { counters } = gpu.launch(gpu.load(compiled).kernel("polynomial"), { grid: 2, block: 32 }, [
      gpu.zeros(f32, 32),
      y,
      32,
    ]);
    // x, and in the first thread `launches`; y, and `launches` again.
    expect([counters.global_load_requests, counters.global_store_requests]).toEqual([2, 2]);
  });

  it("is stepped on copies: the module's variables stay as they are", () => {
    const gpu = new VirtualGPU("a100");
    const module = gpu.load(compiled);
    const out = gpu.zeros(i32, 3);
    const stepper = gpu.step(module.kernel("scatter"), shape, [out]);
    stepper.replay.seek(stepper.length);
    expect(module.variable("_ZZ7scatterE5calls").toArray()[0]).toBe(40);
    const names = stepper.image.memory.map(({ label }) => label);
    expect(names).toEqual(expect.arrayContaining(["_ZZ7scatterE5calls", "scratch", "pointers", "table", "launches"]));
  });

  it("runs from a launch file", () => {
    const file = {
      ptx: "v.ptx",
      kernel: "scatter",
      grid: [1],
      block: [1],
      outputs: [0],
      args: [{ ptr: { dtype: "i32", count: 3 } }],
    };
    const { outputs, findings } = runLaunchFile(file, { readFile: () => compiled });
    expect(findings).toEqual([]);
    expect([...new Int32Array(Uint8Array.from(atob(outputs["0"].base64), (c) => c.charCodeAt(0)).buffer)]).toEqual([
      40, 252, 5,
    ]);
  });

  it("belongs to the GPU that loaded it", () => {
    const kernel = new VirtualGPU("a100").load(compiled).kernel("scatter");
    const other = new VirtualGPU("a100");
    expect(() => other.launch(kernel, shape, [other.zeros(i32, 3)])).toThrow(
      /launch of "scatter": its module was loaded on another GPU, where its variable "coefficients" lies\nLoad the PTX on this one/,
    );
  });
});

describe("constant memory", () => {
  const run = (body: string): readonly number[] => {
    const gpu = new VirtualGPU("h100");
    const module = gpu.load(`${head}.const .align 16 .u32 c[4] = {1, 2, 3, 4};
      .visible .entry k() { .reg .b64 %a, %s; .reg .b32 %r; .shared .align 16 .b32 tile[4];
      cvta.const.u64 %a, c; mov.u64 %s, tile; ${body} ret; }`);
    try {
      gpu.launch(module.kernel("k"), shape, []);
    } finally {
      expect([...module.variable("c").toArray()]).toEqual([1, 2, 3, 4]);
    }
    return [...module.variable("c").toArray()].map(Number);
  };

  it.each([
    "st.global.u32 [%a], 7;",
    "ld.global.u32 %r, [%a]; st.global.u32 [%a+4], %r;",
    "st.u32 [%a], 7;",
    "st.global.v4.u32 [%a], {7, 7, 7, 7};",
    "red.global.add.u32 [%a], 1;",
    "atom.add.u32 %r, [%a], 1;",
    "cp.async.bulk.global.shared::cta.bulk_group [%a], [%s], 16; cp.async.bulk.commit_group; cp.async.bulk.wait_group 0;",
  ])("is not written by a kernel: %s", (body) => {
    expect(() => run(body)).toThrow(/in "c" \(.*, which is constant memory and read only/);
  });

  it("is read as its own space, as global memory and by a generic address", () => {
    expect(run("ld.const.u32 %r, [c]; ld.global.u32 %r, [%a]; ld.u32 %r, [%a+12];")).toEqual([1, 2, 3, 4]);
  });

  it("is not written by a kernel that is stepped, however often it comes there", () => {
    const gpu = new VirtualGPU("h100");
    const module = gpu.load(`${head}.const .u32 c = 5;
      .visible .entry k() { .reg .b64 %a; cvta.const.u64 %a, c; st.global.u32 [%a], 7; ret; }`);
    const { replay } = gpu.step(module.kernel("k"), shape, []);
    replay.seek(replay.length);
    replay.seek(0);
    replay.seek(replay.length);
    expect(replay.fault?.message).toContain("read only");
  });

  it("of the device itself is not written by a kernel either", () => {
    const gpu = new VirtualGPU("h100");
    gpu.constant.write(0, u32, [5]);
    const kernel = gpu
      .load(
        `${head}.visible .entry k(.param .u64 p) { .reg .b64 %a; ld.param.u64 %a, [p]; st.global.u32 [%a], 7; ret; }`,
      )
      .kernel("k");
    expect(() => gpu.launch(kernel, shape, [gpu.constant.array(u32, 0, 1)])).toThrow(/"constant memory".*read only/);
    expect([...gpu.constant.array(u32, 0, 1).toArray()]).toEqual([5]);
  });
});

const load = (text: string): VirtualGPU["load"] extends (ptx: string) => infer M ? M : never =>
  new VirtualGPU("h100").load(`${head}${text}\n.visible .entry k() { ret; }\n`);

describe("what a variable holds at first", () => {
  it.each<[string, number[]]>([
    [".global .u32 v = 7;", [7]],
    [".global .s32 v = -7;", [-7]],
    [".global .b32 v = 0x80000001;", [0x8000_0001]],
    [".global .b32 v = 0f3F800000;", [0x3f80_0000]],
    [".global .f32 v = 1.5;", [1.5]],
    [".global .f32 v[2] = {0f3F800000, -2};", [1, -2]],
    [".global .f64 v = 0d3FF8000000000000;", [1.5]],
    [".global .u8 v[] = {1, 2, 3};", [1, 2, 3]],
    [".global .u8 v[5] = {1, 2};", [1, 2, 0, 0, 0]],
    [".const .s16 v[2][3] = {{1, -1}, {4, 5, 6}};", [1, -1, 0, 4, 5, 6]],
    [".global .align 16 .v4 .f32 v = {1, 2, 3, 4};", [1, 2, 3, 4]],
    [".visible .global .v2 .u32 v[] = {{1, 2}, {3, 4}};", [1, 2, 3, 4]],
    [".global .attribute(.managed) .u32 v;", [0]],
    [".common .global .u32 v[2];", [0, 0]],
  ])("%s", (text, expected) => {
    expect([...load(text).variable("v").toArray()].map(Number)).toEqual(expected);
  });

  it("may be the address of another variable, declared before or after", () => {
    const module = load(".global .u64 p = q+8; .global .u64 q[2] = {generic(p), 5};");
    const [p, q] = [module.variable("p"), module.variable("q")];
    expect(p.toArray()[0]).toBe(BigInt(q.address + 8));
    expect([...q.toArray()]).toEqual([BigInt(p.address), 5n]);
  });

  it.each<[string, RegExp]>([
    [".global .u32 v[2] = {1, 2, 3};", /line 4, column 28: more than the 2 values that were declared/],
    [".global .u32 v = 1.5;", /column 18: expected a whole number, found "1\.5"/],
    [".global .u32 v = {1};", /column 18: expected a whole number, found "\{"/],
    [".global .u32 v[2] = 1;", /expected "\{", found "1"/],
    [".global .u32 v = w;", /the address of "w" has 64 bits and does not fit \.u32/],
    [".global .u64 v = w;", /line 4, column 1: "v" holds the address of "w", which is no variable in global memory/],
    [".shared .u32 v = 1;", /"v" lies in \.shared memory, which has no initial values/],
    [".const .b8 v[65537];", /65537 bytes of constant memory, where a module can have 65536/],
  ])("%s is refused", (text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  it("leaves nothing allocated where a module is refused", () => {
    const gpu = new VirtualGPU("h100");
    expect(() => gpu.load(`${head}.global .u64 a; .global .u64 b = c;\n.visible .entry k() { ret; }`)).toThrow();
    expect(gpu.memory.allocatedBytes).toBe(0);
  });
});

it("names a kernel's own variables after it, so that two kernels may call theirs the same", () => {
  const body = (value: number): string =>
    `{ .global .u32 hits = ${value}; .reg .u32 %r; ld.global.u32 %r, [hits]; add.u32 %r, %r, 1; st.global.u32 [hits], %r; ret; }`;
  const gpu = new VirtualGPU("h100");
  const module = gpu.load(`${head}.entry a() ${body(10)}\n.entry b() ${body(20)}`);
  for (const name of ["a", "b", "b"]) gpu.launch(module.kernel(name), shape, []);
  expect(["a.hits", "b.hits"].map((name) => module.variable(name).toArray()[0])).toEqual([11, 22]);
  expect(() => module.variable("a.hit")).toThrow(/the PTX has no variable "a\.hit"\nDid you mean "a\.hits"\?/);
});

it("refuses a variable that another module defines where it is used, and only there", () => {
  const gpu = new VirtualGPU("h100");
  const module = gpu.load(
    `${head}.extern .global .u32 far;\n.entry good() { ret; }\n.entry bad() { .reg .u32 %r; ld.global.u32 %r, [far]; ret; }`,
  );
  expect(() => module.kernel("bad")).toThrow(/"far" is declared here and defined in another module\n[\s\S]*not linked/);
  gpu.launch(module.kernel("good"), shape, []);
});
