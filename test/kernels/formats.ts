// Narrow formats, held against tables of every number that they have; conversions, against rational arithmetic.
import { f32, f64, i64, u16 } from "../../src/core/dtype.js";
import { bfloat, Chance, e4m3, e5m2, half, type NarrowFormat, ratio, roundToDouble, roundToSingle } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

const inFormat = (
  format: NarrowFormat,
  values: readonly number[],
  beyond: "saturate" | "overflow" = "overflow",
): number[] => values.map((value) => format.encode(value, beyond));
/** Pairs of bytes as words of 16 bits. */
const paired = (bytes: readonly number[]): number[] =>
  list(bytes.length / 2, (i) => bytes[2 * i] | (bytes[2 * i + 1] << 8));

const bits = new DataView(new ArrayBuffer(8));
function bitsOf(value: number, width: 32 | 64): bigint {
  bits.setBigInt64(0, 0n);
  if (width === 32) bits.setFloat32(4, value);
  else bits.setFloat64(0, value);
  return width === 32 ? BigInt(bits.getInt32(4)) : bits.getBigInt64(0);
}

export const formats: readonly KernelCase[] = [
  ...casesOf("formats", {
    quantise(trial) {
      const { gpu } = trial;
      const chance = new Chance(47);
      const scale = 0.5;
      const values = [
        0,
        -0,
        1,
        448,
        464,
        480,
        57344,
        61440,
        65504,
        65520,
        1e9,
        -1e9,
        2 ** -9,
        2 ** -10,
        3 * 2 ** -11,
        -(2 ** -17),
        2 ** -24,
        2 ** -25,
      ].map((value) => value / scale);
      const x = Float32Array.from([
        ...values,
        ...list(110, () => chance.real(-600, 600)),
        ...list(64, () => Math.fround(2 ** chance.real(-18, 16))),
      ]);
      const pairs = x.length / 2;
      const [a, b, c, d] = [pairs, pairs, x.length, x.length].map((length) => gpu.zeros(u16, length));
      trial.launch({ grid: 2, block: 64 }, [pairs, scale, gpu.array(f32, x), a, b, c, d]);
      const scaled = Array.from(x, (value) => value * scale);
      return [
        { what: "e4m3", got: a.toArray(), expected: paired(inFormat(e4m3, scaled, "saturate")) },
        { what: "e5m2", got: b.toArray(), expected: paired(inFormat(e5m2, scaled, "saturate")) },
        { what: "bf16", got: c.toArray(), expected: inFormat(bfloat, scaled) },
        { what: "f16", got: d.toArray(), expected: inFormat(half, scaled) },
      ];
    },

    // Every number of eight bits.
    dequantise(trial) {
      const { gpu } = trial;
      const all = gpu.array(
        u16,
        list(128, (i) => 2 * i + ((2 * i + 1) << 8)),
      );
      const [a, b] = [gpu.zeros(f32, 256), gpu.zeros(f32, 256)];
      trial.launch({ grid: 2, block: 64 }, [128, all, all, a, b]);
      return [
        { what: "e4m3", got: a.toArray(), expected: e4m3.values },
        { what: "e5m2", got: b.toArray(), expected: e5m2.values },
      ];
    },

    halfArithmetic(trial) {
      const { gpu } = trial;
      const chance = new Chance(48);
      const [x, y] = list(2, () =>
        list(128, () => half.encode(chance.whole(0, 3) === 0 ? 2 ** chance.real(-20, 14) : chance.real(-30, 30))),
      );
      const out = gpu.zeros(u16, 8 * 128);
      trial.launch({ grid: 1, block: 64 }, [64, gpu.array(u16, x), gpu.array(u16, y), out]);
      const got = out.toArray();
      const operations: [string, (a: number, b: number) => number][] = [
        ["add", (a, b) => a + b],
        ["sub", (a, b) => a - b],
        ["mul", (a, b) => a * b],
        // Both are exact in double precision, and so is their sum but where nothing of the smaller is left in a half.
        ["fma", (a, b) => a * b + a],
        ["min", Math.min],
        ["max of a and -b", (a, b) => Math.max(a, -b)],
        ["abs", Math.abs],
        ["less", (a, b) => Number(a < b)],
      ];
      return operations.map(([what, of], operation) => ({
        what,
        got: list(128, (i) => got[16 * (i >> 1) + 2 * operation + (i & 1)]),
        expected: list(128, (i) => half.encode(of(half.values[x[i]], half.values[y[i]]))),
      }));
    },

    bfloatArithmetic(trial) {
      const { gpu } = trial;
      const chance = new Chance(49);
      const [x, y] = list(2, () => list(64, () => bfloat.encode(chance.real(-30, 30))));
      const out = gpu.zeros(u16, 5 * 64);
      trial.launch({ grid: 1, block: 64 }, [64, gpu.array(u16, x), gpu.array(u16, y), out]);
      const expected = list(64, (i) => {
        const [a, b] = [bfloat.values[x[i]], bfloat.values[y[i]]];
        const chosen = a > b ? Math.max(a, b) : Math.min(a, Math.abs(b));
        return inFormat(bfloat, [a + b, a - b, a * b, a * b + b, chosen]);
      }).flat();
      return [{ what: "out", got: out.toArray(), expected }];
    },

    conversions(trial) {
      const chance = new Chance(50);
      const values = [
        0,
        -0,
        0.5,
        1.5,
        -0.5,
        -1.5,
        2.5,
        1e10,
        -1e10,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 63,
        2 ** 64,
        -(2 ** 70),
        1e300,
        1e-320,
        16777217,
        4294967295.5,
      ];
      const x = [...values, ...list(40, () => chance.real(-1e5, 1e5) + chance.real(0, 1) / 1e4)];
      const out = trial.gpu.zeros(i64, 16 * x.length);
      trial.launch({ grid: 1, block: 64 }, [x.length, trial.gpu.array(f64, x), out]);
      const even = (value: number): number => {
        const floor = Math.floor(value);
        const rest = value - floor;
        return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
      };
      const clamped = (value: number, bits: number, unsigned: boolean): bigint => {
        const whole = Number.isFinite(value) ? BigInt(value) : BigInt(Math.sign(value)) << 99n;
        const [low, high] = unsigned
          ? [0n, (1n << BigInt(bits)) - 1n]
          : [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n];
        return whole < low ? low : whole > high ? high : whole;
      };
      const expected = x.flatMap((v) => {
        const f = Math.fround(v);
        const wide = clamped(Math.trunc(v), 64, false);
        const narrow = clamped(even(v), 32, false);
        const whole = (n: bigint) => ({ n, d: 1n });
        const signOf = (value: number): number => (Object.is(value, -0) || value < 0 ? -1 : 1);
        const single = (value: number, direction: "zero" | "up"): number =>
          value === 0 ? value : roundToSingle(ratio(value), direction);
        return [
          narrow,
          clamped(Math.floor(v), 32, false),
          clamped(Math.ceil(v), 32, true),
          wide,
          BigInt.asIntN(64, clamped(even(v), 64, true)),
          clamped(Math.trunc(f), 32, false),
          clamped(Math.floor(f), 64, false),
          bitsOf(signOf(v) * Math.abs(single(v, "zero")), 32),
          bitsOf(signOf(v) * Math.abs(single(v, "up")), 32),
          bitsOf(roundToSingle(whole(wide)), 32),
          bitsOf(roundToDouble(whole(wide), "down"), 64),
          bitsOf(roundToSingle(whole(narrow), "zero"), 32),
          bitsOf(signOf(v) * Math.abs(even(v)), 64),
          bitsOf(signOf(v) * Math.abs(Math.ceil(v)), 64),
          bitsOf(-signOf(v) * Math.abs(Math.trunc(v)), 64),
          1n + (signOf(f) < 0 ? 4n : 0n),
        ];
      });
      return [{ what: "out", got: out.toArray(), expected }];
    },
  }).map((each) => ({ ...each, device: "h100" as const })),
];
