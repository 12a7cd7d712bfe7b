import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { f32, f64, i32, i64, u32 } from "../../../src/core/dtype.js";
import { InputError } from "../../../src/core/errors.js";
import type { ReconvergencePolicy } from "../../../src/gpu/host/index.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import {
  blockSum,
  mandelbrot,
  matmul,
  plainBlockSum,
  plainMandelbrot,
  plainMatmul,
  plainSaxpy,
  saxpy,
} from "../kernels.js";

const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];

// Values with no pattern that a wrong index could hide behind.
const noise = (length: number, seed: number): Float32Array => {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
};

describe.each(policies)(
  "kernels of the language, run as PTX with policy %s, give what a plain computation gives",
  (policy) => {
    it("saxpy, with a last block that is not full", () => {
      const gpu = new VirtualGPU("h100");
      const [x, y] = [noise(1000, 1), noise(1000, 2)];
      const device = { x: gpu.array(f32, x), y: gpu.array(f32, y) };
      const launch = gpu.launch(saxpy, { grid: 8, block: 128, policy }, { n: 1000, a: 1.5, ...device });
      expect(device.y.toArray()).toEqual(plainSaxpy(1.5, x, y));
      expect(launch.counters).toMatchObject({
        flop_f32: 2000,
        bytes_global_read: 8000,
        bytes_global_written: 4000,
        branches: 32,
      });
    });

    it("a reduction in shared memory", () => {
      const gpu = new VirtualGPU("a100");
      const x = noise(1000, 3);
      const sums = gpu.zeros(f32, 4);
      const launch = gpu.launch(blockSum, { grid: 4, block: 256, policy }, { n: 1000, x: gpu.array(f32, x), sums });
      expect(sums.toArray()).toEqual(plainBlockSum(x));
      // 8 warps of 4 blocks at the 1 + 8 barriers.
      expect(launch.counters.barriers).toBe(4 * 8 * 9);
      expect(launch.bankConflicts).toBe(0);
    });

    it("a tiled matrix product whose edge is no multiple of the tile", () => {
      const gpu = new VirtualGPU("gb10");
      const [n, a, b] = [40, noise(1600, 4), noise(1600, 5)];
      const c = gpu.zeros(f32, n * n);
      gpu.launch(
        matmul,
        { grid: [3, 3], block: [16, 16], policy },
        { n, a: gpu.array(f32, a), b: gpu.array(f32, b), c },
      );
      expect(c.toArray()).toEqual(plainMatmul(n, a, b));
    });

    it("a Mandelbrot set, lanes leaving the loop one by one", () => {
      const gpu = new VirtualGPU("h100");
      const out = gpu.zeros(i32, 64 * 64);
      const launch = gpu.launch(mandelbrot, { grid: [4, 4], block: [16, 16], policy }, { n: 64, limit: 100, out });
      expect(out.toArray()).toEqual(plainMandelbrot(64, 100));
      expect(launch.counters.divergent_branches).toBeGreaterThan(100);
      expect(launch.laneEfficiency).toBeLessThan(0.95);
    });
  },
);

describe("the typed tree's JavaScript is a second implementation: the same bits", () => {
  it("for a Mandelbrot set", () => {
    const gpu = new VirtualGPU("h100");
    const out = gpu.zeros(i32, 32 * 32);
    gpu.launch(mandelbrot, { grid: [2, 2], block: [16, 16] }, { n: 32, limit: 60, out });
    const reference = new Int32Array(32 * 32);
    mandelbrot.reference.run({ grid: [2, 2], block: [16, 16] }, { n: 32, limit: 60, out: reference });
    expect(out.toArray()).toEqual(reference);
  });

  it("for a reduction with barriers", () => {
    const gpu = new VirtualGPU("h100");
    const [x, sums, reference] = [noise(512, 9), gpu.zeros(f32, 2), new Float32Array(2)];
    gpu.launch(blockSum, { grid: 2, block: 256 }, { n: 512, x: gpu.array(f32, x), sums });
    blockSum.reference.run({ grid: 2, block: 256 }, { n: 512, x, sums: reference });
    expect(sums.toArray()).toEqual(reference);
  });
});

