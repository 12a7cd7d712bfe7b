// Vectors: exact by rational arithmetic.
import { f32, f64 } from "../../src/core/dtype.js";
import {
  Chance,
  type Direction,
  fma32,
  over,
  plus,
  ratio,
  roundToDouble,
  roundToSingle,
  sqrt32,
  times,
} from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

export const vectors: readonly KernelCase[] = casesOf("vectors", {
  saxpy(trial) {
    const chance = new Chance(1);
    const [n, a] = [1000, Math.fround(1 / 3)];
    const [x, y] = [chance.reals(n, -10, 10), chance.reals(n, -10, 10)];
    const result = trial.gpu.array(f32, y);
    trial.launch({ grid: 3, block: 128 }, [n, a, trial.gpu.array(f32, x), result]);
    return [{ what: "y", got: result.toArray(), expected: list(n, (i) => fma32(a, x[i], y[i])) }];
  },

  axpby(trial) {
    const chance = new Chance(2);
    const n = 70;
    const [a, b] = [0.1, -1 / 7];
    const [x, y] = [
      Float64Array.from(chance.reals(2 * n, -5, 5), Math.exp),
      Float64Array.from(chance.reals(2 * n, -5, 5), Math.sinh),
    ];
    const result = trial.gpu.array(f64, y);
    trial.launch({ grid: 3, block: 32 }, [n, a, trial.gpu.array(f64, x), b, result]);
    const expected = list(2 * n, (i) => {
      const product = roundToDouble(times(ratio(b), ratio(y[i])), i % 2 === 0 ? "zero" : "up");
      return roundToDouble(plus(times(ratio(a), ratio(x[i])), ratio(product)));
    });
    return [{ what: "y", got: result.toArray(), expected }];
  },

  // Whole numbers, of which every sum is exact in whatever order.
  dot(trial) {
    const chance = new Chance(3);
    const n = 500;
    const [x, y] = [chance.wholes(4 * n, -20, 20), chance.wholes(4 * n, -20, 20)];
    const sum = trial.gpu.zeros(f32, 1);
    trial.launch({ grid: 2, block: 96 }, [n, trial.gpu.array(f32, x), trial.gpu.array(f32, y), sum]);
    return [{ what: "sum", got: sum.toArray(), expected: [x.reduce((total, value, i) => total + value * y[i], 0)] }];
  },

  roundings(trial) {
    const chance = new Chance(4);
    const special = [2 ** -149, 2 ** -126, 1 - 2 ** -24, 1, 1 + 2 ** -23, 3, 2 ** 64, 2 ** 127, 1e-30, -7e-12];
    const pairs = [
      ...special.flatMap((a) => special.map((b) => [a, b * 1.25])),
      ...list(60, () => [chance.real(-100, 100), chance.real(-1, 1)]),
    ].map((pair) => pair.map(Math.fround));
    const n = pairs.length;
    const out = trial.gpu.zeros(f32, 16 * n);
    const [x, y] = [0, 1].map((side) =>
      trial.gpu.array(
        f32,
        pairs.map((pair) => pair[side]),
      ),
    );
    trial.launch({ grid: Math.ceil(n / 64), block: 64 }, [n, x, y, out]);
    const directions: readonly Direction[] = ["nearest", "zero", "down", "up"];
    const expected = pairs.flatMap(([a, b]) => {
      const [p, q] = [ratio(a), ratio(b)];
      return [
        ...directions.map((direction) => roundToSingle(plus(p, q), direction)),
        ...directions.map((direction) => roundToSingle(times(p, q), direction)),
        ...directions.map((direction) => roundToSingle(over(p, q), direction)),
        sqrt32(Math.abs(a), "nearest"),
        sqrt32(Math.abs(a), "zero"),
        roundToSingle(over(ratio(1), p), "down"),
        roundToSingle(over(ratio(1), p), "up"),
      ];
    });
    return [{ what: "out", got: out.toArray(), expected }];
  },
});
