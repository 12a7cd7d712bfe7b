// Copies beside the threads and barriers that count, held against the same without either.
import { f32, i32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

export const copies: readonly KernelCase[] = [
  ...casesOf("copies", {
    pipelinedMatmul({ gpu, launch }) {
      const n = 48;
      const chance = new Chance(83);
      const [a, b] = [chance.wholes(n * n, -9, 9), chance.wholes(n * n, -9, 9)];
      const c = gpu.zeros(f32, n * n);
      launch({ grid: [3, 3], block: [16, 16] }, [n, gpu.array(f32, a), gpu.array(f32, b), c]);
      const expected = list(n * n, (at) =>
        list(n, (k) => a[Math.floor(at / n) * n + k] * b[k * n + (at % n)]).reduce((sum, term) => sum + term, 0),
      );
      return [{ what: "c", got: c.toArray(), expected }];
    },

    slots({ gpu, launch }) {
      const rounds = 9;
      const x = new Chance(84).wholes(64 * rounds, -9, 9);
      const out = gpu.zeros(i32, 64);
      launch({ grid: 1, block: 128 }, [rounds, gpu.array(i32, x), out]);
      const expected = list(64, (i) =>
        list(rounds, (round) => x[64 * round + 63 - i]).reduce((sum, value) => sum * 3 + value, 0),
      );
      return [{ what: "out", got: out.toArray(), expected }];
    },
  }),

  ...casesOf("hopper", {
    bulk: {
      device: "h100",
      run({ gpu, launch }) {
        const x = new Chance(85).wholes(512, -999, 999);
        const y = gpu.zeros(i32, 512);
        launch({ grid: 2, block: 256 }, [gpu.array(i32, x), y]);
        return [{ what: "y", got: y.toArray(), expected: x.map((value) => 2 * value + 1) }];
      },
    },
  }),
];
