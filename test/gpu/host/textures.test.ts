// Textures and surfaces, as nvcc compiles them and in PTX by hand, against the formulae of the CUDA C++ Programming Guide.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { f16, f32, i32, u8, u32 } from "../../../src/core/dtype.js";
import { type DeviceArray, VirtualGPU } from "../../../src/gpu/host/index.js";
import type { TextureOptions } from "../../../src/gpu/host/texture.js";

const nvcc = readFileSync(new URL("nvcc/textures.ptx", import.meta.url), "utf8");
const sequence = (length: number): number[] => Array.from({ length }, (_, i) => 10 * i + (i % 3));

describe("a texture in a kernel of nvcc", () => {
  it("is fetched by whole numbers, beyond its edge its last texel", () => {
    const gpu = new VirtualGPU("a100");
    const texels = gpu.array(f32, sequence(6));
    const out = gpu.zeros(f32, 8);
    gpu.launch(gpu.load(nvcc).kernel("fetch1d"), { grid: 1, block: 32 }, [gpu.texture(texels), out, 8]);
    const values = sequence(6);
    expect([...out.toArray()]).toEqual([values[0], ...values, values[5]]);
  });

  it("gives zeros beyond its border", () => {
    const gpu = new VirtualGPU("a100");
    const texels = gpu.array(f32, sequence(6));
    const out = gpu.zeros(f32, 8);
    const texture = gpu.texture(texels, { address: "border" });
    gpu.launch(gpu.load(nvcc).kernel("fetch1d"), { grid: 1, block: 32 }, [texture, out, 8]);
    expect([...out.toArray()]).toEqual([0, ...sequence(6), 0]);
  });

  /** What tex2D gives at each of some places. */
  function sampled(options: TextureOptions, at: readonly (readonly [number, number])[]): number[] {
    const gpu = new VirtualGPU("a100");
    const texture = gpu.texture(gpu.array(f32, sequence(12)), { width: 4, height: 3, ...options });
    const [u, v] = [0, 1].map((axis) =>
      gpu.array(
        f32,
        at.map((place) => place[axis]),
      ),
    );
    const out = gpu.zeros(f32, at.length);
    gpu.launch(gpu.load(nvcc).kernel("sample2d"), { grid: 1, block: 32 }, [texture, u, v, out, at.length]);
    return [...out.toArray()] as number[];
  }
  const texel = (x: number, y: number): number => sequence(12)[4 * y + x];
  const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

  it("is read at the nearest texel", () => {
    const places = [
      [0.5, 0.5],
      [1.99, 1.01],
      [-3, 1],
      [9, 2.5],
      [3.999, -1],
      [2, 2],
    ] as const;
    expect(sampled({}, places)).toEqual(
      places.map(([x, y]) => texel(clamp(Math.floor(x), 3), clamp(Math.floor(y), 2))),
    );
  });

  it("wraps around and mirrors coordinates from 0 to 1", () => {
    const places = [
      [-0.01, 0.5],
      [1.01, 0.5],
      [2.3, 0.5],
      [-1.2, 0.5],
      [0.5, 1.4],
    ] as const;
    const wrapped = (value: number, extent: number): number => Math.floor((value - Math.floor(value)) * extent);
    const mirrored = (value: number, extent: number): number => {
      const turn = Math.floor(value);
      const part = value - turn;
      return Math.min(Math.floor((turn % 2 === 0 ? part : 1 - part) * extent), extent - 1);
    };
    expect(sampled({ normalized: true, address: "wrap" }, places)).toEqual(
      places.map(([x, y]) => texel(wrapped(Math.fround(x), 4), wrapped(Math.fround(y), 3))),
    );
    expect(sampled({ normalized: true, address: "mirror" }, places)).toEqual(
      places.map(([x, y]) => texel(mirrored(Math.fround(x), 4), mirrored(Math.fround(y), 3))),
    );
  });

  it("is interpolated in 256 steps between texels", () => {
    const places = [
      [0.5, 0.5],
      [1, 1],
      [1.25, 1.75],
      [1.5 + 1 / 1024, 0.5],
      [0.1, 0.1],
      [3.9, 2.9],
      [1.5 + 3 / 512, 1.5],
    ] as const;
    const mean = (x: number, y: number): number => {
      const [bx, by] = [Math.fround(x) - 0.5, Math.fround(y) - 0.5];
      const [i, j] = [Math.floor(bx), Math.floor(by)];
      const [a, b] = [bx - i, by - j].map((share) => Math.round(share * 256) / 256);
      const at = (dx: number, dy: number): number => texel(clamp(i + dx, 3), clamp(j + dy, 2));
      return Math.fround(
        (1 - a) * (1 - b) * at(0, 0) + a * (1 - b) * at(1, 0) + (1 - a) * b * at(0, 1) + a * b * at(1, 1),
      );
    };
    const results = sampled({ filter: "linear" }, places);
    places.forEach(([x, y], i) => {
      expect(results[i]).toBeCloseTo(mean(x, y), 4);
    });
    // Less than half a step is none.
    expect(results[3]).toBe(texel(1, 0));
  });

  it("has texels of four values", () => {
    const gpu = new VirtualGPU("a100");
    const values = sequence(24);
    const texture = gpu.texture(gpu.array(f32, values), { width: 3, height: 2, channels: 4 });
    const out = gpu.zeros(f32, 24);
    gpu.launch(gpu.load(nvcc).kernel("vectors2d"), { grid: 1, block: [4, 4] }, [texture, out, 3, 2]);
    expect([...out.toArray()]).toEqual(values);
  });

  it("has three dimensions, and layers", () => {
    const gpu = new VirtualGPU("a100");
    const values = sequence(2 * 3 * 4);
    const volume = gpu.texture(gpu.array(f32, values), { width: 2, height: 3, depth: 4, filter: "point" });
    const out = gpu.zeros(f32, 5);
    gpu.launch(gpu.load(nvcc).kernel("sample3d"), { grid: 1, block: 32 }, [volume, out, 5]);
    expect([...out.toArray()]).toEqual([0, 0, 1, 1, 1].map((x) => values[(1 * 3 + 1) * 2 + x]));

    const layered = gpu.texture(gpu.array(f32, values), { width: 4, height: 3, layers: 2 });
    gpu.launch(gpu.load(nvcc).kernel("layered"), { grid: 1, block: 32 }, [layered, out, 5]);
    expect([...out.toArray()]).toEqual([0, 1, 2, 3, 4].map((i) => values[(i & 1) * 12 + Math.min(i, 3)]));
  });

  it("has integers of eight bits", () => {
    const gpu = new VirtualGPU("a100");
    const texture = gpu.texture(gpu.array(u8, [0, 1, 128, 255]));
    const out = gpu.zeros(i32, 4);
    gpu.launch(gpu.load(nvcc).kernel("bytes"), { grid: 1, block: 32 }, [texture, out, 4]);
    expect([...out.toArray()]).toEqual([255000, 128001, 1128, 255]);
  });

  it("is written as a surface, by bytes", () => {
    const gpu = new VirtualGPU("a100");
    const values = sequence(16);
    const to = gpu.zeros(f32, 16);
    const surfaces = [gpu.array(f32, values), to].map((array) => gpu.texture(array, { width: 4, height: 4 }));
    gpu.launch(gpu.load(nvcc).kernel("transpose"), { grid: 1, block: [5, 4] }, surfaces);
    // The fifth column reads zeros, and writes them to the last row, where they are overwritten in the order of lanes or stay.
    const transposed = values.map((_, i) => values[4 * (i % 4) + Math.floor(i / 4)]);
    expect([...to.toArray()].slice(0, 12)).toEqual(transposed.slice(0, 12));
  });

  it("counts as loads from global memory, one for each corner", () => {
    const gpu = new VirtualGPU("a100");
    const array = gpu.array(f32, sequence(12));
    const place = gpu.array(f32, [1, 1]);
    const out = gpu.zeros(f32, 2);
    const loads = (["point", "linear"] as const).map((filter) => {
      const texture = gpu.texture(array, { width: 4, height: 3, filter });
      const { counters } = gpu.launch(gpu.load(nvcc).kernel("sample2d"), { grid: 1, block: 32 }, [
        texture,
        place,
        place,
        out,
        2,
      ]);
      return counters.global_load_requests;
    });
    expect(loads[1] - loads[0]).toBe(3);
  });

  it("travels in a launch that is stepped elsewhere", () => {
    const gpu = new VirtualGPU("a100");
    const texture = gpu.texture(gpu.array(f32, sequence(6)));
    const out = gpu.zeros(f32, 8);
    const { image } = gpu.step(gpu.load(nvcc).kernel("fetch1d"), { grid: 1, block: 32 }, [texture, out, 8]);
    expect(image.memory.map(({ label }) => label)).toHaveLength(3);
  });
});

