// Grids: the same sums written over whole arrays, each operation rounded to single precision.
import { f32, f64, u8, u32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

const [width, height] = [37, 21];
const grid = [3, 2];
const block = [16, 16];
const r = Math.fround;

const transposed = (values: ArrayLike<number>): number[] =>
  list(width * height, (at) => values[(at % height) * width + Math.floor(at / height)]);

export const grids: readonly KernelCase[] = casesOf("grids", {
  transposeNaive(trial) {
    const x = new Chance(22).reals(width * height, -1, 1);
    const out = trial.gpu.zeros(f32, x.length);
    trial.launch({ grid, block }, [width, height, trial.gpu.array(f32, x), out]);
    return [{ what: "out", got: out.toArray(), expected: transposed(x) }];
  },

  transposeTiled(trial) {
    const x = new Chance(23).reals(width * height, -1, 1);
    const out = trial.gpu.zeros(f64, x.length);
    trial.launch({ grid, block: [16, 4] }, [width, height, trial.gpu.array(f64, Array.from(x)), out]);
    return [{ what: "out", got: out.toArray(), expected: transposed(x) }];
  },

  convolve(trial) {
    const chance = new Chance(24);
    const [filter, image] = [chance.reals(25, -1, 1), chance.reals(width * height, 0, 1)];
    const out = trial.gpu.zeros(f32, image.length);
    trial.module.variable("filter").set(new Uint8Array(filter.buffer));
    trial.launch({ grid, block }, [width, height, trial.gpu.array(f32, image), out]);
    const expected = list(image.length, (at) => {
      let sum = 0;
      for (let tap = 0; tap < 25; tap++) {
        const [x, y] = [(at % width) + (tap % 5) - 2, Math.floor(at / width) + Math.floor(tap / 5) - 2];
        if (x >= 0 && x < width && y >= 0 && y < height) sum = r(sum + r(filter[tap] * image[y * width + x]));
      }
      return sum;
    });
    return [{ what: "out", got: out.toArray(), expected }];
  },

  // Separable: first along rows, then along columns, in whole numbers.
  blurHalo(trial) {
    const image = new Chance(25).wholes(width * height, 0, 255);
    const out = trial.gpu.zeros(u8, image.length);
    trial.launch({ grid, block }, [width, height, trial.gpu.array(u8, image), out]);
    const clamp = (value: number, limit: number): number => Math.min(Math.max(value, 0), limit - 1);
    const rows = list(image.length, (at) => {
      const [x, row] = [at % width, Math.floor(at / width) * width];
      return image[row + clamp(x - 1, width)] + 2 * image[at] + image[row + clamp(x + 1, width)];
    });
    const expected = list(image.length, (at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      const sum = rows[clamp(y - 1, height) * width + x] + 2 * rows[at] + rows[clamp(y + 1, height) * width + x];
      return Math.floor((sum + 8) / 16);
    });
    return [{ what: "out", got: out.toArray(), expected }];
  },

  stencil7(trial) {
    const n = 11;
    const [centre, side] = [r(0.4), r(0.1)];
    const x = new Chance(26).reals(n ** 3, -1, 1);
    const out = trial.gpu.zeros(f32, x.length);
    trial.launch({ grid: [2, 2, 3], block: [8, 8, 4] }, [n, centre, side, trial.gpu.array(f32, x), out]);
    const inner = (at: number): boolean =>
      [1, n, n * n].every((step) => Math.floor(at / step) % n > 0 && Math.floor(at / step) % n < n - 1);
    const expected = list(x.length, (at) => {
      if (!inner(at)) return x[at];
      const sides = [-1, 1, -n, n, -n * n, n * n].map((step) => x[at + step]).reduce((sum, value) => r(sum + value));
      return r(r(centre * x[at]) + r(side * sides));
    });
    return [{ what: "out", got: out.toArray(), expected }];
  },

  // A glider among chance; the reference keeps a list of living cells.
  life(trial) {
    const chance = new Chance(27);
    const rows = list(
      32,
      (y) =>
        (y < 20 ? chance.word() & chance.word() : y === 25 ? 0b010 : y === 26 ? 0b100 : y === 27 ? 0b111 : 0) >>> 0,
    );
    const board = trial.gpu.array(u32, rows);
    trial.launch({ grid: 1, block: 32 }, [5, board]);
    let living = new Set(rows.flatMap((row, y) => list(32, (x) => 32 * y + x).filter((at) => (row >>> (at % 32)) & 1)));
    for (let generation = 0; generation < 5; generation++) {
      const neighbours = new Map<number, number>();
      for (const at of living) {
        for (const dy of [31, 0, 1]) {
          for (const dx of [31, 0, 1]) {
            const near = ((Math.floor(at / 32) + dy) % 32) * 32 + ((at + dx) % 32);
            if (dx !== 0 || dy !== 0) neighbours.set(near, (neighbours.get(near) ?? 0) + 1);
          }
        }
      }
      living = new Set(
        [...neighbours].filter(([at, count]) => count === 3 || (count === 2 && living.has(at))).map(([at]) => at),
      );
    }
    const expected = list(32, (y) => list(32, (x) => (living.has(32 * y + x) ? 2 ** x : 0)).reduce((a, b) => a + b));
    return [{ what: "rows", got: board.toArray(), expected }];
  },
});
