// Kernels that nvcc compiled for tensor cores and asynchronous copies, held against products computed here. The numbers are multiples
// of a power of two and few enough that a double holds every sum of theirs exactly.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bf16, e4m3, e5m2, f16, f32, f64, i8, i32, u8, u16 } from "../../../src/core/dtype.js";
import { floatFormats, roundTo } from "../../../src/core/float-format.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import type { ReconvergencePolicy } from "../../../src/gpu/simt/launch-image.js";

const read = (name: string): string => readFileSync(new URL(`nvcc/${name}.ptx`, import.meta.url), "utf8");
const [tensor, pipeline, hopper] = ["tensor", "pipeline", "hopper"].map(read);
const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];

let state = 7;
/** Whole numbers from -most to most, divided by `by`. */
function numbers(length: number, most: number, by = 1): number[] {
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) % (2 * most + 1)) / by - most / by;
  });
}

type At = (row: number, column: number) => number;
const rows =
  (values: ArrayLike<number>, width: number): At =>
  (row, column) =>
    values[row * width + column];
const columns =
  (values: ArrayLike<number>, height: number): At =>
  (row, column) =>
    values[column * height + row];

/** The exact product, and the sum of the magnitudes of its terms: what bounds are told in. */
function product(m: number, n: number, k: number, a: At, b: At): { exact: Float64Array; size: Float64Array } {
  const [exact, size] = [new Float64Array(m * n), new Float64Array(m * n)];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) {
        exact[i * n + j] += a(i, l) * b(l, j);
        size[i * n + j] += Math.abs(a(i, l) * b(l, j));
      }
    }
  }
  return { exact, size };
}

/** Each product of `depth` columns rounds once to single precision: half a unit in the last place of a sum of no more than `size`. */
function expectWithin(
  result: ArrayLike<number>,
  { exact, size }: { exact: Float64Array; size: Float64Array },
  roundings: number,
): void {
  let worst = 0;
  for (let i = 0; i < exact.length; i++) {
    worst = Math.max(worst, Math.abs(result[i] - exact[i]) / (roundings * 2 ** -24 * size[i]));
  }
  expect(worst).toBeLessThanOrEqual(1);
}

