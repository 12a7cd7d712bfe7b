// Matrix products of a warp: of numbers whose sums are exact in any order.
import { f32, f64, i8, i32, u16, u32 } from "../../src/core/dtype.js";
import { bfloat, Chance, e4m3, half } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

/** The sums over k of a[row, k] b[k, column]. */
function product(
  rows: number,
  columns: number,
  depth: number,
  a: (row: number, k: number) => number,
  b: (k: number, column: number) => number,
): number[] {
  return list(rows * columns, (at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return list(depth, (k) => a(row, k) * b(k, column)).reduce((sum, term) => sum + term, 0);
  });
}

/** Whole numbers for two n x n matrices, a by rows and b by columns, and their product by rows. */
function square(seed: number, n: number, most: number): { a: number[]; b: number[]; expected: number[] } {
  const chance = new Chance(seed);
  const [a, b] = [chance.wholes(n * n, -most, most), chance.wholes(n * n, -most, most)];
  return {
    a,
    b,
    expected: product(
      n,
      n,
      n,
      (row, k) => a[row * n + k],
      (k, column) => b[column * n + k],
    ),
  };
}

export const tensors: readonly KernelCase[] = [
  ...casesOf("tensors", {
    wmmaHalf({ gpu, launch }) {
      const { a, b, expected } = square(70, 32, 9);
      const c = gpu.zeros(f32, 32 * 32);
      const [x, y] = [a, b].map((values) =>
        gpu.array(
          u16,
          values.map((value) => half.encode(value)),
        ),
      );
      launch({ grid: [2, 2], block: 32 }, [32, x, y, c]);
      return [{ what: "c", got: c.toArray(), expected }];
    },

    wmmaBytes({ gpu, launch }) {
      const { a, b, expected } = square(71, 32, 127);
      const c = gpu.zeros(i32, 32 * 32);
      launch({ grid: [4, 1], block: 32 }, [32, gpu.array(i8, a), gpu.array(i8, b), c]);
      return [{ what: "c", got: c.toArray(), expected }];
    },

    wmmaDouble({ gpu, launch }) {
      const { a, b, expected } = square(72, 16, 2 ** 20);
      const c = gpu.zeros(f64, 16 * 16);
      launch({ grid: [2, 2], block: 32 }, [16, gpu.array(f64, a), gpu.array(f64, b), c]);
      return [{ what: "c", got: c.toArray(), expected }];
    },

    // Numbers of twelve bits, which tf32 rounds to eleven, ties away from zero.
    wmmaTf32({ gpu, launch }) {
      const chance = new Chance(73);
      const [a, b, start] = [chance.wholes(128, -4095, 4095), chance.wholes(128, -7, 7), chance.wholes(256, -99, 99)];
      const rounded = (value: number): number =>
        Math.abs(value) < 2048 || value % 2 === 0 ? value : value + Math.sign(value) * 1;
      const c = gpu.array(f32, start);
      launch({ grid: 1, block: 32 }, [gpu.array(f32, a), gpu.array(f32, b), c]);
      const sums = product(
        16,
        16,
        8,
        (row, k) => rounded(a[row * 8 + k]),
        (k, column) => b[k * 16 + column],
      );
      const expected = list(256, (at) => sums[(at % 16) * 16 + Math.floor(at / 16)] + start[at]);
      return [{ what: "c", got: c.toArray(), expected }];
    },

    mmaBfloat({ gpu, launch }) {
      const chance = new Chance(74);
      const [a, b] = [chance.wholes(256, -15, 15), chance.wholes(128, -15, 15)];
      const c = gpu.zeros(f32, 128);
      const [x, y] = [a, b].map((values) =>
        gpu.array(
          u16,
          values.map((value) => bfloat.encode(value)),
        ),
      );
      launch({ grid: 1, block: 32 }, [x, y, c]);
      const sums = product(
        16,
        8,
        16,
        (row, k) => a[row * 16 + k],
        (k, column) => b[k * 8 + column],
      );
      return [{ what: "c", got: c.toArray(), expected: sums.map((sum) => sum + 0.5) }];
    },
  }),

  ...casesOf("hopper", {
    mmaE4m3({ gpu, launch }) {
      const chance = new Chance(75);
      const [a, b] = [chance.wholes(512, -16, 16), chance.wholes(256, -16, 16)];
      const c = gpu.zeros(f32, 128);
      const [x, y] = [a, b].map((values) =>
        gpu.array(u32, new Uint32Array(Uint8Array.from(values, (value) => e4m3.encode(value)).buffer)),
      );
      launch({ grid: 1, block: 32 }, [x, y, c]);
      const expected = product(
        16,
        8,
        32,
        (row, k) => a[row * 32 + k],
        (k, column) => b[column * 32 + k],
      );
      return [{ what: "c", got: c.toArray(), expected }];
    },

    turn({ gpu, launch }) {
      const matrix = Uint16Array.from(new Chance(76).wholes(64, 0, 65535));
      const out = gpu.zeros(u32, 32);
      launch({ grid: 1, block: 32 }, [gpu.array(u32, new Uint32Array(matrix.buffer)), out]);
      const expected = list(64, (at) => matrix[(at % 8) * 8 + Math.floor(at / 8)]);
      return [{ what: "out", got: new Uint16Array(out.toArray().buffer), expected }];
    },

    elected({ gpu, launch }) {
      const x = new Chance(77).wholes(128, -99, 99);
      const sums = gpu.zeros(i32, 4);
      launch({ grid: 1, block: 128 }, [gpu.array(i32, x), sums]);
      const sum = (warp: number): number => x.slice(32 * warp, 32 * warp + 32).reduce((a, b) => a + b);
      return [{ what: "sums", got: sums.toArray(), expected: [sum(1), sum(0), sum(3), sum(2)] }];
    },

    message({ gpu, launch }) {
      const [data, flag, out] = [gpu.zeros(i32, 32), gpu.zeros(i32, 1), gpu.zeros(i32, 32)];
      launch({ grid: 1, block: 64 }, [data, flag, out]);
      return [{ what: "out", got: out.toArray(), expected: list(32, (i) => (31 - i) ** 2 + 1) }];
    },
  }).map((each) => ({ ...each, device: "h100" as const })),
];
