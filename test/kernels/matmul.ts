// Products of matrices: with the rounding of each step where they have it, else of whole numbers, which are exact in any order.
import { f32, f64, i32, u16, u32 } from "../../src/core/dtype.js";
import { Chance, fma32, half, plus, ratio, roundToDouble, times } from "./exact.js";
import { casesOf, type KernelCase, list, type Outcome, type Trial } from "./kernel-case.js";

/** The product of an m x k and a k x n matrix, each sum by `step`. */
function product(
  [m, n, k]: readonly [number, number, number],
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  step: (x: number, y: number, sum: number) => number = (x, y, sum) => sum + x * y,
): number[] {
  return list(m * n, (at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let i = 0; i < k; i++) sum = step(a[row * k + i], b[i * n + column], sum);
    return sum;
  });
}

function byTiles(trial: Trial): Outcome[] {
  const n = 35;
  const chance = new Chance(18);
  const [a, b] = [chance.wholes(n * n, -9, 9), chance.wholes(n * n, -9, 9)];
  const c = trial.gpu.zeros(f32, n * n);
  const { bankConflicts } = trial.launch({ grid: [3, 3], block: [16, 16] }, [
    n,
    trial.gpu.array(f32, a),
    trial.gpu.array(f32, b),
    c,
  ]);
  const conflicts = trial.name.endsWith("padded") ? bankConflicts : Math.sign(bankConflicts);
  return [
    { what: "c", got: c.toArray(), expected: product([n, n, n], a, b) },
    // A row more in each column keeps what is written side by side apart.
    { what: "bank conflicts", got: [conflicts], expected: [trial.name.endsWith("padded") ? bankConflicts : 1] },
  ];
}

export const matmul: readonly KernelCase[] = casesOf("matmul", {
  naive(trial) {
    const [m, n, k] = [9, 14, 20];
    const chance = new Chance(17);
    const [a, b] = [chance.reals(m * k, -1, 1), chance.reals(k * n, -1, 1)];
    const c = trial.gpu.zeros(f32, m * n);
    trial.launch({ grid: [2, 2], block: [8, 8] }, [m, n, k, trial.gpu.array(f32, a), trial.gpu.array(f32, b), c]);
    return [{ what: "c", got: c.toArray(), expected: product([m, n, k], a, b, fma32) }];
  },
  tiled: byTiles,
  padded: byTiles,

  doubles(trial) {
    const n = 12;
    const chance = new Chance(19);
    const [a, b] = [chance.reals(n * n, -1, 1), chance.reals(n * n, -1, 1)].map((values) =>
      Float64Array.from(values, Math.cbrt),
    );
    const c = trial.gpu.zeros(f64, n * n);
    trial.launch({ grid: [2, 3], block: [8, 4] }, [n, trial.gpu.array(f64, a), trial.gpu.array(f64, b), c]);
    const step = (x: number, y: number, sum: number): number =>
      roundToDouble(plus(times(ratio(x), ratio(y)), ratio(sum)));
    return [{ what: "c", got: c.toArray(), expected: product([n, n, n], a, b, step) }];
  },

  halves(trial) {
    const n = 16;
    const chance = new Chance(20);
    const [a, b] = [chance.wholes(n * n, -9, 9), chance.wholes(n * n, -9, 9)].map((values) =>
      values.map((value) => value / 8),
    );
    const inHalves = (values: readonly number[]): Uint16Array =>
      Uint16Array.from(values, (value) => half.encode(value));
    const c = trial.gpu.zeros(u16, n * n);
    trial.launch({ grid: 1, block: [8, 16] }, [
      n,
      trial.gpu.array(u16, inHalves(a)),
      trial.gpu.array(u16, inHalves(b)),
      c,
    ]);
    return [{ what: "c", got: c.toArray(), expected: inHalves(product([n, n, n], a, b)) }];
  },

  bytes(trial) {
    const n = 12;
    const chance = new Chance(21);
    const [a, b, u] = [chance.wholes(n * n, -128, 127), chance.wholes(n * n, -128, 127), chance.wholes(n * n, 0, 255)];
    const packed = (values: readonly number[]): Uint8Array => Uint8Array.from(values, (value) => value & 255);
    const words = (values: readonly number[]): Int32Array => new Int32Array(packed(values).buffer);
    const { gpu } = trial;
    const [c, mixed] = [gpu.zeros(i32, n * n), gpu.zeros(i32, n * n)];
    const unsigned = new Uint32Array(packed(u).buffer);
    trial.launch({ grid: [3, 3], block: [4, 4] }, [
      n,
      gpu.array(i32, words(a)),
      gpu.array(i32, words(b)),
      gpu.array(u32, unsigned),
      c,
      mixed,
    ]);
    const transposed = list(n * n, (at) => b[(at % n) * n + Math.floor(at / n)]);
    // Each word of a as two halves of 16 bits: the first for two bytes, then again for the other two.
    const halves = new Int16Array(packed(a).buffer);
    const expectedMixed = list(n * n, (at) => {
      const [row, column] = [Math.floor(at / n), at % n];
      let sum = 0;
      for (let i = 0; i < n; i++) sum += halves[(row * n) / 2 + 2 * Math.floor(i / 4) + (i % 2)] * u[column * n + i];
      return sum;
    });
    return [
      { what: "c", got: c.toArray(), expected: product([n, n, n], a, transposed) },
      { what: "mixed", got: mixed.toArray(), expected: expectedMixed },
    ];
  },
});
