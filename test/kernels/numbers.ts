// Numerical work with the fast, approximate functions, held against double precision; what is written to be exact is exact.
import { f32, u8 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list, type Outcome } from "./kernel-case.js";

const r = Math.fround;

export const numbers: readonly KernelCase[] = casesOf("numbers", {
  julia: {
    device: "h100",
    run(trial) {
      const [n, limit, cr, ci] = [40, 60, r(-0.4), r(0.6)];
      const out = trial.gpu.zeros(u8, n * n);
      trial.launch({ grid: [3, 3], block: [16, 16] }, [n, limit, cr, ci, out]);
      const expected = list(n * n, (at) => {
        let [zr, zi, steps] = [((at % n) - n / 2) / 16, (Math.floor(at / n) - n / 2) / 16, 0];
        for (; steps < limit && r(r(zr * zr) + r(zi * zi)) <= 4; steps++) {
          [zr, zi] = [r(r(r(zr * zr) - r(zi * zi)) + cr), r(r(2 * r(zr * zi)) + ci)];
        }
        return steps;
      });
      return [{ what: "out", got: out.toArray(), expected }];
    },
  },

  nbody: {
    device: "h100",
    run(trial) {
      const n = 90;
      const chance = new Chance(38);
      const bodies = Float32Array.from({ length: 4 * n }, (_, i) =>
        i % 4 === 3 ? chance.real(0.1, 1) : chance.real(-2, 2),
      );
      const speeds = trial.gpu.zeros(f32, 4 * n);
      trial.launch({ grid: 2, block: 64 }, [n, 0.5, trial.gpu.array(f32, bodies), speeds]);
      const expected = list(n, (i) => {
        const pull = [0, 0, 0, 0];
        for (let j = 0; j < n; j++) {
          const distance = [0, 1, 2].map((axis) => bodies[4 * j + axis] - bodies[4 * i + axis]);
          const squared = distance.reduce((sum, value) => sum + value * value, Math.fround(0.01));
          distance.forEach((value, axis) => {
            pull[axis] += (0.5 * bodies[4 * j + 3] * value) / squared ** 1.5;
          });
        }
        return pull;
      }).flat();
      return [{ what: "speeds", got: speeds.toArray(), expected, within: (value) => 2e-6 * Math.abs(value) + 2e-4 }];
    },
  },

  // The bounds of the CUDA Programming Guide for the functions in their fast forms, with a little for what is computed around them.
  fast: {
    device: "h100",
    run(trial): Outcome[] {
      const x = [...list(60, (i) => r(-3 + i / 10 + 0.05)), r(1e-3), r(-2e-2)];
      const n = x.length;
      const out = trial.gpu.zeros(f32, 8 * n);
      trial.launch({ grid: 1, block: 64 }, [n, trial.gpu.array(f32, x), out]);
      const got = out.toArray();
      const share = (of: number) => (value: number) => of * Math.abs(value);
      const functions: [string, (v: number) => number, Outcome["within"]][] = [
        ["sin", Math.sin, 2 ** -21],
        ["cos", Math.cos, 2 ** -21],
        ["exp", Math.exp, share(6 * 2 ** -23)],
        ["log", (v) => Math.log(Math.abs(v)), (value) => 2 ** -21 + 3 * 2 ** -24 * Math.abs(value)],
        ["pow", (v) => Math.abs(v) ** 1.5, share(8e-6)],
        ["1 / x", (v) => 1 / v, share(2 ** -22)],
        ["x / (x^2 + 1)", (v) => v / (v * v + 1), share(3 * 2 ** -23)],
        ["sqrt", (v) => Math.sqrt(Math.abs(v)), share(3 * 2 ** -23)],
      ];
      return functions.map(([what, of, within], f) => ({
        what,
        got: list(n, (i) => got[8 * i + f]),
        expected: x.map(of),
        ...(within === undefined ? {} : { within }),
      }));
    },
  },

  // The sum that defines the transform, term by term.
  fft64: {
    device: "h100",
    run(trial) {
      const x = new Chance(39).reals(2 * 128, -1, 1);
      const turn = (k: number): [number, number] => [
        Math.cos((-2 * Math.PI * k) / 64),
        Math.sin((-2 * Math.PI * k) / 64),
      ];
      const out = trial.gpu.zeros(f32, x.length);
      const twiddle = Float32Array.from(list(32, turn).flat());
      trial.launch({ grid: 2, block: 32 }, [trial.gpu.array(f32, x), trial.gpu.array(f32, twiddle), out]);
      const expected = list(128, (at) => {
        const [base, k] = [at & 64, at & 63];
        const sum = [0, 0];
        for (let i = 0; i < 64; i++) {
          const [[cos, sin], re, im] = [turn((i * k) % 64), x[2 * (base + i)], x[2 * (base + i) + 1]];
          sum[0] += re * cos - im * sin;
          sum[1] += re * sin + im * cos;
        }
        return sum;
      }).flat();
      return [{ what: "out", got: out.toArray(), expected, within: 2e-5 }];
    },
  },
});
