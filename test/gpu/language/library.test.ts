// The error of every function of Math that the language has, measured against bounds in units in the last place; and that the
// virtual GPU and the reference agree on each of them, since both take the same steps.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DType, f32, f64 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import { type Kernel, kernel, setFunctionSourceProvider } from "../../../src/gpu/language/index.js";

type Float = "f32" | "f64";
type Function = (x: number, y: number) => number;

interface Measure {
  readonly name: string;
  readonly exact: Function;
  readonly operands: readonly string[];
  /** The arguments, uniformly or, with a `spread`, over these powers of two. */
  readonly range: readonly [number, number];
  readonly spread?: readonly [number, number];
  /** Units in the last place of the result. */
  readonly bound: Readonly<Partial<Record<Float, number>>>;
}

const rows: readonly Measure[] = [
  ["round", Math.round, [-1e6, 1e6], { f32: 0, f64: 0 }],
  ["sign", Math.sign, [-5, 5], { f32: 0, f64: 0 }],
  ["cbrt", Math.cbrt, [-1e6, 1e6], { f32: 2, f64: 2 }],
  ["sinh", Math.sinh, [-20, 20], { f32: 16, f64: 4 }],
  ["cosh", Math.cosh, [-20, 20], { f32: 16, f64: 4 }],
  ["tanh", Math.tanh, [-10, 10], { f32: 4, f64: 4 }],
  ["asin", Math.asin, [-1, 1], { f32: 4, f64: 4 }],
  ["acos", Math.acos, [-1, 1], { f32: 4, f64: 4 }],
  ["atan", Math.atan, [-50, 50], { f32: 3, f64: 3 }],
  ["asinh", Math.asinh, [-1e5, 1e5], { f32: 1, f64: 4 }],
  ["acosh", Math.acosh, [1, 1e5], { f32: 1, f64: 4 }],
  ["atanh", Math.atanh, [-1, 1], { f32: 1, f64: 5 }],
  ["expm1", Math.expm1, [-5, 5], { f32: 1, f64: 4 }],
  ["log1p", Math.log1p, [-0.99, 10], { f32: 1, f64: 4 }],
  ["exp", Math.exp, [-700, 700], { f64: 2 }],
  ["log", Math.log, [1e-9, 1e6], { f64: 2 }],
  ["log2", Math.log2, [1e-9, 1e6], { f64: 2 }],
  ["log10", Math.log10, [1e-9, 1e6], { f64: 2 }],
  ["sin", Math.sin, [-1e5, 1e5], { f64: 2 }],
  ["cos", Math.cos, [-1e5, 1e5], { f64: 2 }],
  ["tan", Math.tan, [-1e5, 1e5], { f64: 3 }],
].map(([name, exact, range, bound]) => ({ name, exact, range, bound, operands: ["x"] }) as unknown as Measure);

const pairs: readonly Measure[] = [
  ["hypot", Math.hypot, [-1e6, 1e6], { f32: 2, f64: 2 }],
  ["atan2", Math.atan2, [-50, 50], { f32: 4, f64: 4 }],
].map(([name, exact, range, bound]) => ({ name, exact, range, bound, operands: ["x", "y"] }) as unknown as Measure);

function compile(name: string, type: DType<Float>, operands: readonly string[]): Kernel {
  const call = name === "exp2" ? "exp2" : `Math.${name}`;
  const values = operands.map((each) => `${each}[t]`).join(", ");
  const code = `({ x, y, out }, { threadIdx, blockIdx, blockDim, exp2 }) => {
    const t = blockIdx.x * blockDim.x + threadIdx.x;
    out[t] = ${call}(${values});
  }`;
  setFunctionSourceProvider(() => ({ text: code, code, origin: name, firstLine: 1 }));
  try {
    return kernel(name, { x: type.ptr, y: type.ptr, out: type.ptr }, () => {}) as unknown as Kernel;
  } finally {
    setFunctionSourceProvider(undefined);
  }
}

const types: Readonly<Record<Float, DType<Float>>> = { f32, f64 };
const arrays = { f32: Float32Array, f64: Float64Array };

function device(made: Kernel, type: Float, x: ArrayLike<number>, y: ArrayLike<number>): number[] {
  const gpu = new VirtualGPU("a100");
  const out = gpu.zeros(types[type] as typeof f64, x.length);
  const given = {
    x: gpu.array(types[type] as typeof f64, Array.from(x)),
    y: gpu.array(types[type] as typeof f64, Array.from(y)),
    out,
  };
  gpu.launch(made, { grid: x.length / 32, block: 32 }, given as never);
  return [...out.toArray()];
}

function reference(made: Kernel, type: Float, x: ArrayLike<number>, y: ArrayLike<number>): number[] {
  const array = arrays[type];
  const out = new array(x.length);
  made.reference.run({ grid: x.length / 32, block: 32 }, { x: array.from(x), y: array.from(y), out } as never);
  return [...out];
}