describe.each(policies)("tensor cores under the policy %s", (policy) => {
  const gpu = new VirtualGPU("a100");
  const module = gpu.load(tensor);

  it("wmma from global memory, tile by tile along k", () => {
    const [m, n, k] = [32, 64, 48];
    for (const [most, by] of [
      [8, 1],
      [1023, 512],
    ]) {
      const [a, b, c] = [numbers(m * k, most, by), numbers(n * k, most, by), numbers(m * n, most, by)];
      const out = gpu.array(f32, c);
      const launch = gpu.launch(module.kernel("wmmaHalf"), { grid: [2, 2], block: 64, policy }, [
        m,
        n,
        k,
        gpu.array(f16, a),
        gpu.array(f16, b),
        out,
      ]);
      const wanted = product(m, n, k, rows(a, k), columns(b, k));
      c.forEach((value, i) => {
        wanted.exact[i] += value;
        wanted.size[i] += Math.abs(value);
      });
      if (by === 1) expect([...out.toArray()]).toEqual([...wanted.exact]);
      else expectWithin(out.toArray(), wanted, k / 16);
      expect(launch.counters).toMatchObject({ flop_tensor: 2 * m * n * k, flop_f32: 0 });
      // Four tiles of a and of b along k for each tile of c, and c itself.
      expect(launch.counters.global_load_requests).toBe(8 * (1 + 2 * 3));
      expect(launch.counters.bytes_global_read).toBe(8 * (16 * 16 * 4 + 2 * 3 * 16 * 16 * 2));
    }
  });

  it("wmma from shared memory, with elements changed in the fragments", () => {
    const [a, b] = [numbers(256, 8, 4), numbers(256, 8, 4)];
    const out = gpu.zeros(f16, 256);
    gpu.launch(module.kernel("wmmaStaged"), { grid: 1, block: 32, policy }, [
      gpu.array(f16, a),
      gpu.array(f16, b),
      out,
    ]);
    const { exact } = product(16, 16, 16, (i, l) => 2 * a[l * 16 + i], rows(b, 16));
    const wanted = Array.from({ length: 256 }, (_, at) => Math.max(0, exact[(at % 16) * 16 + Math.floor(at / 16)]));
    expect([...out.toArray()]).toEqual(wanted.map((value) => roundTo(floatFormats.f16, value)));
  });

  it("wmma in bfloat16, 32 x 8", () => {
    const [a, b] = [numbers(32 * 16, 100), numbers(16 * 8, 100)];
    const out = gpu.zeros(f32, 256);
    gpu.launch(module.kernel("wmmaBfloat"), { grid: 1, block: 32, policy }, [
      gpu.array(bf16, a),
      gpu.array(bf16, b),
      out,
    ]);
    const { exact } = product(32, 8, 16, rows(a, 16), rows(b, 8));
    const wanted = Array.from({ length: 256 }, (_, at) => exact[(at % 32) * 8 + Math.floor(at / 32)] + 0.5);
    expect([...out.toArray()]).toEqual(wanted);
  });

  it("wmma in tf32, of factors that are rounded to it", () => {
    const [a, b] = [numbers(128, 2 ** 20, 2 ** 14), numbers(128, 2 ** 20, 2 ** 14)];
    const out = gpu.zeros(f32, 256);
    gpu.launch(module.kernel("wmmaTf32"), { grid: 1, block: 32, policy }, [gpu.array(f32, a), gpu.array(f32, b), out]);
    const rounded = (values: number[]): number[] => values.map((value) => roundTo(floatFormats.tf32, value, "rna"));
    const { exact } = product(16, 16, 8, rows(rounded(a), 8), columns(rounded(b), 8));
    expect([...out.toArray()]).toEqual([...exact].map(Math.fround));
  });

  it("wmma in bytes, 8 x 32, and in double precision", () => {
    const [a, b] = [numbers(8 * 16, 127), numbers(16 * 32, 127)];
    const out = gpu.zeros(i32, 256);
    gpu.launch(module.kernel("wmmaBytes"), { grid: 1, block: 32, policy }, [gpu.array(i8, a), gpu.array(i8, b), out]);
    const { exact } = product(8, 32, 16, rows(a, 16), columns(b, 16));
    expect([...out.toArray()]).toEqual([...exact].map((value) => value + 7));

    const [x, y] = [numbers(32, 1000, 64), numbers(32, 1000, 64)];
    const doubles = gpu.zeros(f64, 64);
    gpu.launch(module.kernel("wmmaDouble"), { grid: 1, block: 32, policy }, [
      gpu.array(f64, x),
      gpu.array(f64, y),
      doubles,
    ]);
    const wanted = product(8, 8, 4, rows(x, 4), rows(y, 8));
    expect([...doubles.toArray()]).toEqual([...wanted.exact].map((value) => value + 1));
  });

  it("mma.sync with ldmatrix and cp.async, double-buffered, with edges that are no multiple of the tile", () => {
    const [m, n, k] = [80, 72, 96];
    for (const [most, by] of [
      [8, 1],
      [1023, 256],
    ]) {
      const [a, b] = [numbers(m * k, most, by), numbers(k * n, most, by)];
      const c = gpu.zeros(f32, m * n);
      const launch = gpu.launch(module.kernel("doubleBuffered"), { grid: [2, 2], block: 128, policy }, [
        m,
        n,
        k,
        gpu.array(f16, a),
        gpu.array(f16, b),
        c,
      ]);
      const wanted = product(m, n, k, rows(a, k), rows(b, n));
      if (by === 1) expect([...c.toArray()]).toEqual([...wanted.exact]);
      else expectWithin(c.toArray(), wanted, k / 16);
      const { counters } = launch;
      expect(counters.flop_tensor).toBe(4 * 2 * 64 * 64 * k);
      // Rows are padded so that what ldmatrix reads has no conflicts. Of the eight lanes that write together, four write a row of
      // a of 64 bytes and four the next, 80 bytes on: their last words meet the first row's banks.
      expect([counters.shared_load_conflicts, counters.shared_store_conflicts]).toEqual([0, 4 * 4 * (k / 32) * 2 * 4]);
      // Of each 16 of k a warp loads two fragments of a and four of b.
      expect(counters.shared_load_requests).toBe(4 * 4 * (k / 16) * (2 + 4));
      // Each warp copies two times 512 bytes of a and of b for each 32 of k.
      expect(counters.shared_store_requests).toBe(4 * 4 * (k / 32) * 4);
    }
  });

  it("mma.sync in bfloat16 and in bytes", () => {
    const k = 64;
    const [a, b] = [numbers(16 * k, 120), numbers(8 * k, 120)];
    const d = gpu.zeros(f32, 128);
    gpu.launch(module.kernel("mmaBfloat"), { grid: 1, block: 32, policy }, [
      k,
      gpu.array(bf16, a),
      gpu.array(bf16, b),
      d,
    ]);
    expect([...d.toArray()]).toEqual([...product(16, 8, k, rows(a, k), columns(b, k)).exact]);

    const [x, y] = [numbers(16 * k, 127), numbers(8 * k, 127).map((value) => value + 127)];
    const out = gpu.zeros(i32, 128);
    gpu.launch(module.kernel("mmaBytes"), { grid: 1, block: 32, policy }, [k, gpu.array(i8, x), gpu.array(u8, y), out]);
    expect([...out.toArray()]).toEqual([...product(16, 8, k, rows(x, k), columns(y, k)).exact]);
  });
});