describe("a launch", () => {
  const gpu = new VirtualGPU("h100");
  const x = gpu.array(f32, [1, 2, 3, 4], { label: "x" });
  const y = gpu.zeros(f32, 4, { label: "y" });

  it("takes pointers into arrays", () => {
    const all = gpu.array(f32, [1, 2, 3, 4, 5, 6, 7, 8]);
    const out = gpu.zeros(f32, 4);
    gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 1, x: all.add(4), y: out });
    expect([...out.toArray()]).toEqual([5, 6, 7, 8]);
  });

  it("says in one line what it did", () => {
    const launch = gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x, y });
    expect(inspect(launch)).toMatch(
      /^saxpy<<<\(1\), \(32\)>>> on H100 SXM · \d+ warp instructions · \d+ % of lanes active · 1 of 1 branches diverge · \d\.\d sectors per request · 50 % occupancy by blocks$/,
    );
  });

  const config = { grid: 1, block: 32 };
  it.each<[string, () => unknown, RegExp]>([
    [
      "a missing argument",
      () => gpu.launch(saxpy, config, { n: 4, a: 2, x } as never),
      /launch of "saxpy": argument "y" is missing/,
    ],
    [
      "an extra argument",
      () => gpu.launch(saxpy, config, { n: 4, a: 2, x, y, z: 1 } as never),
      /there is no parameter "z"[\s\S]*It takes n, a, x and y/,
    ],
    [
      "a host array for a device array",
      () => gpu.launch(saxpy, config, { n: 4, a: 2, x, y: [1] } as never),
      /argument "y": needs an array of f32 on the device, got an array on the host[\s\S]*gpu\.array\(f32/,
    ],
    [
      "an array of another type",
      () => gpu.launch(saxpy, config, { n: 4, a: 2, x, y: gpu.zeros(i32, 4, { label: "ints" }) } as never),
      /argument "y": needs an array of f32 on the device, got "ints" of i32/,
    ],
    [
      "a fraction for an i32",
      () => gpu.launch(saxpy, config, { n: 4.5, a: 2, x, y }),
      /argument "n": 4\.5 is not a whole number from -2147483648 to 2147483647/,
    ],
    [
      "no grid",
      () => gpu.launch(saxpy, { grid: 0, block: 32 }, { n: 4, a: 2, x, y }),
      /grid must be whole numbers of at least 1, got 0/,
    ],
    ["an unknown device", () => new VirtualGPU("h1000"), /unknown device "h1000"[\s\S]*Did you mean "h100"/],
    [
      "a value that the type cannot hold",
      () => gpu.array(u32, [1, -1]),
      /array "array", element 1: -1 is not a whole number from 0 to 4294967295/,
    ],
    ["more memory than there is", () => gpu.zeros(f64, 2 ** 40), /bytes do not fit: H100 SXM has/],
  ])("refuses %s before anything runs", (_, act, message) => {
    expect(act).toThrow(message);
  });

  it("refuses an array of another GPU, whose address means something else here", () => {
    const other = new VirtualGPU("a100").zeros(f32, 4, { label: "there" });
    const message = /argument "y": "there" is an array of another GPU\nCopy it over/;
    expect(() => gpu.launch(saxpy, config, { n: 4, a: 2, x, y: other })).toThrow(message);
    expect(() => gpu.step(saxpy, config, { n: 4, a: 2, x, y: other.add(1) })).toThrow(message);
  });

  it("refuses a freed array", () => {
    const gone = gpu.zeros(f32, 4, { label: "gone" });
    gone.free();
    expect(() => gpu.launch(saxpy, config, { n: 4, a: 2, x, y: gone })).toThrow(/"gone" has been freed/);
    expect(() => gone.toArray()).toThrow(/"gone" has been freed and cannot be read/);
  });

  it("names the source line of an access past the end, with the array, and keeps what was written before", () => {
    const short = gpu.zeros(f32, 3, { label: "short" });
    expect(() => gpu.launch(saxpy, config, { n: 4, a: 2, x, y: short })).toThrow(
      /kernel "saxpy", .*line \d+, column \d+, block \(0\), thread \(3\): out-of-bounds 4-byte load at 0x[0-9a-f]+: right past the end of "short" \(f32, 12 bytes\)\n\s+if \(i < n\)/,
    );
  });

  it("holds 64-bit integers as bigint", () => {
    const wide = gpu.array(i64, [1n, -(2n ** 62n)]);
    expect([...wide.toArray()]).toEqual([1n, -(2n ** 62n)]);
  });
});