describe("texture instructions by hand", () => {
  const run = (text: string, array: (gpu: VirtualGPU) => DeviceArray, options: TextureOptions = {}): number => {
    const gpu = new VirtualGPU("a100");
    const out = gpu.zeros(u32, 1);
    const ptx = `.version 7.8\n.target sm_80\n.address_size 64
      .visible .entry k(.param .u64 t, .param .u64 o) {
      .reg .b16 %h<9>; .reg .b32 %r<9>; .reg .f32 %f<9>; .reg .b64 %rd<9>;
      ld.param.u64 %rd1, [t]; ld.param.u64 %rd2, [o]; mov.b32 %r8, 0;
      ${text} st.global.b32 [%rd2], %r1; ret; }`;
    gpu.launch(gpu.load(ptx).kernel(), { grid: 1, block: 1 }, [gpu.texture(array(gpu), options), out]);
    return out.toArray()[0] as number;
  };
  const bytes = (gpu: VirtualGPU): DeviceArray =>
    gpu.array(
      u8,
      Array.from({ length: 64 }, (_, i) => i),
    );
  const grid = { width: 8, height: 4, depth: 2 };
  const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];

  it.each<[string, TextureOptions, number]>([
    ["txq.width.b32 %r1, [%rd1];", grid, 8],
    ["txq.height.b32 %r1, [%rd1];", grid, 4],
    ["txq.depth.b32 %r1, [%rd1];", grid, 2],
    ["suq.array_size.b32 %r1, [%rd1];", { width: 8, layers: 3 }, 3],
    ["mov.b32 %r2, 9; suld.b.1d.b8.zero {%h1}, [%rd1, {%r2}]; cvt.u32.u8 %r1, %h1;", { width: 64 }, 9],
    ["mov.b32 %r2, 64; suld.b.1d.b32.zero %r1, [%rd1, {%r2}];", { width: 64 }, 0],
    ["mov.b32 %r2, -5; suld.b.1d.b32.clamp %r1, [%rd1, {%r2}];", { width: 64 }, 0x03020100],
    [
      "mov.b32 %r2, 4; mov.b32 %r3, 1; suld.b.3d.v2.b16.trap {%h1, %h2}, [%rd1, {%r2, %r3, %r3, %r8}]; mov.b32 %r1, {%h1, %h2};",
      grid,
      0x2f2e2d2c,
    ],
    [
      "mov.b32 %r2, 7; sust.b.2d.b32.zero [%rd1, {%r8, %r2}], %r2; suld.b.2d.b32.clamp %r1, [%rd1, {%r8, %r2}];",
      { width: 8, height: 8 },
      7,
    ],
    ["mov.b32 %r2, 2; tex.a1d.v4.u32.s32 {%r1, %r3, %r4, %r5}, [%rd1, {%r2, %r2}];", { width: 8, layers: 4 }, 18],
    ["mov.b32 %r2, 3; tex.3d.v4.s32.s32 {%r1, %r3, %r4, %r5}, [%rd1, {%r2, %r2, %r2, %r2}];", grid, 59],
    [
      "mov.f32 %f1, 0f3F000000; tex.1d.v4.f32.f32 {%f2, %f3, %f4, %f5}, [%rd1, {%f1}]; mov.b32 %r1, %f3;",
      { channels: 2, read: "normalized" },
      bitsOf(1 / 255),
    ],
  ])("%s with %o gives %i", (text, options, expected) => {
    expect(run(text, bytes, options)).toBe(expected);
  });

  it("reads half precision as single", () => {
    const text = "mov.b32 %r2, 1; tex.1d.v4.f32.s32 {%f1, %f2, %f3, %f4}, [%rd1, {%r2}]; mov.b32 %r1, %f1;";
    expect(run(text, (gpu) => gpu.array(f16, [1, 0.1]))).toBe(bitsOf(0.0999755859375));
  });

  it.each<[string, RegExp]>([
    ["mov.b64 %rd1, 5; txq.width.b32 %r1, [%rd1];", /0x5 is the handle of no texture/],
    ["tex.1d.v4.f32.s32 {%f1, %f2, %f3, %f4}, [%rd1, {%r8}];", /a texture of u8 is fetched as \.f32/],
    ["mov.b32 %r2, 2; suld.b.1d.b32.clamp %r1, [%rd1, {%r2}];", /4 bytes of a surface at byte 2 of a row/],
    ["mov.b32 %r2, 64; suld.b.1d.b32.trap %r1, [%rd1, {%r2}];", /4 bytes at \(64, 0, 0\) of a surface of 64 bytes/],
  ])("%s ends with a fault", (text, message) => {
    expect(() => run(text, bytes)).toThrow(message);
  });

  it.each<[string, RegExp]>([
    ["tex.2d.v4.f32.f32 {%f1, %f2, %f3, %f4}, [%rd1, {%f1}];", /takes 2 coordinates, found 1/],
    ["tex.1d.v4.f32.f32 {%f1, %f2, %f3, %f4}, [%r1, {%f1}];", /a handle in a register of 64 bits/],
    ["tex.1d.v4.f32.f32 {%f1, %f2, %f3, %f4}, [image, {%f1}];", /texture references are not supported/],
    ["tex.1d.v4.f32.f32 {%f1, %f2, %f3, %f4}, [%rd1, {%rd1}];", /operand coordinate "%rd1" is \.b64/],
  ])("%s is refused", (text, message) => {
    expect(() => run(text, bytes)).toThrow(message);
  });

  it.each<[TextureOptions, RegExp]>([
    [{ width: 65 }, /65 values, where the array has 64/],
    [{ width: 8, depth: 2 }, /a depth and no height/],
    [{ width: 4, height: 4, depth: 2, layers: 2 }, /a depth and layers/],
    [{ width: 2.5 }, /width must be a whole number/],
    [{ address: "wrap" }, /"wrap" needs coordinates from 0 to 1/],
    [{ filter: "linear" }, /nothing between two texels of u8/],
    [{ filter: "cubic" as "linear" }, /there is no filter "cubic"/],
    [{ channels: 3 as 4 }, /1, 2 or 4 values, got 3/],
  ])("%o is refused", (options, message) => {
    expect(() => run("", bytes, options)).toThrow(message);
  });
});