describe.each(policies)("asynchronous copies under the policy %s", (policy) => {
  const gpu = new VirtualGPU("h100");

  it("a pipeline of two stages of the CUDA headers", () => {
    const batches = 5;
    const values = numbers(batches * 128, 1000);
    const out = gpu.zeros(i32, batches * 128);
    gpu.launch(gpu.load(pipeline).kernel("stagedSums"), { grid: 1, block: 128, policy }, [
      batches,
      gpu.array(i32, values),
      out,
    ]);
    const wanted = values.map((_, at) => values.slice(at - (at % 128), at + 1).reduce((sum, value) => sum + value, 0));
    expect([...out.toArray()]).toEqual(wanted);
  });

  it("copies that a barrier of the CUDA headers waits for", () => {
    const rounds = 3;
    const values = numbers(rounds * 256, 1000);
    const out = gpu.zeros(i32, rounds * 256);
    gpu.launch(gpu.load(pipeline).kernel("barrierCopy"), { grid: 1, block: 64, policy }, [
      rounds,
      gpu.array(i32, values),
      out,
    ]);
    const wanted = values.map((_, at) => values[at - (at % 256) + 255 - (at % 256)]);
    expect([...out.toArray()]).toEqual(wanted);
  });

  it("numbers that warps hand over through barriers, round after round", () => {
    const rounds = 20;
    const values = numbers(rounds * 64, 1000);
    const out = gpu.zeros(i32, rounds * 64);
    gpu.launch(gpu.load(pipeline).kernel("handOver"), { grid: 1, block: 128, policy }, [
      rounds,
      gpu.array(i32, values),
      out,
    ]);
    const wanted = values.map((_, at) => 3 * values[at - (at % 64) + 63 - (at % 64)]);
    expect([...out.toArray()]).toEqual(wanted);
  });

  it("products in FP8", () => {
    const k = 96;
    const [a, b] = [numbers(16 * k, 7, 4), numbers(8 * k, 3, 2)];
    const d = gpu.zeros(f32, 128);
    gpu.launch(gpu.load(hopper).kernel("mmaFp8"), { grid: 1, block: 32, policy }, [
      k,
      gpu.array(e4m3, a),
      gpu.array(e5m2, b),
      d,
    ]);
    expect([...d.toArray()]).toEqual([...product(16, 8, k, rows(a, k), columns(b, k)).exact]);
  });

  it("a transposition through ldmatrix and stmatrix", () => {
    const values = Array.from({ length: 1024 }, (_, i) => i);
    const out = gpu.zeros(u16, 1024);
    gpu.launch(gpu.load(hopper).kernel("transposeHalves"), { grid: 1, block: 128, policy }, [
      gpu.array(u16, values),
      out,
    ]);
    const wanted = values.map((at) => at - (at % 256) + 16 * (at % 16) + Math.floor((at % 256) / 16));
    expect([...out.toArray()]).toEqual(wanted);
  });

  it("a ring that bulk copies fill and empty", () => {
    const rounds = 8;
    const values = numbers(rounds * 256, 1000);
    const out = gpu.zeros(f32, rounds * 256);
    const launch = gpu.launch(gpu.load(hopper).kernel("bulkRing"), { grid: 1, block: 256, policy }, [
      rounds,
      gpu.array(f32, values),
      out,
    ]);
    const wanted = values.map((_, at) => 2 * values[at - (at % 256) + 255 - (at % 256)] + Math.floor(at / 256));
    expect([...out.toArray()]).toEqual(wanted);
    expect(launch.counters).toMatchObject({
      global_load_requests: rounds,
      global_load_sectors: rounds * 32,
      global_store_requests: rounds,
      bytes_global_read: rounds * 1024,
      bytes_global_written: rounds * 1024,
      shared_store_conflicts: 0,
      shared_load_conflicts: 0,
    });
  });
});

describe("the stepper", () => {
  it.each<[string, string, number, () => readonly unknown[]]>([
    ["doubleBuffered", tensor, 128, () => []],
    ["handOver", pipeline, 128, () => []],
    ["bulkRing", hopper, 256, () => []],
  ])("goes back through %s with what is under way", (kernel, ptx, block) => {
    const gpu = new VirtualGPU("h100");
    const arrays = {
      in: gpu.array(f32, numbers(2048, 100)),
      out: gpu.zeros(f32, 2048),
      half: gpu.array(f16, numbers(4096, 4)),
    };
    const args =
      kernel === "doubleBuffered" ? [32, 32, 64, arrays.half, arrays.half, arrays.out] : [4, arrays.in, arrays.out];
    const { replay } = gpu.step(gpu.load(ptx).kernel(kernel), { grid: 1, block }, args as never);
    const stateAt = (step: number): unknown => {
      replay.seek(step);
      return structuredClone([replay.globalMemory().map(({ bytes }) => bytes.slice()), replay.warpState(0, 0)]);
    };
    const places = [0.3, 0.5, 0.7, 0.9, 1].map((share) => Math.floor(share * replay.length));
    const forwards = places.map(stateAt);
    const backwards = [...places].reverse().map(stateAt).reverse();
    expect(backwards).toEqual(forwards);
  });
});
