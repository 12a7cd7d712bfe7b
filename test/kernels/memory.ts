// Kinds of memory and of accesses.
import { f32, f64, i32, u32 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

export const memory: readonly KernelCase[] = casesOf("memory", {
  stream({ gpu, launch }) {
    const x = [4, ...new Chance(80).wholes(4 * 50 - 1, -50, 50)];
    const y = gpu.zeros(f32, x.length);
    launch({ grid: 2, block: 32 }, [50, gpu.array(f32, x), y]);
    return [{ what: "y", got: y.toArray(), expected: list(x.length, (i) => x[i ^ 3] * 4) }];
  },

  spaces({ gpu, launch }) {
    const which = list(32, (t) => (t * 7) % 4);
    const out = gpu.zeros(i32, 64);
    launch({ grid: 1, block: 32 }, [gpu.array(i32, which), out]);
    const expected = which.flatMap((space, t) => {
      const values = [[2, 7, 1, 8], [50, 51, 52, 53], list(4, (i) => 10 * t + i), [3, 1, 4, 1]][space];
      return [values[0] + 100 * values[1] + 10000 * values[3], 2 ** space];
    });
    return [{ what: "out", got: out.toArray(), expected }];
  },

  tally({ gpu, launch }) {
    const x = new Chance(81).wholes(128, -(2 ** 31), 2 ** 31 - 1);
    const [out, sum] = [gpu.array(u32, [0, 2 ** 31, 0xffffffff, 0, 0, 0, 0, 2 ** 31 - 1]), gpu.zeros(f64, 1)];
    launch({ grid: 2, block: 64 }, [gpu.array(i32, x), out, sum]);
    const total = x.reduce((a, b) => a + b);
    const expected = [
      Number(BigInt.asUintN(32, BigInt(total))),
      Math.max(...x),
      x.reduce((a, b) => a & b) >>> 0,
      x.reduce((a, b) => a | b) >>> 0,
      x.reduce((a, b) => a ^ b) >>> 0,
      128 % 10,
      (10 - (128 % 10)) % 10,
      Math.min(...x) >>> 0,
    ];
    return [
      { what: "out", got: out.toArray(), expected },
      { what: "sum", got: sum.toArray(), expected: [total] },
    ];
  },

  classes({ gpu, launch }) {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
    const x = [
      0,
      -0,
      1,
      -1,
      2 ** -126,
      2 ** -127,
      -(2 ** -149),
      nan,
      infinity,
      -infinity,
      ...list(40, (i) => (i - 20) / 4),
    ];
    const [out, tangents] = [gpu.zeros(u32, x.length), gpu.zeros(f32, x.length)];
    launch({ grid: 2, block: 32 }, [x.length, gpu.array(f32, x), out, tangents]);
    const expected = x.map((value) => {
      const size = Math.abs(value);
      const kinds = [size < infinity, size === infinity, size <= infinity, Number.isNaN(value)];
      return [...kinds, size >= 2 ** -126 && size < infinity, size > 0 && size < 2 ** -126].reduce(
        (flags, is, bit) => flags + (is ? 2 ** bit : 0),
        0,
      );
    });
    return [
      { what: "classes", got: out.toArray(), expected },
      // The PTX manual: a relative error of 2^-11 at most.
      {
        what: "tanh",
        got: tangents.toArray(),
        expected: x.map(Math.tanh),
        within: (value) => Math.abs(value) * 2 ** -11,
      },
    ];
  },
});
