// Neural networks' parts, held against double precision; each bound says what of single precision it allows.
import { f32, i32, u16, u32 } from "../../src/core/dtype.js";
import { bfloat, Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const row = (x: ArrayLike<number>, n: number, at: number): number[] => list(n, (i) => x[at * n + i]);
/** A share of what is expected, and a little for what is near 0. */
const share =
  (of: number, least = 1e-12) =>
  (expected: number): number =>
    of * Math.abs(expected) + least;

/** The error function by its series, which converges for what is asked of it. */
function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let k = 1; k < 120; k++) {
    term *= -(x * x) / k;
    sum += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export const network: readonly KernelCase[] = casesOf("network", {
  softmax(trial) {
    const n = 100;
    const x = new Chance(28).reals(3 * n, -8, 8);
    const y = trial.gpu.zeros(f32, 3 * n);
    trial.launch({ grid: 3, block: 64 }, [n, trial.gpu.array(f32, x), y]);
    const expected = [0, 1, 2].flatMap((at) => {
      const powers = row(x, n, at).map(Math.exp);
      return powers.map((power) => power / (mean(powers) * n));
    });
    return [{ what: "y", got: y.toArray(), expected, within: share(4e-6) }];
  },

  layerNorm(trial) {
    const n = 100;
    const chance = new Chance(29);
    const [x, scale, shift] = [chance.reals(2 * n, 3, 9), chance.reals(n, -2, 2), chance.reals(n, -1, 1)];
    const y = trial.gpu.zeros(f32, 2 * n);
    const { gpu } = trial;
    trial.launch({ grid: 2, block: 32 }, [n, 1e-5, gpu.array(f32, x), gpu.array(f32, scale), gpu.array(f32, shift), y]);
    const expected = [0, 1].flatMap((at) => {
      const values = row(x, n, at);
      const centred = values.map((value) => value - mean(values));
      const deviation = Math.sqrt(mean(centred.map((value) => value * value)) + 1e-5);
      return centred.map((value, i) => (value / deviation) * scale[i] + shift[i]);
    });
    return [{ what: "y", got: y.toArray(), expected, within: 1e-5 }];
  },

  // Two roundings to bfloat16, of eight bits each.
  rmsNorm(trial) {
    const n = 96;
    const chance = new Chance(30);
    const [x, scale] = [chance.reals(2 * n, -3, 3), chance.reals(n, 0.5, 2)].map((values) =>
      Uint16Array.from(values, (value) => bfloat.encode(value)),
    );
    const y = trial.gpu.zeros(u16, 2 * n);
    trial.launch({ grid: 2, block: 64 }, [n, trial.gpu.array(u16, x), trial.gpu.array(u16, scale), y]);
    const expected = [0, 1].flatMap((at) => {
      const values = row(x, n, at).map((bits) => bfloat.values[bits]);
      const size = Math.sqrt(mean(values.map((value) => value * value)) + 1e-5);
      return values.map((value, i) => (value / size) * bfloat.values[scale[i]]);
    });
    return [
      {
        what: "y",
        got: Array.from(y.toArray(), (bits) => bfloat.values[bits]),
        expected,
        within: share(2 ** -7 + 2 ** -14),
      },
    ];
  },

  gelu(trial) {
    const x = list(121, (i) => Math.fround((i - 60) / 15));
    const { gpu } = trial;
    const [exact, byTanh, silu] = list(3, () => gpu.zeros(f32, x.length));
    trial.launch({ grid: 2, block: 64 }, [x.length, gpu.array(f32, x), exact, byTanh, silu]);
    const tanh = (v: number): number => Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3));
    return [
      {
        what: "exact",
        got: exact.toArray(),
        expected: x.map((v) => 0.5 * v * (1 + erf(v / Math.SQRT2))),
        within: 1e-6,
      },
      { what: "byTanh", got: byTanh.toArray(), expected: x.map((v) => 0.5 * v * (1 + tanh(v))), within: 1e-6 },
      { what: "silu", got: silu.toArray(), expected: x.map((v) => v / (1 + Math.exp(-v))), within: 1e-6 },
    ];
  },

  // The reference keeps all scores and does softmax over them.
  attention(trial) {
    const [queries, keys, scale] = [6, 5, Math.fround(1 / Math.sqrt(32))];
    const chance = new Chance(31);
    const [q, k, v] = [queries, keys, keys].map((count) => chance.reals(count * 32, -2, 2));
    const { gpu } = trial;
    const out = gpu.zeros(f32, queries * 32);
    trial.launch({ grid: 3, block: 64 }, [keys, scale, gpu.array(f32, q), gpu.array(f32, k), gpu.array(f32, v), out]);
    const expected = list(queries, (query) => {
      const seen = list(Math.min(query, keys - 1) + 1, (key) => key);
      const weights = seen.map((key) =>
        Math.exp(scale * mean(list(32, (d) => q[query * 32 + d] * k[key * 32 + d])) * 32),
      );
      const total = mean(weights) * weights.length;
      return list(32, (d) => seen.reduce((sum, key) => sum + (weights[key] / total) * v[key * 32 + d], 0));
    }).flat();
    return [{ what: "out", got: out.toArray(), expected, within: 5e-6 }];
  },

  embed(trial) {
    const table = new Chance(32).words(10 * 32);
    const numbers = [3, 0, 9, 10, 3, 65535];
    const out = trial.gpu.zeros(u32, numbers.length * 32);
    trial.launch({ grid: numbers.length, block: 8 }, [
      10,
      trial.gpu.array(u16, numbers),
      trial.gpu.array(u32, table),
      out,
    ]);
    const expected = numbers.flatMap((number) => list(32, (i) => (number < 10 ? table[number * 32 + i] : 0)));
    return [{ what: "out", got: out.toArray(), expected }];
  },

  // Three steps by the textbook's formulas.
  adam(trial) {
    const n = 50;
    const chance = new Chance(33);
    const { gpu } = trial;
    const start = chance.reals(n, -1, 1);
    const [w, m, v] = [gpu.array(f32, start), gpu.zeros(f32, n), gpu.zeros(f32, n)];
    const expected = list(n, (i) => ({ w: start[i], m: 0, v: 0 }));
    for (let step = 1; step <= 3; step++) {
      const gradient = chance.reals(n, -1, 1);
      trial.launch({ grid: 1, block: 64 }, [n, step, 0.01, w, gpu.array(f32, gradient), m, v]);
      expected.forEach((one, i) => {
        one.m = 0.9 * one.m + 0.1 * gradient[i];
        one.v = 0.999 * one.v + 0.001 * gradient[i] ** 2;
        one.w -= (0.01 * (one.m / (1 - 0.9 ** step))) / (Math.sqrt(one.v / (1 - 0.999 ** step)) + 1e-8);
      });
    }
    return [
      { what: "w", got: w.toArray(), expected: expected.map((one) => one.w), within: 2e-6 },
      { what: "m", got: m.toArray(), expected: expected.map((one) => one.m), within: 1e-6 },
      { what: "v", got: v.toArray(), expected: expected.map((one) => one.v), within: 1e-7 },
    ];
  },

  topK(trial) {
    const k = 5;
    const x = new Chance(34).wholes(64, -20, 20);
    const [values, places] = [trial.gpu.zeros(f32, 2 * k), trial.gpu.zeros(i32, 2 * k)];
    trial.launch({ grid: 1, block: 64 }, [k, trial.gpu.array(f32, x), values, places]);
    // A sort is stable, so that of equal values the first comes first.
    const best = [0, 1].flatMap((warp) =>
      list(32, (lane) => lane)
        .sort((a, b) => x[32 * warp + b] - x[32 * warp + a])
        .slice(0, k),
    );
    return [
      { what: "values", got: values.toArray(), expected: best.map((lane, i) => x[32 * Math.floor(i / k) + lane]) },
      { what: "places", got: places.toArray(), expected: best },
    ];
  },
});