describe("a kernel that came as PTX", () => {
  const gpu = new VirtualGPU("h100");
  // Writes the three words of the struct and n to out.
  const kernel = gpu
    .load(`.version 7.8
      .target sm_80
      .address_size 64
      .visible .entry k(.param .u64 out, .param .align 4 .b8 s[12], .param .u32 n) {
        .reg .b64 %rd<2>; .reg .b32 %r<5>;
        ld.param.u64 %rd1, [out]; ld.param.u32 %r1, [s]; ld.param.u32 %r2, [s+4]; ld.param.u32 %r3, [s+8];
        ld.param.u32 %r4, [n];
        st.global.u32 [%rd1], %r1; st.global.u32 [%rd1+4], %r2;
        st.global.u32 [%rd1+8], %r3; st.global.u32 [%rd1+12], %r4; ret;
      }`)
    .kernel();
  const config = { grid: 1, block: 1 };
  const struct = new Uint8Array(Uint32Array.of(7, 8, 9).buffer);
  const out = gpu.zeros(u32, 4, { label: "out" });

  it("takes a struct as its bytes, and an address as an array or as a number", () => {
    gpu.launch(kernel, config, [out, struct, 5]);
    expect([...out.toArray()]).toEqual([7, 8, 9, 5]);
    gpu.launch(kernel, config, [out.address, struct, 6]);
    expect([...out.toArray()]).toEqual([7, 8, 9, 6]);
  });

  const gone = gpu.zeros(u32, 4, { label: "gone" });
  gone.free();
  it.each<[string, readonly unknown[], RegExp]>([
    ["a number for a struct", [out, 200, 5], /argument 1 \(s\): \.b8\[12\] takes a Uint8Array of 12 bytes, got number/],
    [
      "a struct of another size",
      [out, struct.slice(4), 5],
      /argument 1 \(s\): .* takes a Uint8Array of 12 bytes, got 8 bytes/,
    ],
    ["words for a struct", [out, Uint32Array.of(7, 8, 9), 5], /argument 1 \(s\): .* got a Uint32Array/],
    [
      "an array for a 32-bit parameter",
      [out, struct, out],
      /argument 2 \(n\): \.u32 takes a number, got the array "out"/,
    ],
    ["a pointer for a 32-bit parameter", [out, struct, out.add(1)], /argument 2 \(n\): .* got a pointer into "out"/],
    ["a freed array", [gone, struct, 5], /argument 0 \(out\): "gone" has been freed/],
    ["nothing for a scalar", [out, struct, undefined], /argument 2 \(n\): undefined is not a whole number/],
    ["too few arguments", [out], /launch of "k": it takes a list of 3 arguments\nPass \[out, s, n\]/],
  ])("refuses %s, by the argument's name", (_, args, message) => {
    expect(() => gpu.launch(kernel, config, args as never)).toThrow(message);
    expect(() => gpu.launch(kernel, config, args as never)).toThrow(InputError);
  });
});

describe("a stepper", () => {
  it("works on a copy of the arrays that the launch can reach", () => {
    const gpu = new VirtualGPU("h100");
    const [x, y] = [gpu.array(f32, [1, 2], { label: "x" }), gpu.zeros(f32, 2, { label: "y" })];
    gpu.zeros(f32, 100_000, { label: "unrelated" });
    const stepper = gpu.step(saxpy, { grid: 1, block: 32 }, { n: 2, a: 2, x, y });
    expect(stepper.image.memory.map(({ label }) => label)).toEqual(["x", "y"]);
    stepper.replay.seek(stepper.length);
    expect([...new Float32Array(stepper.replay.globalMemory()[1].bytes.slice().buffer)]).toEqual([2, 4]);
    expect([...y.toArray()]).toEqual([0, 0]);
  });

  it("carries an array along whose pointer lies outside it", () => {
    const gpu = new VirtualGPU("h100");
    const [x, y] = [gpu.array(f32, [1, 2], { label: "x" }), gpu.zeros(f32, 2, { label: "y" })];
    const shifted = gpu.load(`.version 7.8
      .target sm_80
      .address_size 64
      .visible .entry shifted(.param .u64 x, .param .u64 y) {
        .reg .b64 %rd<3>; .reg .f32 %f<2>;
        ld.param.u64 %rd1, [x]; ld.param.u64 %rd2, [y];
        ld.global.f32 %f1, [%rd1+16400]; st.global.f32 [%rd2], %f1; ret;
      }`);
    const stepper = gpu.step(shifted.kernel(), { grid: 1, block: 1 }, [x.add(-4099), y]);
    expect(stepper.image.memory.map(({ label }) => label)).toEqual(["x", "y"]);
    stepper.replay.seek(stepper.length);
    expect(new Float32Array(stepper.replay.globalMemory()[1].bytes.slice().buffer)[0]).toBe(2);
  });

  it("is refused where the launch cannot run, and not where it is shown", () => {
    const gpu = new VirtualGPU("h100");
    const args = { n: 2, a: 2, x: gpu.zeros(f32, 2), y: gpu.zeros(f32, 2) };
    expect(() => gpu.step(saxpy, { grid: 1, block: [33, 33] }, args)).toThrow(/a block of 1089 threads/);
  });

  it("tells whoever listens when cursor or lane move, and refuses places that do not exist", () => {
    const gpu = new VirtualGPU("h100");
    const stepper = gpu.step(saxpy, { grid: 1, block: 32 }, { n: 1, a: 2, x: gpu.zeros(f32, 1), y: gpu.zeros(f32, 1) });
    let calls = 0;
    const stop = stepper.onChange(() => calls++);
    stepper.cursor = 3;
    stepper.cursor = 3;
    stepper.lane = 5;
    stop();
    stepper.cursor = 4;
    expect(calls).toBe(2);
    expect(() => {
      stepper.cursor = stepper.length + 1;
    }).toThrow(/the cursor must be a whole number from 0 to \d+/);
  });
});