/** The distance of the two in units of the last place of the second. */
function ulps(type: Float, got: number, exact: number): number {
  const held = type === "f32" ? Math.fround(exact) : exact;
  if (Object.is(got, held) || got === held) return 0;
  if (!Number.isFinite(held) || !Number.isFinite(got)) return Number.POSITIVE_INFINITY;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(held))), type === "f32" ? -126 : -1022);
  return Math.abs(got - exact) / 2 ** (exponent - (type === "f32" ? 23 : 52));
}

/** Numbers that are the same on every run. */
function spread([low, high]: readonly [number, number], count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, (_, index) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const share = state / 2 ** 32;
    // A third of them close to zero, or to the range's lower end.
    return index % 3 === 0 ? Math.max(low, 0) + (high - Math.max(low, 0)) * share ** 8 : low + (high - low) * share;
  });
}

const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 0.5, -0.5, 2, -2, 1e-40, -1e-40, 1e30, -1e30, 88.5];

describe("a function of Math", () => {
  for (const { name, exact, operands, range, bound } of [...rows, ...pairs]) {
    for (const type of Object.keys(bound) as Float[]) {
      it(`${name} of ${type}: at most ${bound[type]} units in the last place, and the same in both`, () => {
        const made = compile(name, types[type], operands);
        const hold = (value: number) => (type === "f32" ? Math.fround(value) : value);
        const [x, y] = [spread(range, 3072, 1).map(hold), spread(range, 3072, 7).map(hold)];
        const got = device(made, type, x, y);
        expect(reference(made, type, x, y)).toEqual(got);
        let worst = { ulps: 0, x: 0, y: 0, got: 0, exact: 0 };
        for (const [index, value] of got.entries()) {
          const right = exact(x[index], y[index]);
          const error = ulps(type, value, right);
          if (error > worst.ulps) worst = { ulps: error, x: x[index], y: y[index], got: value, exact: right };
        }
        expect(worst, JSON.stringify(worst)).toMatchObject({
          ulps: expect.toSatisfy((u: number) => u <= (bound[type] as number) + 0.5),
        });
      });
    }
  }

  it("is what JavaScript has it be at the ends", () => {
    for (const { name, exact, operands, bound } of [...rows, ...pairs]) {
      for (const type of Object.keys(bound) as Float[]) {
        const made = compile(name, types[type], operands);
        const hold = (value: number) => (type === "f32" ? Math.fround(value) : value);
        const x = special.flatMap((each) => special.map(() => hold(each)));
        const y = special.flatMap(() => special.map(hold));
        const got = device(made, type, x, y);
        expect(reference(made, type, x, y)).toEqual(got);
        for (const [index, value] of got.entries()) {
          const right = hold(exact(x[index], y[index]));
          const close = ulps(type, value, right) <= 16 || (Number.isNaN(value) && Number.isNaN(right));
          // Single precision's exponentials flush what is subnormal, and far angles are the instruction's own affair.
          const excused = Math.abs(right) < 2 ** -126 && Math.abs(value) < 2 ** -120;
          const far = Math.abs(x[index]) > 1e15 && ["sin", "cos", "tan"].includes(name);
          expect(
            close || excused || far,
            `${name} of ${type} at ${x[index]}, ${y[index]}: ${value}, not ${right}`,
          ).toBe(true);
        }
      }
    }
  });
});

describe("pow and exp2 in f64", () => {
  const power = compile("pow", f64, ["x", "y"]);
  it("multiply for small whole exponents, and stay within 1e-13 of it else", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.double({ min: -60, max: 60, noNaN: true }),
        (x, y) => {
          const [got] = reference(power, "f64", new Array(32).fill(x), new Array(32).fill(y));
          const right = x ** y;
          expect(Math.abs(got - right) <= 1e-13 * Math.abs(right)).toBe(true);
        },
      ),
    );
    const exactly = [3, 2, 10, -3, 7, 0.5];
    const to = [4, 10, 15, 3, 0, 2];
    const pad = (values: number[]) => Array.from({ length: 32 }, (_, i) => values[i % values.length]);
    const got = device(power, "f64", pad(exactly), pad(to));
    expect(got).toEqual(pad(exactly).map((x, i) => x ** pad(to)[i]));
    expect(reference(power, "f64", pad(exactly), pad(to))).toEqual(got);
  });

  it("have JavaScript's signs and NaN", () => {
    const x = special.flatMap((each) => special.map(() => each));
    const y = special.flatMap(() => special);
    const got = device(power, "f64", x, y);
    expect(reference(power, "f64", x, y)).toEqual(got);
    for (const [index, value] of got.entries()) {
      const right = x[index] ** y[index];
      const same = Object.is(value, right) || Math.abs(value - right) <= 1e-12 * Math.abs(right);
      expect(same, `${x[index]} ** ${y[index]}: ${value}, not ${right}`).toBe(true);
    }
  });

  it("exp2 is exact for whole numbers, subnormal ones included", () => {
    const made = compile("exp2", f64, ["x"]);
    const x = Array.from({ length: 2176 }, (_, i) => i - 1088);
    const got = device(made, "f64", x, x);
    expect(got).toEqual(x.map((each) => 2 ** each));
    expect(reference(made, "f64", x, x)).toEqual(got);
  });
});
